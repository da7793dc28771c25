"""Films in which there is nothing to measure: what pages say of them is true, or they say why they say nothing.

A grey film that stands still, and a run of a single step: no "nan", no share of nothing.
"""

import re
from dataclasses import replace

import numpy as np
import pytest

from explainers.engine import CannotOpen, NotVisible, encode, record
from explainers.kit.lesson import Index, finish, lessons, measure
from explainers.kit.sentences import Words
from explainers.kit.signature import signature
from explainers.kit.story import Card
from explainers.worker.kept import said
from tests.lessons.conftest import ideal

PICKED = {"step": 0, "frame": 0, "patch": (0, 1, 1), "word": 1, "slice": 1}
NONSENSE = re.compile(r"\bnan\b|\binf\b|-\d+(\.\d+)?%|\d{5,}(\.\d+)?%")


@pytest.fixture(scope="module")
def grey(model, run):
    """A film of one colour."""
    made = record(model, run.request).finish()
    return ideal(made, encode(model, np.full((17, 64, 64, 3), 128, np.uint8)))


@pytest.fixture(scope="module")
def hasty(model, run):
    """A run of one step."""
    return record(model, replace(run.request, steps=1)).finish()


def asked():
    """What a page measures by itself, as soon as it is opened."""
    for lesson in lessons():
        for picture in lesson.pictures:
            if not picture.waits and not signature(lesson.idea, picture.measures).long:
                yield lesson, picture, picture.measures
        for card in lesson.story:
            if card.lens and not signature(lesson.idea, card.lens).long:
                yield lesson, card, card.lens  # a card says another sentence of the same numbers


@pytest.mark.parametrize("what", ["grey", "hasty"])
@pytest.mark.parametrize(
    ("lesson", "shown", "lens"),
    [pytest.param(*row, id=f"{row[0].idea}-{row[1].kind}-{row[1].name}") for row in asked()],
)
def test_no_page_makes_a_number_of_nothing(model, request, what, lesson, shown, lens):
    film = request.getfixturevalue(what)
    starts = {c.name: None if isinstance(c, Index) and c.all else c.start for c in lesson.controls}
    controls = {**starts, **PICKED}
    try:
        numbers = finish(measure(lesson, lens, {"run": film, "model": model}, controls))
    except (NotVisible, CannotOpen) as why:
        assert len(str(why)) > 20
        return
    for language in ("en", "de"):
        words = Words.of(lesson.idea, language)
        text = said(words, shown, numbers) if isinstance(shown, Card) else words(f"{shown.name}.see", **numbers)
        assert not NONSENSE.search(text), text
