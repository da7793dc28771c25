"""A few clips of the world as they were rendered, with what is true of them, for the pages that need a known answer.

    python -m training clips          # assets/clips: index.json, and an .npz for each clip

frames (17, 64, 64, 3) uint8; x, y, radius (17,) in units of 1/64 of the height; contacts in frames; wave at 8 kHz.
No clip here was trained on: their seeds are their own.
"""

import json
import random
from pathlib import Path

import numpy as np

from ..config import Config
from ..world import caption, follow, listen, render, spell

SHOWN = (  # one of each subject and place, and of most motions; all combinations that training shows as well
    ("ball", "red", "grass", "bounce"),
    ("ball", "orange", "snow", "rebound"),
    ("ball", "blue", "night", "roll"),
    ("cat", "orange", "night", "right"),
    ("boat", "green", "sea", "left"),
    ("horse", "brown", "desert", "gallop"),
    ("mammoth", "brown", "snow", "left"),
    ("mammoth", "blue", "sunset", "grow"),
    ("star", "purple", "night", "spin"),
    ("star", "yellow", "sunset", "float"),
)
SEED = 777_000


def publish_clips(config: Config, out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    choices = [dict(zip(("subject", "colour", "place", "motion"), shown, strict=True)) for shown in SHOWN]
    scenes = spell(choices, SEED, aspect=config.width / config.height)
    track = follow(scenes, config.frames)
    films = render(scenes, config.frames, config.height, config.width, track)
    waves = listen(scenes, track, config.frames)
    index = []
    for i, choice in enumerate(choices):
        name = "-".join(choice.values())
        contacts = track.contacts[i][track.kind[i] > 0]
        np.savez_compressed(
            out / f"{name}.npz",
            frames=(films[i].permute(0, 2, 3, 1) * 255).round().byte().numpy(),
            x=track.x[i].numpy(),
            y=track.y[i].numpy(),
            radius=track.radius[i].numpy(),
            contacts=contacts.numpy(),
            wave=waves[i].half().numpy(),
        )
        index.append({"prompt": caption(choice, random.Random(0), plain=True), "frames": f"{name}.npz", **choice})
    (out / "index.json").write_text(json.dumps(index, indent=1) + "\n")
    print(f"{out}: {len(index)} clips, {sum(f.stat().st_size for f in out.iterdir()) / 1e3:.0f} kB")
