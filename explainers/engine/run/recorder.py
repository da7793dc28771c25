"""Write one run into a Recording, as the hooks tell it: every denoiser call and every step of the scheduler.

recorder = Recorder(model, request)                 # or with a past: steps before `start` are taken from it
recorder.run(hand_over)                             # hand_over(step) after each step; may raise to stop

Three kinds of steps are not computed: those before `start` (a replay), which come from the past; those that `strength`
leaves out, because the run begins at a noised film; and for both the denoiser gives an empty answer (answers.py) while
the scheduler goes on as it would.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from explainers.engine.attention.cuts import Cut, Hold, cutting
from explainers.engine.model import codec, schedulers
from explainers.engine.model.families import Grid
from explainers.engine.model.video_model import VideoModel
from explainers.engine.request import Request
from explainers.engine.run import answers, prompt
from explainers.engine.run.arguments import Keeper, Latents, copied
from explainers.engine.run.fit import fit
from explainers.engine.run.hooks import PipelineHooks
from explainers.engine.run.machine import this_machine
from explainers.engine.run.recording import Call, Recording, Step


class Recorder:
    def __init__(
        self,
        model: VideoModel,
        request: Request,
        past: Recording | None = None,
        start: int = 0,
        cuts: Sequence[Cut] = (),
        replaced: dict[str, Tensor | None] | None = None,
    ):
        """replaced: "latent" and "sound" that stand before step `start` instead of what would."""
        self.model, self.past, self.start = model, past, start
        self.replaced = replaced or {}
        self.request, notes, unknown = fit(model, request)
        self.grid: Grid = model.grid(self.request)
        self.recording = Recording(
            request=self.request,
            family=model.family.name,
            model=model.name,
            weights=model.weights,
            prediction=schedulers.prediction(model.pipeline.scheduler),
            notes=notes,
            unknown=unknown,
            tokens=prompt.tokens(model, self.request.prompt),
            cuts=list(cuts),
            # what was not computed again is as it was made
            made_on=past.made_on if past is not None and start else this_machine(model),
        )
        if past is not None:
            self.recording.tensors.update(past.tensors)  # the calls before `start` name them
        self.keeper = Keeper(self.recording.tensors)
        self.slices = 0  # of sound
        self.raw: Latents = {}  # what the scheduler stepped from, in the pipeline's order
        self.noise: Latents = {}  # what the pipeline began with
        self.answers: list[tuple[str, str, Any, Any]] = []  # this step's calls: denoiser, branch, arguments, output
        self.stepped = False
        self.first = True  # no step computed yet
        self.left_out = self._left_out()  # steps at the beginning that `strength` leaves out
        self.passed = {"latent": 0, "sound": 0}  # of these, how many are behind us

    def run(self, hand_over: Callable[[Step], None]) -> None:
        self.hand_over = hand_over
        with PipelineHooks(self.model, self.request) as hooks:
            hooks.denoise, hooks.step, hooks.prepared = self.denoise, self.step, self.prepared
            self.pipeline = hooks.pipeline
            self.clock = time.perf_counter()
            hooks.run()
        self.flush()

    @property
    def index(self) -> int:
        """Of the step under way."""
        return len(self.recording.calls)

    # --- what the hooks ask

    def prepared(self, sound: bool, latent: Tensor) -> Tensor:
        """The noise that the run starts from."""
        if sound:
            self.slices = self.model.family.unpack_sound(latent).shape[-1]
        name = "sound" if sound else "latent"
        self.noise[name] = latent
        return latent if self.start or self.left_out else self._replace(name, latent)

    def denoise(self, name: str, branch: str, forward: Any, args: Any, kwargs: Any) -> Any:
        self.flush()
        if self.index < self.start or self.passed["latent"] < self.left_out:
            return answers.empty(self.model, name, forward, args, kwargs)
        given, cuts, denoiser = copied((args, kwargs)), self.recording.cuts, getattr(self.pipeline, name)
        with cutting(denoiser, self.model, cuts, self.index, branch, kwargs, self.grid, self.slices) as kwargs:
            output = forward(*args, **kwargs)
        answers.learn(self.model, name, args, kwargs, output)
        self.answers.append((name, branch, given, output))
        return output

    def step(self, scheduler: Any, main: bool, forward: Any, output: Tensor, timestep: Any, sample: Tensor) -> Tensor:
        r, name = self.recording, "latent" if main else "sound"
        if self.passed[name] < self.left_out:
            return self._leave_out(name, scheduler, forward)
        if main:
            if not r.timesteps:
                r._planned = len(scheduler.timesteps) - self.left_out
            r.timesteps.append(float(timestep))
            r.sigmas.append(schedulers.sigma(scheduler, timestep))
            r.x0_rule.append(schedulers.x0_rule(scheduler, timestep))
        self.stepped = True
        return (self._from_past if self.index < self.start else self._record)(name, forward, output, sample)

    def _record(self, name: str, forward: Any, output: Tensor, sample: Tensor) -> Tensor:
        latents, velocities = self._series(self.recording, name)
        self.raw[name] = sample.detach().clone()
        velocities.append(self._unpack(name, output))
        after: Tensor = forward()
        for cut in self.recording.cuts:
            if name == "latent" and isinstance(cut, Hold) and self.past is not None and cut.made(self.index):
                held = cut.held(self._unpack(name, after), self.past.latents[self.index + 1])
                after = self._pack(name, held, after)
        # what the pipeline really steps from wins over what the scheduler returned the step before
        latents[self.index :] = [self._unpack(name, sample), self._unpack(name, after)]
        return after

    def _from_past(self, name: str, forward: Any, output: Tensor, sample: Tensor) -> Tensor:
        assert self.past is not None
        i = self.index
        latents, velocities = self._series(self.recording, name)
        old, old_velocities = self._series(self.past, name)
        latents[i:] = [old[i], old[i + 1]]
        velocities.append(old_velocities[i])
        # schedulers that remember several steps are fed what they were fed then
        then = self._pack(name, old_velocities[i], sample).to(output)
        after: Tensor = forward(model_output=then, sample=self._pack(name, old[i], sample))
        after = self._pack(name, old[i + 1], after)
        return self._replace(name, after) if i == self.start - 1 else after

    def flush(self) -> None:
        """Hand over the step that has just been completed."""
        if not self.stepped:
            return
        self.stepped = False
        r = self.recording
        if self.index < self.start:
            assert self.past is not None
            r.seconds.append(self.past.seconds[self.index])
            r.calls.append(self.past.calls[self.index])
            return
        r.calls.append([])
        for n, (name, branch, given, _) in enumerate(self.answers):
            r.calls[-1].append(Call(name, branch, self.keeper.keep(str(n), given, self.raw)))
        r.seconds.append(time.perf_counter() - self.clock)
        if self.first:
            self._place_tokens()
        step = r.steps[-1]
        for _, branch, _, output in self.answers:
            parts = split_branches(self.model, branch, output, step.latent, step.sound_latent)
            for name in parts.keys() & {"cond", "uncond"}:
                setattr(step, name, parts[name][0])
                setattr(step, f"sound_{name}", parts[name][1])
        self.answers = []
        self.hand_over(step)
        self.clock = time.perf_counter()

    def _place_tokens(self) -> None:
        """Where the denoiser reads token ids itself there may be more around the prompt: number them as it does."""
        self.first = False
        given = self.answers[0][2][1].get("input_ids")
        if given is not None:
            self.recording.tokens = prompt.placed(self.model, self.recording.tokens, given.tolist())

    # --- beginning at a noised film

    def _left_out(self) -> int:
        strength = self.request.strength
        if strength is None or self.request.video is None or "strength" in self.model.parameters:
            return 0
        steps = self.request.steps or 1
        return min(steps - 1, round((1 - strength) * steps))

    def _leave_out(self, name: str, scheduler: Any, forward: Any) -> Tensor:
        """Pass over a step; after the last of them the film stands there, under the noise of the next step."""
        after: Tensor = forward()
        self.passed[name] += 1
        if self.passed[name] < self.left_out:
            return after
        sigma = float(scheduler.sigmas[self.left_out])
        clean: Tensor | float = 0.0  # a film has no sound here: silence under noise
        if name == "latent":
            assert self.request.video is not None
            clean = self._pack(name, codec.encode(self.model, self.request.video), after)
        after = ((1 - sigma) * clean + sigma * self.noise[name].reshape(after.shape)).to(after)
        return after if self.start else self._replace(name, after)

    # --- between the pipeline's order of numbers and ours

    def _unpack(self, name: str, raw: Tensor) -> Tensor:
        family = self.model.family
        plain = family.unpack(raw, self.grid) if name == "latent" else family.unpack_sound(raw)
        return plain.detach().to("cpu", copy=True)

    def _pack(self, name: str, plain: Tensor, like: Tensor) -> Tensor:
        family = self.model.family
        packed = family.pack(plain) if name == "latent" else family.pack_sound(plain)
        # in memory as `like` lies there, not only in its shape: libraries add numbers in another order where it differs
        return torch.empty_like(like).copy_(packed.reshape(like.shape))

    def _replace(self, name: str, raw: Tensor) -> Tensor:
        """What somebody wants to stand there instead."""
        new = self.replaced.get(name)
        return raw if new is None else self._pack(name, new, raw)

    @staticmethod
    def _series(recording: Recording, name: str) -> tuple[list[Tensor], list[Tensor]]:
        if name == "latent":
            return recording.latents, recording.velocities
        return recording.sound_latents, recording.sound_velocities


def split_branches(
    model: VideoModel, branch: str, output: Any, like: Tensor, sound: Tensor | None
) -> dict[str, tuple[Tensor, Tensor | None]]:
    """What one denoiser call answered, by branch: {"cond": (shaped like the latent, like the sound), …}."""
    found, family = _tensors(output), model.family
    channels, frames, rows, cols = like.shape
    names = ("uncond", "cond") if branch == "both" else (branch,)
    result = {}
    for i, name in enumerate(names):
        # some also predict a variance, as further channels, which schedulers are not handed
        latent = family.unpack(found[0].chunk(len(names))[i], (frames, rows, cols))[:channels]
        heard = family.unpack_sound(found[1].chunk(len(names))[i]) if sound is not None and len(found) > 1 else None
        result[name] = (_cpu(latent), None if heard is None else _cpu(heard))
    return result


def _tensors(value: Any) -> list[Tensor]:
    if isinstance(value, Tensor):
        return [value]
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ()
    return [tensor for item in items for tensor in _tensors(item)]


def _cpu(tensor: Tensor) -> Tensor:
    return tensor.detach().to("cpu", copy=True)
