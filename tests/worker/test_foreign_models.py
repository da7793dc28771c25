"""Every page over models that are not ours: each picture, card and cut either works or says in words why not.

Through the process, as the app asks it, on tiny random pipelines of stock classes that were saved into a folder and
opened from there. No previewer, no world, no words that are known, no sound (Wan, LTX), other grids of tokens.
"""

import os
from functools import cache

import pytest

from explainers.kit.folders import KIT
from explainers.kit.lesson import Index, draw, finish, lessons
from explainers.kit.refused import Refused
from explainers.kit.sentences import Words
from explainers.kit.signature import signature
from explainers.web.inputs import checked
from explainers.worker.jobs import Develop, MakeCut, Measure
from explainers.worker.kept import said
from explainers.worker.model_process import ModelProcess
from explainers.worker.settings import Settings
from tests.tiny_models import TINY

FAMILIES = ("wan", "ltx")
PICKED = {"patch": [0, 1, 1], "word": 1, "slice": 1, "step": 1, "frame": 2}
STAGE = Words.of(KIT)


@pytest.fixture(scope="session")
def opened(tmp_path_factory):
    """family -> a process with it, and the settings of a film that it made."""

    @cache
    def process(family):
        os.environ["DARKROOM_THREADS"] = "1"
        folder = tmp_path_factory.mktemp("models") / family
        TINY[family].build().save_pretrained(folder)
        there = ModelProcess(str(folder), gallery=folder / "none")
        asked = TINY[family].request
        size = f"{asked['width']}x{asked['height']}"
        settings = Settings("a red ball bounces", 5, steps=3, guidance=4.0, frames=asked["frames"], size=size)
        made = finish(there.work(Develop(settings)))
        assert made.pack
        return there, settings

    return process


@pytest.fixture(autouse=True)
def few_captions(monkeypatch):
    """The page on text counts captions of a model of its own, which is the same beside every film model."""
    monkeypatch.setattr("explainers.lessons.text.lens.MANY", 4)
    monkeypatch.setattr("explainers.lessons.text.lens.BATCH", 4)


def asked():
    """Every lens of every lesson, with what is to be drawn of it: (lesson, kind, name, lens)."""
    for lesson in lessons():
        of_others = {p.measures for p in lesson.pictures}
        for lens, card in {card.lens: card for card in lesson.story if card.lens}.items():
            if lens not in of_others:
                yield lesson, "card", card.name, lens
        for picture in lesson.pictures:
            yield lesson, "picture", picture.name, picture.measures
        for cut in lesson.cuts:
            yield lesson, "cut", cut.name, cut.lens


@pytest.mark.slow
@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize(
    ("lesson", "kind", "name", "lens"), [pytest.param(*row, id=f"{row[0].idea}-{row[1]}-{row[2]}") for row in asked()]
)
def test_every_page_works_or_says_why_not(opened, family, lesson, kind, name, lens):
    process, settings = opened(family)
    starts = {c.name: None if isinstance(c, Index) and c.all else c.start for c in lesson.controls}
    at = checked(lesson, settings, process.facts, vars(settings), PICKED, starts)
    try:
        numbers = measured(process, at, lesson, kind, name, lens)
    except Refused as refusal:
        # a reason that the lens or the engine gives, in words; never "that did not work"
        assert refusal.key == "not_visible" and len(STAGE(refusal.key, **refusal.numbers)) > 20
        return
    words = Words.of(lesson.idea)
    if kind == "card":
        card = lesson.card(name)
        assert said(words, card, numbers)
        if card.figure and numbers.get("answer") != "":
            assert draw(lesson, card.figure, numbers, words) is not None
        return
    assert words(f"{name}.see", **numbers)
    if kind == "picture" or lesson.cut(name).plot:
        assert draw(lesson, name, numbers, words) is not None


def measured(process, at, lesson, kind, name, lens):
    def controls(of):
        return at.of(signature(lesson.idea, of).controls)

    cut = None
    if kind == "cut" and getattr(lesson.cut(name), "film", True):
        cut = MakeCut(at.settings, lesson.idea, name, controls(name))
        assert finish(process.work(cut)).pack
    return finish(process.work(Measure(at.settings, lesson.idea, lens, controls(lens), cut)))
