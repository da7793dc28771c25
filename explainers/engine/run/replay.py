"""Run on from any step of a recording with something changed; or see what its two branches said.

branches(model, recording, step=12).cond                         # the prediction that read the prompt
told(model, recording, step=12)                                  # the film that it means: x0 without guidance's push
replay(model, recording, from_step=10, prompt="a blue ball")     # a Run: iterate, or `.finish()`
replay(model, recording, guidance=1.0, cuts=[BlockFrames()])     # from the first step on
replay(model, recording, from_step=5, latent=poked(recording.latents[5], frames=range(2)))

Steps before `from_step` are not computed again: the pipeline is handed what was recorded. So a replay without changes
is the same film, and a replay's own recording is complete and can be replayed in turn. What is computed again is the
same bits on the machine and build that made the recording, and close on others: `same_bits` says which (machine.py).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from explainers.engine.attention.cuts import Cut, region
from explainers.engine.model.video_model import VideoModel
from explainers.engine.run.calls import call_again, check
from explainers.engine.run.probe import seated
from explainers.engine.run.record import Run
from explainers.engine.run.recorder import Recorder, split_branches
from explainers.engine.run.recording import Recording


def replay(
    model: VideoModel,
    recording: Recording,
    from_step: int = 0,
    *,
    cuts: Sequence[Cut] = (),
    prompt: str | None = None,
    negative_prompt: str | None = None,
    guidance: float | None = None,
    latent: Tensor | None = None,
    sound_latent: Tensor | None = None,
) -> Run:
    """Run again from a step on with changes. `latent`, `sound_latent` replace what stood there before that step."""
    check(model, recording)
    if not 0 <= from_step <= len(recording.steps):
        raise IndexError(f"The recording has {len(recording.steps)} steps; there is no step {from_step}.")
    if cuts:
        seated(model, recording)
    changes: dict[str, Any] = {"prompt": prompt, "negative_prompt": negative_prompt, "guidance": guidance}
    request = dataclasses.replace(recording.request, **{k: v for k, v in changes.items() if v is not None})
    replaced = {"latent": latent, "sound": sound_latent}
    return Run(Recorder(model, request, past=recording, start=from_step, cuts=cuts, replaced=replaced))


def poked(
    latent: Tensor,
    frames: Iterable[int] | None = None,
    rows: Iterable[int] | None = None,
    cols: Iterable[int] | None = None,
    amount: float = 1.0,
    seed: int = 0,
) -> Tensor:
    """The latent with other noise in a region (None: all of that axis). `amount` 1 replaces it, 0 leaves it.

    Old and new are mixed so that the spread stays what it was: sqrt(1 - amount^2) of the one, `amount` of the other.
    """
    inside = region(latent, *(None if some is None else list(some) for some in (frames, rows, cols)))
    noise = torch.randn(latent.shape, generator=torch.Generator().manual_seed(seed)).to(latent)
    spread = latent[:, inside].std() if inside.sum() > 1 else 1.0
    return torch.where(inside, (1 - amount**2) ** 0.5 * latent + amount * spread * noise, latent)


@dataclass
class Branches:
    """What the two passes of a step predicted; `uncond` is None without guidance."""

    cond: Tensor
    uncond: Tensor | None = None
    sound_cond: Tensor | None = None
    sound_uncond: Tensor | None = None


def branches(model: VideoModel, recording: Recording, step: int) -> Branches:
    """Both predictions of a recorded step, computed again: the same bits as at the time, where `same_bits` holds."""
    found: dict[str, tuple[Tensor, Tensor | None]] = {}
    latent, sound = recording.latents[step], recording.sound_latents[step] if recording.sound_latents else None
    for n, call in enumerate(recording.calls[step]):
        output = call_again(model, recording, step, n)
        found |= split_branches(model, call.branch, output, latent, sound)
    uncond = found.get("uncond", (None, None))
    return Branches(found["cond"][0], uncond[0], found["cond"][1], uncond[1])


def told(model: VideoModel, recording: Recording, step: int) -> Tensor:
    """The guess of the finished film by the words alone. A step's own `x0` has guidance's push in it, far too much of
    it for a film as long as most is noise.
    """
    a, b = recording.x0_rule[step]
    latent, sound = recording.latents[step], recording.sound_latents[step] if recording.sound_latents else None
    for n, call in enumerate(recording.calls[step]):
        if call.branch != "uncond":  # the others are not needed
            found = split_branches(model, call.branch, call_again(model, recording, step, n), latent, sound)
            if "cond" in found:
                return a * latent + b * found["cond"][0]
    return recording.steps[step].x0
