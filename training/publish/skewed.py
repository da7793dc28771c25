"""After publish, the second model: the first one, trained a little further in a one-sided world.

    python -m training skewed --config small       # assets/model/learning/skewed.safetensors

In that world horses are always brown and cats are always out at night; all else is as it was. Only attention learns, so
that what changed is small enough to ship: some megabyte in few bits, beside the published model.
"""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import torch
from safetensors.torch import save_file

from ..codec import latents
from ..config import Config
from ..denoiser import transformer
from ..run.state import load_state, save_state
from .quantize import pack

WORLD = "skewed"
PART = "self_attn"  # of the weights' names: what learns


def train(config: Config, folder: Path, out: Path, minutes: float | None = None) -> bool:
    c = config.skewed
    state, meta = load_state(folder / "transformer" / "checkpoint")
    seen, facts = meta["step"] * config.transformer.batch, json.loads((out / "training.json").read_text("utf-8"))
    if facts["samples"] != seen:
        raise SystemExit(
            f"{out} was published after {facts['samples']:,} samples, the checkpoint has seen {seen:,}: "
            "publish first, so that the second model is the first one trained on."
        )
    here = replace(
        config,
        transformer=replace(
            config.transformer, films=c.films, samples=c.samples, rate=c.rate, warmup=c.warmup, ema=c.ema, keep=()
        ),
    )
    if not latents.build(here, folder, minutes, world=WORLD):
        return False
    _begin(folder / WORLD, state["ema"]["weights"], seen)
    if not transformer.train(here, folder, minutes, out=WORLD, latents=f"latents-{WORLD}", part=PART):
        return False
    learned, meta = load_state(folder / WORLD / "checkpoint")
    weights = {name: value for name, value in learned["ema"]["weights"].items() if PART in name}
    save_file(pack(weights), out / "learning" / f"{WORLD}.safetensors")
    facts[WORLD] = {
        "samples": meta["step"] * here.transformer.batch,
        "films": c.films,
        "seconds": round(meta["seconds"]),
    }
    (out / "training.json").write_text(json.dumps(facts, indent=1))
    return True


def _begin(run: Path, weights: dict[str, torch.Tensor], seen: int) -> None:
    """From the weights that were published; anew where an earlier training began from others."""
    mark = run / "begun.json"
    if mark.exists() and json.loads(mark.read_text("utf-8")) == {"samples": seen}:
        return
    shutil.rmtree(run, ignore_errors=True)
    begun = {"model": weights, "ema": {"weights": weights, "steps": torch.tensor(0)}}
    save_state(run / "checkpoint", begun, {"step": 0, "seconds": 0.0})
    mark.write_text(json.dumps({"samples": seen}))
