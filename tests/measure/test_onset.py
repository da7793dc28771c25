"""Onsets against rendered sound, whose contacts are known, and against sounds made by hand."""

from itertools import pairwise

import numpy as np
import pytest
import torch

from explainers.measure.onset import envelope, match, onsets, share_within
from training.world import FPS, PLACES, RATE, follow, listen, spell


def offsets(place, subject, motion, clips=6):
    """From each contact to its onset (seconds, NaN if unheard), and how many onsets have no contact."""
    scenes = spell([{"subject": subject, "colour": "orange", "place": place, "motion": motion}] * clips, seed=2)
    track = follow(scenes, 17)
    found, extra = [], 0
    for i, wave in enumerate(listen(scenes, track, 17)):
        true = sorted(float(t) / FPS for t in track.contacts[i] if t < 16.5)
        if all(b - a > 0.27 for a, b in pairwise(true)):  # closer ones ring into each other
            heard = onsets(wave, RATE)
            found += list(match(heard, true, furthest=0.05))
            extra += len([h for h in heard if h < 2.05]) - int(np.isfinite(found[-len(true) :]).sum() if true else 0)
    return np.array(found), extra


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("motion", ["bounce", "rebound"])
def test_each_thud_is_heard_within_two_milliseconds_and_nothing_else(place, motion):
    offset, extra = offsets(place, "ball", motion, clips=24)
    assert len(offset) > 3 and np.isfinite(offset).all()
    assert np.abs(offset).max() < 0.002
    assert extra == 0


@pytest.mark.parametrize(
    ("place", "heard"), [("grass", 1.0), ("night", 1.0), ("snow", 0.85), ("desert", 0.5), ("sea", 0.4)]
)
def test_hoofbeats_are_softer_and_some_drown_in_wind_and_waves(place, heard):
    offset, extra = offsets(place, "horse", "gallop")
    assert np.isfinite(offset).mean() >= heard
    assert np.nanmax(np.abs(offset)) < 0.01
    assert extra == 0


def test_wind_and_silence_are_not_struck():
    for place in PLACES:
        scenes = spell([{"subject": "boat", "colour": "blue", "place": place, "motion": "left"}], seed=1)
        assert onsets(listen(scenes, follow(scenes, 17), 17)[0], RATE) == []
    assert onsets(np.zeros(8000), 8000) == []


def test_clicks_by_hand_at_another_rate_and_with_ears():
    wave = np.zeros(44_100)
    for start in (0.2, 0.7):
        t = np.arange(4410) / 44_100
        wave[int(start * 44_100) :][:4410] += 0.5 * np.exp(-t / 0.03) * np.sin(2 * np.pi * 220 * t)
    for form in (wave, np.stack([wave, wave]), torch.tensor(wave)[:, None]):
        assert onsets(form, 44_100) == pytest.approx([0.2, 0.7], abs=0.006)


def test_match_takes_the_nearest_first_and_each_onset_once():
    assert match([1.0, 2.0], [1.1, 1.9]) == pytest.approx([-0.1, 0.1])
    one = match([1.0], [1.05, 0.8])
    assert one[0] == pytest.approx(-0.05) and np.isnan(one[1])
    assert np.isnan(match([], [1.0])).all()


def test_share_counts_what_is_missing_as_missed():
    assert share_within([1.0], [1.05, 1.9], 0.125) == 0.5
    assert share_within([1.0, 2.0], [1.05, 1.9], 0.125) == 1.0
    assert np.isnan(share_within([1.0], [], 0.1))


def test_envelope_is_the_root_mean_square():
    times, loud = envelope(0.5 * np.ones(800), 8000, slot=0.01)
    assert loud == pytest.approx(0.5) and np.diff(times) == pytest.approx(0.01)
