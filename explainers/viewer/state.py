"""What a viewer shows, as one state: which film, which steps of it so far, what stands beside it.

FilmState(address)                                  # a finished film
FilmState(address, steps, state="live")             # one that is being made
FilmState(address).told(step=3, asks=["patch"])     # as the viewer reads it (README.md), with what it shall do besides
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from explainers.kit.clicks import pick
from explainers.kit.lesson import PICKS
from explainers.kit.story import Track


def standing(hand: Mapping[str, Any]) -> dict[str, Any]:
    """How a hand stands, in a lesson's names, as the viewer reads it."""
    told = {name: hand[name] for name in ("step", "frame", "view", "grid", "compare", "playing") if name in hand}
    chosen = next(({"pick": pick(name, hand[name])} for name in PICKS if hand.get(name) is not None), {})
    mapped = {"pick": {"what": "map", "name": hand["map"]}} if hand.get("map") else chosen
    return told | mapped | ({"layer": hand["film"]} if "film" in hand else {})


def tracks(drawn: Track | Sequence[Track]) -> dict[str, Any]:
    """What is to be drawn over the films, as the viewer reads it."""

    def points(track: Any) -> list[list[float] | None]:
        xy = np.asarray(track, float)  # (frames, 2)
        return [[round(x, 4), round(y, 4)] if np.isfinite([x, y]).all() else None for x, y in xy.tolist()]

    each = [drawn] if isinstance(drawn, Track) else drawn
    return {
        name: {"found": points(track.found), "lines": [points(line) for line in track.lines]}
        for name, track in zip("ab", each, strict=False)
    }


@dataclass(frozen=True)
class FilmState:
    pack: str | bytes = ""
    steps: Sequence[str] = ()  # addresses of packs of one step each
    pack_b: str | bytes = ""  # the film beside it
    steps_b: Sequence[str] = ()
    state: str = ""  # "loading", "live", "error"; "" when there is nothing to wait for
    message: str = ""
    compare: str = "divider"
    titles: Sequence[str] = ()  # of both films, where it is not a cut that tells them apart

    def told(self, **more: Any) -> dict[str, Any]:
        lists = {name: list(getattr(self, name)) for name in ("steps", "steps_b", "titles")}
        return {**asdict(self), **lists, **more}
