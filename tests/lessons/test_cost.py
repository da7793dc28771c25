"""Cost: counts against the formula of a transformer, laws against known ones, counters against a made-up machine."""

import dataclasses

import numpy as np
import pytest
import torch

from explainers.engine import BlockSound, NotVisible, decode, record, replay
from explainers.kit.lesson import finish
from explainers.kit.sentences import Words
from explainers.lessons.cost import lens, meter, picture

WORDS = Words.of("cost")


@pytest.fixture(scope="module")
def grown(run, model):
    return finish(lens.growth(run, model))


def test_operations_are_those_of_the_formulas():
    x, weights = torch.randn(7, 5), torch.randn(5, 3)
    q, kv = torch.randn(1, 2, 6, 8), torch.randn(1, 2, 9, 8)
    attended = 2 * 2 * 2 * 6 * 9 * 8  # two products, two heads, 6 x 9 pairs of 8 numbers; a sum and a product each
    counted = meter.count(lambda: torch.nn.functional.scaled_dot_product_attention(q, kv, kv))
    assert counted == {"weights": 0, "attention": attended, "convolutions": 0}
    assert meter.count(lambda: x @ weights)["weights"] == 2 * 7 * 5 * 3
    image, kernel = torch.randn(1, 2, 6, 6), torch.randn(4, 2, 3, 3)
    assert meter.count(lambda: torch.nn.functional.conv2d(image, kernel))["convolutions"] == 2 * 4 * 4 * 4 * 2 * 9


def test_the_bill_of_a_run(run, model):
    found = lens.bill(run, model, watts=50)
    assert (found["words"] + 144 + found["slices"]) == found["tokens"] and found["cubes"] == 144
    assert found["calls"] == 8  # four steps, with words and without
    # attention of the picture and sound over everything: two products for each pair of tokens, layer and number
    width, layers = 48, 2
    made = found["cubes"] + found["slices"]
    pairs = made * found["tokens"] + found["words"] ** 2  # words look at words alone
    assert found["attention"] / found["calls"] == pytest.approx(4 * width * layers * pairs, rel=0.02)
    assert found["operations"] == found["weights"] + found["attention"] + found["codec"]
    assert found["joules"] == pytest.approx(50 * found["seconds"])
    assert found["wh"] == pytest.approx(found["joules"] / 3600)


def test_seconds_are_this_machines_and_not_those_of_a_recording(run, model, monkeypatch):
    """A run that another machine took an hour for is billed, and set beside others, as it is timed now."""
    elsewhere = dataclasses.replace(run, seconds=[3600.0] * len(run.seconds))
    monkeypatch.setattr(lens, "seconds", lambda work, times=2: 0.25)
    took = 4 * 2 * 0.25 + 0.25  # four steps of two calls, and the codec
    assert lens.bill(elsewhere, model, watts=50)["seconds"] == pytest.approx(took)
    assert lens.published(elsewhere, model, watts=50)["here"] == pytest.approx(50 * took / 3600)


def test_twice_is_timed_on_films_that_are_made(run, model, monkeypatch):
    """By a clock on which a step of nine latent frames takes a second, and one of seventeen takes three."""
    now, asked = [0.0], []

    class Timed:
        def __init__(self, model, request):
            asked.append(request)
            self.request, self.steps = request, [None] * request.steps

        def finish(self):
            now[0] += self.request.steps * (3 if self.request.frames > 17 else 1)
            return self

    monkeypatch.setattr(lens, "record", Timed)
    monkeypatch.setattr(lens, "_operations", lambda model, film: {"weights": film.request.frames})
    monkeypatch.setattr(lens.time, "perf_counter", lambda: now[0])
    found = finish(lens.twice(run, model, watts=10))
    assert (found["steps_times"], found["length_times"], found["once_joules"]) == (2, 3, 40)
    assert (found["steps_work"], found["length_work"]) == (2, pytest.approx(33 / 17))
    assert {(each.steps, each.frames) for each in asked} == {(4, 17), (8, 17), (4, 33)}
    assert list(picture.both_ways(found, WORDS).values.values()) == [40, 80, 120]
    assert WORDS("story.twice.see", **found)


def test_operations_grow_by_a_law_of_tokens_and_pairs(grown):
    assert grown["worst"] < 0.05
    tokens, total = grown["tokens"], grown["weights"] + grown["attention"]
    assert np.allclose(grown["each"] * tokens + grown["square"] * tokens**2, total, rtol=0.05)
    lengths = grown["kind"] == "length"
    assert list(grown["frames"][lengths]) == [9, 17, 33, 65] and list(grown["width"][~lengths]) == [96, 128]
    assert grown["operations_times"] > tokens[lengths][-1] / tokens[lengths][0]  # more than in proportion
    assert grown["attention_times"] > grown["operations_times"]


def test_a_known_law_is_found():
    tokens = np.array([10, 50, 200, 1000])
    each, square, worst = lens._law(tokens, 3.0 * tokens + 0.5 * tokens**2)
    assert (each, square) == (pytest.approx(3.0), pytest.approx(0.5)) and worst < 1e-9


def test_four_times_the_length_is_answered(run, model, grown):
    found = lens.answer(run, model)
    assert found["case"] == found["answer"]
    assert list(picture.grown(found, WORDS).values.values()) == [1, found["times"]]
    assert found["long"] == 65 and found["answer"] == "more" and found["longer"] < found["times"] < 16
    long = list(grown["frames"]).index(65)
    assert found["attention"] == pytest.approx(grown["attention"][long] / (grown["weights"] + grown["attention"])[long])


def test_pixels_are_more_tokens(run, model, monkeypatch):
    monkeypatch.setattr(lens, "CORNER", 16)
    found = finish(lens.pixels(run, model))
    assert found["what"] == ["latents", "pixels"] * 2
    # 16 x 16 pixels: one cube of latents, or 8 x 8 cubes of 2 x 2 pixels in each frame
    assert found["cubes"][:2] == [1, 64] and found["cubes"][3] == 64 * found["frames"][3]
    assert found["times"] > 2


def test_half_the_steps_save_half(run, model):
    other = finish(lens.half_steps(run, model))
    found = lens.saved(run, other, model)
    assert len(other.steps) == 2 and found["operations"] == pytest.approx(0.5)
    assert other.latents[0].equal(run.latents[0])  # the same noise
    same = lens.saved(run, run, model)
    assert same["apart"] == 0 and same["case"] == "same" and found["before_steps"] == 4
    assert found["case"] == ("same" if found["alike"] >= lens.ALIKE else "other")


def test_a_single_step_is_not_halved(run, model):
    once = record(model, dataclasses.replace(run.request, steps=1)).finish()
    with pytest.raises(NotVisible, match="single step"):
        finish(lens.half_steps(once, model))


def test_half_the_frames_save_more_than_half_of_attention(run, model):
    other = finish(lens.half_frames(run, model))
    assert len(decode(model, other, sound=False).frames) == 9
    before, after = (lens._operations(model, film)["attention"] for film in (run, other))
    assert after < 0.4 * before
    assert lens.saved(run, other, model)["frames"] == 9


def test_cuts_are_counted_as_they_run(run, model):
    """Without the tie between sound and picture there are fewer pairs to attend to."""
    other = replay(model, run, cuts=[BlockSound()]).finish()
    assert lens._operations(model, other)["attention"] < lens._operations(model, run)["attention"]


def test_the_meter_reads_counters_that_run_over(tmp_path):
    package = tmp_path / "intel-rapl:0"
    package.mkdir()
    (package / "max_energy_range_uj").write_text("9999999\n")
    (package / "energy_uj").write_text("9000000\n")
    before = meter.counters(tmp_path)
    (package / "energy_uj").write_text("2000000\n")
    assert meter.spent(before, meter.counters(tmp_path)) == pytest.approx(3.0)  # joules
    assert meter.counters(tmp_path / "none") == {} and meter.spent({}, {}) is None


@pytest.mark.parametrize("shown", [True, False])
def test_a_live_run_is_metered(run, model, monkeypatch, shown):
    readings = iter(range(0, 10**9, 2_000_000))  # two joules at each look
    monkeypatch.setattr(lens, "counters", lambda: {"cpu": (next(readings), 10**12)} if shown else {})
    found = finish(lens.live(run, model, watts=10))
    assert list(found["so_far"]) == pytest.approx(list(np.cumsum(found["step_joules"])))
    assert next(iter(picture.running(found, WORDS).lines.values())) is found["so_far"]
    assert WORDS(f"story.meter.see.{found['case']}", **found)
    assert len(found["took"]) == 4 and found["seconds"] >= sum(found["took"])
    assert found["case"] == ("counted" if shown else "estimated")
    if shown:
        assert found["step_joules"] == [2.0] * 4 and found["joules"] == 10.0
    else:
        assert found["joules"] == pytest.approx(10 * found["seconds"])
        assert found["step_joules"] == pytest.approx([10 * s for s in found["took"]])


def test_steps_cost_alike(run):
    found = lens.course(run)
    assert found["seconds"][-1] == pytest.approx(sum(run.seconds)) and len(found["line"]) == 4


def test_published_figures_add_up(run, model):
    found = lens.published(run, model, watts=65)
    by_name = dict(zip(found["names"], found["energy"], strict=True))
    assert by_name["Wan2.1-1.3B"] == pytest.approx(90.5) and by_name["Wan2.1-14B"] == pytest.approx(415.1)
    assert found["times"] == pytest.approx(415.1 / found["here"])
    names = picture.beside_big(found, WORDS).columns[WORDS("sources.model")]
    assert names == [WORDS("sources.here"), "AnimateDiff", "Wan2.1-14B"]


def test_pictures_have_titles_units_and_values(run, model, grown):
    bill, metered = lens.bill(run, model, watts=65), finish(lens.live(run, model, watts=65))
    found = {"what": ["latents", "pixels"], "operations": [1e9, 3e9], "frames": [1, 1]}
    for figure in (
        picture.parts(bill, WORDS),
        picture.course(lens.course(run), WORDS),
        picture.growth(grown, WORDS),
        picture.pixels(found, WORDS),
        picture.live(metered, WORDS),
        picture.published(lens.published(run, model, watts=65), WORDS),
        picture.half_steps({"what": ["operations"], "left": [0.5]}, WORDS),
    ):
        layout = figure.layout
        assert layout.title.text and layout.xaxis.title.text and layout.yaxis.title.text
        assert all(len(trace.y) for trace in figure.data)
    for columns in (picture.bill(bill, WORDS), picture.sources(lens.published(run, model, watts=65), WORDS)):
        assert len({len(values) for values in columns.values()}) == 1
