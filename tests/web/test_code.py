"""The third depth: what a page shows as its code is what made its pictures, and runs."""

import dataclasses
import importlib

import pytest

import explainers.engine as engine
from explainers.kit.lesson import Layer, lessons
from explainers.web.inputs import checked, code
from explainers.worker.facts import facts
from explainers.worker.settings import Settings

# in enough steps for something that can be followed, what flies, falls and turns back: no lens may refuse it
SHORT = Settings("a basketball misses and rebounds off the backboard on the grass", 7, 12, 4.0)
COLOURED = dataclasses.replace(SHORT, prompt="a red ball bounces on the grass")  # the page on words takes a colour out
STATED = {"layers": 6, "heads": 6, "latent_frames": 9, "rows": 4, "cols": 4}
PICKS = {"patch": [1, 1, 1], "word": 1, "slice": 1, "step": 1}
ALL = lessons()
for lesson in ALL:
    importlib.import_module(f"explainers.lessons.{lesson.idea}.lens")  # while `record` is still what it is


def shown(lesson):
    """(lens, cut) of every piece of code that this page shows at once."""
    yield from ((p.measures, "") for p in lesson.pictures if not p.waits or isinstance(p, Layer))
    yield from ((cut.lens, cut.name) for cut in lesson.cuts)


@pytest.fixture(scope="module")
def model():
    return engine.open_model("embedded")


@pytest.mark.slow
@pytest.mark.parametrize("lesson", ALL, ids=[lesson.idea for lesson in ALL])
def test_the_code_on_a_page_runs(lesson, model, monkeypatch):
    runs = {}

    class Kept:
        """A run is made once for all that looks at it."""

        def __init__(self, _, request):
            self.request = request

        def finish(self):
            key = str(self.request.json())
            return runs.setdefault(key, runs.get(key) or record(model, self.request).finish())

    record = engine.record
    monkeypatch.setattr(engine, "open_model", lambda name: model)
    monkeypatch.setattr(engine, "record", Kept)
    film = COLOURED if lesson.idea == "words" else SHORT
    at = checked(lesson, film, facts(model), dataclasses.asdict(film), PICKS, {})
    for lens, cut in dict.fromkeys(shown(lesson)):
        names = {}
        exec(code(lesson, lens, at, cut), names)
        assert names["numbers"], lens
        assert names["request"].prompt == film.prompt and len(names["run"].steps) == SHORT.steps


def test_the_code_says_all_that_makes_the_run():
    lesson = next(lesson for lesson in ALL if lesson.idea == "attention")
    wished = Settings("a blue cat", 11, 4, 2.5, "Heun", 9, "96x64")
    at = checked(lesson, wished, STATED, dataclasses.asdict(wished), PICKS, {})
    text = code(lesson, "harm", at, "apart")
    for said in ("'a blue cat'", "seed=11", "steps=4", "guidance=2.5", "'Heun'", "frames=9", "width=96", "height=64"):
        assert said in text
    assert "other = finish(lens.apart(run, model, step=1))" in text
