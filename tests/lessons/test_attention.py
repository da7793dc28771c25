"""Attention: real maps of a random model against plain sums, and rules against looks whose kind is known."""

import json
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from explainers.engine import BlockFrames, Patch, attention, decode, encode, frame_matrix, record, replay
from explainers.kit.lesson import finish
from explainers.kit.sentences import Words
from explainers.lessons.attention import lens, picture, track
from explainers.measure import rendered

WORDS = Words.of("attention")
GRID = (9, 4, 4)


@pytest.fixture(scope="module")
def walked(model, run):
    """The request of the run on screen as the random model really walks it: its own velocities, so that cuts show."""
    return record(model, run.request).finish()


def staged(kinds):
    """An `attention` whose heads look as told: at the own frame, at the same place in time, everywhere, at a goal."""

    def looks(model, run, step, layer, head, query, each=True):
        maps = []
        for kind in kinds:
            video = np.full(GRID, 1e-6, np.float32)
            if kind == "space":
                video[query.frame] += 1 / 16
            elif kind == "time":
                video[:, query.row, query.col] += 1 / 9
            elif kind == "neither":
                video += 1 / 144
            else:  # places to look at, one for each frame
                for frame, (row, col) in enumerate(kind):
                    video[frame, row, col] += 1 / 9
            maps.append(video)
        return SimpleNamespace(video=np.stack(maps)[None])  # (1 layer, heads, frames, rows, cols)

    return looks


def test_a_look_is_complete(run, model):
    found = lens.look(run, model, patch=(2, 1, 3), step=1, layer=None, head=None)
    assert sum(found[name] for name in ("own", "others", "words_share", "sound_share")) == pytest.approx(1, abs=1e-5)
    assert found["map"].shape == GRID and found["map"][2].sum() == pytest.approx(found["own"], abs=1e-5)
    assert found["words"].shape == (7,) and found["sound"].shape == (17,)
    heat = picture.look(found, WORDS)
    assert heat.patches is found["map"] and heat.sound is found["sound"]


def test_layers_and_heads_are_told_apart(run, model):
    found = lens.by_layer(run, model, patch=(2, 1, 3), step=1)
    total = sum(found[name] for name in ("own", "others", "words", "sound"))
    assert total == pytest.approx(np.ones(2), abs=1e-5)
    layer, head = found["far_layer"] - 1, found["far_head"] - 1
    alone = attention(model, run, 1, layer, head, Patch(2, 1, 3))
    assert alone.share["other frames"] == pytest.approx(found["far"], abs=1e-5)


def test_the_matrix_is_the_models(run, model):
    found = lens.frames(run, model, step=1, layer=1, head=0)
    assert np.array_equal(found["matrix"], frame_matrix(model, run, 1, 1, 0).weights)
    assert found["own"] == pytest.approx(np.trace(found["matrix"]) / 9)
    assert found["distance"] == 8 and found["far"] == pytest.approx((found["matrix"][0, 8] + found["matrix"][8, 0]) / 2)


def test_the_answer_is_the_largest_share(run, model):
    found = lens.answer(run, model)
    shares = {name: found[name] for name in ("own", "others", "words", "sound")}
    assert sum(shares.values()) == pytest.approx(1, abs=1e-5)
    assert shares[found["answer"]] == max(shares.values())
    over = finish(lens.course(run, model))
    assert over["others"][2] == pytest.approx(found["others"], abs=1e-6)  # the same step, measured twice


def test_heads_are_sorted_by_the_stated_rule(run, model, monkeypatch):
    monkeypatch.setattr(lens, "attention", staged(["space", "time", "neither"]))
    found = finish(lens.survey(run, model, step=0))
    assert found["kind"] == [["space", "time", "neither"]]
    assert found["space"][0] == pytest.approx([9, 1 / 16 * 0, 1], abs=0.01)
    assert found["time"][0] == pytest.approx([0, 16, 1], abs=0.01)
    assert (found["n_space"], found["n_time"], found["n_neither"]) == (1, 1, 1)


def test_an_even_look_reaches_everywhere_alike(run, model, monkeypatch):
    monkeypatch.setattr(lens, "attention", staged(["neither"]))
    found = finish(lens.survey(run, model, step=0))
    assert found["by_time"].shape == (1, 9) and found["by_space"].shape == (1, 5)
    assert found["by_time"] == pytest.approx(np.ones((1, 9)), abs=1e-4)
    assert found["by_space"] == pytest.approx(np.ones((1, 5)), abs=1e-4)


def test_a_survey_of_the_real_model(run, model, monkeypatch):
    monkeypatch.setattr(lens, "ASKED", 12)
    found = finish(lens.survey(run, model, step=1))
    assert found["n_space"] + found["n_time"] + found["n_neither"] == found["heads"] == 6
    assert np.isfinite(found["by_time"]).all() and np.isfinite(found["by_space"]).all()
    for figure in (picture.survey(found, WORDS), picture.over_time(found, WORDS), picture.over_space(found, WORDS)):
        assert figure.layout.title.text and figure.layout.xaxis.title.text and figure.layout.yaxis.title.text


def test_a_point_is_placed_in_its_cube():
    x = np.array([0.0, 15, 17, 31, 33, 63.9, 63.9, 70, 70])
    y = np.full(9, 40.0)
    # one frame, then two at a time: 0 | 15, 17 | 31, 33 | 63.9 twice | 70 twice, which is outside
    assert track.cubes_of(x, y, (5, 4, 4), 2) == [(2, 0), (2, 1), (2, 2), (2, 3), None]


def test_links_that_follow_hit_and_links_that_stay_do_not(run, model, monkeypatch):
    truth = [(1, 0), (1, 0), (1, 1), (1, 1), (1, 2), (1, 2), (1, 3), (1, 3), None]
    there = [cube or (0, 0) for cube in truth]
    monkeypatch.setattr(track, "attention", staged([there, "time"]))
    found = track.follow(model, run, 0, truth)
    assert found["pairs"] == 8 * 7 and found["moved"] == 8 * 6
    assert found["heads"].tolist() == [[48, 0]]


def test_the_model_is_given_the_known_film_under_noise(run, model, film):
    latent = encode(model, np.ascontiguousarray(film))
    known = track.under_noise(run, model, 2, latent, "a blue boat moves right at sea")
    left = (known.latents[2] - (1 - run.sigmas[2]) * latent) / run.sigmas[2]
    assert float(left.std()) == pytest.approx(1, abs=0.05) and abs(float(left.mean())) < 0.05
    assert torch.equal(known.latents[1], run.latents[1])
    assert len(known.steps) == 3 and known.request.prompt.startswith("a blue boat")


def test_tracks_of_the_rendered_world(run, model, monkeypatch, tmp_path):
    from training.world import follow, render, spell

    choices = [{"subject": "boat", "colour": "blue", "place": "sea", "motion": "right"}]
    scenes = spell(choices, seed=1, speed=1.2)
    path, pixels = follow(scenes, 17), render(scenes, 17, 64, 64)[0].permute(0, 2, 3, 1)
    x, y = path.x[0].numpy(), path.y[0].numpy()
    np.savez(tmp_path / "boat.npz", frames=(pixels * 255).round().to(torch.uint8).numpy(), x=x, y=y)
    (tmp_path / "index.json").write_text(
        json.dumps([{"prompt": "a blue boat moves right at sea", "frames": "boat.npz"}])
    )
    monkeypatch.setattr(rendered, "CLIPS", tmp_path)
    monkeypatch.setattr(lens, "LEVELS", (0.9, 0.3))

    found = finish(lens.tracks(run, model))
    cubes = [int(np.mean(part)) // 16 for part in np.split(x, np.arange(1, 17, 2))]
    moved = sum(a != b for a in cubes for b in cubes)
    assert moved > 0 and found["moved"] == moved
    assert found["still"] == pytest.approx(1 - moved / 72)
    assert found["hits"].shape == (2, 2) and 0 <= found["hits"].min() <= found["best"] <= 1
    assert found["chance"] == 1 / 16 and found["levels"] == sorted(found["levels"], reverse=True)
    assert picture.tracks(found, WORDS).data[0].z.shape == (2, 2)


def test_frames_are_cut_apart_from_their_step_on(walked, model):
    other = finish(lens.apart(walked, model, step=2))
    plain = replay(model, walked, from_step=2, cuts=[BlockFrames()]).finish()
    assert torch.equal(other.latent, plain.latent) and not torch.equal(other.latent, walked.latent)
    assert torch.equal(other.latents[2], walked.latents[2]) and list(other.cuts[0].steps) == [2, 3]


@pytest.mark.parametrize(
    ("cut", "more"),
    [(lens.scrambled, {}), (lens.muted, {"layer": 1, "head": 2}), (lens.muted, {"layer": None, "head": None})],
)
def test_cuts_change_the_film_from_their_step_on(walked, model, cut, more):
    other = finish(cut(walked, model, step=2, **more))
    assert torch.equal(other.latents[2], walked.latents[2])
    assert not torch.equal(other.velocities[2], walked.velocities[2])
    assert other.cuts[0].words


class Steady:
    """A reader that is sure of the first thing where a frame is bright, of the second where it is dark."""

    @classmethod
    def load(cls):
        return cls()

    def per_frame(self, film):
        bright = (np.asarray(film).mean((1, 2, 3)) > 127).astype(float)
        return {"subject": np.stack([bright, 1 - bright], 1)}


def test_harm_is_measured(run, model, monkeypatch):
    monkeypatch.setattr("explainers.measure.reader.Reader", Steady)
    film = decode(model, run, sound=False).frames
    steady = np.repeat(film[:1], 17, 0)
    dark = np.where((np.arange(17) % 2 == 0)[:, None, None, None], steady, 255 - steady)
    films = iter([steady, dark])
    monkeypatch.setattr(lens, "decode", lambda *a, **k: SimpleNamespace(frames=next(films)))
    found = lens.harm(run, run, model, step=1)
    assert found["was"] == pytest.approx(0, abs=1e-6) and found["flicker"] > 0.05
    assert found["drift_was"] == 0 and found["drift"] == pytest.approx(2 * (8 / 17) * (9 / 17), abs=1e-6)
    assert len(found["frame"]) == 16
    figure = picture.apart(found, WORDS)
    assert figure.layout.title.text and list(figure.data[1].y) == list(found["after"])


@pytest.mark.parametrize(("clear", "verdict"), [(0.4, "Yes: from 10% hits to 40%"), (0.09, "No: from 10% hits to 9%")])
def test_the_table_says_what_was_found_and_what_was_not(clear, verdict):
    numbers = {"noisy": 0.1, "clear": clear, "best": clear, "best_layer": 3, "mean": 0.08, "chance": 0.0625}
    numbers |= {"others_first": 0.5, "others_last": 0.5, "words_first": 0.2, "words_last": 0.1}
    numbers |= {"share_space": 0.5, "share_time": 0.3, "share_neither": 0.2, "heads": 36}
    table = picture.compare(numbers, WORDS)
    assert {len(column) for column in table.values()} == {4}
    assert verdict in table[WORDS("compare.here")]
