"""Rows of numbers drawn side by side, over one axis: named in the visitor's language, in the palette's colours.

    figure = curves(numbers, words, "way", "step", noisy="truth", off="own")
    # numbers["noisy"] and numbers["off"] over numbers["step"], called words("way.noisy") and words("way.off")
    figure = curves(numbers, words, "lockstep", "step", noise="truth dot", picture="own")    # a dotted one beside

`bars` does the same with bars. What stands around them (title, axes, further traces) is the picture's own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import plotly.graph_objects as go

from explainers.kit.palette import COLOUR
from explainers.kit.sentences import Words


def curves(numbers: Mapping[str, Any], words: Words, named: str, over: str, /, **looks: str) -> go.Figure:
    """A line with a mark at each number, for each of `looks`: a colour, and behind it a dash if it has one."""
    figure = go.Figure()
    for row, look in _rows(numbers, words, named, over, looks):
        colour, _, dash = look.partition(" ")
        line = {"color": COLOUR[colour]} | ({"dash": dash} if dash else {})
        figure.add_scatter(**row, mode="lines+markers", line=line)
    return figure


def bars(numbers: Mapping[str, Any], words: Words, named: str, over: str, /, **looks: str) -> go.Figure:
    figure = go.Figure()
    for row, colour in _rows(numbers, words, named, over, looks):
        figure.add_bar(**row, marker_color=COLOUR[colour])
    return figure


def _rows(
    numbers: Mapping[str, Any], words: Words, named: str, over: str, looks: Mapping[str, str]
) -> Iterator[tuple[dict[str, Any], str]]:
    for name, look in looks.items():
        yield {"x": numbers[over], "y": numbers[name], "name": words(f"{named}.{name}", **numbers)}, look
