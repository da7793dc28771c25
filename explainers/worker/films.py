"""The open model and the films made with it. Of what the app is made of, it alone records, decodes and measures.

    films = Films({"": "embedded"})
    films.facts                            # what a page needs to know of the model
    run = yield from films.recorded(settings, shown=True)

It lives in a process of its own (worker.py), so torch is imported there and nowhere else. Recordings are kept while
there is memory, under the settings that made them; whatever was dropped comes back in the same bits when asked for:
what was made here is recorded again, what came with the kit is read again.
"""

from __future__ import annotations

import gc
import json
from collections import OrderedDict
from collections.abc import Generator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from explainers.kit.lesson import lessons, measure
from explainers.kit.refused import Refused
from explainers.kit.signature import signature
from explainers.viewer.pack import PackStep, film_pack, step_pack
from explainers.viewer.recording_pack import film_of, pack_step, still, with_sound
from explainers.worker.facts import facts
from explainers.worker.jobs import FilmBegun, FilmMade, MakeCut, Measure, Progress, StepMade
from explainers.worker.settings import Settings, asked

if TYPE_CHECKING:
    from explainers.engine import Recording

KEPT = 512 * 2**20  # bytes of recordings


class Films:
    def __init__(self, offers: Mapping[str, str], gallery: Path) -> None:
        self.offers = offers  # Settings.model -> what the engine opens
        self.lessons = {lesson.idea: lesson for lesson in lessons()}
        self.recordings: OrderedDict[str, Recording] = OrderedDict()
        self.shots: dict[str, dict[int, PackStep]] = {}
        self.pictures: OrderedDict[str, Any] = OrderedDict()  # (height, width, 3), by hash
        self.gallery = gallery_recordings(gallery)
        self.open("")

    def open(self, choice: str) -> None:
        from explainers.engine import open_model

        self.model = open_model(self.offers[choice])
        self.facts = {**facts(self.model), "chosen": choice}

    def close(self) -> None:
        """Let go of the model, and of all that was made with it, before another is opened."""
        import torch

        self.model = None  # type: ignore[assignment]  # until `open`
        self.recordings.clear()
        self.shots.clear()
        gc.collect()
        if torch.cuda.is_available():
            torch.cuda.empty_cache()

    # --- films

    def recorded(self, settings: Settings, shown: bool) -> Generator[Any, None, Recording]:
        """The recording of these settings, made where it is not there."""
        run = self.kept(settings.key)
        if run is None and settings.recording:
            raise Refused("home.recording_gone")
        if run is None:
            from explainers.engine import Request, record

            request = Request(**asked(settings), **self.begun(settings))
            run = yield from self.filmed(settings.key, record(self.model, request), shown)
        return run

    def begun(self, settings: Settings) -> dict[str, Any]:
        """What the film begins with, if not with noise alone: a first picture, or a film under some noise."""
        if not settings.picture:
            return {}
        if settings.picture not in self.pictures:
            raise Refused("first_frame.gone")
        pixels = self.pictures[settings.picture]
        return {"video": pixels, "strength": settings.remix} if pixels.ndim == 4 else {"image": pixels}

    def filmed(self, key: str, steps: Any, shown: bool) -> Generator[Any, None, Any]:
        """Pass on the steps of a run as they are made, and keep what it leaves.

        `steps` is the engine's Run, or what the lens of a cut is: a generator of Steps or fractions that returns a
        Recording.
        """
        film, kept, shots = None, None, dict[int, PackStep]()
        source = _returning(steps)
        try:
            while True:
                step = next(source)
                if isinstance(step, float | int):
                    yield Progress(float(step))
                elif shown:
                    run = step.recording
                    if film is None:
                        film = film_of(self.model, run, key)
                        yield FilmBegun(film_pack(film, []))
                    shots[step.index] = pack_step(self.model, step)
                    yield StepMade(step_pack(film, step.index, shots[step.index]))
                else:
                    yield Progress((step.index + 1) / max(1, step.recording.planned))
        except StopIteration as end:
            kept = end.value
        finally:
            source.close()
        if kept is not None and not isinstance(kept, Mapping):
            self.keep(key, kept)
            self.shots = {key: shots}  # `finished` comes next, and need not decode them again
        return kept

    def cut(self, job: MakeCut, shown: bool) -> Generator[Any, None, Any]:
        """The other film of a cut: a Recording, or {"film": frames} where nothing was run again."""
        key = job.key
        other = self.kept(key)
        if other is None:
            run = yield from self.recorded(job.settings, shown=False)
            lesson = self.lessons[job.idea]
            steps = measure(lesson, job.cut, {"run": run, "model": self.model}, within(run, job.controls))
            other = yield from self.filmed(key, steps, shown)
        return other

    def measured(self, job: Measure) -> Generator[Any, None, Any]:
        given: dict[str, Any] = {"model": self.model}
        given["run"] = yield from self.recorded(job.settings, shown=False)
        if job.cut is not None:
            other = yield from self.cut(job.cut, shown=False)
            # A lens that compares takes both; any other one looks at the film that the cut made.
            given["other" if "other" in signature(job.idea, job.lens).given else "run"] = other
        steps = measure(self.lessons[job.idea], job.lens, given, within(given["run"], job.controls))
        while True:
            try:
                step = next(steps)
            except StopIteration as end:
                return plain(end.value)
            yield (
                Progress(float(step))
                if isinstance(step, float | int)
                else Progress((step.index + 1) / max(1, step.recording.planned))
            )

    def finished(self, run: Any, name: str) -> Generator[Any, None, FilmMade]:
        """The whole pack: every step's guess, the last one decoded as the pipeline would, with its sound."""
        from explainers.engine import decode, how_close

        if isinstance(run, Mapping):  # a cut that ran nothing again
            return FilmMade(still(run, name))
        made = self.shots.pop(name, {})  # a cut makes none of the steps before it
        shots = []
        for index in range(len(run.steps)):
            if index not in made:
                made[index] = pack_step(self.model, run.steps[index])
                yield  # others may have their turn
            shots.append(made[index])
        film = decode(self.model, run)
        yield
        shots[-1] = with_sound(shots[-1], film)
        close = how_close(self.model, run)
        return FilmMade(film_pack(film_of(self.model, run, name), shots), (*run.notes, *([close] if close else [])))

    # --- what is kept

    def kept(self, key: str) -> Any:
        if key in self.recordings:
            self.recordings.move_to_end(key)
            return self.recordings[key]
        if key in self.gallery:
            from explainers.engine import load_recording

            run = load_recording(self.gallery[key])
            if run.weights == self.model.weights:  # else the gallery is another model's
                self.keep(key, run)
                return run
        return None

    def keep(self, key: str, run: Recording) -> None:
        if not run.complete:
            return
        self.recordings[key] = run
        while len(self.recordings) > 1 and sum(map(weight, self.recordings.values())) > KEPT:
            self.recordings.popitem(last=False)


def within(run: Any, controls: Mapping[str, Any]) -> Mapping[str, Any]:
    """A remix takes fewer steps than it was asked for: what stands beyond its last one stands there."""
    if "step" not in controls or isinstance(run, Mapping):
        return controls
    return {**controls, "step": min(controls["step"], len(run.steps) - 1)}


def gallery_recordings(folder: Path) -> dict[str, Path]:
    index = folder / "index.json"
    films = json.loads(index.read_text("utf-8"))["films"] if index.exists() else []
    return {Settings(**film["settings"]).key: folder / film["recording"] for film in films}


def weight(run: Any) -> int:
    """Bytes that a recording holds."""
    tensors = [*run.latents, *run.velocities, *run.sound_latents, *run.sound_velocities, *run.tensors.values()]
    return sum(tensor.nbytes for tensor in tensors)


def plain(numbers: Any) -> Any:
    """A lens's numbers as they may travel: tensors become arrays."""
    if isinstance(numbers, Mapping):
        return {key: plain(value) for key, value in numbers.items()}
    if isinstance(numbers, list | tuple):
        return type(numbers)(plain(value) for value in numbers)
    if type(numbers).__module__.startswith("torch"):
        return numbers.detach().cpu().numpy()
    return numbers


def _returning(steps: Any) -> Generator[Any, None, Any]:
    """The engine's Run as a generator that returns its recording; a generator as it is."""
    if isinstance(steps, Generator):
        return (yield from steps)
    try:
        yield from steps
    finally:
        steps.close()
    return steps.recording
