"""The pack against what went into it."""

import io
import wave

import numpy as np
import pytest
from PIL import Image

from explainers.viewer.pack import (
    GUTTER,
    MapBank,
    PackStep,
    film_pack,
    map_answer,
    peaks,
    quantise,
    read_pack,
    step_pack,
    wav,
    without_buffers,
)
from tests.viewer.synthetic import FRAME_OF, FRAMES, facts, steps_of


def frame(head, blobs, step, kind, number):
    """One frame cut out of a pack the long way round."""
    offset, length = head["steps"][step]["images"][kind]
    about = head["kinds"][kind]
    atlas = np.asarray(Image.open(io.BytesIO(blobs[offset : offset + length])))
    rim = about["gutter"]
    y = number // about["cols"] * (about["height"] + 2 * rim) + rim
    x = number % about["cols"] * (about["width"] + 2 * rim) + rim
    return atlas[y : y + about["height"], x : x + about["width"]]


def test_frames_come_back():
    steps = list(steps_of(64, 4))
    head, blobs = read_pack(film_pack(facts(steps=4), steps))
    for number in (0, 5, FRAMES - 1):
        error = np.abs(frame(head, blobs, 3, "x0", number).astype(float) - steps[3].x0[number]).mean()
        assert error < 3  # of 255
    assert [entry["sigma"] for entry in head["steps"]] == pytest.approx([step.sigma for step in steps], abs=1e-5)


def test_rims_keep_their_colour():
    """Red frames beside blue ones: without the gutter WebP mixes their colours along the rim."""
    frames = np.zeros((FRAMES, 64, 64, 3), np.uint8)
    frames[::2, ..., 0] = frames[1::2, ..., 2] = 200
    head, blobs = read_pack(film_pack(facts(steps=1), [PackStep(0.0, frames)]))
    assert GUTTER > 0
    for number in range(4):
        rim = frame(head, blobs, 0, "x0", number).astype(int)
        assert np.abs(rim[:, [0, -1]].mean(axis=(0, 1)) - rim[20:40, 20:40].mean(axis=(0, 1))).max() < 6


def test_latents_come_back_exactly():
    latent = np.random.default_rng(0).integers(0, 256, (5, 8, 8, 3), np.uint8)
    head, blobs = read_pack(film_pack(facts(steps=1), [PackStep(1.0, next(steps_of(64, 2)).x0, latent)]))
    assert head["kinds"]["noisy"]["frame_of"] == FRAME_OF
    for number in range(5):
        assert np.array_equal(frame(head, blobs, 0, "noisy", number), latent[number])


def test_a_film_of_fifty_steps_is_small():
    for size in (64, 96):
        rng = np.random.default_rng(1)
        latents = [rng.integers(0, 256, (5, size // 8, size // 8, 3), np.uint8) for _ in range(50)]
        steps = [PackStep(s.sigma, s.x0, z, s.peaks, s.sound) for s, z in zip(steps_of(size, 50), latents, strict=True)]
        assert len(film_pack(facts(size), steps)) < 1_500_000


def test_even_pixels_of_noise_fit_at_the_usual_size():
    assert len(film_pack(facts(), list(steps_of(64, 50)))) < 1_500_000


def test_a_live_step_is_the_same_picture():
    film, steps = facts(steps=4), list(steps_of(64, 4))
    whole, blobs = read_pack(film_pack(film, steps))
    head, own = read_pack(step_pack(film, 2, steps[2]))
    assert (head["id"], head["index"], head["kinds"]) == (whole["id"], 2, whole["kinds"])
    a, b = whole["steps"][2]["images"]["x0"], head["images"]["x0"]
    assert bytes(blobs[a[0] : sum(a)]) == bytes(own[b[0] : sum(b)])


def test_a_film_to_come_says_how_much():
    head, blobs = read_pack(film_pack(facts(steps=50), []))
    assert (head["total"], head["steps"], len(blobs)) == (50, [], 0)


def test_maps_come_back_within_a_byte():
    rng = np.random.default_rng(0)
    values = rng.dirichlet(np.ones(320), (2, 7)).reshape(2, 7, 5, 8, 8)
    head, blobs = read_pack(film_pack(facts(), [], [MapBank("word", {"patches": values}, "l", "n", steps=[0, 9])]))
    tile = head["maps"][0]["tiles"][0]
    (offset, length), (where, size) = tile["at"], tile["ranges"]
    bytes_ = np.frombuffer(blobs[offset : offset + length], np.uint8).reshape(values.shape)
    ranges = np.frombuffer(blobs[where : where + size], "<f4").reshape(2, 7, 2)
    lo, hi = ranges[..., 0][..., None, None, None], ranges[..., 1][..., None, None, None]
    assert np.abs(lo + (hi - lo) * bytes_ / 255 - values).max() <= hi.max() / 255 * 0.51


@pytest.mark.parametrize("values", [np.zeros((2, 3)), np.full((2, 3), 0.25), np.array([[-1.0, 0, 2], [0, 0, 0]])])
def test_quantise_spans_zero(values):
    tile, ranges = quantise(values, keep=0)
    lo, hi = ranges.tolist()
    assert lo == min(values.min(), 0) and hi == max(values.max(), 0)
    assert lo + (hi - lo) * tile / 255 == pytest.approx(values, abs=0.5 * (hi - lo) / 255 + 1e-7)


def test_an_answer_travels_with_and_without_buffers():
    patches = np.linspace(0, 0.4, 320).reshape(5, 8, 8)
    message, buffers = map_answer(
        3, {"patches": patches, "words": np.array([0.1, 0.6])}, label="l", normalised="n", text="t"
    )
    assert message["kind"] == "map" and message["id"] == 3
    assert [(tile["over"], tile["shape"]) for tile in message["tiles"]] == [("patches", [5, 8, 8]), ("words", [2])]
    assert message["tiles"][1]["hi"] == pytest.approx(0.6)
    assert list(buffers[1]) == [42, 255]
    plain = without_buffers(message, buffers)
    assert all("buffer" not in tile and isinstance(tile["data"], str) for tile in plain["tiles"])


def test_sound_and_its_peaks():
    samples = np.concatenate([np.zeros(4000), 0.5 * np.ones(4000)])
    with wave.open(io.BytesIO(wav(samples, 8000))) as file:
        assert (file.getframerate(), file.getnframes(), file.getsampwidth()) == (8000, 8000, 2)
    assert list(peaks(samples, 4)) == [0, 0, 127, 127]


def test_what_does_not_fit_is_said():
    with pytest.raises(ValueError, match="9 frames"):
        film_pack(facts(steps=1), [PackStep(1.0, np.zeros((9, 64, 64, 3), np.uint8))])
    with pytest.raises(ValueError, match="not a pack"):
        read_pack(b"RIFF....")
    with pytest.raises(ValueError, match="maps over steps"):
        film_pack(facts(), [], [MapBank("word", {"patches": np.zeros((3, 7, 5, 8, 8))}, "l", "n", steps=[0, 1])])
