"""Films from a model, many at once: to judge it, and for sheets of samples.

    pipeline = opened("assets/model")                    # or: at_checkpoint(config, folder)
    films, waves = sample(pipeline, ["a red ball bounces in the snow", "a cat sleeps"], seeds=[0, 1])
    films, waves                                         # (2, 17, 3, 64, 64) in 0..1, (2, 17000) in -1..1

The pipeline makes one film at a time. This makes the very same films (noise from the same seeds; a test compares them)
in batches, which is several times faster.
"""

import copy
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import diffusers
import torch
from diffusers import Cosmos3OmniPipeline, DiffusionPipeline
from torch import Tensor

from ..codec.latents import load_codecs
from ..codec.picture_codec import from_codec
from ..config import Config
from ..run.state import load_state
from ..world import FPS
from . import model as models
from .forward import batched, velocity
from .model import token_ids

STEPS, GUIDANCE = 50, 4.0  # unless the model's defaults.json says otherwise
BATCH = 16


def opened(folder: Path | str) -> Cosmos3OmniPipeline:
    """The published model, stored in half precision, computing in float32."""
    diffusers.logging.set_verbosity_error()
    return DiffusionPipeline.from_pretrained(str(folder), dtype=torch.float32, local_files_only=True)


def at_checkpoint(config: Config, folder: Path, weights: dict[str, Tensor] | None = None) -> Cosmos3OmniPipeline:
    """The same pipeline around weights in training: given ones, the checkpoint's averaged ones, or untrained ones."""
    denoiser = models.transformer(config)
    checkpoint = folder / "transformer" / "checkpoint"
    if weights is None and checkpoint.exists():
        weights = load_state(checkpoint)[0]["ema"]["weights"]
    if weights is not None:
        denoiser.load_state_dict({name: value.float() for name, value in weights.items()})
    return models.assemble(config, denoiser, *load_codecs(folder, config))


def sample(
    pipeline: Cosmos3OmniPipeline,
    prompts: Sequence[str],
    seeds: Sequence[int],
    steps: int = STEPS,
    guidance: float = GUIDANCE,
    size: tuple[int, int, int] = (17, 64, 64),
    batch: int = BATCH,
) -> tuple[Tensor, Tensor]:
    """Films (prompts, frames, 3, height, width) and waves (prompts, samples); ``size`` is frames, height, width."""
    parts = []
    for k in range(0, len(prompts), batch):
        *_, latents = denoise(pipeline, prompts[k : k + batch], seeds[k : k + batch], steps, guidance, size)
        parts.append(decode(pipeline, *latents))
    films, waves = zip(*parts, strict=True)
    return torch.cat(films), torch.cat(waves)


@torch.no_grad()
def denoise(
    pipeline: Cosmos3OmniPipeline,
    prompts: Sequence[str],
    seeds: Sequence[int],
    steps: int,
    guidance: float,
    size: tuple[int, int, int],
    begun: Tensor | None = None,
) -> Iterator[tuple[Tensor, Tensor]]:
    """Step by step: picture (prompts, channels, frames, rows, cols) and sound (prompts, channels, slices).

    ``begun``: latents that all films begin with, (prompts, channels, first frames, rows, cols); they stay as they are.
    """
    model, device = pipeline.transformer, pipeline.transformer.device
    squeeze = pipeline.vae.config.scale_factor_temporal
    x, s = (v.to(device) for v in noise(pipeline, seeds, size))
    ids = torch.tensor(
        [token_ids(pipeline.text_tokenizer, text) for text in [*prompts, *[""] * len(prompts)]], device=device
    )
    given = torch.zeros(2 * len(prompts), x.shape[2], dtype=torch.bool, device=device)
    told = 0 if begun is None else begun.shape[2]
    given[:, :told] = True
    if begun is not None:
        x[:, :, :told] = begun.to(device)
    branches = 1 if guidance == 1 else 2  # with the words, and without them
    rows = branches * len(prompts)
    schedule = copy.deepcopy(pipeline.scheduler)
    schedule.set_timesteps(steps, device=device)
    yield x, s
    with batched(model):
        for t, (now, then) in zip(schedule.timesteps, pairwise(schedule.sigmas), strict=True):
            noisy = x.repeat(branches, 1, 1, 1, 1), s.repeat(branches, 1, 1)
            v, v_s = velocity(model, ids[:rows], *noisy, t.expand(rows), given[:rows], squeeze)
            if branches == 2:
                (v, without), (v_s, without_s) = v.chunk(2), v_s.chunk(2)
                v, v_s = without + guidance * (v - without), without_s + guidance * (v_s - without_s)
            v[:, :, :told] = 0
            x, s = x + (then - now) * v, s + (then - now) * v_s
            yield x, s


def noise(pipeline: Cosmos3OmniPipeline, seeds: Sequence[int], size: tuple[int, int, int]) -> tuple[Tensor, Tensor]:
    """What the pipeline draws when it is given a generator of that seed: first the picture's, then the sound's."""
    config, (frames, height, width) = pipeline.vae.config, size
    time, space = config.scale_factor_temporal, config.scale_factor_spatial
    picture = (config.latent_channels, (frames - 1) // time + 1, height // space, width // space)
    sound = (pipeline.transformer.config.sound_dim, frames)
    x, s = [], []
    for seed in seeds:
        g = torch.Generator().manual_seed(int(seed))
        x.append(torch.randn(1, *picture, generator=g)[0])
        s.append(torch.randn(sound, generator=g))
    return torch.stack(x), torch.stack(s)


@torch.no_grad()
def decode(pipeline: Cosmos3OmniPipeline, latents: Tensor, slices: Tensor) -> tuple[Tensor, Tensor]:
    config = pipeline.vae.config
    mean = torch.tensor(config.latents_mean, device=latents.device).view(1, -1, 1, 1, 1)
    films = from_codec(pipeline.vae.decode(latents * config.latents_std[0] + mean).sample)
    return films.cpu(), pipeline.sound_tokenizer.decode(slices)[:, 0].float().cpu()


def generate(
    pipeline: Cosmos3OmniPipeline, prompt: str, seed: int, steps: int, guidance: float, size: tuple[int, int, int]
):
    """One film by the pipeline itself, as anybody would make it: (frames, 3, height, width), (samples,)."""
    frames, height, width = size
    out = pipeline(
        prompt,
        num_frames=frames,
        height=height,
        width=width,
        fps=FPS,
        num_inference_steps=steps,
        guidance_scale=guidance,
        enable_sound=True,
        generator=torch.Generator().manual_seed(seed),
        output_type="pt",
    )
    return out.video, out.sound[0]
