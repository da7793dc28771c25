"""The codec by itself: films to latents, and a quick look at a latent.

latent = encode(model, frames)               # (frames, rows, cols, 3) uint8 -> (channels, frames, rows, cols)
preview(model, recording.steps[10].x0)       # uint8 frames, at once
fitted = resized(frames, 17, 64, 64)         # cut or held to a length, scaled and cropped to a size

What a finished film looks and sounds like is asked of decode.py, which lets the pipeline itself do it.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from explainers.engine.model.clone import cloned
from explainers.engine.model.video_model import CannotOpen, VideoModel
from explainers.engine.request import Pixels
from explainers.note import Note


def to_pixels(frames: Any) -> Pixels:
    """uint8 of pictures in 0 to 1."""
    array = np.asarray(frames)
    array = array[0] if array.ndim == 5 else array  # a batch of one
    return np.clip(np.rint(array * 255), 0, 255).astype(np.uint8)


def resized(frames: Pixels, length: int, rows: int, cols: int) -> Pixels:
    """The film at a length (cut, or the last frame held) and size (scaled to cover, cropped to the middle)."""
    film = np.concatenate([frames[:length], np.repeat(frames[-1:], max(0, length - len(frames)), 0)])
    if film.shape[1:3] == (rows, cols):
        return film
    scale = max(rows / film.shape[1], cols / film.shape[2])
    size = (max(rows, round(film.shape[1] * scale)), max(cols, round(film.shape[2] * scale)))
    pixels = torch.from_numpy(film).permute(0, 3, 1, 2).float()
    scaled = F.interpolate(pixels, size, mode="bilinear", antialias=True).round().clamp(0, 255).byte()
    top, left = (size[0] - rows) // 2, (size[1] - cols) // 2
    return scaled[:, :, top : top + rows, left : left + cols].permute(0, 2, 3, 1).contiguous().numpy()


def encode(model: VideoModel, frames: Pixels) -> Tensor:
    """The latent of a film: (channels, frames, rows, cols), as the denoiser has it. (frames, rows, cols, 3) in."""
    vae = cloned(model.pipeline, "vae").vae
    pixels = torch.from_numpy(np.array(frames)).permute(3, 0, 1, 2)[None]  # (1, 3, frames, rows, cols)
    pixels = (pixels.float() / 127.5 - 1).to(device=vae.device, dtype=vae.dtype)
    with torch.no_grad():
        latent = vae.encode(pixels).latent_dist.mode()
    mean, std = codec_scale(vae, latent)
    return ((latent - mean) / std)[0].float().cpu()


def codec_scale(vae: Any, latent: Tensor) -> tuple[Tensor, Tensor]:
    """Mean and spread that the pipeline takes off the codec's numbers."""
    config = vae.config
    # where they are learned they are buffers (LTX), elsewhere they stand in the config (Wan, Cosmos3, Mochi)
    mean, std = (config[n] if n in config else getattr(vae, n, None) for n in ("latents_mean", "latents_std"))
    if mean is not None and std is not None:
        shape = (1, -1, 1, 1, 1)
        factor = config.get("scaling_factor") or 1.0
        return tuple(torch.as_tensor(n).to(latent).view(shape) / f for n, f in ((mean, 1.0), (std, factor)))  # type: ignore[return-value]
    shift = torch.tensor(config.get("shift_factor") or 0.0).to(latent)
    return shift, torch.tensor(1.0 / config.get("scaling_factor", 1.0)).to(latent)


def preview(model: VideoModel, latent: Tensor) -> Pixels:
    """A quick look at a latent: frames as `decode` would size them, from the small previewer beside the codec.

    Without one, the codec itself decodes: sharp, not quick.
    """
    weights = _previewer(model)
    if weights is None:
        vae = cloned(model.pipeline, "vae").vae
        raw = latent[None].to(device=vae.device, dtype=vae.dtype)
        mean, std = codec_scale(vae, raw)
        with torch.no_grad():
            film = vae.decode(raw * std + mean).sample[0]  # (3, frames, rows, cols)
        return to_pixels((film.float().cpu() / 2 + 0.5).permute(1, 2, 3, 0).numpy())
    time, space = model.squeeze
    with torch.no_grad():
        z = latent.float().permute(1, 0, 2, 3)  # (frames, channels, rows, cols)
        weight = weights["weight"].float()
        if weight.shape[1] > z.shape[1]:  # it sees the latent frames before and after as well
            z = torch.cat([torch.cat([z[:1], z[:-1]]), z, torch.cat([z[1:], z[-1:]])], dim=1)
        out = F.conv2d(z, weight, weights["bias"].float(), padding=weight.shape[-1] // 2)
        film = F.pixel_shuffle(out.unflatten(1, (time, -1)), space)  # (latent frames, time, 3, rows, cols)
        # the codec squeezes the first frame alone, every later one stands for `time` of them
        film = torch.cat([film[:1, -1], film[1:].flatten(0, 1)])
    return to_pixels((film / 2 + 0.5).permute(0, 2, 3, 1).numpy())


def _previewer(model: VideoModel) -> dict[str, Tensor] | None:
    path = model.folder and model.folder / "previewer" / "previewer.safetensors"
    return _read_previewer(str(path)) if path and path.is_file() else None


@lru_cache(maxsize=8)
def _read_previewer(path: str) -> dict[str, Tensor]:
    from safetensors.torch import load_file

    weights = load_file(path)
    if {"weight", "bias"} - set(weights):
        raise CannotOpen(
            Note("previewer", "{file} is not a previewer: it needs the tensors `weight` and `bias`.", file=path)
        )
    return weights
