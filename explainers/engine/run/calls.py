"""A recorded call of the denoiser, made again.

call_again(model, recording, step=12)                # what the denoiser returns
args, kwargs = arguments(model, recording, step=12, call=recording.calls[12][0])

A recording is replayed only on the weights that made it: `check`.
"""

from __future__ import annotations

from typing import Any

import torch

from explainers.engine.attention.cuts import cutting
from explainers.engine.model.clone import cloned
from explainers.engine.model.families import Grid
from explainers.engine.model.video_model import VideoModel
from explainers.engine.run.arguments import Latents, rebuild
from explainers.engine.run.recording import Call, Recording
from explainers.note import Note, Noted


class WrongModel(Noted, ValueError):
    """A recording of other weights: replaying it here would show something that never happened."""


def call_again(model: VideoModel, recording: Recording, step: int, call: int = 0, on: Any = None) -> Any:
    """One recorded denoiser call, as it was (cuts of that run included); returns what the denoiser returns.

    `on`: a copy of the pipeline to make it on, for who makes many.
    """
    check(model, recording)
    made = recording.calls[step][call]
    denoiser = getattr(on or cloned(model.pipeline, made.denoiser), made.denoiser)
    args, kwargs = arguments(model, recording, step, made)
    cuts, slices = recording.cuts, recording.sound_latents[0].shape[-1] if recording.sound_latents else 0
    with (
        torch.no_grad(),
        cutting(denoiser, model, cuts, step, made.branch, kwargs, grid_of(recording), slices) as kwargs,
    ):
        return denoiser(*args, **kwargs)


def arguments(model: VideoModel, recording: Recording, step: int, call: Call) -> tuple[Any, Any]:
    """What the denoiser was given."""
    latents: Latents = {"latent": model.family.pack(recording.latents[step])}
    if recording.sound_latents:
        latents["sound"] = model.family.pack_sound(recording.sound_latents[step])
    return rebuild(call.arguments, recording.tensors, latents, model.device)


def check(model: VideoModel, recording: Recording) -> None:
    if recording.weights != model.weights:
        raise WrongModel(
            Note(
                "wrong_model",
                "This recording was made by {made} (weights {weights}), not by {model} (weights {own}).",
                made=recording.model,
                weights=recording.weights,
                model=model.name,
                own=model.weights,
            )
        )


def grid_of(recording: Recording) -> Grid:
    """Frames, rows and columns of the latent."""
    frames, rows, cols = recording.latents[0].shape[1:]
    return frames, rows, cols
