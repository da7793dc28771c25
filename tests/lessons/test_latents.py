"""The latents page on a linear codec, whose answers are known: a cell is exactly its block, channels add up."""

import json

import numpy as np
import pytest
import torch

from explainers.engine import decode, encode
from explainers.kit.lesson import finish
from explainers.kit.sentences import Words
from explainers.lessons.latents import lens, picture
from explainers.lessons.latents.lesson import lesson
from explainers.measure import rendered
from explainers.worker.settings import stand
from training.config import SMALL

WORDS = Words.of("latents")


def test_the_factor_counts_numbers(run, model):
    found = lens.squeeze(run, model)
    assert found["film"] == 17 * 64 * 64 * 3
    assert found["latent"] == 16 * 9 * 8 * 8
    assert found["factor"] == pytest.approx(22.67, abs=0.01)
    assert (found["film_bytes"], found["latent_bytes"]) == (208_896, 18_432)
    assert (found["wave"], found["slices"]) == (17 * 1000, 17 * SMALL.sound.latent)
    assert found["frames"] == 17 == 1 + found["groups"] * found["frames_per_cell"]


def test_every_number_is_one_dot(run, model):
    """The second latent frame holds two frames: 2 x 3 x 64 x 64 numbers, and 16 x 8 x 8."""
    found = lens.squeeze(run, model)
    film, dots = decode(model, run, sound=False).frames, found["dots"][0]
    assert found["held"] == 2 and dots.shape == (128, 3 * 64 + lens.GAP + 32, 3)
    for frame in (0, 1):
        for colour in range(3):
            part = dots[64 * frame : 64 * frame + 64, 64 * colour : 64 * colour + 64]
            assert np.allclose(part[..., colour] * 255, film[1 + frame, ..., colour], atol=1e-4)
            assert part.sum() == pytest.approx(part[..., colour].sum())
    right = dots[:32, 3 * 64 + lens.GAP :, 0]
    z = run.latent[6, 1].numpy()
    assert np.allclose(right[8:16, 16:24], (z - z.min()) / np.ptp(z), atol=1e-5)  # the seventh channel
    assert next(iter(picture.to_scale(found, WORDS).films)).startswith("2 frames")


def test_psnr_is_the_formula():
    a = np.zeros((2, 4, 4, 3), np.uint8)
    assert lens._psnr(a, a + 51) == pytest.approx(-20 * np.log10(0.2), abs=1e-4)


def test_moving_pixels_are_those_that_a_square_crosses():
    film = np.zeros((3, 8, 8, 3), np.float32)
    for f in range(3):
        film[f, 2:4, 2 + 2 * f : 4 + 2 * f] = 1
    moves = lens._moving(film)
    assert moves.sum(axis=(1, 2)).tolist() == [8, 12, 8]  # where it is, was or will be
    assert moves[0, 2:4, 2:6].all()


def test_the_error_on_moving_pixels_is_apart(film):
    """An error only where nothing moves leaves the moving pixels perfect."""
    still = ~lens._moving(film.astype(np.float32) / 255)
    worse = np.where(still[..., None], film ^ 8, film)
    found = lens._compared(film, worse)
    assert found["moving"] == pytest.approx(100.0)
    assert found["all"] < 40
    assert found["difference"][still].max() > 0 and found["difference"][~still].max() == 0
    assert found["times"] == 0.0
    assert lens._compared(film, film)["times"] == 1.0


def test_a_blur_takes_fine_detail_and_leaves_big_shapes(film):
    soft = (film.astype(float) + np.roll(film, 1, 1) + np.roll(film, 1, 2) + np.roll(film, 1, (1, 2))) / 4
    left = lens._left(film, soft.round().astype(np.uint8))
    assert left["fine"] < 0.5 and left["coarse"] > 0.9
    assert lens._left(film, film) == {"coarse": 1.0, "fine": 1.0}
    striped = film.astype(float) + 40 * (-1.0) ** np.arange(64)[:, None]
    assert lens._left(film, torch.tensor(striped / 255))["fine"] == 0.0  # what is made up is not what was lost
    grey = np.full_like(film, 128)
    assert lens._left(grey, film) == {"coarse": 1.0, "fine": 1.0}  # nothing was there to be lost


@pytest.mark.parametrize(("codec", "model_", "case"), [(9, 1, "codec"), (1, 9, "model"), (0, 0, "nobody")])
def test_who_made_the_flicker(monkeypatch, run, model, film, codec, model_, case):
    """Flicker of known strength, put on a rendered film by its codec and by its model."""
    rng = np.random.default_rng(0)

    def shaken(by):
        return np.clip(film + rng.integers(-by, by + 1, film.shape), 0, 255).astype(np.uint8)

    monkeypatch.setattr(lens, "_untouched", lambda *_: (film, "rendered"))
    monkeypatch.setattr(lens, "_through", lambda *_: shaken(codec))
    monkeypatch.setattr(lens, "decode", lambda *_, **__: type("Film", (), {"frames": shaken(codec + model_)}))
    found = lens.flickered(run, model)
    assert found["case"] == case and found["flicker_original"] == found["detail_original"] == 1.0
    assert 1 <= found["flicker_codec"] <= found["flicker_model"]
    assert list(picture.steadiness(found, WORDS).values.values())[:3] == [
        found[f"flicker_{name}"] for name in ("original", "codec", "model")
    ]


def test_what_survives_is_the_codecs_own_reconstruction(monkeypatch, tmp_path, run, model, film):
    monkeypatch.setattr(rendered, "CLIPS", tmp_path)
    on_screen = lens.survives(run, model)
    assert on_screen["source"] == "screen"
    np.savez(tmp_path / "a.npz", frames=film[::-1])
    np.savez(tmp_path / "b.npz", frames=film)
    np.savez(tmp_path / "c.npz", frames=film[:, :32])
    clips = [
        {"prompt": "a blue boat", "frames": "a.npz"},
        {"prompt": "a red ball rolls", "frames": "b.npz"},
        {"prompt": "a red ball bounces in the snow", "frames": "c.npz"},  # the right words in the wrong size
    ]
    (tmp_path / "index.json").write_text(json.dumps(clips))
    found = lens.survives(run, model)
    assert found["source"] == "rendered"
    assert np.array_equal(found["original"], film)
    assert np.array_equal(found["back"], decode(model, run, encode(model, film), sound=False).frames)
    assert 20 < found["all"] < 50
    assert found["case"] == ("fine" if found["fine"] < found["coarse"] - lens.CLEAR else "even")
    original = next(iter(picture.there_and_back(found, WORDS).films.values()))
    assert original.frames is found["original"] and original.rendered  # no model made it, and its mark says so


def test_a_cell_of_a_linear_codec_is_its_block_and_nothing_else(run, model):
    """Patch (4, 2, 1) is cells 4-5 of the rows and 2-3 of the columns; its middle cell is (5, 3), of frames 7 and 8."""
    found = lens.reach(run, model, patch=(4, 2, 1))
    peak = found["peak"] > lens.SEEN
    assert peak[40:48, 24:32].mean() > 0.9
    peak[40:48, 24:32] = False
    assert not peak.any()
    assert np.flatnonzero(found["per_frame"]).tolist() == [7, 8]
    assert (found["touched"], found["across"], found["own"]) == (2, 8, 128)
    assert float(found["patches"][4, 2, 1]) == pytest.approx(1.0, abs=0.02)
    assert found["patches"].shape == (9, 4, 4)
    changed = (found["damaged"] != decode(model, run, sound=False).frames).any((1, 2, 3))
    assert np.flatnonzero(changed).tolist() == [7, 8]
    shown = list(picture.moved(found, WORDS).films.values())
    assert shown[0] is found["damaged"] and not shown[1][:7].any() and shown[1][7].any()
    assert lens.answer(run, model)["answer"] == "block"


@pytest.mark.parametrize(("spots", "share", "answer"), [(500, 0.01, "around"), (150, 0.01, "block"), (9e4, 0.6, "all")])
def test_the_answer_follows_the_footprint(monkeypatch, run, model, spots, share, answer):
    found = {"spots": spots, "own": 128, "share": share, "touched": 3, "frames": 17, "across": 9}
    monkeypatch.setattr(lens, "_footprint", lambda *_: found)
    assert (lens.answer(run, model)["answer"], lens.answer(run, model)["case"]) == (answer, answer)


def test_damage_is_in_the_frame_on_screen(run, model):
    other = lens.damaged(run, model, frame=12)
    found = lens.damage(run, other, model, frame=12)
    assert np.flatnonzero(found["per_frame"]).tolist() == [11, 12]
    assert found["spots"] == found["per_frame"].sum() <= found["own"] == 128
    assert lens.damage(run, other, model, frame=0)["own"] == 64  # the first frame has cells of its own


def test_channels_are_laid_out_in_order(run, model):
    found = lens.channels(run, model)
    sheet = found["sheet"]  # four by four tiles of 8 x 4 cells and a rim of one
    assert sheet.shape == (17, 4 * 34, 4 * 34)
    tile = sheet[16, 34 + 1 : 34 + 33, 2 * 34 + 1 : 2 * 34 + 33]  # second row, third: channel 6, last latent frame
    channel = run.latent[6] - run.latent[6].mean()
    assert torch.allclose(tile[::4, ::4], channel[8] / (3 * found["spread"][6]), atol=1e-5)
    assert sheet[0, 0].isnan().all()


def test_every_channel_that_is_kept_brings_something(run, model):
    """In a linear code of orthogonal parts the error falls with each of them."""
    other = lens.thinner(run, model, kept=4)
    found = finish(lens.thinned(run, other, model, kept=4))
    assert found["here"] == pytest.approx(found["psnr"][found["few"].index(4)])
    assert found["psnr"] == sorted(found["psnr"])
    film = decode(model, run, sound=False).frames
    assert found["fine"] == lens._left(film, other["film"])["fine"] < 1
    assert found["coarse"] > found["fine"] and found["case"] == "fine"
    whole = lens.thinner(run, model, kept=16)["film"]
    assert np.array_equal(whole, decode(model, run, sound=False).frames)


def test_channels_are_counted_in_whole_numbers():
    """A browser's slider sends 4.0; what slices a latent must be 4."""
    kept = stand(lesson.control("kept"), 4.0)
    assert (kept, type(kept)) == (4, int)
    assert type(stand(lesson.control("between"), 1)) is float


def test_the_walk_begins_and_ends_at_its_films(run, model):
    start = finish(lens.walk(run, model, between=0.0))
    for name in ("pixels", "latents"):
        assert np.allclose(start[name], start["from"], atol=1e-6)
    end = finish(lens.walk(run, model, between=1.0))
    for name in ("pixels", "latents"):
        assert np.allclose(end[name], end["to"], atol=1e-6)
    assert np.allclose(end["noise"], end["to"], atol=3 / 255)  # developed from the other seed's own noise


def test_half_way_a_linear_codec_only_cross_fades(run, model):
    found = finish(lens.walk(run, model, between=0.5))
    assert found["apart"] < 0.1 * found["ends"]
