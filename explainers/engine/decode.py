"""Latents to film and sound, exactly as the pipeline would; and quick previews; and films to latents.

film = decode(model, recording)                                # the finished one
film = decode(model, recording, recording.steps[10].x0)        # any latent or x0 of that size
film.frames, film.sound, film.fps, film.rate                   # (frames, rows, cols, 3) uint8, (samples, ears) float32
preview(model, recording.steps[10].x0)                         # uint8 frames, at once
encode(model, frames)                                          # (channels, frames, rows, cols)

`decode` runs the pipeline itself with every step passed over and the latent put in at the end, so that unpacking,
scaling and decoding are the pipeline's own, in every family.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
import torch.nn.functional as F
from torch import Tensor

from explainers.engine import answers
from explainers.engine.models import CannotOpen, VideoModel
from explainers.engine.private import private
from explainers.engine.recording import Pixels, Recording, Request
from explainers.engine.seam import Seam


@dataclass
class Film:
    frames: Pixels  # (frames, rows, cols, 3)
    fps: float
    sound: npt.NDArray[np.float32] | None = None  # (samples, ears), -1 to 1
    rate: int = 0  # samples a second


def decode(
    model: VideoModel,
    recording: Recording,
    latent: Tensor | None = None,
    sound_latent: Tensor | None = None,
    sound: bool = True,
) -> Film:
    """The film that a latent stands for; without one, the recording's finished latent and sound."""
    finished = latent is None
    latent = recording.latent if latent is None else latent
    if sound_latent is None and (finished or recording.sound_latents):
        sound_latent = recording.sound_latent
    request = dataclasses.replace(
        recording.request, steps=model.family.fewest, sound=bool(sound and sound_latent is not None), strength=None
    )
    result = run_tail(model, request, latent, sound_latent if request.sound else None)
    frames = result.get("video", result.get("frames", result.get("images")))
    heard = result.get("sound", result.get("audio"))
    return Film(_pixels(frames), float(request.fps or 8), *_heard(model, heard))


def run_tail(model: VideoModel, request: Request, latent: Tensor, sound: Tensor | None, kind: str = "np") -> Any:
    """What the pipeline returns when its denoising ends in this latent."""
    seam = Seam(model, request)

    def put(scheduler: Any, main: bool, forward: Any, output: Tensor, timestep: Any, sample: Tensor) -> Tensor:
        after: Tensor = forward()
        if main:
            return model.family.pack(latent).reshape(sample.shape).to(after)
        return after if sound is None else model.family.pack_sound(sound).reshape(sample.shape).to(after)

    seam.denoise = lambda name, branch, forward, args, kwargs: answers.empty(model, name, forward, args, kwargs)
    seam.step = put
    with seam, torch.no_grad():
        return seam.run(output_type=kind)


def _pixels(frames: Any) -> Pixels:
    array = np.asarray(frames)
    array = array[0] if array.ndim == 5 else array  # a batch of one
    return np.clip(np.rint(array * 255), 0, 255).astype(np.uint8)


def _heard(model: VideoModel, sound: Any) -> tuple[npt.NDArray[np.float32] | None, int]:
    if sound is None:
        return None, 0
    wave = torch.as_tensor(sound).detach().float().cpu()
    wave = wave.reshape(-1, wave.shape[-1]).T  # (samples, ears)
    for part in ("sound_tokenizer", "vocoder", "audio_vae"):
        config = getattr(getattr(model.pipeline, part, None), "config", {})
        rate = config.get("output_sampling_rate", config.get("sampling_rate", config.get("sample_rate")))
        if rate:
            return wave.numpy(), int(rate)
    return wave.numpy(), 16000


def encode(model: VideoModel, frames: Pixels) -> Tensor:
    """The latent of a film: (channels, frames, rows, cols), as the denoiser has it. (frames, rows, cols, 3) in."""
    vae = private(model.pipeline, "vae").vae
    pixels = torch.from_numpy(np.ascontiguousarray(frames)).permute(3, 0, 1, 2)[None]  # (1, 3, frames, rows, cols)
    pixels = (pixels.float() / 127.5 - 1).to(device=vae.device, dtype=vae.dtype)
    with torch.no_grad():
        latent = vae.encode(pixels).latent_dist.mode()
    mean, std = codec_scale(vae, latent)
    return ((latent - mean) / std)[0].float().cpu()


def codec_scale(vae: Any, latent: Tensor) -> tuple[Tensor, Tensor]:
    """Mean and spread that the pipeline takes off the codec's numbers."""
    config = vae.config
    if config.get("latents_mean") is not None:
        shape = (1, -1, 1, 1, 1)
        factor = config.get("scaling_factor") or 1.0
        mean = torch.tensor(config.latents_mean).to(latent).view(shape)
        return mean, torch.tensor(config.latents_std).to(latent).view(shape) / factor
    shift = torch.tensor(config.get("shift_factor") or 0.0).to(latent)
    return shift, torch.tensor(1.0 / config.get("scaling_factor", 1.0)).to(latent)


def preview(model: VideoModel, latent: Tensor) -> Pixels:
    """A quick look at a latent: frames as `decode` would size them, from the small previewer beside the codec.

    Without one, the codec itself decodes: sharp, not quick.
    """
    weights = _previewer(model)
    if weights is None:
        vae = private(model.pipeline, "vae").vae
        raw = latent[None].to(device=vae.device, dtype=vae.dtype)
        mean, std = codec_scale(vae, raw)
        with torch.no_grad():
            film = vae.decode(raw * std + mean).sample[0]  # (3, frames, rows, cols)
        return _pixels((film.float().cpu() / 2 + 0.5).permute(1, 2, 3, 0).numpy())
    time, space = model.squeeze
    with torch.no_grad():
        z = latent.float().permute(1, 0, 2, 3)  # (frames, channels, rows, cols)
        around = torch.cat([torch.cat([z[:1], z[:-1]]), z, torch.cat([z[1:], z[-1:]])], dim=1)
        out = F.conv2d(
            around, weights["weight"].float(), weights["bias"].float(), padding=weights["weight"].shape[-1] // 2
        )
        film = F.pixel_shuffle(out.unflatten(1, (time, -1)), space)  # (latent frames, time, 3, rows, cols)
        # the codec squeezes the first frame alone, every later one stands for `time` of them
        film = torch.cat([film[:1, -1], film[1:].flatten(0, 1)])
    return _pixels((film / 2 + 0.5).permute(0, 2, 3, 1).numpy())


def _previewer(model: VideoModel) -> dict[str, Tensor] | None:
    path = model.folder and model.folder / "previewer" / "previewer.safetensors"
    return _read_previewer(str(path)) if path and path.is_file() else None


@lru_cache(maxsize=8)
def _read_previewer(path: str) -> dict[str, Tensor]:
    from safetensors.torch import load_file

    weights = load_file(path)
    if {"weight", "bias"} - set(weights):
        raise CannotOpen(f"{path} is not a previewer: it needs the tensors `weight` and `bias`.")
    return weights
