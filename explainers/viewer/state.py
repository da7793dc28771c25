"""What a viewer shows, as one state: which film, which steps of it so far, what stands beside it.

FilmState(address)                                  # a finished film
FilmState(address, steps, state="live")             # one that is being made
FilmState(address).told(step=3, asks=["patch"])     # as the viewer reads it (README.md), with what it shall do besides
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class FilmState:
    pack: str | bytes = ""
    steps: Sequence[str] = ()  # addresses of packs of one step each
    pack_b: str | bytes = ""  # the film beside it
    steps_b: Sequence[str] = ()
    state: str = ""  # "loading", "live", "error"; "" when there is nothing to wait for
    message: str = ""
    compare: str = "divider"

    def told(self, **more: Any) -> dict[str, Any]:
        return {**asdict(self), "steps": list(self.steps), "steps_b": list(self.steps_b), **more}
