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

import numpy as np

from explainers.stage.jobs import Develop, FilmBegun, FilmMade, MakeCut, Measure, Progress, StepMade
from explainers.stage.lesson import lessons, measure
from explainers.stage.pack import Film, Grid, PackStep, Word, film_pack, peaks, step_pack, wav
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
    words = ASSETS / "words.json"  # the world's words by kind, for tapping
    grid = model.patches(model.grid(best))
    lengths = [frames for frames in (9, 17, 25, 33) if frames <= LONGEST]
    return {
        "model": model.name,
        "known": None if known is None else sorted(known),
        "words": json.loads(words.read_text("utf-8")) if words.exists() and known is not None else None,
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


# --- a recording as the viewer's pack


def film_of(model: VideoModel, run: Recording, name: str) -> Film:
    asked = run.request
    latent = run.latents[0]
    _, *grid = latent.shape
    frames, rows, cols = model.patches((grid[0], grid[1], grid[2]))
    length, time = int(asked.frames or 1), model.squeeze[0]
    deep = -(-grid[0] // frames)  # latent frames in one patch
    frame_of = [min(frames - 1, -(-f // time) // deep) for f in range(length)]
    return Film(
        name,
        length,
        float(asked.fps or 8),
        int(asked.width or 64),
        int(asked.height or 64),
        run.planned,
        grid=Grid(frames, rows, cols, frame_of),
        words=words_of(run),
        slices=int(run.sound_latents[0].shape[-1]) if run.sound_latents else 0,
    )


def words_of(run: Recording) -> list[Word]:
    """The prompt's words as `Token.word` counts them."""
    from explainers.engine.words import split

    written = split(run.request.prompt)
    count = 1 + max((token.word for token in run.tokens if token.word is not None), default=-1)
    if len(written) != count:  # a tokenizer that cuts words otherwise than people do
        written = ["".join(t.text for t in run.tokens if t.word == word) for word in range(count)]
    return [Word(word, word not in run.unknown) for word in written]


def pack_step(model: VideoModel, step: Any) -> PackStep:
    """A step as pictures: the guess decoded, the noisy latent cell by cell."""
    from explainers.engine import preview

    return PackStep(step.sigma, x0=np.asarray(preview(model, step.x0)), noisy=colours(step.latent, step.recording))


def colours(latent: Any, run: Recording) -> Any:
    """Three directions of the latent as red, green, blue: those along which the finished film varies most.

    They are the same for all steps of a run, and scaled by its starting noise, so that static is seen to fade.
    """
    values = latent.float().numpy()  # (channels, frames, rows, cols)
    channels = values.shape[0]
    mixing = np.linalg.qr(np.random.default_rng(0).normal(size=(channels, min(3, channels))))[0]  # (channels, 3)
    seen = np.einsum("cfrk,cm->frkm", values, mixing)
    if seen.shape[-1] < 3:
        seen = np.repeat(seen[..., :1], 3, axis=-1)
    spread = 2.5 * float(run.latents[0].float().std()) or 1.0
    return (np.clip(seen / spread / 2 + 0.5, 0, 1) * 255).astype(np.uint8)


def with_sound(step: PackStep, film: Any) -> PackStep:
    """The last step, decoded to film and sound."""
    frames = np.asarray(film.frames)
    if film.sound is None:
        return PackStep(step.sigma, x0=frames, noisy=step.noisy)
    sound = np.asarray(film.sound, np.float32)  # (samples, ears)
    mono = sound.reshape(len(sound), -1).mean(axis=1)
    return PackStep(step.sigma, frames, step.noisy, peaks(mono), wav(mono, film.rate))


def still(made: Mapping[str, Any], name: str) -> bytes:
    """A film that has no development: one step."""
    frames = np.asarray(made["film"])
    shown = frames if frames.dtype == np.uint8 else (np.clip(frames, 0, 1) * 255).astype(np.uint8)
    count, height, width, _ = shown.shape
    return film_pack(Film(name, count, float(made.get("fps", 8)), width, height, 1), [PackStep(0.0, x0=shown)])


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
