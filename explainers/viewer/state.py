"""What a viewer shows, as one state: which film, which steps of it so far, what stands beside it.

screen(address)                                     # a finished film
screen(address, steps, state="live", ahead=2)       # one that is being made
"""

from __future__ import annotations

from typing import Any


def screen(pack: str | bytes, steps: list[str] | None = None, **more: Any) -> dict[str, Any]:
    """A state of the viewer (see viewer/README.md); `ahead`, `settings`, `measured`, `cut` are for the page."""
    empty = {"pack_b": "", "steps_b": [], "state": "", "message": "", "compare": "divider"}
    return {**empty, "pack": pack, "steps": steps or [], **more}
