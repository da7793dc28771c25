"""Attention: real maps of a random model against plain sums, and rules against looks whose kind is known."""

import json
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from explainers.engine import BlockFrames, MuteHead, Patch, attention, decode, encode, frame_matrix, record, replay
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


def moving(x):
    """A red square on grey, at so many units from the left in each frame."""
    film = np.full((17, 64, 64, 3), 128, np.uint8)
    for frame, left in enumerate(x):
        film[frame, 24:40, left : left + 16] = (230, 20, 20)
    return film


@pytest.mark.parametrize(("col", "goal", "case"), [(0, 0, "finds"), (0, 3, "misses"), (3, 0, "elsewhere")])
def test_a_look_finds_the_subject_again_or_not(run, model, monkeypatch, col, goal, case):
    monkeypatch.setattr(lens, "decode", lambda *a, **k: SimpleNamespace(frames=moving([0, *[0, 0] * 8])))
    seen = np.zeros(GRID, np.float32)
    seen[:, 1:3, goal] = 0.01
    path = lens.centre(moving([0] * 17))
    row = int(path.y[0] / 16)  # the square lies between two rows of cubes: whichever its centre is found in
    seen[:, row, goal] = 0.1
    monkeypatch.setattr(lens, "attention", lambda *a, **k: SimpleNamespace(video=seen))
    found = lens.again(run, model, patch=(4, row, col), step=1, layer=None, head=None)
    assert (found["case"], found["frames"], found["hits"]) == (case, 8, 8 if goal == 0 else 0)


def test_heads_are_silenced_one_by_one(walked, model, monkeypatch):
    monkeypatch.setattr(lens, "ASKED", 8)
    found = finish(lens.silenced(walked, model, step=1))
    whole, without = (
        replay(model, walked, from_step=1, guidance=1.0, cuts=cuts).first().velocity
        for cuts in ([], [MuteHead(layers=(1,), heads=(2,))])
    )
    assert found["lost"][1, 2] == pytest.approx(float((without - whole).norm() / whole.norm()))
    assert found["bright"].shape == found["lost"].shape == (2, 3) and found["heads"] == 6
    layer, head = found["layer"][0] - 1, found["head"][0] - 1
    assert found["bright"][layer, head] == found["bright"].max()
    assert found["rank"][0] == 1 + int((found["lost"] > found["lost"][layer, head]).sum())
    assert len(set(map(len, picture.brightest(found, WORDS).columns.values()))) == 1


@pytest.mark.parametrize(("same", "case"), [(True, "yes"), (False, "no")])
def test_a_map_tells_only_where_both_orders_agree(run, model, monkeypatch, same, case):
    """Heads whose effect is as told, in the order of their brightness or against it."""
    effect = iter([0.0, *(range(1, 7) if same else range(6, 0, -1))])

    def replayed(*a, **k):
        velocity = torch.ones(4) * (1 + next(effect))
        return SimpleNamespace(first=lambda: SimpleNamespace(velocity=velocity))

    video = np.arange(1, 7, dtype=np.float32).reshape(2, 3, 1, 1, 1) * np.ones(GRID, np.float32)
    monkeypatch.setattr(lens, "replay", replayed)
    monkeypatch.setattr(lens, "attention", lambda *a, **k: SimpleNamespace(video=video))
    found = finish(lens.silenced(run, model, step=1))
    assert found["case"] == case and found["agree"] == pytest.approx(1 if same else -1)
    assert found["first"] == (1 if same else 6)


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
    assert found["count"] == 8 and 8 * found["each"] == pytest.approx(found["others"])
    assert list(picture.shares(found, WORDS).values.values()) == pytest.approx(list(shares.values()))
    over = finish(lens.course(run, model))
    assert over["others"][2] == pytest.approx(found["others"], abs=1e-6)  # the same step, measured twice


def test_heads_are_sorted_by_the_stated_rule(run, model, monkeypatch):
    monkeypatch.setattr(lens, "attention", staged(["space", "time", "neither"]))
    found = finish(lens.survey(run, model, step=0))
    assert found["kind"] == [["space", "time", "neither"]]
    assert found["space"][0] == pytest.approx([9, 1 / 16 * 0, 1], abs=0.01)
    assert found["time"][0] == pytest.approx([0, 16, 1], abs=0.01)
    assert (found["n_space"], found["n_time"], found["n_neither"]) == (1, 1, 1)


def test_a_survey_of_the_real_model(run, model, monkeypatch):
    monkeypatch.setattr(lens, "ASKED", 12)
    found = finish(lens.survey(run, model, step=1))
    assert found["n_space"] + found["n_time"] + found["n_neither"] == found["heads"] == 6
    figure = picture.survey(found, WORDS)
    assert figure.layout.title.text and figure.layout.xaxis.title.text and figure.layout.yaxis.title.text
    assert sum(picture.kinds(found, WORDS).values.values()) == 6


def test_a_point_is_placed_in_its_cube():
    x = np.array([0.0, 15, 17, 31, 33, 63.9, 63.9, 70, 70])
    y = np.full(9, 40.0)
    # one frame, then two at a time: 0 | 15, 17 | 31, 33 | 63.9 twice | 70 twice, which is outside
    assert track.cubes_of(x, y, (5, 4, 4), 2) == [(2, 0), (2, 1), (2, 2), (2, 3), None]
    assert track.cubes_of(x * np.nan, y, (5, 4, 4), 2) == [None] * 5


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
    assert len(found["frame"]) == 16 and found["case"] == "another"
    figure = picture.apart(found, WORDS)
    assert figure.layout.title.text and list(figure.data[1].y) == list(found["after"])
