"""A click on the film, as lessons speak of it: which pick it is, which layer answers it.

asks(lesson)                                              # ["patch", "sound"]: the kinds of click that are answered
layer = layer_for(lesson, "sound", "")                    # the layer that speaks of slices of sound
picked({"what": "patch", "frame": 2, "row": 3, "col": 4}) # {"patch": (2, 3, 4)}; `pick` is the way back

The viewer knows three things that can be clicked, "patch", "word" and "sound", and calls a layer that needs no click a
"map". A lens calls them `patch`, `word` and `slice`. They are translated here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from explainers.kit.lesson import PICKS, Layer, Lesson, Picture
from explainers.kit.refused import Refused
from explainers.kit.signature import signature

WHAT = {"patch": "patch", "word": "word", "slice": "sound"}  # a lens's picks in the viewer's names


def asks(lesson: Lesson) -> list[str]:
    """The kinds of click that this page answers, in the viewer's names."""
    picks = [pick_of(lesson, p) for p in lesson.pictures if isinstance(p, Layer)]
    return [WHAT[pick] if pick else "map" for pick in picks]


def layer_for(lesson: Lesson, what: str, name: str) -> Layer:
    """`name` says which, where nothing has to be clicked."""
    for picture in lesson.pictures:
        if isinstance(picture, Layer):
            pick = pick_of(lesson, picture)
            if (what == "map" and picture.name == name) or (pick is not None and WHAT[pick] == what):
                return picture
    raise Refused("failed")


def pick_of(lesson: Lesson, picture: Picture) -> str | None:
    """What has to be clicked before a picture can be made."""
    needs = signature(lesson.idea, picture.measures).controls
    return next((pick for pick in PICKS if pick in needs), None)


def picked(click: Mapping[str, Any]) -> dict[str, Any]:
    """What was clicked, as a lens calls it; nothing where nothing was."""
    what = click.get("what")
    if what == "patch":
        return {"patch": (click.get("frame"), click.get("row"), click.get("col"))}
    return {pick: click.get("index") for pick, name in WHAT.items() if name == what}


def pick(name: str, value: Any) -> dict[str, Any]:
    """What a lens calls it, as the viewer says it."""
    if name == "patch":
        return {"what": "patch", "frame": value[0], "row": value[1], "col": value[2]}
    return {"what": WHAT[name], "index": value}
