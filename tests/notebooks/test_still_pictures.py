"""Still pictures of figures: marks stand where the ticks beside them say, bars are as long as their numbers."""

import base64
import io
import re
import xml.etree.ElementTree as ElementTree

import numpy as np
import plotly.graph_objects as go
import pytest
from PIL import Image, ImageColor
from plotly.colors import get_colorscale
from plotly.subplots import make_subplots

from explainers.kit.palette import HEAT
from explainers.kit.plot import dress
from explainers.notebook.cells import PLOTLY, plot
from explainers.notebook.still.picture import svg


def drawn(figure):
    return ElementTree.fromstring(svg(dress(figure), "a title"))


def all_of(picture, name):
    return [element for element in picture.iter() if element.tag.endswith("}" + name)]


def said(picture):
    return {text.text: (float(text.get("x")), float(text.get("y"))) for text in all_of(picture, "text")}


def marks(picture, colour):
    discs = [disc for disc in all_of(picture, "circle") if disc.get("fill") == colour]
    return [(float(disc.get("cx")), float(disc.get("cy"))) for disc in discs]


def bars(picture, colour):
    there = [rect for rect in all_of(picture, "rect") if rect.get("fill") == colour]
    return [tuple(float(rect.get(key)) for key in ("x", "y", "width", "height")) for rect in there]


@pytest.mark.parametrize("kind", ["linear", "log"])
@pytest.mark.parametrize("turned", [None, "reversed"])
def test_a_mark_stands_where_the_tick_of_its_value_stands(kind, turned):
    figure = go.Figure(go.Scatter(x=[1, 10, 100], y=[1, 10, 100], mode="markers", marker_color="#123456"))
    figure.update_xaxes(type=kind, tickvals=[1, 10, 100], autorange=turned)
    figure.update_yaxes(type=kind, tickvals=[1, 10, 100], ticktext=["one", "ten", "hundred"], autorange=turned)
    picture = drawn(figure)
    told, points = said(picture), marks(picture, "#123456")
    for (x, y), across, up in zip(points, ("1", "10", "100"), ("one", "ten", "hundred"), strict=True):
        assert abs(x - told[across][0]) < 0.1 and abs(y - (told[up][1] - 4)) < 0.1
    rightward, upward = points[0][0] < points[2][0], points[0][1] > points[2][1]
    assert rightward == upward == (turned is None)


def test_bars_stand_on_a_log_axis_which_has_no_place_for_their_foot():
    figure = go.Figure(go.Bar(x=["a", "b", "c"], y=[1, 100, 10_000], marker_color="#123456"))
    figure.update_yaxes(type="log", tickvals=[1, 100, 10_000])
    picture = drawn(figure)
    told, tall = said(picture), bars(picture, "#123456")
    for (_, top, _, height), value in zip(tall, ("1", "100", "10000"), strict=True):
        written = next(place for text, place in told.items() if text.replace(",", "") == value)
        assert abs(top - (written[1] - 4)) < 0.1 and height > 0
    assert len({round(top + height, 3) for _, top, _, height in tall}) == 1  # one foot


def test_ticks_are_written_as_the_axis_says_and_lie_within_it():
    figure = go.Figure(go.Scatter(x=[0, 4], y=[0.1, 0.9])).update_yaxes(tickformat=".0%", range=[0, 1])
    told = said(drawn(figure))
    assert {"0%", "20%", "100%"} <= told.keys() and "120%" not in told
    assert told["0%"][1] - told["100%"][1] == pytest.approx(5 * (told["0%"][1] - told["20%"][1]), abs=0.1)


def test_bars_are_as_long_as_their_numbers_side_by_side_and_in_stacks():
    figure = go.Figure([go.Bar(x=["a", "b"], y=[1, 3], marker_color=c, name=c) for c in ("#111111", "#222222")])
    one, other = (bars(drawn(figure), colour) for colour in ("#111111", "#222222"))
    short, long = (height for *_, height in one)
    assert long == pytest.approx(3 * short, abs=0.1)
    assert one[0][0] + one[0][2] <= other[0][0] + 0.1  # beside each other

    stacked = drawn(figure.update_layout(barmode="stack"))
    lower, upper = (bars(stacked, colour)[-1] for colour in ("#111111", "#222222"))
    assert upper[1] + upper[3] == pytest.approx(lower[1], abs=0.1) and upper[0] == lower[0]
    tick = said(stacked)
    assert upper[1] == pytest.approx(tick["6"][1] - 4, abs=0.1)  # 3 on 3


def test_bars_that_lie_have_their_errors():
    figure = go.Figure(go.Bar(x=[0.5], y=["a name"], orientation="h", marker_color="#111111"))
    figure.update_traces(error_x={"type": "data", "symmetric": False, "array": [0.3], "arrayminus": [0.1]})
    picture = drawn(figure.update_xaxes(range=[0, 1], tickvals=[0, 0.4, 0.5, 0.8], ticktext=["0", "low", "is", "high"]))
    told, ((x, y, width, height),) = said(picture), bars(picture, "#111111")
    assert (x, x + width) == pytest.approx((told["0"][0], told["is"][0]), abs=0.1)
    ends = [[float(line.get(end)) for end in ("x1", "x2", "y1")] for line in all_of(picture, "line")]
    assert any(end == pytest.approx([told["low"][0], told["high"][0], y + height / 2], abs=0.1) for end in ends)


def heat(picture):
    address = all_of(picture, "image")[0].get("href")
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(address.partition(",")[2]))))


def test_a_heat_map_has_its_numbers_where_its_axes_say():
    dark, light = (ImageColor.getrgb(get_colorscale(HEAT)[end][1]) for end in (0, -1))
    z = [[0, 0, 1], [0, 0, 0]]
    upward, downward = (
        heat(drawn(go.Figure(go.Heatmap(z=z)).update_yaxes(autorange=turned))) for turned in (None, "reversed")
    )
    assert tuple(downward[0, 2]) == tuple(upward[1, 2]) == light
    assert tuple(downward[1, 2]) == tuple(upward[0, 2]) == dark
    picture = drawn(go.Figure(go.Heatmap(z=np.eye(4))).update_yaxes(scaleanchor="x"))
    image = all_of(picture, "image")[0]
    assert float(image.get("width")) == pytest.approx(float(image.get("height")), abs=0.1)  # a cell is a square


def test_a_line_is_broken_where_there_is_no_number():
    picture = drawn(go.Figure(go.Scatter(x=[0, 1, 2, 3, 4], y=[1, 2, None, 2, 1], mode="lines", line_color="#123456")))
    paths = [path.get("d") for path in all_of(picture, "path") if path.get("stroke") == "#123456"]
    assert [path.count("L") for path in paths] == [1, 1]


def test_several_plots_lie_side_by_side_under_their_titles():
    figure = make_subplots(1, 2, subplot_titles=["here", "there"])
    for column, colour in enumerate(("#111111", "#222222"), 1):
        figure.add_scatter(x=[0, 1], y=[0, 1], mode="markers", marker_color=colour, row=1, col=column)
    picture = drawn(figure)
    here, there = (sorted(marks(picture, colour)) for colour in ("#111111", "#222222"))
    assert here[1][0] < there[0][0] and here[0][1] == there[0][1]
    told = said(picture)
    assert here[0][0] < told["here"][0] < here[1][0] and there[0][0] < told["there"][0] < there[1][0]


def test_a_second_axis_has_a_scale_of_its_own_at_the_right():
    figure = go.Figure(go.Scatter(x=[0, 1], y=[0, 1], name="a", mode="markers", marker_color="#111111"))
    figure.add_scatter(x=[0, 1], y=[0, 1000], name="b", mode="markers", marker_color="#222222", yaxis="y2")
    figure.update_layout(yaxis2={"overlaying": "y", "side": "right"})
    picture = drawn(figure.update_xaxes(showticklabels=False))
    told = said(picture)
    assert told["1,000"][0] > told["1"][0]
    for high, colour in (("1", "#111111"), ("1,000", "#222222")):
        assert max(marks(picture, colour))[1] == pytest.approx(told[high][1] - 4, abs=0.1)


def test_lines_and_bands_across():
    figure = go.Figure(go.Scatter(x=[0, 1], y=[0, 1])).add_hline(y=0.5, line_color="#123456")
    figure.add_vrect(x0=0.2, x1=0.4, fillcolor="#654321", line_width=0)
    figure.update_xaxes(range=[0, 1], tickvals=[0.2, 0.4]).update_yaxes(range=[0, 1], tickvals=[0.5])
    picture = drawn(figure)
    told = said(picture)
    (line,) = [line for line in all_of(picture, "line") if line.get("stroke") == "#123456"]
    assert float(line.get("y1")) == float(line.get("y2")) == pytest.approx(told["0.5"][1] - 4, abs=0.1)
    ((x, _, width, _),) = bars(picture, "#654321")
    assert (x, x + width) == pytest.approx((told["0.2"][0], told["0.4"][0]), abs=0.1)


def test_what_is_written_is_escaped_and_a_stranger_is_named():
    figure = go.Figure([go.Scatter(y=[1, 2], name="<b>a</b> & b"), go.Scatter(y=[2, 1], name="c")])
    figure.add_pie(values=[1, 2])
    told = said(drawn(figure.update_layout(xaxis_title='say "x" < 3')))
    assert "a  & b" in told or "a & b" in told
    assert "pie: not in this still picture" in told


def test_who_has_plotly_gets_the_figure_and_all_others_the_picture():
    bundle = plot(go.Figure(go.Scatter(y=[1, 2])), "a title")
    assert bundle[PLOTLY]["data"][0]["type"] == "scatter"
    assert re.match(r"<svg[^>]*><title>a title</title>", bundle["image/svg+xml"])
    assert "text/html" not in bundle  # which would be taken first, in the picture's place
