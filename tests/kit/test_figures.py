"""Small figures as HTML: what they say is what was measured, and can be read without a picture."""

import re
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest

from explainers.kit.figures import figure_html
from explainers.kit.folders import KIT
from explainers.kit.sentences import Words
from explainers.kit.story import Bars, Curve, Rows

ENGLISH, GERMAN = Words.of(KIT, "en"), Words.of(KIT, "de")
BAD = '<img src=x onerror="x">'


def parsed(made):
    """It is well-formed, so that it can't spill over into the page."""
    return ElementTree.fromstring(f"<div>{made}</div>")


def widths(made):
    return [float(share) for share in re.findall(r"inline-size: ([\d.]+)%", made)]


def values(made):
    return [value.text for value in parsed(made).iter("span") if value.get("class") == "value"]


def test_bars_are_as_long_as_their_values():
    made = figure_html(Bars({"own": 0.2, "others": 0.5, "none": 0.0}), ENGLISH)
    assert widths(made) == [40.0, 100.0, 0.0]
    assert values(made) == ["20%", "50%", "0%"]
    assert [name.text for name in parsed(made).iter("dt")] == ["own", "others", "none"]


def test_bars_are_drawn_to_what_they_are_told_and_no_farther():
    assert widths(figure_html(Bars({"a": 0.2, "b": 3.0}, most=1.0), ENGLISH)) == [20.0, 100.0]
    assert widths(figure_html(Bars({"a": 0.0}), ENGLISH)) == [0.0]
    assert widths(figure_html(Bars({"a": -2.0, "b": 1.0}), ENGLISH)) == [100.0, 50.0]


def test_values_are_written_with_their_unit_in_the_readers_language():
    bars = Bars({"a": 1234.56}, "{:,.1f} s")
    assert values(figure_html(bars, ENGLISH)) == ["1,234.6 s"]
    assert values(figure_html(bars, GERMAN)) == ["1.234,6 s"]
    assert values(figure_html(Bars({"a": 0.25}), GERMAN)) == ["25\xa0%"]


def points(made):
    lines = [line.get("points") for line in parsed(made).iter("polyline")]
    return [[tuple(map(float, point.split(","))) for point in line.split()] for line in lines]


def test_a_curve_is_drawn_to_scale():
    (line,) = points(figure_html(Curve([0, 1, 3], {"y": [0.0, 1.0, 4.0]}, "x (s)", "y (m)"), ENGLISH))
    x, y = np.array(line).T
    assert (x[1] - x[0]) / (x[2] - x[0]) == pytest.approx(1 / 3, abs=0.01)
    assert (y[1] - y[0]) / (y[2] - y[0]) == pytest.approx(1 / 4, abs=0.01)
    assert y[2] < y[0]  # more is higher
    assert x.min() >= 0 and x.max() <= 320 and y.min() >= 0 and y.max() <= 132  # within its picture


def test_two_curves_share_their_axes_and_have_names():
    made = figure_html(Curve([0, 1], {"low": [0, 1], "high": [1, 2]}, "x", "y"), ENGLISH)
    low, high = points(made)
    assert low[1][1] == high[0][1]
    assert [key.text for key in parsed(made).iter("span") if "key" in (key.get("class") or "")] == ["low", "high"]


def test_a_curve_is_told_to_who_does_not_see_it():
    (picture,) = parsed(figure_html(Curve([0, 2], {"fall": [0.5, 4.0]}, "time (s)", "way (m)"), ENGLISH)).iter("svg")
    assert picture.get("aria-label") == "way (m), time (s) 0 to 2. fall: 0.5 to 4"


def test_what_was_not_measured_is_left_out_of_a_curve():
    (line,) = points(figure_html(Curve([0, 1, 2, 3], {"y": [np.nan, 1, np.inf, 2]}, "x", "y"), ENGLISH))
    assert len(line) == 2
    assert points(figure_html(Curve([0, 1], {"y": [np.nan, np.nan]}, "x", "y"), ENGLISH)) == [[]]
    assert len(points(figure_html(Curve([0, 1], {"y": [3, 3]}, "x", "y"), ENGLISH))[0]) == 2  # flat


def test_many_points_are_a_line_and_few_are_marked():
    few = figure_html(Curve(range(5), {"y": range(5)}, "x", "y"), ENGLISH)
    many = figure_html(Curve(range(50), {"y": range(50)}, "x", "y"), ENGLISH)
    assert len(list(parsed(few).iter("circle"))) == 5 and not list(parsed(many).iter("circle"))
    two = figure_html(Curve([0, 1], {"low": [0, 1], "high": [1, 2]}, "x", "y"), ENGLISH)
    assert [dot.get("class") for dot in parsed(two).iter("circle")] == ["line-1", "line-1", "line-2", "line-2"]


def test_rows_are_a_table_with_heads():
    made = parsed(figure_html(Rows({"frame": [1, 2], "share": [0.25, 1234.5], "word": ["ball", "snow"]}), GERMAN))
    assert [head.text for head in made.iter("th") if head.get("scope") == "col"] == ["frame", "share", "word"]
    body = [[cell.text for cell in row] for row in next(made.iter("tbody"))]
    assert [row[0] for row in body] == ["1", "2"] and body[0][1] == "0,25" and body[1][2] == "snow"


@pytest.mark.parametrize(
    "figure",
    [Bars({BAD: 1.0}), Curve([0, 1], {BAD: [0, 1], "b": [0, 1]}, BAD, BAD), Rows({BAD: [BAD]})],
    ids=["bars", "curve", "rows"],
)
def test_nothing_in_a_figure_becomes_markup(figure):
    made = figure_html(figure, ENGLISH)
    assert "<img" not in made and not list(parsed(made).iter("img"))
