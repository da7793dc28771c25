"""Make a request one that the model can run: fill in what is open, bend what doesn't fit, and say so.

request, notes, unknown = fit(model, Request("a crimson ball", height=70))
notes            # [Note("fit", …), …]; str: "Height 70 does not fit: 64 is the nearest that does."
"""

from __future__ import annotations

import dataclasses
import math
from typing import Any

from explainers.engine.model import codec, schedulers
from explainers.engine.model.video_model import VideoModel
from explainers.engine.request import Request
from explainers.engine.run.prompt import clean, unknown_words
from explainers.note import Note, Noted

LONGEST = 2000  # letters of a prompt: more is a mistake or an attack
NAMES = {
    "height": Note("name.height", "Height"),
    "width": Note("name.width", "Width"),
    "frames": Note("name.frames", "Frames"),
    "steps": Note("name.steps", "Steps"),
    "guidance": Note("name.guidance", "Guidance"),
    "fps": Note("name.fps", "Fps"),
    "strength": Note("name.strength", "Strength"),
}


class CannotRun(Noted, ValueError):
    """What was asked for is beyond this model; its note says why."""


def fit(model: VideoModel, request: Request) -> tuple[Request, list[Note], dict[str, list[str]]]:
    notes: list[Note] = []
    given: dict[str, Any] = {f.name: getattr(request, f.name) for f in dataclasses.fields(request)}
    for name, value in given.items():
        if value is None and name not in ("image", "video", "strength"):
            given[name] = getattr(model.defaults, name)
    given["seed"] = int(given["seed"]) % 2**63
    given["prompt"] = _prompt(model, given["prompt"], notes)
    given["negative_prompt"] = _prompt(model, given["negative_prompt"], notes)
    if not given["prompt"] and "prompt" in model.parameters:
        notes.append(Note("no_words", "No words: the film follows none (an unconditional run)."))

    time, space = model.squeeze
    patch_time, patch_space = model.patch
    for side in ("height", "width"):
        _nearest(side, given, math.lcm(space * patch_space, model.family.side), 0, notes)
    _nearest("frames", given, time * patch_time, 1 if time > 1 else 0, notes)
    given["steps"] = _clip("steps", int(given["steps"]), model.family.fewest, 1000, notes)
    given["guidance"] = _clip("guidance", float(given["guidance"]), 0.0, 100.0, notes)
    given["fps"] = _clip("fps", float(given["fps"]), 1.0, 120.0, notes)
    if given["sound"] and not model.has_sound:
        given["sound"] = False
        notes.append(Note("no_sound", "This model makes no sound."))
    if given["scheduler"] not in model.schedulers:
        raise CannotRun(
            Note(
                "scheduler",
                "No scheduler “{scheduler}” for this model; it takes {schedulers}.",
                scheduler=given["scheduler"],
                schedulers=", ".join(model.schedulers),
            )
        )
    _from_pictures(model, given, notes)
    unknown = unknown_words(model, given["prompt"])
    for word, near in unknown.items():
        if near:
            notes.append(
                Note(
                    "unknown_near",
                    "The model never learned “{word}”. Nearest: {near}.",
                    word=word,
                    near=", ".join(near),
                )
            )
        else:
            notes.append(Note("unknown", "The model never learned “{word}”.", word=word))
    return Request(**given), notes, unknown


def _from_pictures(model: VideoModel, given: dict[str, Any], notes: list[Note]) -> None:
    """Pictures that the run starts from, at its size; and whether the model can start from them."""
    size = given["height"], given["width"]
    if given["image"] is not None and given["video"] is not None:
        raise CannotRun(Note("both", "Start from a picture or from a film, not from both."))
    if given["image"] is None and model.starts_from_image:
        raise CannotRun(Note("needs_picture", "This model starts from a picture: give one as `image`."))
    if given["image"] is not None:
        if "image" not in model.parameters:
            raise CannotRun(Note("no_picture", "This model can't start from a picture."))
        given["image"] = codec.resized(given["image"][None], 1, *size)[0]
    if given["video"] is None:
        given["strength"], given["keep"] = None, ()
        return
    film = codec.resized(given["video"], given["frames"], *size)
    if film.shape != given["video"].shape:
        notes.append(
            Note(
                "scaled",
                "The film is cut and scaled to {frames} frames of {height} x {width}.",
                frames=len(film),
                height=size[0],
                width=size[1],
            )
        )
    given["video"] = film
    if given["keep"]:
        if "condition_frame_indexes_vision" not in model.parameters:
            raise CannotRun(Note("no_keep", "This model can't keep parts of a film."))
        frames = model.grid(Request(**given))[0]
        given["keep"] = tuple(sorted(k for k in set(given["keep"]) if 0 <= k < frames))
        given["strength"] = None
        return
    strength = 0.7 if given["strength"] is None else float(given["strength"])
    given["strength"] = _clip("strength", strength, 0.0, 1.0, notes)
    if "strength" not in model.parameters and not schedulers.is_flow(model.pipeline.scheduler):
        raise CannotRun(Note("no_remix", "This model can't start from a film under noise."))


def _prompt(model: VideoModel, prompt: str, notes: list[Note]) -> str:
    plain = clean(prompt[:LONGEST])
    if len(prompt) > LONGEST:
        notes.append(
            Note("long", "The prompt is longer than {longest} characters: the rest is left out.", longest=LONGEST)
        )
    if any(c not in plain and not c.isspace() for c in prompt[:LONGEST]):
        notes.append(Note("control", "Control characters in the prompt were left out."))
    longest = getattr(model.tokenizer, "model_max_length", None)
    if model.vocabulary is not None and longest and longest < 10**6:
        # a reader of whole words has room for so many, less the two marks that the pipeline puts at the end
        parts = plain.split()
        room = longest - 2
        if len(parts) > room:
            rest = " ".join(parts[room : room + 5])
            notes.append(Note("room", "The model reads {room} words: “{rest} …” is left out.", room=room, rest=rest))
            plain = " ".join(parts[:room])
    return plain


def _nearest(name: str, given: dict[str, Any], multiple: int, plus: int, notes: list[Note]) -> None:
    """The nearest number of the form `multiple * n + plus`, n at least 1 (or the plain `plus` for one frame)."""
    value = given[name]
    least = plus or multiple
    fitted = max(least, round((value - plus) / multiple) * multiple + plus) if math.isfinite(value) else least
    if fitted != value:
        notes.append(
            Note(
                "fit",
                "{name} {value} does not fit: {fitted} is the nearest that does.",
                name=NAMES[name],
                value=value,
                fitted=fitted,
            )
        )
    given[name] = fitted


def _clip(name: str, value: Any, low: Any, high: Any, notes: list[Note]) -> Any:
    clipped = min(max(value, low), high) if math.isfinite(value) else low
    if clipped != value:
        notes.append(
            Note(
                "bounds",
                "{name} {value} is out of bounds: {taken} is taken.",
                name=NAMES[name],
                value=value,
                taken=clipped,
            )
        )
    return clipped
