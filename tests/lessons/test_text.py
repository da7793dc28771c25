"""Text: against the writer asked directly, the world's own captions, and counting by hand."""

import random
from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from explainers.kit.lesson import finish
from explainers.kit.sentences import Words
from explainers.kit.table import table
from explainers.lessons.text import lens, picture
from explainers.lessons.text.lesson import lesson

WORDS = Words.of("text")


@pytest.fixture
def run():
    """What this page looks at of a run: its caption and its seed."""
    return SimpleNamespace(request=SimpleNamespace(prompt="a red ball bounces in the snow", seed=7))


def test_hiding_is_nested_and_its_share_is_the_level(run):
    found = lens.hidden(run)
    steps = found["steps"]
    assert steps[0] == run.request.prompt.split() and set(steps[-1]) == {""}
    for before, after in pairwise(steps):
        assert all(b == a or a == "" for b, a in zip(before, after, strict=True))
    assert steps[10].count("") == found["half"]
    share = []
    for seed in range(300):
        run.request.seed = seed
        share.append(lens.hidden(run)["steps"][6].count("") / 7)  # level 0.3
    assert np.mean(share) == pytest.approx(0.3, abs=4 * (0.21 / 2100) ** 0.5)


@pytest.mark.parametrize("order", lens.ORDERS)
def test_a_caption_is_written_as_the_writer_writes_it(run, order):
    found = lens.written(run, text="a ___ ball ___ on the snow", looks=8, order=order)
    assert (found["holes"], found["looks"]) == (2, 2)
    assert [step.count("") for step in found["steps"]] == [2, 1, 0]
    assert found["caption"] == " ".join(word for word in found["steps"][-1] if word != "·")
    assert found["link"].replace("+", " ") == found["caption"]
    assert sorted(found["when"][found["when"] > 0]) == [1, 2]
    sure = found["sure"]
    assert (
        sure.shape == (2, 16)
        and np.isnan(sure[0, [0, 2, 4]]).all()
        and ((sure[0, [1, 3]] > 0) & (sure[0, [1, 3]] <= 1)).all()
    )
    assert np.isnan(sure[1]).sum() == 15
    figure = picture.odds(found, WORDS)
    (marks,) = [trace for trace in figure.data if trace.type == "scatter"]
    assert set(marks.x) == {2, 4} and set(marks.y) == {1, 2}
    assert list(picture.written(found, WORDS).values()) == [found["steps"]]


def test_nothing_to_write_is_no_error(run):
    found = lens.written(run, text="a red ball bounces at sea", looks=4, order="any")
    assert (found["holes"], found["looks"], found["wrong"]) == (0, 0, "")
    assert table(picture.odds(found, WORDS))
    assert WORDS("written.see", **found)


def test_doubt_is_the_writer_s_own_with_one_word_hidden(run):
    writer, prompt = lens._writer(), run.request.prompt
    found = lens.doubt(run, word=1)
    for at, word in enumerate(prompt.split()):
        holed = " ".join("___" if i == at else other for i, other in enumerate(prompt.split()))
        odds = writer.odds(writer.start(holed)[None])[0, at, writer.words.index(word)]
        assert found["fits"][at] == pytest.approx(float(odds), abs=1e-5)
    assert found["here"] == "red" and found["sure"] == pytest.approx(found["fits"][1])
    assert picture.doubt(found, WORDS).words.shape == (7,)
    run.request.prompt = "a striped zebra bounces"
    assert lens.doubt(run, word=2)["fits"].tolist()[1:3] == [0.0, 0.0]  # words that it never learned


def test_shares_are_counted_by_the_grammar(run, monkeypatch):
    monkeypatch.setattr(lens, "STEPS", (1, 16))
    monkeypatch.setattr(lens, "MANY", 32)
    found = finish(lens.many(run))
    for order in lens.ORDERS:
        for at, looks in enumerate((1, 16)):
            captions = lens._captions("", looks, order, 7, 32)
            assert found[order][at] == sum(lens._grammar().wrong(c) == "" for c in captions) / 32
    parts = np.array([found["any"], *(found[kind] for kind in lens.WRONG)])
    assert parts.sum(0) == pytest.approx([1, 1])
    assert found["whole"] > found["once"] + 0.3  # the claim: looking again is what makes sentences
    for draw in (picture.many, picture.wrongs):
        layout = draw(found, WORDS).layout
        assert layout.title.text and layout.xaxis.title.text and layout.yaxis.title.text
    assert all(WORDS(f"{name}.see", **found) for name in ("many", "wrongs"))
    curve = picture.orders(found, WORDS)
    assert list(curve.x) == [1, 16]
    assert list(curve.lines.values()) == [[100 * share for share in found[order]] for order in lens.ORDERS]


@pytest.mark.parametrize(("best", "case"), [("left", "tied"), ("any", "free"), ("none", "free")])
def test_reading_order_helps_only_where_it_beats_chance(run, monkeypatch, best, case):
    """A judge that finds every caption right of one order and every second of the others: 100 % of 128 is no luck."""
    monkeypatch.setattr(lens, "STEPS", (1,))
    monkeypatch.setattr(lens, "_captions", lambda text, looks, order, seed, count: [order] * count)
    monkeypatch.setattr(
        lens, "_judged", lambda said: (["" if x == best or i % 2 else "order" for i, x in enumerate(said)], [0])
    )
    assert finish(lens.many(run))["case"] == case


def test_the_cut_and_the_answer_measure_the_same(run):
    found, told = lens.at_once(run, order="any"), lens.answer(run)
    assert (found["once"], found["whole"]) == (told["once"], told["whole"])
    assert told["answer"] in lesson.card("once").options
    assert sum(found["once_kinds"]) == sum(found["whole_kinds"]) == 1
    figure = picture.at_once(found, WORDS)
    assert [trace.y[0] for trace in figure.data] == [found["whole_kinds"][at] for at in (0, 3, 2, 1)]
    assert [trace.y[1] for trace in figure.data] == [found["once_kinds"][at] for at in (0, 3, 2, 1)]


def test_the_writer_knows_the_world_better_than_a_shuffle(run):
    """The world's own captions are less surprising to it than the same words in another order."""
    from training.world import caption, draw

    writer, rng = lens._writer(), random.Random(1)
    scenes = draw(40, 77)
    said = [caption(scenes.words(i), rng, plain=True) for i in range(40)]
    mixed = [" ".join(rng.sample(text.split(), len(text.split()))) for text in said]
    sure = []
    for texts in (said, mixed):
        ids = torch.stack([writer.start(text) for text in texts])
        holed = torch.where(torch.arange(16) % 2 == 0, writer.hole, ids)
        odds = writer.odds(holed).gather(-1, ids[..., None])[..., 0]
        sure.append(float(odds[:, ::2].log().clamp(min=-20).mean()))
    assert sure[0] > sure[1] + 1


def test_several_are_told_apart(run):
    found = lens.several(run, text="a ___ ball ___ on the snow", looks=8, order="any")
    assert found["count"] == lens.SEVERAL and found["right"] == found["wrong"].count("")
    columns = picture.several(found, WORDS)
    assert [len(column) for column in columns.values()] == [lens.SEVERAL] * 3
