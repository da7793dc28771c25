"""The clips that the kit brings: films as the world renders them, with what is true of them.

for clip in clips():                       # {"prompt", "frames", "subject", "colour", "place", "motion"}
    arrays(clip)["frames"]                 # (frames, height, width, 3) uint8; "x", "y", "radius", "contacts", "wave"

No codec and no model had a hand in them: they are what a page asks where it needs a known answer. `python -m training
clips` makes them.
"""

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np

CLIPS = Path(__file__).resolve().parents[2] / "assets" / "clips"


def clips() -> list[dict[str, str]]:
    """What the index says of each; none where the kit came without them."""
    index = CLIPS / "index.json"
    found: list[dict[str, str]] = json.loads(index.read_text("utf-8")) if index.exists() else []
    return found


def arrays(clip: Mapping[str, str]) -> Mapping[str, np.ndarray]:
    """Each is read when it is asked for."""
    found: Mapping[str, np.ndarray] = np.load(CLIPS / clip["frames"])
    return found
