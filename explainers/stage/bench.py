"""The bench beside the page: opens the model, makes films, runs lenses. It alone on the stage knows the engine.

    bench = EngineBench("embedded")
    bench.facts                            # what a page needs to know of the model
    for event in bench.work(Develop(settings)): ...

It lives in a process of its own (worker.py), so torch is imported there and nowhere else. Recordings are kept while
there is room, under the settings that made them; whatever was dropped is recorded again, the same bits, when asked for.
"""

from __future__ import annotations

import json
import os
from collections import OrderedDict
from collections.abc import Generator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from explainers.stage.filmed import film_of, pack_step, still, with_sound
from explainers.stage.jobs import Develop, FilmBegun, FilmMade, MakeCut, Measure, Progress, StepMade
from explainers.stage.lesson import lessons, measure
from explainers.stage.pack import PackStep, film_pack, step_pack
from explainers.stage.share import Settings
from explainers.stage.source import signature

if TYPE_CHECKING:
    from explainers.engine import Recording, VideoModel

ASSETS = Path(__file__).resolve().parents[2] / "assets"
KEPT = 512 * 2**20  # bytes of recordings
LONGEST = 65  # frames: attention grows with the square of it, and a visitor waits for it
THREADS = "DARKROOM_THREADS"


class EngineBench:
    def __init__(self, name: str = "embedded", gallery: Path = ASSETS / "gallery") -> None:
        import torch

        from explainers.engine import open_model

        # More threads than free cores make a step many times slower, and the page needs one too.
        torch.set_num_threads(int(os.environ.get(THREADS, 0)) or max(1, (os.cpu_count() or 2) - 1))
        self.model = open_model(name)
        self.facts = facts(self.model)
        self.lessons = {lesson.idea: lesson for lesson in lessons()}
        self.recordings: OrderedDict[str, Recording] = OrderedDict()
        self.shots: dict[str, list[PackStep]] = {}
        self.gallery = gallery_recordings(gallery)

    def work(self, job: Develop | MakeCut | Measure) -> Generator[Any, None, Any]:
        if isinstance(job, Develop):
            run = yield from self.recorded(job.settings, shown=True)
            return (yield from self.finished(run, job.settings.key))
        if isinstance(job, MakeCut):
            other = yield from self.cut(job, shown=True)
            return (yield from self.finished(other, id_of(job)))
        return (yield from self.measured(job))

    # --- films

    def recorded(self, settings: Settings, shown: bool) -> Generator[Any, None, Recording]:
        """The recording of these settings, made where it is not there."""
        run = self.kept(settings.key)
        if run is None:
            from explainers.engine import record

            run = yield from self.filmed(settings.key, record(self.model, request(settings)), shown)
        return run

    def filmed(self, key: str, steps: Any, shown: bool) -> Generator[Any, None, Any]:
        """Pass on the steps of a run as they are made, and keep what it leaves.

        `steps` is the engine's Run, or what the lens of a cut is: a generator of Steps or fractions that returns a
        Recording.
        """
        film, kept, shots = None, None, list[PackStep]()
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
                    shots.append(pack_step(self.model, step))
                    yield StepMade(step_pack(film, step.index, shots[-1]))
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
        key = id_of(job)
        other = self.kept(key)
        if other is None:
            run = yield from self.recorded(job.settings, shown=False)
            lesson = self.lessons[job.idea]
            steps = measure(lesson, job.cut, {"run": run, "model": self.model}, job.controls)
            other = yield from self.filmed(key, steps, shown)
        return other

    def measured(self, job: Measure) -> Generator[Any, None, Any]:
        given: dict[str, Any] = {"model": self.model}
        given["run"] = yield from self.recorded(job.settings, shown=False)
        if job.cut is not None:
            other = yield from self.cut(job.cut, shown=False)
            # A lens that compares takes both; any other one looks at the film that the cut made.
            given["other" if "other" in signature(job.idea, job.lens).given else "run"] = other
        steps = measure(self.lessons[job.idea], job.lens, given, job.controls)
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
        from explainers.engine import decode

        if isinstance(run, Mapping):  # a cut that ran nothing again
            return FilmMade(still(run, name), {})
        shots = self.shots.pop(name, [])
        for index in range(len(shots), len(run.steps)):
            shots.append(pack_step(self.model, run.steps[index]))
            yield  # others may have their turn
        film = decode(self.model, run)
        yield
        shots[-1] = with_sound(shots[-1], film)
        unknown = {word: list(near) for word, near in run.unknown.items()}
        return FilmMade(film_pack(film_of(self.model, run, name), shots), unknown, tuple(run.notes))

    # --- what is kept

    def kept(self, key: str) -> Any:
        if key in self.recordings:
            self.recordings.move_to_end(key)
            return self.recordings[key]
        if key in self.gallery:
            from explainers.engine import Recording

            run = Recording.load(self.gallery[key])
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


def facts(model: VideoModel) -> dict[str, Any]:
    """What a page needs to know of a model, plain."""
    best = model.defaults
    config = model.denoiser.config
    known = model.vocabulary
    grid = model.patches(model.grid(best))
    lengths = [frames for frames in (9, 17, 25, 33) if frames <= LONGEST]
    return {
        "model": model.name,
        "weights": model.weights,
        "known": None if known is None else sorted(known),
        "words": words_by_kind(model.folder),
        "schedulers": list(model.schedulers),
        "lengths": sorted({*lengths, best.frames or 17}),
        "sizes": sizes(best.width or 64, best.height or 64),
        "longest": max(LONGEST, best.frames or 0),
        "fps": best.fps or 8,
        "layers": config.get("num_hidden_layers", config.get("num_layers", 1)),
        "heads": config.get("num_attention_heads", 1),
        "latent_frames": grid[0],
        "rows": grid[1],
        "cols": grid[2],
        "defaults": {
            "steps": best.steps,
            "guidance": best.guidance,
            "frames": best.frames,
            "size": f"{best.width}x{best.height}",
            "scheduler": model.schedulers[0],
        },
    }


def words_by_kind(folder: Path | None) -> dict[str, list[str]] | None:
    """The plain words of the world that a model learned, for tapping: {"subject": ["ball", …], …}."""
    world = None if folder is None else folder / "world.json"
    if world is None or not world.exists():
        return None
    synonyms: dict[str, dict[str, list[str]]] = json.loads(world.read_text("utf-8"))["synonyms"]
    return {kind: [words[0] for words in names.values()] for kind, names in synonyms.items()}


def sizes(width: int, height: int) -> list[str]:
    """The model's own shape first, then a wide and a tall one of as many pixels or more."""
    longer = round(max(width, height) * 1.5 / 16) * 16
    return list(dict.fromkeys([f"{width}x{height}", f"{longer}x{height}", f"{width}x{longer}"]))


def request(settings: Settings) -> Any:
    from explainers.engine import Request

    return Request(
        settings.prompt,
        seed=settings.seed,
        steps=settings.steps,
        guidance=settings.guidance,
        scheduler=settings.scheduler or None,
        frames=settings.frames,
        width=settings.width,
        height=settings.height,
    )


def id_of(job: MakeCut) -> str:
    return f"{job.settings.key} {job.idea} {job.cut} {sorted(job.controls.items())!r}"


# --- small things


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
