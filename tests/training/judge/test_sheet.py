"""Sheets, strips and plots are what they say."""

import xml.etree.ElementTree as ET

import pytest
import torch

from explainers.provenance import MODEL
from tests.declared import declared
from tests.ffmpeg import streams
from training.judge.plot import lines
from training.judge.sheet import CELL, contact_sheet, film_strip


def test_contact_sheet_shows_the_films():
    films = torch.rand(4, 5, 3, 32, 32).round()
    films[1] = torch.tensor([1.0, 0.0, 0.0]).view(3, 1, 1)
    sheet = contact_sheet(films, ["a", "red", "c", "d"])
    assert sheet.getpixel((10 + 3 * (CELL + 2) + 10 + CELL // 2, 10 + CELL // 2)) == (255, 0, 0)


def test_film_strip_has_picture_and_sound_of_the_right_length(tmp_path):
    film_strip(torch.rand(3, 17, 3, 64, 64), torch.rand(3, 17_000) - 0.5, ["a", "b", "c"], tmp_path / "strip.mp4")
    found = streams(tmp_path / "strip.mp4")
    assert set(found) == {"h264", "aac"}
    assert declared(tmp_path / "strip.mp4") == MODEL
    for seconds in found.values():
        assert seconds == pytest.approx(3 * 17 / 8, abs=0.15)


def test_plot_puts_points_where_the_numbers_are():
    root = ET.fromstring(lines([0, 50, 100], {"half": [0.0, 0.5, 1.0]}, "x", "y"))
    points = next(e for e in root.iter() if e.tag.endswith("polyline")).get("points").split()
    (x0, y0), (x1, y1), (x2, y2) = ([float(v) for v in p.split(",")] for p in points)
    assert x1 == pytest.approx((x0 + x2) / 2, abs=0.1) and y1 == pytest.approx((y0 + y2) / 2, abs=0.1)
    assert y2 < y0
