"""Stage 1, the picture codec: a block of pixels becomes one cell of latent numbers, and comes back.

    python -m training picture-codec --config small --minutes 10

A stock AutoencoderKLLTXVideo, started from the best linear code (see linear_start.py). First on crops around what
moves (many steps a second, and all of them about what is hard), then on whole films. Moving pixels weigh more: a plain
mean is won by backgrounds. A config that asks for no crops and no films gets the linear code itself, in a minute, and
its transformer can begin; the decoder learns apart (decoder.py).
"""

import random
from collections.abc import Callable
from pathlib import Path

import torch
from accelerate import PartialState
from diffusers import AutoencoderKLLTXVideo
from torch import Tensor

from ..config import Config, PictureCodec
from ..run.precision import autocast
from ..run.run import Run
from ..world import draw, follow, render
from .linear_code import LinearCode
from .linear_start import start_linear

PATCH = 4  # pixels along each side of what the first convolution sees as one place
MOVING_WEIGHT = 6.0
MOVING = 0.04  # a pixel moves when it differs so much from the frame before or after


def build(config: Config) -> AutoencoderKLLTXVideo:
    """Patches of 4 x 4 pixels, then half the size and half the frames, once or twice; and back.

    Tried against AutoencoderKLWan, which the pipeline names: this makes three times as many steps a second and learns
    more in each, because it works on whole films and comes back up by rearranging channels, not by blurring cells.
    """
    c = config.picture
    frames, size, _ = c.squeeze
    stages = len(c.encoder_blocks) - 1
    assert frames == 2**stages and size == PATCH * frames, "each stage halves frames, rows and columns of patches"
    torch.manual_seed(config.seed)
    vae = AutoencoderKLLTXVideo(
        latent_channels=c.latent,
        block_out_channels=(c.encoder,) * stages,
        decoder_block_out_channels=(c.decoder,) * stages,
        down_block_types=("LTXVideoDownBlock3D",) * stages,
        layers_per_block=c.encoder_blocks,
        decoder_layers_per_block=c.decoder_blocks,
        spatio_temporal_scaling=(True,) * stages,
        decoder_spatio_temporal_scaling=(True,) * stages,
        decoder_inject_noise=(False,) * (stages + 1),
        downsample_type=("conv",) * stages,
        upsample_residual=(False,) * stages,
        upsample_factor=(1,) * stages,
        patch_size=PATCH,
    )
    # What the pipeline wants to read from a picture codec's config.
    vae.register_to_config(scale_factor_temporal=frames, scale_factor_spatial=size)
    set_scale(vae, [0.0] * c.latent, 1.0)
    return vae


def encoder(vae: AutoencoderKLLTXVideo, c: PictureCodec) -> Callable[[Tensor], Tensor]:
    """The way from ``to_codec(film)`` to latents that is fastest: a matrix where the encoder is one."""
    if c.linear:
        return LinearCode.of(vae, c.soft).encode

    def encode(x: Tensor) -> Tensor:
        with autocast(x.device):
            return vae.encode(x).latent_dist.mode().float()

    return encode


def set_scale(vae: AutoencoderKLLTXVideo, mean: list[float], std: float) -> None:
    """Tell the pipeline how to bring latents to unit size: the mean of each channel, one spread for all."""
    vae.register_to_config(latents_mean=mean, latents_std=[std] * len(mean))


def moving(film: Tensor) -> Tensor:
    """Which pixels move? (..., frames, 3, height, width) -> bool (..., frames, 1, height, width)"""
    change = (film.diff(dim=-4).abs().amax(-3, keepdim=True) > MOVING).float()
    edge = torch.zeros_like(change[..., :1, :, :, :])
    return torch.maximum(torch.cat([edge, change], -4), torch.cat([change, edge], -4)) > 0


def to_codec(film: Tensor) -> Tensor:
    """(clips, frames, 3, height, width) in 0..1 -> (clips, 3, frames, height, width) in -1..1"""
    return film.transpose(1, 2) * 2 - 1


def from_codec(x: Tensor) -> Tensor:
    return (x.float().transpose(1, 2).clamp(-1, 1) + 1) / 2


def batch(config: Config, step: int, cropped: bool, device: torch.device) -> Tensor:
    """The films of one step; which ones depends on the seed and the step alone."""
    c, rng = config.picture, random.Random(config.seed * 1_000_003 + step)
    clips = c.batch // 2 if cropped else max(2, c.batch // 2)
    aspect = config.width / config.height
    scenes = draw(clips, seed=rng.randrange(2**31), aspect=aspect, hard=rng.random() * 0.5).to(device)
    track = follow(scenes, config.frames)
    film = render(scenes, config.frames, config.height, config.width, track)
    if not cropped:
        return film
    unit = config.height / 64
    crops = []
    for i in range(clips):
        for _ in range(2):  # two of each film: rendering costs as much as a crop's training step
            f = rng.randrange(config.frames - c.crop_frames + 1)
            middle = min(f + c.crop_frames // 2, config.frames - 1)
            place = []
            for centre, size in ((track.y[i, middle], config.height), (track.x[i, middle], config.width)):
                at = int(float(centre) * unit + rng.gauss(0, c.crop / 4) - c.crop / 2)
                place.append(max(0, min(size - c.crop, at)))
            r, q = place
            crops.append(film[i, f : f + c.crop_frames, :, r : r + c.crop, q : q + c.crop])
    return torch.stack(crops)


def loss(vae: AutoencoderKLLTXVideo, x: Tensor, latent: Tensor, noise: float) -> tuple[Tensor, dict[str, float]]:
    """``x`` is what ``to_codec`` gives, and what comes back is held against it.

    ``noise``, as a share of the latents' size, is what the decoder must bear: a generated latent is never exact.

    It stands in for the posterior's own spread, which reconstruction alone drives to nothing. Being the same for all
    channels, it also makes the codec give each detail the amplitude that it is worth.
    """
    size = latent.float().square().mean()
    y = vae.decode(latent + noise * size.detach().sqrt() * torch.randn_like(latent)).sample.float()
    film = (x.transpose(1, 2) + 1) / 2
    weight = 1 + MOVING_WEIGHT * moving(film).transpose(1, 2).float()
    error = y - x
    picture = (weight * (error.abs() + 4 * error.square())).mean() / weight.mean()
    told = {"picture": picture.item(), "size": size.item(), "psnr": (-10 * (error.square().mean() / 4).log10()).item()}
    return picture + 0.01 * size.log().square(), told


def train(config: Config, folder: Path, minutes: float | None = None) -> bool:
    """True when it has seen all that the config asks for."""
    c, device = config.picture, PartialState().device
    vae = build(config).to(device).train()
    optimizer = torch.optim.AdamW(vae.parameters(), lr=c.rate, betas=(0.9, 0.99), weight_decay=0.0)
    crop_steps, film_steps = c.crops // c.batch, c.films // max(2, c.batch // 2)
    total = crop_steps + film_steps
    with Run(folder / "picture-codec", minutes) as run:
        if run.new:
            films = render(draw(c.linear_films, config.seed), config.frames, config.height, config.width)
            start_linear(vae, to_codec(films).to(device), c)
        run.resume(vae=vae, optimizer=optimizer)
        for step in run.steps(total):
            for group in optimizer.param_groups:
                group["lr"] = c.rate * min(1.0, (step + 1) / 100) * max(0.03, (1 - step / total) ** 1.5)
            torch.manual_seed(config.seed * 7919 + step)
            x = to_codec(batch(config, step, cropped=step < crop_steps, device=device))
            with autocast(device):
                value, told = loss(vae, x, vae.encode(x).latent_dist.mode(), c.noise)
            optimizer.zero_grad()
            value.backward()
            torch.nn.utils.clip_grad_norm_(vae.parameters(), 1.0)
            optimizer.step()
            if step % 20 == 0:
                run.log(**told)
    return run.finished


@torch.no_grad()
def reconstruct(vae: AutoencoderKLLTXVideo, film: Tensor) -> Tensor:
    return from_codec(vae.decode(vae.encode(to_codec(film)).latent_dist.mode()).sample)
