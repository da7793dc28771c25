"""What one generation leaves: Recording, Step, Token.

recording.steps[12].x0                    # (channels, frames, rows, cols): the guess of the finished film at step 12
save_recording(recording, "ball.darkroom")  # one file, safetensors plus JSON (see storage.py)
load_recording("ball.darkroom")

A Recording keeps, for every step, the latent and what the scheduler was handed, and of what else the denoiser was
given only what can't be had from these. From it any denoiser call can be replayed (see replay.py): bit for bit on the
machine and build that made it, close on others (see machine.py). So attention and both branches of guidance are
recomputed when somebody looks, and never stored.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from torch import Tensor

from explainers.engine.attention.cuts import Cut
from explainers.engine.request import Request
from explainers.engine.run.machine import UNKNOWN, Machine
from explainers.note import Note


@dataclass(frozen=True)
class Token:
    """One token of the prompt. `word` counts the prompt's words from 0; None for padding and markers."""

    text: str
    index: int  # where it stands in the text that the denoiser sees
    word: int | None
    raw: str = ""  # as the tokenizer writes it


@dataclass
class Step:
    """One step of denoising, before the scheduler moved. All latents are (channels, frames, rows, cols), on the CPU."""

    index: int
    sigma: float  # share of noise (flow models) or its standard deviation
    timestep: float  # what the model was told
    latent: Tensor
    velocity: Tensor  # what the scheduler was handed: both branches combined (`Recording.prediction` says what it is)
    x0: Tensor  # the model's guess of the finished film
    sound_latent: Tensor | None  # (channels, slices)
    sound_velocity: Tensor | None
    sound_x0: Tensor | None
    cond: Tensor | None = None  # the branch that read the prompt. While recording only: later, ask `branches`
    uncond: Tensor | None = None  # the branch that read the negative prompt; None without guidance
    sound_cond: Tensor | None = None
    sound_uncond: Tensor | None = None
    recording: Recording = field(repr=False, default=None)  # type: ignore[assignment]


@dataclass
class Call:
    """One call of the denoiser: enough to make it again. `arguments` is a JSON tree (see calls.py)."""

    denoiser: str  # the pipeline's component
    branch: str  # "cond", "uncond", or "both" where they go through as one batch
    arguments: Any


@dataclass
class Recording:
    """Everything one run leaves. Lists run over steps; `latents` has one more, the finished one."""

    request: Request  # with every None filled in
    family: str  # see families.py
    model: str  # what was opened
    weights: str  # fingerprint of the denoiser's weights, so that a replay on others is refused
    prediction: str  # what `velocity` is: "velocity" (flow), "noise", "v", "sample"
    made_on: Machine = UNKNOWN  # where a replay gives the same bits
    notes: list[Note] = field(default_factory=list)  # what was changed in the request, for a person
    tokens: list[Token] = field(default_factory=list)  # of the prompt
    unknown: dict[str, list[str]] = field(default_factory=dict)  # word of the prompt -> nearest that the model knows
    timesteps: list[float] = field(default_factory=list)
    sigmas: list[float] = field(default_factory=list)
    x0_rule: list[tuple[float, float]] = field(default_factory=list)  # x0 = a * latent + b * velocity
    latents: list[Tensor] = field(default_factory=list)
    velocities: list[Tensor] = field(default_factory=list)
    sound_latents: list[Tensor] = field(default_factory=list)
    sound_velocities: list[Tensor] = field(default_factory=list)
    calls: list[list[Call]] = field(default_factory=list)
    tensors: dict[str, Tensor] = field(default_factory=dict)  # what the calls name
    seconds: list[float] = field(default_factory=list)  # each step took
    cuts: list[Cut] = field(default_factory=list)  # what was cut (`cut.words` says it); empty for a plain run

    @property
    def steps(self) -> Steps:
        """Every step so far, made when asked for."""
        return Steps(self)

    @property
    def latent(self) -> Tensor:
        """The finished latent (or the newest, while the run goes on)."""
        return self.latents[-1]

    @property
    def sound_latent(self) -> Tensor | None:
        return self.sound_latents[-1] if self.sound_latents else None

    @property
    def complete(self) -> bool:
        """False for a run that was cancelled."""
        return len(self.velocities) == self.planned

    @property
    def planned(self) -> int:
        """How many steps the run has when it is left alone."""
        return self._planned

    _planned: int = 0


class Steps:
    """A recording's steps as a sequence: `len`, index, negative index, iterate."""

    def __init__(self, recording: Recording):
        self.recording = recording

    def __len__(self) -> int:
        return len(self.recording.velocities)

    def __iter__(self) -> Iterator[Step]:
        return (self[i] for i in range(len(self)))

    def __getitem__(self, index: int) -> Step:
        r = self.recording
        i = range(len(self))[index]  # negative indices, and IndexError past the end
        a, b = r.x0_rule[i]
        sound, sound_velocity, sound_x0 = None, None, None
        if r.sound_velocities:
            sound, sound_velocity = r.sound_latents[i], r.sound_velocities[i]
            sound_x0 = a * sound + b * sound_velocity
        return Step(
            index=i,
            sigma=r.sigmas[i],
            timestep=r.timesteps[i],
            latent=r.latents[i],
            velocity=r.velocities[i],
            x0=a * r.latents[i] + b * r.velocities[i],
            sound_latent=sound,
            sound_velocity=sound_velocity,
            sound_x0=sound_x0,
            recording=r,
        )
