"""A model of the real shapes whose codec is the best linear one, and a run whose answer is known.

The transformer is random; the run on screen is nevertheless a good one, because its latents are put there: the
straight path from its noise to the latent of a rendered film, as a perfect model would walk it.
"""

from __future__ import annotations

import os

os.environ.setdefault("HF_HUB_OFFLINE", "1")

from dataclasses import replace

import numpy as np
import pytest
import torch

from explainers.engine import Request, encode, record, wrap


@pytest.fixture(scope="session")
def model():
    import diffusers

    from training.codec import picture_codec, sound_codec
    from training.codec.linear_start import start_linear
    from training.config import SMALL
    from training.denoiser import model as models
    from training.world import draw, render

    diffusers.logging.set_verbosity_error()
    config = replace(SMALL, transformer=replace(SMALL.transformer, width=48, layers=2, heads=3))
    films = picture_codec.to_codec(render(draw(16, seed=4), config.frames, config.height, config.width))
    vae = picture_codec.build(config).eval()
    start_linear(vae, films, config.picture)
    with torch.no_grad():
        latents = vae.encode(films).latent_dist.mode()
    mean = latents.mean((0, 2, 3, 4))
    spread = (latents - mean.view(1, -1, 1, 1, 1)).square().mean().sqrt()
    picture_codec.set_scale(vae, mean.tolist(), float(spread))
    denoiser = models.transformer(config)
    for out in (denoiser.proj_out, denoiser.audio_proj_out):
        torch.nn.init.normal_(out.weight, std=0.02)
    return wrap(models.assemble(config, denoiser, vae, sound_codec.build(config)), "embedded")


@pytest.fixture(scope="session")
def film():
    """A rendered film that no codec has seen: (17, 64, 64, 3) uint8."""
    from training.world import draw, render

    frames = render(draw(1, seed=99), 17, 64, 64)[0].permute(0, 2, 3, 1)
    return (frames * 255).round().to(torch.uint8).numpy()


@pytest.fixture(scope="session")
def run(model, film):
    request = Request(
        "a red ball bounces in the snow", seed=3, steps=4, guidance=2.0, frames=17, height=64, width=64, fps=8.0
    )
    made = record(model, request).finish()
    return ideal(made, encode(model, np.ascontiguousarray(film)))


def ideal(made, finished):
    """The recording with the straight path from its own noise to `finished` in place of what the model did."""
    noise = made.latents[0]
    for step, sigma in enumerate([*made.sigmas, 0.0]):
        made.latents[step] = (1 - sigma) * finished + sigma * noise
        if step < len(made.velocities):
            made.velocities[step] = noise - finished
    return made
