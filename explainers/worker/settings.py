"""Settings to address and back: what makes a run is in the address, so that a link brings the same film back.

    write(Settings("a red ball bounces", seed=7), {"step": 3})   # "prompt=a+red+ball+bounces&seed=7&…&step=3"
    read("prompt=a+red+ball&seed=7&step=3", lesson)              # (Settings("a red ball", seed=7), {"step": 3})

An address is written by anybody: what is out of bounds is pulled inside, what can't be read is left at its start,
nothing raises.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any
from urllib.parse import parse_qsl, urlencode

from explainers.kit.lesson import Choice, Control, Index, Lesson, Slider, Switch, Text

LONGEST_PROMPT = 200  # characters
MOST_STEPS = 50
BOUNDS = {
    "seed": (0, 2**31 - 1),
    "steps": (1, MOST_STEPS),
    "guidance": (0.0, 15.0),
    "frames": (1, 241),
    "remix": (0.0, 1.0),
}
SIZE = re.compile(r"[1-9][0-9]{0,3}x[1-9][0-9]{0,3}")  # width x height
HASH = re.compile(r"([0-9a-f]{16})?")
NAME = re.compile(r"[A-Za-z0-9_]{0,60}")
MODEL = re.compile(r"[\w.@+-]{0,100}(/[\w.@+-]{1,100})?")
VIEWER: Mapping[str, tuple[Any, ...] | None] = {
    "step": None,
    "frame": None,
    "film": ("x0", "noisy", "difference"),
    "view": ("film", "frames", "stack"),
}


@dataclass(frozen=True)
class Settings:
    """What makes a run. The same settings give the same film, bit for bit, on one machine and build."""

    prompt: str = ""
    seed: int = 0
    steps: int = 25
    guidance: float = 5.0
    scheduler: str = ""  # the model's own where empty
    frames: int = 17
    size: str = "64x64"
    recording: str = ""  # hash of the file, where the run was not made here but brought
    picture: str = (
        ""  # hash of the pixels, where the film begins with a picture or a film that somebody brought or drew
    )
    remix: float = 0.0  # how much noise goes over it, where what was brought is a film
    model: str = ""  # of several that the operator offers; empty for the one that the app starts with

    @property
    def key(self) -> str:
        """The same for the same run, and fit for a file name."""
        return hashlib.sha256(repr(self).encode()).hexdigest()[:16]

    @property
    def width(self) -> int:
        return int(self.size.partition("x")[0])

    @property
    def height(self) -> int:
        return int(self.size.partition("x")[2])

    def changed(self, wishes: Mapping[str, Any]) -> Settings:
        """These settings with some of them as wished, within bounds; wishes that make no sense are ignored."""
        values = asdict(self)
        for field in fields(self):
            if (wish := wishes.get(field.name)) is not None:
                values[field.name] = _within(field.name, wish, values[field.name])
        return Settings(**values)


def asked(settings: Settings) -> dict[str, Any]:
    """What the engine's Request is given, by its names; but for what the film begins with."""
    same = {name: getattr(settings, name) for name in ("prompt", "seed", "steps", "guidance", "frames")}
    return {**same, "width": settings.width, "height": settings.height, "scheduler": settings.scheduler or None}


def wishes(request: Any, steps: int) -> dict[str, Any]:
    """The way back, from a Request of which so many steps were made: for `Settings.changed`."""
    same = {name: getattr(request, name) for name in ("prompt", "seed", "guidance", "frames", "scheduler")}
    return {**same, "steps": steps, "size": f"{request.width}x{request.height}"}


def write(settings: Settings, controls: Mapping[str, Any] | None = None) -> str:
    shown = {name: f"{value:g}" if isinstance(value, float) else value for name, value in asdict(settings).items()}
    standing = {name: _text(value) for name, value in (controls or {}).items() if value is not None}
    said = {name: value for name, value in shown.items() if value != "" and (name != "remix" or settings.remix)}
    return urlencode({**said, **standing})


def read(
    address: str, lesson: Lesson | None = None, start: Settings | None = None
) -> tuple[Settings | None, dict[str, Any]]:
    """The settings of the run that an address asks for, if any, and how the controls of the page shall stand."""
    asked = dict(parse_qsl(address.lstrip("?")[:4000]))
    settings = (start or Settings()).changed(asked) if asked.get("prompt", "").strip() else None
    controls = {}
    for name, options in VIEWER.items():
        if name in asked and (value := _viewer(asked[name], options)) is not None:
            controls[name] = value
    for control in lesson.controls if lesson else []:
        if control.name in asked:
            controls[control.name] = stand(control, asked[control.name])
    return settings, controls


def stand(control: Control, wish: Any) -> Any:
    """The value of a control nearest to a wish from outside, of the control's own type."""
    if isinstance(control, Slider):
        value = min(max(_number(wish, control.start), control.low), control.high)
        return round(value) if isinstance(control.by, int) else value  # whole steps are whole numbers
    if isinstance(control, Choice):
        return wish if wish in control.options else control.start
    if isinstance(control, Text):
        return " ".join(str(wish).split())[:LONGEST_PROMPT]
    if isinstance(control, Switch):
        return wish in (True, "1", "true", "True")
    assert isinstance(control, Index)
    if control.all and wish in (None, "", "all"):
        return None
    return max(0, int(_number(wish, control.start or 0)))


def _within(name: str, wish: Any, start: Any) -> Any:
    if name == "prompt":
        return " ".join(str(wish).split())[:LONGEST_PROMPT]
    if name == "size":
        return _matching(SIZE, wish, start)
    if name in ("recording", "picture"):
        return _matching(HASH, wish, start)
    if name == "model":
        return _matching(MODEL, wish, start)
    if name == "scheduler":
        return _matching(NAME, wish, start)
    low, high = BOUNDS[name]
    value = min(max(_number(wish, start), low), high)
    return round(value, 2) if name in ("guidance", "remix") else int(value)


def _matching(pattern: re.Pattern[str], wish: Any, start: str) -> str:
    return wish if isinstance(wish, str) and pattern.fullmatch(wish) else start


def _viewer(wish: str, options: tuple[Any, ...] | None) -> Any:
    if options is not None:
        return wish if wish in options else None
    return int(wish) if re.fullmatch(r"-?\d{1,4}", wish) else None


def _number(wish: Any, start: float) -> float:
    try:
        value = float(wish)
    except (TypeError, ValueError, OverflowError):  # OverflowError: a whole number of a thousand digits
        return start
    return value if math.isfinite(value) else start


def _text(value: Any) -> Any:
    if isinstance(value, bool):
        return int(value)
    return f"{value:g}" if isinstance(value, float) else value
