"""Run a request and watch it: a generator of Steps, each as soon as it is computed.

for step in record(model, Request("a red ball bouncing on grass", seed=7)):
    step.x0                       # (channels, frames, rows, cols): the model's guess of the finished film, now
recording = step.recording        # or: recording = record(model, request).finish()

Closing it (`run.close()`, leaving the loop with `break` and dropping it) or `run.cancel()` from another thread stops
the run at its next step; what was recorded so far stays good. Same request, same machine and build: the same bits.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator

import torch

from explainers.engine.model.video_model import VideoModel
from explainers.engine.request import Request
from explainers.engine.run.recorder import Recorder
from explainers.engine.run.recording import Recording, Step


def record(model: VideoModel, request: Request) -> Run:
    """Run the request; iterate over the result for Steps."""
    return Run(Recorder(model, request))


class Run(Iterator[Step]):
    """A run under way: iterate for its steps."""

    def __init__(self, recorder: Recorder):
        self._worker = _Worker(recorder)

    @property
    def recording(self) -> Recording:
        """What there is so far."""
        return self._worker.recorder.recording

    def __next__(self) -> Step:
        step = self._worker.next()
        if step is None:
            raise StopIteration
        return step

    def first(self) -> Step:
        """One step, and the rest is not made."""
        step = next(self)
        self.close()
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


class _Worker:
    """The thread in which the pipeline runs, in lockstep with whoever asks for steps."""

    def __init__(self, recorder: Recorder):
        self.recorder = recorder
        self.cancelled = threading.Event()
        self.go = threading.Semaphore(0)
        self.box: queue.SimpleQueue[Step | BaseException | None] = queue.SimpleQueue()
        self.thread: threading.Thread | None = None
        self.done = False

    def next(self) -> Step | None:
        if self.thread is None and not self.done:
            self.done = self.cancelled.is_set()
            if not self.done:
                self.thread = threading.Thread(target=self._work, name="recording", daemon=True)
                self.thread.start()
        if self.done:
            return None
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

    def _work(self) -> None:
        self.go.acquire()
        torch.get_num_threads()  # a new thread takes the process's number of threads only once it is asked
        try:
            self.recorder.run(self._hand_over)
        except _Cancelled:
            self.box.put(None)
        except BaseException as error:
            self.box.put(error)
        else:
            self.box.put(None)

    def _hand_over(self, step: Step) -> None:
        self.box.put(step)
        self.go.acquire()
        if self.cancelled.is_set():
            raise _Cancelled
