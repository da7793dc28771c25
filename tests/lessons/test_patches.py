"""The patches page: cubes put back are the latent, counts are the plain formula's, seams are where they were drawn."""

import numpy as np
import pytest
import torch

from explainers.engine import decode
from explainers.kit.lesson import finish
from explainers.kit.sentences import Words
from explainers.lessons.patches import lens, picture

WORDS = Words.of("patches")


def test_cutting_and_joining_gives_the_latent_back(run, model):
    pieces, grid = lens._cut(run.latent, model)
    assert pieces.shape == (144, 16, 1, 2, 2) and grid == (9, 4, 4)
    assert torch.equal(lens._joined(pieces, grid, run.latent), run.latent)
    # the model's order: frame, row, column
    assert torch.equal(pieces[2 * 16 + 3 * 4 + 1], run.latent[:, 2:3, 6:8, 2:4])


def test_shuffling_moves_cubes_and_loses_none(run, model):
    noise = run.latents[0]  # no two cubes alike, as in a quiet film
    moved, _ = lens._cut(lens.rearranged(noise, model, "shuffle"), model)
    before, _ = lens._cut(noise, model)
    key = lambda pieces: sorted(map(tuple, pieces.flatten(1)[:, :6].tolist()))  # noqa: E731
    assert key(moved) == key(before)
    stayed = sum(a.equal(b) for a, b in zip(moved, before, strict=True))
    assert stayed < 6


@pytest.mark.parametrize("how", ["drop", "repeat"])
def test_a_quarter_of_the_cubes_is_replaced(run, model, how):
    before, _ = lens._cut(run.latents[0], model)
    after, _ = lens._cut(lens.rearranged(run.latents[0], model, how), model)
    changed = [i for i in range(144) if not after[i].equal(before[i])]
    assert len(changed) == 36
    for i in changed:
        expected = before.mean(0) if how == "drop" else before[(i + 1) % 144]
        assert torch.allclose(after[i], expected)


def test_the_sequence_is_words_cubes_and_slices(run, model):
    found = lens.sequence(run, model)
    assert (found["words"], found["cubes"], found["slices"]) == (16, 144, 17)
    assert (found["cube_side"], found["cube_frames"], found["numbers"]) == (16, 2, 64)
    assert lens.answer(run, model)["answer"] == "cube"


def test_counts_of_other_films_are_those_of_the_plain_formula(run, model):
    found = finish(lens.counts(run, model))
    assert len(found["cubes"]) == 9
    for size, frames, cubes, slices in zip(
        found["size"], found["frames"], found["cubes"], found["slices"], strict=True
    ):
        width, height = map(int, size.split(" x "))
        assert cubes == (1 + (frames - 1) // 2) * (height // 16) * (width // 16)
        assert slices == frames
    assert (found["short"], found["long"], found["times"]) == (9, 33, 272 / 80)
    assert set(found["size"]) == {"64 x 64", "96 x 64", "64 x 96"}
    assert (found["small"], found["large"]) == (144, 216)
    assert [list(column) for column in picture.sizes(found, WORDS).columns.values()] == [
        ["64 x 64", "96 x 64", "64 x 96"],
        [144, 216, 216],
    ]


def test_a_film_of_checkered_cubes_has_seams_exactly_there(run, model):
    """Blocks of 16 pixels, all of another brightness, over a gentle slope inside."""
    rows, cols = np.mgrid[:64, :64]
    film = (100 * ((rows // 16 + cols // 16) % 2) + rows + cols).astype(np.uint8)
    film = np.broadcast_to(film[None, ..., None], (17, 64, 64, 3))
    found = lens._seams(film, run, model)
    # half a cell, 4 pixels, to the next: 100 +- 4 across borders of cubes, 4 inside them
    assert found["space"] == pytest.approx(25, rel=0.02)


def test_a_smooth_film_has_no_seams(run, model):
    rows, cols = np.mgrid[:64, :64]
    film = np.broadcast_to((rows + cols).astype(np.uint8)[None, ..., None], (17, 64, 64, 3))
    assert lens._seams(film, run, model)["space"] == pytest.approx(1.0)


def test_the_seam_of_time_is_between_layers(run, model):
    """A film that changes only when a latent frame begins: 0 | 1 2 | 3 4 | ..."""
    layers = [-(-f // 2) for f in range(17)]
    film = np.stack([np.full((64, 64, 3), 10 * at + f % 2, np.uint8) for f, at in enumerate(layers)])
    assert lens._seams(film, run, model)["time"] > 5


def test_jumbled_cubes_leave_seams(run, model):
    other = lens.jumbled(run, model, how="shuffle")
    found = lens.seams(run, other, model)
    assert found["space"] > 2 * found["space_before"] and found["case"] == "torn"
    same = lens.seams(run, {"film": decode(model, run, sound=False).frames}, model)
    assert same["space"] == same["space_before"] and same["apart"] == 0 and same["case"] == "whole"


def test_cubes_are_moved_at_the_step_on_screen(run, model):
    other = finish(lens.mended(run, model, how="shuffle", step=2))
    assert torch.equal(other.latents[1], run.latents[1])
    assert torch.equal(other.latents[2], lens.rearranged(run.latents[2], model, "shuffle"))
    assert not torch.equal(other.latent, run.latent)


def test_wrong_addresses_change_the_film_but_not_its_noise(run, model):
    other = finish(lens.lost(run, model))
    assert torch.equal(other.latents[0], run.latents[0])
    assert [cut.words for cut in other.cuts] == ["positions of patches shuffled"]
    assert lens.seams(run, other, model)["apart"] > 0


def test_a_film_that_comes_back_after_eight_frames_is_found_out():
    """A bright bar that goes across in eight frames, again and again."""
    film = np.zeros((33, 16, 16, 3), np.uint8)
    for frame in range(33):
        film[frame, :, 2 * (frame % 8) : 2 * (frame % 8) + 2] = 200
    alike = lens._echo(film)
    assert len(alike) == 22 and alike[[7, 15]] == pytest.approx(1, abs=0.01)
    assert alike[:7].max() < 0.05


def test_a_longer_film_repeats_or_not(run, model, monkeypatch):
    monkeypatch.setattr(lens, "SHORT", 1)
    back = np.concatenate([np.linspace(0.9, -0.4, 12), np.linspace(-0.4, 0.6, 20)])
    monkeypatch.setattr(lens, "_echo", lambda film: back if len(film) == 49 else None)
    found = finish(lens.repeats(run, model))
    assert (found["frames"], found["low_at"], found["peak_at"], found["case"]) == (49, 12, 32, "repeats")
    monkeypatch.setattr(lens, "_echo", lambda film: np.linspace(0.9, -0.4, 32))
    assert finish(lens.repeats(run, model))["case"] == "goes_on"
    curve = picture.likeness(found, WORDS)
    assert len(curve.x) == len(next(iter(curve.lines.values()))) == 32


def test_twice_the_length_is_counted_and_timed(run, model, monkeypatch):
    monkeypatch.setattr(lens, "TRIES", 1)
    found = finish(lens.twice(run, model))
    assert (found["frames"], found["longer"]) == (17, 33)
    assert found["cubes"] == (17 * 16) / (9 * 16)
    assert found["pairs"] == pytest.approx(((16 + 17 * 16 + 33) / (16 + 9 * 16 + 17)) ** 2)
    assert found["seconds"] > 0 and list(picture.growth(found, WORDS).values.values())[1] == found["cubes"]


def test_the_exploded_film_keeps_every_cube(run, model):
    found = lens.exploded(run, model)
    film = decode(model, run, sound=False).frames / 255
    assert found["film"].shape == (17, 4 * 20, 4 * 20, 3)
    assert np.allclose(found["film"][3, 22:38, 42:58], film[3, 16:32, 32:48], atol=1e-6)  # cube (1, 2), a bright frame
    assert np.allclose(found["film"][4, 22:38, 42:58], 0.35 * film[4, 16:32, 32:48], atol=1e-6)  # the layer's last
    assert found["film"][:, 18:22].max() == 0
