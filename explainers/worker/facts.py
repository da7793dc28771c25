"""What a page needs to know of the model that is open: its words, lengths, shapes, layers, and how it is best asked.

facts(model)["sizes"]        # ["64x64", "96x64", "64x96"]
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from explainers.worker.model_names import called

if TYPE_CHECKING:
    from explainers.engine import VideoModel

LONGEST = 65  # frames: attention grows with the square of it, and a visitor waits for it


def facts(model: VideoModel) -> dict[str, Any]:
    """What a page needs to know of a model, plain."""
    best = model.defaults
    config = model.denoiser.config
    known = model.vocabulary
    grid = model.patches(model.grid(best))
    lengths = [frames for frames in (9, 17, 25, 33) if frames <= LONGEST]
    return {
        "model": called(model.name),
        "weights": model.weights,
        "known": None if known is None else sorted(known),
        "words": words_by_kind(model.folder),
        "schedulers": list(model.schedulers),
        "lengths": sorted({*lengths, best.frames or 17}),
        "sizes": sizes(best.width or 64, best.height or 64),
        "longest": max(LONGEST, best.frames or 0),
        "fps": best.fps or 8,
        "layers": config.get("num_hidden_layers", config.get("num_layers", 1)),
        "heads": config.get("num_attention_heads", 1),
        "latent_frames": grid[0],
        "rows": grid[1],
        "cols": grid[2],
        "defaults": {
            "steps": best.steps,
            "guidance": best.guidance,
            "frames": best.frames,
            "size": f"{best.width}x{best.height}",
            "scheduler": model.schedulers[0],
            **({"prompt": best.prompt} if best.prompt else {}),  # what it draws when nobody has said what
        },
    }


def words_by_kind(folder: Path | None) -> dict[str, list[str]] | None:
    """The plain words of the world that a model learned, for tapping: {"subject": ["ball", …], …}."""
    world = None if folder is None else folder / "world.json"
    if world is None or not world.exists():
        return None
    synonyms: dict[str, dict[str, list[str]]] = json.loads(world.read_text("utf-8"))["synonyms"]
    return {kind: [words[0] for words in names.values()] for kind, names in synonyms.items()}


def sizes(width: int, height: int) -> list[str]:
    """The model's own shape first, then a wide and a tall one of as many pixels or more."""
    longer = round(max(width, height) * 1.5 / 16) * 16
    return list(dict.fromkeys([f"{width}x{height}", f"{longer}x{height}", f"{width}x{longer}"]))
