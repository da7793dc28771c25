"""Stage 0, adopt: go on with a training on a machine that has no checkpoint of it.

    python -m training adopt --config small        # training/unfinished or assets/model -> runs/small

An unfinished run is preferred to the published model. Published weights come back as they were published (half
precision, averaged); what an optimizer remembered does not, and is learned again in some hundred steps. Steps already
done are counted, so that schedules go on where they stood.
"""

import json
import shutil
from pathlib import Path

import torch
from diffusers import DiffusionPipeline

from ..config import Config
from . import unfinished
from .state import save_state


def adopt(config: Config, folder: Path, published: Path) -> None:
    if (folder / "transformer" / "checkpoint").exists():
        raise SystemExit(f"{folder} already holds a training; adopt only fills an empty one.")
    if unfinished.unpack(unfinished.HERE, folder, config):
        return
    facts = json.loads((published / "training.json").read_text("utf-8"))
    if facts["config"] != config.name:
        raise SystemExit(f"{published} was trained as '{facts['config']}', not as '{config.name}'.")
    pipeline = DiffusionPipeline.from_pretrained(published, dtype=torch.float32, local_files_only=True)
    vae, sound, denoiser = pipeline.vae, pipeline.sound_tokenizer, pipeline.transformer
    codec_steps = config.picture.crops // config.picture.batch + config.picture.films // max(
        2, config.picture.batch // 2
    )
    done = {"step": codec_steps, "seconds": 0.0}
    save_state(folder / "picture-codec" / "checkpoint", {"vae": vae.state_dict()}, done)
    done = {"step": config.sound.samples // config.sound.batch, "seconds": 0.0}
    save_state(folder / "sound-codec" / "checkpoint", {"codec": sound.state_dict()}, done)
    # The published sound codec carries its scale inside; nothing is left to divide by.
    scale = {"mean": list(vae.config.latents_mean), "std": vae.config.latents_std[0], "sound_std": 1.0}
    (folder / "scale.json").write_text(json.dumps(scale, indent=1))
    weights = denoiser.state_dict()
    step = facts["samples"] // config.transformer.batch
    state = {"model": weights, "ema": {"weights": weights, "steps": torch.tensor(step)}}
    save_state(folder / "transformer" / "checkpoint", state, {"step": step, "seconds": facts["seconds"]})
    shutil.copy2(published / "training.csv", folder / "transformer" / "log.csv")  # the curve goes on where it ended
