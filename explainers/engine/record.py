"""Run a request and watch it: a generator of Steps, each as soon as it is computed.

for step in record(model, Request("a red ball bouncing on grass", seed=7)):
    step.x0                       # (channels, frames, rows, cols): the model's guess of the finished film, now
recording = step.recording        # or: recording = record(model, request).finish()

Closing it (`run.close()`, leaving the loop with `break` and dropping it) or `run.cancel()` from another thread stops
the run at its next step; what was recorded so far stays good. Same request, same machine: the same bits.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Iterator, Sequence
from typing import Any

import torch
from torch import Tensor

from explainers.engine import answers, schedulers, words
from explainers.engine.calls import Keeper, Latents, clone
from explainers.engine.cuts import Cut, cutting
from explainers.engine.families import Grid
from explainers.engine.fit import fit
from explainers.engine.models import VideoModel
from explainers.engine.recording import Call, Recording, Request, Step
from explainers.engine.seam import Seam


def record(model: VideoModel, request: Request) -> Run:
    """Run the request; iterate over the result for Steps."""
    return Run(Worker(model, request))


class Run(Iterator[Step]):
    """A run under way: iterate for its steps."""

    def __init__(self, worker: Worker):
        self._worker = worker

    @property
    def recording(self) -> Recording:
        """What there is so far."""
        return self._worker.recording

    def __next__(self) -> Step:
        step = self._worker.next()
        if step is None:
            raise StopIteration
        return step

    def finish(self) -> Recording:
        """Run to the end and return what it left."""
        for _ in self:
            pass
        return self.recording

    def cancel(self) -> None:
        """Stop at the next step. Safe from any thread; does not wait."""
        self._worker.cancelled.set()

    def close(self) -> None:
        """Stop at the next step and wait until the model is free again."""
        self._worker.close()

    def __del__(self) -> None:  # a visitor who went away does not keep the model busy
        self._worker.cancelled.set()
        self._worker.go.release()


class _Cancelled(BaseException):
    """Leaves the pipeline from inside; no pipeline catches it."""


class Worker:
    """The thread in which the pipeline runs, in lockstep with whoever asks for steps."""

    def __init__(
        self,
        model: VideoModel,
        request: Request,
        past: Recording | None = None,
        start: int = 0,
        cuts: Sequence[Cut] = (),
    ):
        self.model, self.past, self.start = model, past, start
        self.replaced: dict[str, Tensor | None] = {}
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
            tokens=words.tokens(model, self.request.prompt),
            cuts=list(cuts),
        )
        if past is not None:
            self.recording.tensors.update(past.tensors)  # the calls before `start` name them
        self.keeper = Keeper(self.recording.tensors)
        self.slices = 0  # of sound
        self.raw: Latents = {}  # what the scheduler stepped from, in the pipeline's order
        self.answers: list[tuple[str, str, Any, Any]] = []  # this step's calls: denoiser, branch, arguments, output
        self.stepped = False
        self.cancelled = threading.Event()
        self.go = threading.Semaphore(0)
        self.box: queue.SimpleQueue[Step | BaseException | None] = queue.SimpleQueue()
        self.thread: threading.Thread | None = None
        self.done = False

    # --- the asking side

    def next(self) -> Step | None:
        if self.done:
            return None
        if self.cancelled.is_set() and self.thread is None:
            self.done = True
            return None
        if self.thread is None:
            self.thread = threading.Thread(target=self._work, name="recording", daemon=True)
            self.thread.start()
        self.go.release()
        got = self.box.get()
        if isinstance(got, Step):
            return got
        self.done = True
        if isinstance(got, BaseException):
            raise got
        return None

    def close(self) -> None:
        self.cancelled.set()
        while self.thread is not None and not self.done:
            self.next()

    # --- the running side

    def _work(self) -> None:
        self.go.acquire()
        torch.get_num_threads()  # a new thread takes the process's number of threads only once it is asked
        try:
            self._run()
        except _Cancelled:
            self.box.put(None)
        except BaseException as error:
            self.box.put(error)
        else:
            self.box.put(None)

    def _run(self) -> None:
        seam = Seam(self.model, self.request)
        seam.denoise, seam.step, seam.prepared = self.denoise, self.step, self.prepared
        self.bench = lambda name: getattr(seam.bench, name)
        self.clock = time.perf_counter()
        with seam:
            seam.run()
        self.flush()

    # What the seam asks. Steps before `start` are taken from the past: the denoiser is not run, its answer is empty,
    # and the scheduler is fed what it was fed then (some remember several steps), and returns what it returned.

    @property
    def index(self) -> int:
        return len(self.recording.calls)

    def prepared(self, sound: bool, latent: Tensor) -> Tensor:
        """The noise that the run starts from."""
        if sound:
            self.slices = self.model.family.unpack_sound(latent).shape[-1]
        return latent if self.start else self._replace("sound" if sound else "latent", latent)

    def _replace(self, name: str, raw: Tensor) -> Tensor:
        """What somebody wants to stand there instead, in the pipeline's order."""
        new = self.replaced.get(name)
        if new is None:
            return raw
        family = self.model.family
        packed = family.pack(new) if name == "latent" else family.pack_sound(new)
        return packed.reshape(raw.shape).to(raw)

    def denoise(self, name: str, branch: str, forward: Any, args: Any, kwargs: Any) -> Any:
        self.flush()
        if self.index < self.start:
            return answers.empty(self.model, name, forward, args, kwargs)
        given = clone((args, kwargs))
        r = self.recording
        with cutting(
            self.bench(name), self.model, r.cuts, self.index, branch, kwargs, self.grid, self.slices
        ) as kwargs:
            output = forward(*args, **kwargs)
        answers.learn(self.model, name, args, kwargs, output)
        self.answers.append((name, branch, given, output))
        return output

    def step(self, scheduler: Any, main: bool, forward: Any, output: Tensor, timestep: Any, sample: Tensor) -> Tensor:
        r, family, i = self.recording, self.model.family, self.index
        name = "latent" if main else "sound"
        latents, velocities = (r.latents, r.velocities) if main else (r.sound_latents, r.sound_velocities)

        def unpack(raw: Tensor) -> Tensor:
            return _cpu(family.unpack(raw, self.grid) if main else family.unpack_sound(raw))

        def pack(plain: Tensor) -> Tensor:
            return (family.pack(plain) if main else family.pack_sound(plain)).reshape(sample.shape).to(sample)

        if main:
            if not r.timesteps:
                r._planned = len(scheduler.timesteps)
            r.timesteps.append(float(timestep))
            r.sigmas.append(schedulers.sigma(scheduler, timestep))
            r.x0_rule.append(schedulers.x0_rule(scheduler, timestep))
        if i < self.start:
            assert self.past is not None
            old_latents = self.past.latents if main else self.past.sound_latents
            old_velocities = self.past.velocities if main else self.past.sound_velocities
            latents[i:] = [old_latents[i], old_latents[i + 1]]
            velocities.append(old_velocities[i])
            after: Tensor = forward(model_output=pack(old_velocities[i]).to(output), sample=pack(old_latents[i]))
            after = pack(old_latents[i + 1]).to(after)
            if i == self.start - 1:
                after = self._replace(name, after)
        else:
            self.raw[name] = sample.detach().clone()
            velocities.append(unpack(output))
            after = forward()
            # what the pipeline really steps from wins over what the scheduler returned the step before
            latents[i:] = [unpack(sample), unpack(after)]
        self.stepped = True
        return after

    def flush(self) -> None:
        """Hand over the step that has just been completed, and wait to be asked for the next."""
        if not self.stepped:
            return
        self.stepped = False
        r = self.recording
        if self.index < self.start:
            assert self.past is not None
            r.seconds.append(self.past.seconds[self.index])
            r.calls.append(self.past.calls[self.index])
            return
        calls = []
        for n, (name, branch, given, _) in enumerate(self.answers):
            calls.append(Call(name, branch, self.keeper.keep(str(n), given, self.raw)))
        r.calls.append(calls)
        now = time.perf_counter()
        r.seconds.append(now - self.clock)
        step = r.steps[-1]
        for _, branch, _, output in self.answers:
            parts = split_branches(self.model, branch, output, step.latent, step.sound_latent)
            for name in parts.keys() & {"cond", "uncond"}:
                setattr(step, name, parts[name][0])
                setattr(step, f"sound_{name}", parts[name][1])
        self.answers = []
        self.box.put(step)
        self.go.acquire()
        if self.cancelled.is_set():
            raise _Cancelled
        self.clock = time.perf_counter()


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
