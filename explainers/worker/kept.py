"""What the stories measure for the films that their cards open with, kept beside those films: no card has to wait.

    kept = Kept()                               # reads assets/story
    kept.numbers[job.key]                       # of a Measure
    kept.films[cut.key]                         # the pack of a film that a card shows, or of the one beside it

keep.py makes it.
"""

from __future__ import annotations

import base64
import io
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from explainers.kit.lesson import Lesson
from explainers.kit.sentences import Words
from explainers.kit.signature import signature
from explainers.kit.standing import lens_of, stands
from explainers.kit.story import Card, Predict, Without
from explainers.viewer.atlas import atlas, columns, pixels, webp
from explainers.worker.jobs import Develop, MakeCut, Measure
from explainers.worker.settings import Settings, stand

FOLDER = Path(__file__).resolve().parents[2] / "assets" / "story"


# --- which questions a card asks


@dataclass(frozen=True)
class Questions:
    """All that a card needs to be whole."""

    film: Develop
    beside: Develop | None = None
    cut: MakeCut | None = None
    measure: Measure | None = None


def questions(lesson: Lesson, card: Card, opening: Settings) -> Questions:
    """`opening` is the film on which a card stands that names no other."""
    at = stands(lesson, card)
    settings = opening.changed(at["run"])
    own = {name: stand(lesson.control(name), value) for name, value in at["controls"].items()}
    there = {**vars(settings), **at["viewer"], **own}
    there["step"] = there["step"] % settings.steps

    def controls(function: str) -> dict[str, Any]:
        return {name: there[name] for name in signature(lesson.idea, function).controls}

    cut, lens = None, lens_of(lesson, card)
    if isinstance(card, Without) and lesson.cut(card.cut).film:
        cut = MakeCut(settings, lesson.idea, card.cut, controls(card.cut))
    measure = Measure(settings, lesson.idea, lens, controls(lens), cut) if lens else None
    beside = Develop(settings.changed(card.beside)) if card.beside else None
    return Questions(Develop(settings), beside, cut, measure)


def said(words: Words, card: Card, numbers: Mapping[str, Any]) -> str:
    """What a card says of what was measured."""
    key = f"{card.key}.{card.says}"
    if isinstance(card, Predict) and not numbers["answer"]:
        key = f"{card.key}.unclear"
    elif card.cases:
        key += f".{numbers['case']}"
    return words(key, **numbers)


# --- what is kept


@dataclass
class Kept:
    folder: Path = FOLDER
    weights: str = (
        ""  # of the model that it was measured with; where one is named, what other models measured is left out
    )
    numbers: dict[str, Any] = field(default_factory=dict)
    films: dict[str, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for path in sorted(self.folder.glob("*.json")):
            there = json.loads(path.read_text("utf-8"))
            self.weights = self.weights or there["weights"]
            if there["weights"] != self.weights:
                continue
            self.numbers |= {key: read(value) for key, value in there["numbers"].items()}
            self.films |= {key: (self.folder / name).read_bytes() for key, name in there["films"].items()}


def written(value: Any) -> Any:
    """A lens's numbers as JSON. Films as pictures, other arrays in single precision at most."""
    if isinstance(value, Mapping):
        return {key: written(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [written(inner) for inner in value]
    if isinstance(value, np.generic):
        return value.item()
    if not isinstance(value, np.ndarray):
        return value
    if value.ndim == 4 and value.shape[-1] == 3:
        frames = pixels(value)
        sheet = base64.b64encode(webp(atlas(frames), quality=90)).decode()
        return {"film": sheet, "shape": list(frames.shape), "bytes": value.dtype == np.uint8}
    small = value.astype(np.float32) if value.dtype == np.float64 else value
    out = io.BytesIO()
    np.save(out, small, allow_pickle=False)
    return {"array": base64.b64encode(zlib.compress(out.getvalue(), 9)).decode()}


def read(value: Any) -> Any:
    if isinstance(value, list):
        return [read(inner) for inner in value]
    if not isinstance(value, dict):
        return value
    if set(value) == {"array"}:
        return np.load(io.BytesIO(zlib.decompress(base64.b64decode(value["array"]))), allow_pickle=False)
    if set(value) == {"film", "shape", "bytes"}:
        count, height, width, _ = value["shape"]
        sheet = np.asarray(Image.open(io.BytesIO(base64.b64decode(value["film"]))).convert("RGB"))
        across = columns(count)
        cells = [divmod(frame, across) for frame in range(count)]
        frames = [sheet[r * height : (r + 1) * height, c * width : (c + 1) * width] for r, c in cells]
        film = np.stack(frames)
        return film if value["bytes"] else film.astype(np.float32) / 255
    return {key: read(inner) for key, inner in value.items()}
