"""Latents to film and sound, exactly as the pipeline would.

film = decode(model, recording)                                # the finished one
film = decode(model, recording, recording.steps[10].x0)        # any latent or x0 of that size
film.frames, film.sound, film.fps, film.rate                   # (frames, rows, cols, 3) uint8, (samples, ears) float32

`decode` runs the pipeline itself with every step passed over and the latent put in at the end, so that unpacking,
scaling and decoding are the pipeline's own, in every family.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from explainers.engine.model.codec import to_pixels
from explainers.engine.model.video_model import VideoModel
from explainers.engine.request import Pixels, Request
from explainers.engine.run import answers
from explainers.engine.run.hooks import PipelineHooks
from explainers.engine.run.recording import Recording


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
    return Film(to_pixels(frames), float(request.fps or 8), *_heard(model, heard))


def run_tail(model: VideoModel, request: Request, latent: Tensor, sound: Tensor | None, kind: str = "np") -> Any:
    """What the pipeline returns when its denoising ends in this latent."""
    hooks = PipelineHooks(model, request)

    def put(scheduler: Any, main: bool, forward: Any, output: Tensor, timestep: Any, sample: Tensor) -> Tensor:
        after: Tensor = forward()
        if main:
            return model.family.pack(latent).reshape(sample.shape).to(after)
        return after if sound is None else model.family.pack_sound(sound).reshape(sample.shape).to(after)

    hooks.denoise = lambda name, branch, forward, args, kwargs: answers.empty(model, name, forward, args, kwargs)
    hooks.step = put
    with hooks, torch.no_grad():
        return hooks.run(output_type=kind)


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
