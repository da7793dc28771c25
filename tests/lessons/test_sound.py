"""Sound: measures on rendered films whose contacts are known, maps against the engine's, the cut against its parts."""

import dataclasses

import numpy as np
import pytest
import torch

from explainers.engine import BlockSound, NotVisible, Slice, attention, replay
from explainers.engine.run.decode import Film
from explainers.kit.lesson import finish
from explainers.kit.sentences import Words
from explainers.lessons.sound import lens, picture
from explainers.measure.likeness import off
from explainers.measure.rendered import arrays, clips
from explainers.measure.track import centre, contacts

WORDS = Words.of("sound")
FPS, RATE = 8, 8000


def risen(height):
    """A red disc so high in every frame."""
    rows, cols = np.mgrid[:64, :64]
    frames = np.full((17, 64, 64, 3), 90, np.uint8)
    for frame, h in zip(frames, height, strict=True):
        frame[np.hypot(cols - 32, rows - (64 - h)) < 8] = (220, 30, 30)
    return frames


def thrown(late=0.0):
    """A red disc that falls, bounces at 0.75 s off the floor, and is heard `late` seconds after."""
    time = np.arange(17) / FPS
    height = 20 + np.abs(0.75 - time) * 40 * (1 - 0.45 * np.abs(0.75 - time))  # a parabola on either side
    frames = risen(height)
    at = np.arange(17 * RATE // FPS) / RATE - 0.75 - late
    wave = np.where(at > 0, 0.8 * np.exp(-at.clip(0) / 0.05) * np.sin(2 * np.pi * 120 * at), 0.0)
    return Film(frames, FPS, wave[:, None].astype(np.float32), RATE)


@pytest.fixture
def shown(monkeypatch):
    """What `decode` shows: one film for the run, another for what a cut made."""
    films = {}
    monkeypatch.setattr(lens, "decode", lambda model, run, **_: films["cut" if run.cuts else "run"])
    return films


def test_a_thud_on_the_bounce_is_on_time(run, model, shown):
    shown["run"] = thrown()
    found = lens.timeline(run, model)
    assert found["contacts"] == pytest.approx([0.75], abs=0.03)
    assert found["onsets"] == pytest.approx([0.75], abs=0.01)
    assert (found["seen"], found["heard"], found["within"]) == (1, 1, 1)
    assert found["contact_height"] == pytest.approx([20], abs=2.5)
    assert np.abs(found["wave"]).max() == pytest.approx(np.abs(shown["run"].sound).max(), abs=1e-6)


@pytest.mark.parametrize("clip", clips(), ids=lambda clip: clip["prompt"])
def test_what_touches_and_turns_back_is_a_contact_and_nothing_else_is(run, model, shown, clip):
    """Rendered films whose contacts are known: hooves step on, so they don't turn back."""
    true = arrays(clip)
    wave = np.asarray(true["wave"], np.float32)[:, None]
    shown["run"] = Film(true["frames"], FPS, wave, RATE)
    found = lens.timeline(run, model)
    turning = clip["motion"] in ("bounce", "rebound")
    assert found["contacts"] == pytest.approx(true["contacts"] / FPS if turning else [], abs=0.03)
    assert found["case"] == ("together" if turning else "none")
    assert found["late"] is None or found["late"] < 10
    assert WORDS(f"story.thud.see.{found['case']}", **found)


def test_what_trembles_as_it_floats_touches_nothing(run, model, shown):
    time = np.arange(17)
    shown["run"] = Film(risen(20 + 1.1 * time + 0.9 * np.sin(2.1 * time)), FPS, np.zeros((34000, 1), np.float32), RATE)
    assert contacts(centre(shown["run"].frames).y)  # the track kinks
    assert lens.timeline(run, model)["case"] == "none"


@pytest.mark.parametrize(
    ("tied", "cut", "case"), [(0.0, 0.4, "drifts"), (0.0, 0.05, "stays"), (0.0, 5.0, "lost"), (0.4, 0.4, "none")]
)
def test_what_the_cut_did_to_the_thud(run, model, shown, tied, cut, case):
    shown["run"], shown["cut"] = thrown(late=tied), thrown(late=cut)
    found = lens.offset(run, dataclasses.replace(run, cuts=[BlockSound()]), model)
    assert found["case"] == case
    assert WORDS(f"story.untied.see.{case}", **found)
    bars = picture.late(found, WORDS).values
    assert list(bars.values()) == pytest.approx([1000 * late for late in (tied, cut) if late < 1], abs=30)


def test_a_late_thud_is_as_late_as_it_is(run, model, shown):
    shown["run"], shown["cut"] = thrown(), thrown(late=0.3)
    other = dataclasses.replace(run, cuts=[BlockSound()])
    found = lens.offset(run, other, model)
    assert found["tied"] == pytest.approx([0], abs=30) and found["cut"] == pytest.approx([300], abs=30)
    assert (found["within"], found["within_cut"]) == (1, 0)
    assert found["picture_changed"] == 0 and found["sound_changed"] > 0.5
    figure = picture.untied(found, WORDS)
    assert [len(trace.y) for trace in figure.data] == [1, 1]


def test_pitches_are_those_of_the_wave(run, model, shown):
    shown["run"] = thrown()
    found = lens.spectrogram(run, model)
    assert found["loudest"] == pytest.approx(120, abs=32) and found["below"] > 0.95
    loud = found["time"][found["level"].max(0).argmax()]
    assert loud == pytest.approx(0.78, abs=0.05)


def test_the_look_of_a_slice_is_the_models(run, model):
    seen = attention(model, run, 1, 0, None, Slice(7))
    found = lens.listens(run, model, slice=7, step=1, layer=0, head=None)
    assert np.array_equal(found["map"], seen.video)
    assert found["picture"] == pytest.approx(float(seen.video.sum())) and found["own"] == pytest.approx(
        seen.share["sound"]
    )
    assert 0 <= found["now"] <= 1 and found["even"] == pytest.approx(1 / 9)
    heat = picture.listens(found, WORDS)
    assert heat.patches.shape == (9, 4, 4) and len(heat.sound) == run.sound_latent.shape[-1]


def test_moments_of_slices_and_frames_lie_on_one_clock(run, model):
    slices, frames = lens._moments(run, model, 9)
    assert (slices[0], frames[0]) == (pytest.approx(slices[1] / 3), pytest.approx(0.5 / FPS))
    assert frames[1] == pytest.approx(2 / FPS)  # frames 1 and 2 of the film: from 1/8 to 3/8 s
    assert slices[-1] < 17 / FPS and frames[-1] < 17 / FPS


def test_the_tie_is_asked_of_every_slice(run, model):
    found = finish(lens.tie(run, model, step=1, layer=0, head=0))
    count = run.sound_latent.shape[-1]
    assert found["weights"].shape == (count, 9)
    alone = attention(model, run, 1, 0, 0, Slice(3)).video.sum((1, 2))
    assert np.allclose(found["weights"][3], alone)
    assert found["now"][0] == 0 and found["now"][-1] == 8
    assert len(picture.tie(found, WORDS).data) == 2


def test_the_most_punctual_head_is_the_one_that_says_so_itself(run, model):
    found = finish(lens.heads(run, model, step=1))
    its = finish(lens.tie(run, model, step=1, layer=found["timely_layer"] - 1, head=found["timely_head"] - 1))
    assert its["same"] == pytest.approx(found["timely"]) and found["timely"] >= found["same"]
    assert found["case"] == ("own" if found["timely"] >= 2 / 9 else "anywhere")
    values = list(picture.own_moment(found, WORDS).values.values())
    assert values == pytest.approx([1 / 9, found["same"], found["timely"]])


def test_what_settles_first_is_told(run):
    """The picture of this run is guessed right at once; the sound is a random model's."""
    found = lens.lockstep(run)
    assert found["picture"] == pytest.approx([0] * 4, abs=1e-4) and found["picture_half"] == 1
    assert found["sound"][-1] == pytest.approx(off(run.steps[-1].sound_x0, run.sound_latent))
    late = dataclasses.replace(run, sound_velocities=[v + 9 for v in run.sound_velocities])
    assert lens.answer(late)["answer"] == lens.answer(late)["case"] == "film"


def test_settled_is_the_last_time_it_was_far():
    assert lens._settled([0.9, 0.4, 0.6, 0.3, 0.1]) == 4
    assert lens._settled([0.1, 0.0]) == 1


def test_the_cut_is_the_one_between_sound_and_picture(run, model):
    other = finish(lens.untied(run, model))
    assert other.cuts == [BlockSound()]
    alone = replay(model, run, cuts=[BlockSound()]).finish()
    assert torch.equal(other.latent, alone.latent) and not torch.equal(other.sound_latent, run.sound_latent)


def test_seeds_are_counted(run, model, shown, monkeypatch):
    monkeypatch.setattr(lens, "SEEDS", 2)
    shown["run"], shown["cut"] = thrown(), thrown(late=0.3)
    found = finish(lens.seeds(run, model))
    assert found["said"] == run.request.prompt
    assert (found["tied_seen"], found["tied_within"], found["untied_seen"], found["untied_within"]) == (2, 2, 2, 0)
    assert found["untied"] == pytest.approx([300, 300], abs=30)
    assert len(picture.seeds(found, WORDS).data) == 2
    assert found["case"] == "fewer" and found["steps"] == run.request.steps
    assert list(picture.in_time(found, WORDS).values.values()) == [1.0, 0.0]


def test_a_film_without_sound_says_so(run):
    silent = dataclasses.replace(run, sound_latents=[], sound_velocities=[])
    with pytest.raises(NotVisible, match="no sound"):
        lens.lockstep(silent)


def test_pictures_have_titles_units_and_values(run, model, shown):
    shown["run"] = thrown()
    for figure in (
        picture.timeline(lens.timeline(run, model), WORDS),
        picture.spectrogram(lens.spectrogram(run, model), WORDS),
        picture.lockstep(lens.lockstep(run), WORDS),
    ):
        layout = figure.layout
        assert layout.title.text and layout.xaxis.title.text and layout.yaxis.title.text
        assert all(len(trace.y) for trace in figure.data)


def test_the_curve_beside_the_film_tells_the_time_of_both(run, model, shown):
    shown["run"] = thrown()
    curve = picture.clock(lens.timeline(run, model), WORDS)
    height, loudness = (np.asarray(line) for line in curve.lines.values())
    assert curve.x[height.argmin()] == pytest.approx(0.75, abs=0.04)
    assert curve.x[loudness.argmax()] == pytest.approx(0.75, abs=0.04) and loudness.max() == pytest.approx(1)


def test_silence_has_no_pitch(run, model, monkeypatch):
    film, wave = lens._heard(run, model)
    monkeypatch.setattr(lens, "_heard", lambda run, model: (film, np.zeros_like(wave)))
    with pytest.raises(NotVisible, match="silent"):
        lens.spectrogram(run, model)
