"""The writer of captions: against Transformers' own forward, against its own odds, and what a seed fixes."""

import pytest
import torch

from explainers.engine.model.video_model import CannotOpen
from explainers.engine.model.writer import FOLDER, Writer


@pytest.fixture(scope="module")
def writer():
    return Writer.load()


def looks(writer, text, steps, order="any", seed=0, count=1):
    return list(writer.write(writer.start(text).expand(count, -1), steps, order, seed))


def test_it_is_a_stock_model_of_a_megabyte(writer):
    from transformers import AutoModelForMaskedLM

    stock = AutoModelForMaskedLM.from_pretrained(FOLDER, dtype=torch.float32, local_files_only=True)
    text = writer.start("a ___ ball bounces at sea")[None]
    with torch.no_grad():
        said = stock(input_ids=text).logits[0, 1]
    kept = [at for at, word in enumerate(writer.words) if word not in ("___", "<unk>")]
    expected = torch.zeros(len(writer.words))
    expected[kept] = said[kept].softmax(-1)
    assert torch.allclose(writer.odds(text)[0, 1], expected, atol=1e-6)
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < 1.2e6
    assert not [path for path in FOLDER.iterdir() if path.suffix in (".bin", ".pkl", ".pt")]


@pytest.mark.parametrize(
    ("text", "begins", "rest"),
    [
        ("", [], "___"),
        ("A ___ ball", ["a", "___", "ball"], "<pad>"),
        ("a ? ball _ at sea", ["a", "___", "ball", "___", "at", "sea"], "<pad>"),
        ("a woolly mammoth ...", ["a", "woolly", "mammoth"], "___"),
        ("a woolly mammoth…", ["a", "woolly", "mammoth"], "___"),
        ("a zebra <unk> <pad>", ["a", "___", "___", "<pad>"], "<pad>"),
        ("a " * 40, ["a"] * 16, ""),
    ],
)
def test_where_a_text_begins(writer, text, begins, rest):
    assert [writer.words[word] for word in writer.start(text)] == begins + [rest] * (16 - len(begins))


@pytest.mark.parametrize("order", ["any", "sure", "left"])
@pytest.mark.parametrize(("steps", "sizes"), [(1, [16]), (3, [6, 5, 5]), (16, [1] * 16)])
def test_each_step_unhides_its_share_and_nothing_else_changes(writer, order, steps, sizes):
    text = writer.start("")[None].expand(3, -1)
    made = list(writer.write(text, steps, order, seed=1))
    assert [look.chosen.sum(1).tolist() for look in made] == [[size] * 3 for size in sizes]
    for look in made:
        assert torch.equal(look.text, torch.where(look.chosen, look.drawn, text))
        assert (text[look.chosen] == writer.hole).all()
        text = look.text
    assert writer.hole not in text


def test_what_is_given_stays(writer):
    (*_, last) = looks(writer, "a ___ ball ___ on the snow", 8, count=20)
    for text in last.text:
        said = writer.spelt(text).split()
        assert said[0] == "a" and said[2] == "ball" and said[4:] == ["on", "the", "snow"]
    assert looks(writer, "a red ball", 8) == []


def test_orders(writer):
    left = [int(look.chosen[0].nonzero()) for look in looks(writer, "", 16, "left")]
    assert left == list(range(16))
    for look in looks(writer, "", 16, "sure"):
        sure = look.odds[0].gather(-1, look.drawn[0][:, None])[:, 0]
        assert sure[look.chosen[0]] == sure[sure.isfinite() & ~_known(look, writer)].max()


def _known(look, writer):
    """Which places stood before this look."""
    return (look.text[0] != writer.hole) & ~look.chosen[0]


def test_a_seed_is_the_same_noise_for_any_number_of_steps(writer):
    first = [looks(writer, "", steps, order, seed=5)[0] for steps in (1, 4, 16) for order in ("any", "left")]
    assert all(torch.equal(look.drawn, first[0].drawn) for look in first)
    assert not torch.equal(looks(writer, "", 1, seed=6)[0].drawn, first[0].drawn)


def test_words_are_drawn_with_their_odds(writer):
    count = 4000
    look = looks(writer, "a ___ ball bounces at sea", 1, count=count)[0]
    odds = look.odds[0, 1]
    drawn = torch.bincount(look.drawn[:, 1], minlength=len(odds)) / count
    assert torch.allclose(drawn, odds, atol=4 * (0.25 / count) ** 0.5)
    assert drawn.max() < 0.5  # or there would be nothing to see


def test_a_folder_without_a_writer_says_how_to_make_one(tmp_path):
    with pytest.raises(CannotOpen, match="python -m training text"):
        Writer.load(tmp_path)
