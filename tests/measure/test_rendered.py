"""The clips that the kit brings are what they are said to be."""

import numpy as np

from explainers.measure import rendered
from explainers.measure.asked import KINDS, asked
from explainers.measure.track import centre


def test_each_has_its_film_its_words_and_a_track_that_is_to_be_seen():
    assert len(rendered.clips()) > 3
    for clip in rendered.clips():
        known = rendered.arrays(clip)
        assert known["frames"].dtype == np.uint8 and known["frames"].ndim == 4
        assert {kind: clip[kind] for kind in KINDS} == asked(clip["prompt"])
        seen = centre(known["frames"])
        assert np.abs(seen.x - known["x"]).mean() < 6  # units; the ruler's own error is in test_track.py


def test_without_them_there_are_none(monkeypatch, tmp_path):
    monkeypatch.setattr(rendered, "CLIPS", tmp_path)
    assert rendered.clips() == []
