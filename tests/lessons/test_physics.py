"""Physics: the ruler on thrown discs of known gravity, the tables against the file, beginnings against the pipeline."""

import dataclasses
import json

import numpy as np
import pytest
import torch

from explainers.engine import BlockFrames, NotVisible, encode, record
from explainers.engine.run.decode import Film
from explainers.kit.lesson import finish
from explainers.kit.sentences import Words
from explainers.lessons.physics import lens, picture
from explainers.measure.track import centre, contacts
from training.judge import physics
from training.judge.physics_cases import FILMS, TOLD, cases

WORDS = Words.of("physics")
FPS, RATE = 8, 8000


def disc(x, y):
    rows, cols = np.mgrid[:64, :64]
    frames = np.full((len(x), 64, 64, 3), 90, np.uint8)
    for frame, u, v in zip(frames, x, y, strict=True):
        frame[np.hypot(cols + 0.5 - u, rows + 0.5 - v) < 8] = (220, 30, 30)
    return frames


def falling(times, fps=FPS):
    """A disc that falls with so many times the world's gravity."""
    t = np.arange(17)
    g = 0.3 * times * (8 / fps) ** 2
    return Film(disc(np.full(17, 32.0), 12 + 0.2 * t + g * t**2 / 2), fps)


def rebounding(late=0.0):
    """A disc that turns back at 1 s with half of its speed and is heard then, or so much later."""
    t = np.arange(17)
    x = 12 + 4.0 * np.minimum(t, 8) - 2.0 * np.maximum(t - 8, 0)
    since = np.arange(17 * RATE // FPS) / RATE - 1 - late
    wave = np.where(since > 0, 0.8 * np.exp(-since.clip(0) / 0.05) * np.sin(2 * np.pi * 160 * since), 0.0)
    return Film(disc(x, np.full(17, 30.0)), FPS, wave[:, None].astype(np.float32), RATE)


@pytest.fixture
def shown(monkeypatch):
    films = {}
    monkeypatch.setattr(lens, "decode", lambda model, run, **_: films["cut" if run.cuts else "run"])
    return films


@pytest.mark.parametrize("times", [0.5, 1.0])
def test_gravity_is_read_off_a_fall(run, model, shown, times):
    shown["run"] = falling(times)
    found = lens.fall(run, model)
    assert found["gravity"] == pytest.approx(times, abs=0.08)
    assert found["error"] == pytest.approx(abs(found["gravity"] - 1)) and found["off"] < 0.3
    t = np.arange(17)
    path = np.stack([np.full(17, 32.0), 12 + 0.2 * t + 0.3 * times * t**2 / 2], 1) / 64
    there = (path[:, 1] < 0.85)[:, None]  # and whole in the picture
    assert np.abs(np.where(there, np.asarray(found["track"]) - path, 0)).max() < 0.01  # where it was drawn
    drawn = picture.flown(found, WORDS)
    assert drawn.found is found["track"] and np.nanmax(np.abs(np.where(there, drawn.lines[0] - path, 0))) < 0.02
    assert (found["off_world"] > 0.5) == (times != 1.0)  # the world's parabola fits what falls as the world does
    assert lens.answer(run, model)["answer"] == ("less" if times < 1 else "world")
    assert found["case"] == "parabola" and found["touches"] == 0
    curve = picture.flights(found, WORDS)
    assert len(curve.lines) == 3 and all(np.isfinite(line).all() for line in curve.lines.values())
    assert len(picture.flight(found, WORDS).lines) == 2  # before the guess nothing shows the world's
    assert [trace.name for trace in picture.fall(found, WORDS).data] == [
        WORDS(f"fall.{name}") for name in ("height", "curve", "world")
    ]


def test_gravity_is_the_same_at_another_frame_rate(run, model, shown):
    shown["run"] = falling(1.0, fps=12)
    assert lens.fall(run, model)["gravity"] == pytest.approx(1.0, abs=0.15)


def test_a_still_film_says_that_there_is_nothing_to_follow(run, model, shown):
    shown["run"] = Film(np.full((17, 64, 64, 3), 90, np.uint8), FPS)
    with pytest.raises(NotVisible, match="followed"):
        lens.fall(run, model)
    assert lens.answer(run, model)["answer"] == ""
    with pytest.raises(NotVisible, match="turned back"):
        lens.across(run, model)


def test_a_rebound_is_seen_heard_and_measured(run, model, shown):
    shown["run"] = rebounding(late=0.2)
    found = lens.across(run, model)
    assert found["turn"] == pytest.approx(1.0, abs=0.05) and found["left"] == pytest.approx(0.5, abs=0.08)
    assert float(found["late"].removesuffix(" ms")) == pytest.approx(200, abs=30)
    made = physics.rebound(torch.from_numpy(rebounding().frames).permute(0, 3, 1, 2) / 255, rebounding().sound[:, 0])
    assert made["left"] == pytest.approx(0.5, abs=0.08) and abs(made["offset"]) < 30


def test_a_ball_that_goes_on_after_a_jolt_did_not_turn_back(run, model, shown):
    x = np.concatenate([12 + 3.0 * np.arange(8), [31.0], 32.5 + 3.0 * np.arange(8)])  # struck, but not stopped
    assert contacts(x)
    shown["run"] = Film(disc(x, np.full(17, 30.0)), FPS)
    with pytest.raises(NotVisible, match="turned back"):
        lens.across(run, model)
    made = physics.rebound(torch.from_numpy(shown["run"].frames).permute(0, 3, 1, 2) / 255, rebounding().sound[:, 0])
    assert made["board"] is None and made["left"] is None


def jumping():
    """A disc that jumps about: no flight of it is a parabola."""
    return Film(disc(np.full(17, 32.0), 32 + 9 * np.sin(2.2 * np.arange(17))), FPS)


def rising_faster():
    """A disc that is pulled upwards: a parabola, but no fall."""
    t = np.arange(17)
    return Film(disc(np.full(17, 32.0), 50 - 0.3 * t**2 / 2), FPS)


@pytest.mark.parametrize("made", [jumping, rising_faster])
def test_what_does_not_fall_is_said_to_have_no_gravity(run, model, shown, made):
    shown["run"], shown["cut"] = falling(1.0), made()
    cut = dataclasses.replace(run, cuts=[BlockFrames()])
    found = lens.fallen(run, cut, model)
    assert found["case"] == "lost" and found["after_gravity"] == "—"
    shown["run"] = made()
    assert lens.fallen(run, cut, model)["case"] == "none"
    assert lens.fall(run, model)["case"] == "none" and lens.answer(run, model)["answer"] == ""


def test_what_trembles_in_the_air_touches_nothing(run, model, shown):
    t = np.arange(17)
    shown["run"] = Film(disc(np.full(17, 32.0), 44 - 1.1 * t - 0.9 * np.sin(2.1 * t)), FPS)
    assert contacts(centre(shown["run"].frames).y)
    assert lens.fall(run, model)["touches"] == 0


def test_the_cut_is_measured_on_both_films(run, model, shown):
    shown["run"], shown["cut"] = falling(1.0), falling(0.5)
    found = lens.fallen(run, dataclasses.replace(run, cuts=[BlockFrames()]), model)
    assert float(found["before_gravity"]) == pytest.approx(1, abs=0.08)
    assert float(found["after_gravity"]) == pytest.approx(0.5, abs=0.08)
    assert found["case"] == "falls"
    assert len(picture.alone(found, WORDS).data) == len(picture.two_ways(found, WORDS).lines) == 2


def test_frames_apart_are_what_they_say(run, model):
    assert finish(lens.alone(run, model)).cuts == [BlockFrames()]


@pytest.mark.slow
def test_seeds_are_two_films_each(run, model, monkeypatch):
    monkeypatch.setattr(lens, "SEEDS", 1)
    found = finish(lens.seeds(run, model))
    assert found["films"] == 1 and all(len(found[name]) <= 1 for name in ("plain", "alone"))
    assert len(picture.seeds(found, WORDS).data) == 2


# --- the tables


@pytest.fixture(scope="module")
def measured(tmp_path_factory):
    """The file, of rows whose answers are known: what was made has half the gravity of what was given."""
    balls = [{"true": 0.3 * k, "group": g, "rendered": k, "codec": k, "made": k / 2} for k, g in GIVEN]
    speeds = [{"true": k, "group": g, "rendered": k, "codec": k, "made": None} for k, g in GIVEN]
    return balls, speeds


GIVEN = [(0.5, "below"), (0.6, "below"), (1.0, "within"), (1.7, "above"), (1.9, "above")]


def test_spreads_are_quartiles_of_what_could_be_measured(measured):
    balls, speeds = measured
    below, within, above = physics.groups(balls, "gravity")
    assert below["true"]["median"] == pytest.approx(0.55) and below["made"]["median"] == pytest.approx(0.275)
    assert above["made"]["measured"] == 2 and within["made"]["low"] == within["made"]["high"] == 0.5
    assert physics.groups(speeds, "speed")[0]["made"] == {
        "films": 2,
        "measured": 0,
        "median": None,
        "low": None,
        "high": None,
    }
    four = physics.spread([1.0, 2.0, 3.0, 4.0, None])
    assert (four["films"], four["measured"], four["median"], four["low"]) == (5, 4, 2.5, 1.75)


def test_a_pair_is_counted_by_what_is_kept():
    rows = [{"subject": s, "colour": c} for s, c in ((True, True), (True, False), (False, True), (False, False))]
    assert physics.pairs(rows, "colour") == {"films": 4, "both": 1, "subject": 1, "other": 1, "neither": 1}


@pytest.mark.parametrize("kind", FILMS)
def test_what_is_asked_is_in_or_out_of_training_as_it_says(kind):
    from training.world import HELD_OUT, held_out

    for case in cases(kind, 6):
        words = {name: case.words[name] for name in ("subject", "colour", "place", "motion")}
        unseen = kind in ("falls-unseen", "pairs-colour", "pairs-motion", "pairs-place")
        assert held_out(**words) == unseen, case.text
        if kind.startswith("begun"):
            what, group = kind.removeprefix("begun-"), case.about["group"]
            low, high = HELD_OUT["ranges_seen"][what]
            true = float(getattr(case.scene, what)[0])
            assert true == pytest.approx(case.about["true"])
            assert {"below": true < low, "within": low - 1e-6 <= true <= high + 1e-6, "above": true > high}[group]
        if kind.startswith("conflict"):
            assert case.about["shown"] != case.about["said"]
    assert cases(kind, 6)[-1].text == cases(kind, 6)[-1].text  # the same every time


@pytest.mark.parametrize("what", ["gravity", "speed"])
def test_the_ruler_reads_rendered_beginnings_right(what):
    from training.world import render

    unit = 0.3 if what == "gravity" else 1.0
    off = []
    for case in cases(f"begun-{what}", 12):
        film = render(case.scene, 17, 64, 64)[0]
        off.append(abs(physics.late(f"begun-{what}", film) / (case.about["true"] / unit) - 1))
    assert np.median(off) < 0.05


@pytest.mark.parametrize("kind", ["conflict-side", "conflict-speed", "conflict-size"])
def test_a_rendered_conflict_shows_what_was_shown(kind):
    from training.world import render

    for case in cases(kind, 6):
        assert physics.side(kind, case, render(case.scene, 17, 64, 64)[0], reader=None) == "shown"


def test_films_in_a_batch_go_on_as_the_pipelines_own(model, film):
    """What the tables are made with against the engine's `keep`: the same beginning, words and noise."""
    from training.denoiser.sample import denoise

    asked = dataclasses.replace(model.defaults, prompt="a red ball bounces in the snow", seed=4, steps=2, guidance=3.0)
    asked = dataclasses.replace(asked, video=film, keep=tuple(range(TOLD)), fps=8.0)
    whole = record(model, dataclasses.replace(asked, height=64, width=64, frames=17)).finish()
    begun = encode(model, film)[None, :, :TOLD]
    *_, (batch, _) = denoise(model.pipeline, [asked.prompt], [4], 2, 3.0, (17, 64, 64), begun)
    assert torch.allclose(batch[0], whole.latent, atol=2e-3)


def test_the_page_shows_the_file(run, model):
    found = json.loads((lens.MODEL / "physics.json").read_text("utf-8"))
    with pytest.raises(NotVisible):  # measured of another model
        lens.tables(run, model)
    page = lens.tables(run, dataclasses.replace(model, folder=lens.MODEL))
    assert all(page[name] == value for name, value in found.items() if name not in ("films", "groups"))
    falls = picture.falls(page, WORDS)
    assert falls[WORDS("median")] == [f"{row['median']:.2f}" for row in found["falls"]]
    assert page["seen_median"] == f"{found['falls'][1]['median']:.2f}"
    for name in ("gravities", "speeds"):
        assert len(getattr(picture, name)(page, WORDS).data) == 3
    bars = picture.conflict(page, WORDS).data
    assert [sum(bar.y[i] for bar in bars) for i in range(5)] == [page["each"]] * 5
    for name in ("pairs", "rebounds"):
        columns = getattr(picture, name)(page, WORDS)
        assert len({len(values) for values in columns.values()}) == 1
    for name in ("falls", "gravities", "speeds", "conflict", "pairs", "rebounds"):
        assert WORDS(f"{name}.see", **page)


def test_the_verdict_counts_the_films_of_the_file(run, model):
    found = lens.verdict(run, dataclasses.replace(model, folder=lens.MODEL))
    for row in json.loads((lens.MODEL / "physics.json").read_text("utf-8"))["falls"]:
        low, high = np.quantile(row["values"], [0.25, 0.75])
        assert (found[f"{row['of']}_low"], found[f"{row['of']}_high"]) == (f"{low:.2f}", f"{high:.2f}")
        assert found[f"{row['of']}_near"] == sum(0.75 <= g <= 1.25 for g in row["values"])
    assert found["rendered_near"] > found["seen_near"]  # the ruler is better than what it measures
    rows = picture.verdict(found, WORDS).columns
    assert [len(column) for column in rows.values()] == [3, 3, 3]
    assert f"{found['seen_near']} of 24" in rows[WORDS("verdict.near")]


@pytest.mark.parametrize(("made", "case"), [(1.9, "keeps"), (0.9, "habit"), (0.1, "neither"), (1.3, "neither")])
def test_what_goes_on_outside_is_told_by_the_speed_it_keeps(run, model, monkeypatch, made, case):
    way = {"speed_true": 1.97, "speed_made": made, "true": "1.97", "made": f"{made:.2f}"}

    def thrown(run, model, *, start):
        assert start == "speed_above"
        yield 0.5
        return way

    monkeypatch.setattr(lens, "thrown_on", thrown)
    found = finish(lens.outside(run, model))
    rows = [row for row in lens._file()["begun"]["speed"] if row["true"] > 1.2]
    assert found["case"] == case and found["films"] == len(rows)
    assert found["kept"] == sum(0.75 <= row["made"] / row["true"] <= 1.25 for row in rows)
    assert WORDS(f"story.outside.see.{case}", **found)
