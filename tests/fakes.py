"""A worker that needs no model: films drawn by a formula, in the format of real ones. For what is around the model."""

import hashlib
import importlib
import json
import time
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np

import explainers.lessons
from explainers.kit.lesson import measure
from explainers.kit.refused import Refused
from explainers.note import Note
from explainers.viewer.pack import Film, Grid, PackStep, Word, film_pack, peaks, step_pack, wav
from explainers.worker.jobs import FilmBegun, FilmMade, Lay, MakeCut, Measure, Progress, StepMade
from explainers.worker.keep import keep
from explainers.worker.settings import Settings

IDEAS = Path(__file__).parent / "browser" / "ideas"
explainers.lessons.__path__.append(str(IDEAS))  # probe and second, in the model's process too

FRAMES, SIDE, LATENT = 17, 64, 5
FRAME_OF = [0, *(1 + (f - 1) // 4 for f in range(1, FRAMES))]
WORDS = {
    "subject": ["ball", "cat", "boat"],
    "colour": ["red", "blue"],
    "place": ["in the snow", "at sea"],
    "motion": ["bounces", "floats up"],
}
FACTS = {
    "model": "fake",
    "weights": "fake",
    "known": sorted({"a", *(word for words in WORDS.values() for text in words for word in text.split())}),
    "words": WORDS,
    "schedulers": ["Euler", "Heun"],
    "lengths": [9, 17],
    "sizes": ["64x64", "96x64"],
    "longest": 33,
    "fps": 8,
    "layers": 3,
    "heads": 4,
    "defaults": {"steps": 12, "guidance": 4.0, "frames": 17, "size": "64x64", "scheduler": "Euler"},
}


FAKE = f"{__name__}:FakeModel"
MODULE = "explainers.lessons.probe.lesson"
OPENING = Settings("a red ball bounces in the snow", 7, 12, 4.0, "Euler")


class FakeModel:
    """A step takes `pause` seconds, or one where the prompt says "slowly", or five where it says "very slowly".

    Lenses are run for real, over a run that has nothing but settings. The file `asked` names each, with the prompt.
    """

    def __init__(self, pause=0.0, asked=None):
        self.facts, self.pause, self.asked = FACTS, pause, asked

    def work(self, job):
        if isinstance(job, Measure):
            if self.asked:
                with open(self.asked, "a") as log:
                    log.write(f"{job.lens} {job.settings.prompt}\n")
            lesson = importlib.import_module(f"explainers.lessons.{job.idea}.lesson").lesson
            given = {"run": job.settings, "other": job.cut, "model": self}
            return (yield from told(measure(lesson, job.lens, given, job.controls)))
        if isinstance(job, Lay):
            return hashlib.sha256(job.pixels).hexdigest()[:16]
        settings, cut = job.settings, isinstance(job, MakeCut)
        if settings.prompt == "fail":
            raise Refused("failed")
        film = facts_of(settings, job.cut if cut else "")
        yield FilmBegun(film_pack(film, []))
        steps = []
        for index in range(settings.steps):
            time.sleep(5 if "very slowly" in settings.prompt else 1 if "slowly" in settings.prompt else self.pause)
            steps.append(step_of(settings, index, cut))
            yield StepMade(step_pack(film, index, steps[-1]))
        return FilmMade(film_pack(film, steps), notes_of(settings))


def told(work):
    """How far a long lens is, as the real worker says it."""
    while True:
        try:
            done = next(work)
        except StopIteration as end:
            return end.value
        yield Progress(done)


def lessons():
    """The first page is the front page, whose film keeps itself; the second is the probe's."""
    return [importlib.import_module(f"explainers.lessons.{idea}.lesson").lesson for idea in ("second", "probe")]


def gallery(folder):
    """A gallery of one film, as the app wants to find it."""
    pack = film_pack(facts_of(OPENING), [step_of(OPENING, i) for i in range(12)])
    (folder / "ball.drk").write_bytes(pack)
    films = [{"settings": asdict(OPENING), "pack": "ball.drk", "recording": "ball.darkroom"}]
    (folder / "index.json").write_text(json.dumps({"facts": FACTS, "films": films}))
    return folder


def kept(folder):
    """What was measured before, of the cards that the probe lesson names."""
    _, probe = lessons()
    few = replace(probe, story=[card for card in probe.story if card.name in importlib.import_module(MODULE).KEPT])
    list(keep(few, FakeModel(), OPENING, {OPENING.key}, folder))
    return folder


def facts_of(settings, more=""):
    words = [Word(word, word in FACTS["known"]) for word in settings.prompt.split()]
    grid = Grid(LATENT, 4, 4, FRAME_OF)
    return Film(settings.key + more, FRAMES, 8, SIDE, SIDE, settings.steps, grid=grid, words=words, slices=16)


def notes_of(settings):
    """As the engine says them."""
    unknown = [word for word in settings.prompt.split() if word not in FACTS["known"]]
    return tuple(
        Note("unknown_near", "The model never learned “{word}”. Nearest: {near}.", word=word, near="a")
        for word in unknown
    )


def step_of(settings, index, cut=False):
    """A ball on its way, behind as much noise as there is at that step."""
    rng = np.random.default_rng(settings.seed)
    noise = rng.uniform(0, 255, (FRAMES, SIDE, SIDE, 3))
    sigma = 1 - (index + 1) / settings.steps
    y, x = np.mgrid[:SIDE, :SIDE]
    film = np.empty((FRAMES, SIDE, SIDE, 3))
    for f in range(FRAMES):
        film[f] = (120 + 80 * y[..., None] / SIDE) * np.array([0.8, 0.9, 1.1])
        height = 46 - 30 * abs(np.sin(f / (FRAMES - 1) * (3 if cut else 6)))
        film[f][(x - 12 - 2.4 * f) ** 2 + (y - height) ** 2 < 80] = (220, 60, 40)
    x0 = np.clip((1 - sigma) * film + sigma * noise, 0, 255).astype(np.uint8)
    latent = rng.uniform(0, 255, (LATENT, 8, 8, 3)) * sigma + 128 * (1 - sigma)
    t = np.arange(2 * 8000) / 8000
    sound = 0.3 * np.sin(2 * np.pi * 330 * t) * np.exp(-((t * 2) % 1) * 6)
    return PackStep(sigma, x0, latent.astype(np.uint8), peaks(sound), wav(sound, 8000) if sigma == 0 else None)
