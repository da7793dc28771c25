"""Validated values of the controls: all of them come from a browser.

at = checked(lesson, starts, facts, settings, hand, controls)
at.of(("level", "step"))             # the arguments of a lens
code(lesson, "spectrum", at)         # the lines that run it, and its source
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, TypeGuard

from explainers.kit.lesson import Index, Lesson
from explainers.kit.signature import signature
from explainers.worker.settings import Settings, asked, stand


@dataclass(frozen=True)
class Inputs:
    """What a picture is made from: the film on screen and how everything that can be moved stands."""

    settings: Settings
    hand: Mapping[str, Any] = field(default_factory=dict)  # the viewer's
    controls: Mapping[str, Any] = field(default_factory=dict)  # the lesson's
    model: str = "embedded"

    def of(self, names: tuple[str, ...]) -> dict[str, Any]:
        there = {**asdict(self.settings), **self.hand, **self.controls}
        return {name: there[name] for name in names if name in there}


def checked(
    lesson: Lesson,
    starts: Settings,
    facts: Mapping[str, Any],
    settings: Any,
    hand: Any,
    controls: Any,
) -> Inputs:
    """What a browser says, each thing of its type and within its bounds."""
    settings, hand, controls = (said if isinstance(said, Mapping) else {} for said in (settings, hand, controls))
    run = starts.changed(settings)
    stood = {c.name: stand(c, controls.get(c.name, c.start)) for c in lesson.controls}
    for control in lesson.controls:
        if isinstance(control, Index) and stood[control.name] is not None:
            stood[control.name] = min(stood[control.name], facts[control.of] - 1)
    return Inputs(run, _hand(hand, run), stood, facts.get("model", "embedded"))


def code(lesson: Lesson, lens: str, at: Inputs, cut: str = "") -> str:
    """The lens with the lines that run it on the film on screen: what the third depth shows.

    A lens that compares is shown with the cut that makes the other film.
    """
    needs, s = signature(lesson.idea, lens), at.settings
    calls = {"other": cut, "numbers": lens} if "other" in needs.given else {"numbers": lens}
    how = asked(s)
    shape = ", ".join(f"{name}={how[name]}" for name in ("frames", "width", "height"))
    begins = f", video=film, strength={s.remix:g}" if s.remix else ", image=picture" if s.picture else ""
    shown = "film = ...  # (frames, height, width, 3) uint8: under noise, this film begins with it"
    if not s.remix:
        shown = "picture = ...  # (height, width, 3) uint8: the one that this film begins with"
    lines = [
        "from explainers.engine import Request, open_model, record",
        f"from explainers.lessons.{lesson.idea} import lens",
        "from explainers.kit.lesson import finish",
        "",
        f"model = open_model({at.model!r})",
        f"how = dict(seed={s.seed}, steps={s.steps}, guidance={s.guidance:g}, scheduler={how['scheduler']!r})",
        *([shown] if s.picture else []),
        f"request = Request({s.prompt!r}, {shape}{begins}, **how)",
        "run = record(model, request).finish()",
        *(f"{name} = {_call(lesson, function, at)}" for name, function in calls.items()),
        "",
        f"# explainers/lessons/{lesson.idea}/lens.py",
        needs.text,
    ]
    return "\n".join(lines)


def _call(lesson: Lesson, lens: str, at: Inputs) -> str:
    needs = signature(lesson.idea, lens)
    controls = [f"{name}={value!r}" for name, value in at.of(needs.controls).items()]
    call = f"lens.{lens}({', '.join([*needs.given, *controls])})"
    return f"finish({call})" if needs.long else call


def _hand(hand: Mapping[str, Any], run: Settings) -> dict[str, Any]:
    """The viewer's controls, within bounds, each of its type."""

    def whole(value: Any) -> TypeGuard[int]:
        return isinstance(value, int) and not isinstance(value, bool)

    def index(name: str, most: int) -> int:
        value = hand.get(name)
        return min(max(value, -most), most - 1) % most if whole(value) else 0

    def place(value: Any) -> bool:
        return whole(value) and 0 <= value < 4096

    def pick(name: str) -> int | None:
        value = hand.get(name)
        return value if place(value) else None

    patch = hand.get("patch")
    inside = isinstance(patch, list | tuple) and len(patch) == 3 and all(place(x) for x in patch)
    return {
        "step": index("step", run.steps),
        "frame": index("frame", run.frames),
        "film": hand.get("film") if hand.get("film") in ("x0", "noisy", "difference") else "x0",
        "view": hand.get("view") if hand.get("view") in ("film", "frames", "stack") else "film",
        "grid": bool(hand.get("grid")),
        "patch": tuple(patch or ()) if inside else None,
        "word": pick("word"),
        "slice": pick("slice"),
    }
