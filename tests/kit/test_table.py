"""Tables are read off figures; the figures here are small enough to be read by eye."""

import numpy as np
import plotly.graph_objects as go

from explainers.kit.table import cell, columns, scalars, table


def titled(figure):
    return figure.update_layout(xaxis_title="time (s)", yaxis_title="height (m)")


def test_one_column_a_trace_over_one_x():
    figure = titled(go.Figure([go.Scatter(x=[1, 2], y=[3, 4], name="a"), go.Bar(x=[1, 2], y=[5, 6], name="b")]))
    assert table(figure) == (["time (s)", "a", "b"], [(1, 3, 5), (2, 4, 6)])


def test_a_trace_without_a_name_takes_its_axis_and_without_x_counts():
    assert table(titled(go.Figure(go.Scatter(y=np.array([7, 8]))))) == (["time (s)", "height (m)"], [(0, 7), (1, 8)])


def test_traces_over_different_x_stand_below_each_other():
    figure = titled(go.Figure([go.Scatter(x=[1], y=[2], name="a"), go.Scatter(x=[3, 4], y=[5, 6], name="b")]))
    assert table(figure) == (["", "time (s)", "height (m)"], [("a", 1, 2), ("b", 3, 5), ("b", 4, 6)])


def test_bars_that_lie_down_are_read_along_their_names():
    figure = titled(go.Figure(go.Bar(x=[0.2, 0.8], y=["own", "others"], orientation="h")))
    assert table(figure) == (["height (m)", "time (s)"], [("own", 0.2), ("others", 0.8)])


def test_a_map_keeps_its_shape():
    figure = titled(go.Figure(go.Heatmap(z=[[1, 2], [3, 4]], x=["a", "b"])))
    assert table(figure) == (["height (m) / time (s)", "a", "b"], [(1, 1, 2), (2, 3, 4)])


def test_points_in_space_have_three_coordinates():
    figure = go.Figure(go.Scatter3d(x=[1], y=[2], z=[3], name="p"))
    figure.update_layout(scene={"xaxis": {"title": "a"}, "yaxis": {"title": "b"}, "zaxis": {"title": "c"}})
    assert table(figure) == (["", "a", "b", "c"], [("p", 1, 2, 3)])


def test_an_empty_figure_has_no_table():
    assert table(go.Figure()) == ([], [])


def test_columns_of_different_length_are_filled_up():
    assert columns({"a": [1, 2], "b": [3]}) == (["a", "b"], [(1, 3), (2, "")])


def test_cells_are_for_reading():
    values = [1.23456, np.float32(0.5), 12345678, np.int64(3), "word", None, True]
    assert [cell(value) for value in values] == ["1.23", "0.5", "12345678", "3", "word", "", "True"]


def test_scalars_leave_arrays_out():
    assert scalars({"a": 1, "b": np.zeros(3), "c": "x", "d": ""}) == [("a", 1), ("c", "x")]
