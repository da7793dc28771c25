"""What the traces of a Plotly figure draw, each on its plot: lines and marks, bars, boxes, heat-maps.

values(trace, "y")                          # as plain numbers and names, also where Plotly counts them itself
yield from TRACES["heatmap"](plot, trace, "#E69F00")
yield from bars(plot, [bar, other], colours, "stack", gap=0.2)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from markupsafe import Markup

from explainers.notebook.still.axis import Axis, missing
from explainers.notebook.still.svg import DASH, image, line, plain, shades, sign, tag, words

ORDINARY = 0.2  # of a bar's room, left empty
Spot = tuple[float, float]


@dataclass
class Plot:
    """One pair of axes, and where it lies in the picture."""

    x: Axis
    y: Axis
    left: float
    top: float
    width: float
    height: float

    def across(self, share: float) -> float:
        return self.left + share * self.width

    def down(self, share: float) -> float:
        return self.top + (1 - share) * self.height

    def spot(self, x: Any, y: Any) -> Spot | None:
        return None if missing(x) or missing(y) else (self.across(self.x.at(x)), self.down(self.y.at(y)))


def length_axis(bar: Any) -> str:
    """The letter of the axis along which a bar is long."""
    return "x" if bar.orientation == "h" else "y"


def place_axis(bar: Any) -> str:
    return "y" if bar.orientation == "h" else "x"


def values(trace: Any, letter: str) -> list[Any]:
    if trace.type == "box" and letter == "x":
        return [trace.name]
    given = getattr(trace, letter, None)
    if given is not None:
        return [value.item() if hasattr(value, "item") else value for value in given]
    if trace.type == "heatmap":
        return list(range(len(trace.z) if letter == "y" else len(trace.z[0])))
    other = getattr(trace, "y" if letter == "x" else "x", None)
    return list(range(len(other))) if other is not None else []


def stroke(trace: Any, points: Sequence[Spot], colour: str) -> Markup:
    path = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
    look = {"stroke": colour, "stroke_width": float(trace.line.width or 2)}
    return tag("path", d=path, fill="none", **look, stroke_dasharray=DASH.get(trace.line.dash or ""))


def mode(trace: Any) -> str:
    return str(trace.mode or "lines")


def scatter(plot: Plot, trace: Any, colour: str) -> Iterator[Markup]:
    points = [plot.spot(x, y) for x, y in zip(values(trace, "x"), values(trace, "y"), strict=False)]
    if "lines" in mode(trace):
        yield from (stroke(trace, run, colour) for run in _runs(points))
    own = trace.marker.color if isinstance(trace.marker.color, str) else colour
    colours, sizes = _each(trace.marker.color, trace), trace.marker.size
    for n, point in enumerate(points):
        if point is not None and "markers" in mode(trace):
            size = float(sizes[n] if _several(sizes) else sizes or 6)
            yield sign(trace.marker.symbol, *point, size / 2, colours[n] if colours else own)
        if point is not None and "text" in mode(trace):
            left = "left" in str(trace.textposition)
            yield words(_nth(trace.text, n), point[0] + (-8 if left else 8), point[1] - 4, "end" if left else "start")


def bars(plot: Plot, traces: Sequence[Any], colours: Sequence[str], barmode: str, gap: float) -> Iterator[Markup]:
    """All bars of a plot: beside each other, or in stacks."""
    stacked = barmode in ("stack", "relative")
    rows = 1 if stacked or barmode == "overlay" else len(traces)
    foot: dict[Any, float] = {}
    for row, (bar, colour) in enumerate(zip(traces, colours, strict=True)):
        flat = length_axis(bar) == "x"
        along, slots = (plot.x, plot.y) if flat else (plot.y, plot.x)
        places = values(bar, place_axis(bar))
        wide = _apart([slots.scaled(place) for place in places]) * (1 - gap) / rows
        for n, (place, value) in enumerate(zip(places, values(bar, length_axis(bar)), strict=False)):
            if missing(value):
                continue
            begin = foot.get(place, 0.0) if stacked else 0.0
            foot[place] = begin + float(value)
            middle = slots.scaled(place) + (row % rows - (rows - 1) / 2) * wide
            length = [along.at(begin), along.at(begin + float(value))]
            side = [slots.along(middle - wide / 2), slots.along(middle + wide / 2)]
            x0, x1 = sorted(map(plot.across, length if flat else side))
            y0, y1 = sorted(map(plot.down, side if flat else length))
            own = str(bar.marker.color[n]) if _several(bar.marker.color) else colour
            yield tag("rect", x=x0, y=y0, width=x1 - x0, height=y1 - y0, fill=own)
            yield _error(plot, bar, n, float(value), (x0 + x1) / 2, (y0 + y1) / 2)
            if bar.textposition == "inside" or not flat:
                yield words(_nth(bar.text, n), (x0 + x1) / 2, (y0 + y1) / 2 + 4 if flat else y0 - 4, "middle")
            else:
                yield words(_nth(bar.text, n), x1 + 4, (y0 + y1) / 2 + 4)


def _error(plot: Plot, bar: Any, n: int, value: float, x: float, y: float) -> Markup:
    flat = length_axis(bar) == "x"
    error = bar.error_x if flat else bar.error_y
    if error.array is None:
        return Markup()
    less = float((error.array if error.arrayminus is None else error.arrayminus)[n])
    ends = value - less, value + float(error.array[n])
    if flat:
        return line(plot.across(plot.x.at(ends[0])), y, plot.across(plot.x.at(ends[1])), y)
    return line(x, plot.down(plot.y.at(ends[0])), x, plot.down(plot.y.at(ends[1])))


def box(plot: Plot, trace: Any, colour: str) -> Iterator[Markup]:
    there = np.array([value for value in values(trace, "y") if not missing(value)], float)
    if not len(there):
        return
    x, half = plot.across(plot.x.at(trace.name)), plot.width / len(plot.x.names) / 5
    low, first, median, third, high = (plot.down(plot.y.at(v)) for v in np.percentile(there, [0, 25, 50, 75, 100]))
    yield line(x, low, x, high, stroke=colour)
    yield tag("rect", x=x - half, y=third, width=2 * half, height=first - third, stroke=colour, fill="white")
    yield line(x - half, median, x + half, median, stroke=colour, stroke_width=2)
    if trace.boxpoints == "all":
        yield from (sign("circle", x, plot.down(plot.y.at(value)), 3, colour) for value in there)


def heatmap(plot: Plot, trace: Any, colour: str) -> Iterator[Markup]:
    z = np.array([[np.nan if missing(v) else float(v) for v in row] for row in trace.z])
    low = float(np.nanmin(z) if trace.zmin is None else trace.zmin)
    high = float(np.nanmax(z) if trace.zmax is None else trace.zmax)
    scale = shades(trace.colorscale)
    shade = np.nan_to_num((z - low) / ((high - low) or 1)).clip(0, 1)
    pixels = scale[(255 * shade).round().astype(int)]  # (rows, cols, 3)
    pixels[np.isnan(z)] = 255
    shown = pixels if plot.y.reversed else pixels[::-1]
    place = {"x": plot.left, "y": plot.top, "width": plot.width, "height": plot.height}
    yield image(np.ascontiguousarray(shown), **place)
    if trace.texttemplate:
        yield from _in_cells(plot, trace, z, pixels)
    if trace.showscale is not False:
        x = plot.left + plot.width + 14
        yield image(np.ascontiguousarray(scale[::-1, None]), **{**place, "x": x, "width": 12})
        yield words(f"{high:.3g}", x + 16, plot.top + 9)
        yield words(f"{low:.3g}", x + 16, plot.top + plot.height)
        yield words(trace.colorbar.title.text, x + 46, plot.top - 6, "end")


def _in_cells(plot: Plot, trace: Any, z: Any, pixels: Any) -> Iterator[Markup]:
    rows, cols = z.shape
    for r in range(rows):
        for c in range(cols):
            text = trace.text[r][c] if "text" in trace.texttemplate else f"{z[r, c]:.0f}"
            y = plot.top + ((r if plot.y.reversed else rows - 1 - r) + 0.5) / rows * plot.height
            fill = "white" if pixels[r, c].mean() < 130 else "#222"
            yield words(text, plot.left + (c + 0.5) / cols * plot.width, y + 4, "middle", fill=fill)


TRACES: dict[str, Callable[[Plot, Any, str], Iterator[Markup]]] = {"scatter": scatter, "box": box, "heatmap": heatmap}


def _runs(points: Sequence[Spot | None]) -> list[list[Spot]]:
    """A line is broken where there is no number."""
    runs: list[list[Spot]] = [[]]
    for point in points:
        if point is None:
            runs.append([])
        else:
            runs[-1].append(point)
    return [run for run in runs if len(run) > 1]


def _apart(places: Sequence[float]) -> float:
    """The least distance of bars."""
    steps = np.diff(sorted(set(places)))
    return float(steps.min()) if len(steps) else 1.0


def _several(given: Any) -> bool:
    return isinstance(given, tuple | list | np.ndarray)


def _nth(text: Any, n: int) -> str:
    return plain(text[n] if _several(text) else text)


def _each(colours: Any, trace: Any) -> list[str]:
    """A colour for each mark, where they have colours or numbers of their own."""
    if not _several(colours):
        return []
    if isinstance(colours[0], str):
        return list(colours)
    numbers = np.asarray(colours, float)
    at = (255 * (numbers - numbers.min()) / (float(np.ptp(numbers)) or 1)).round().astype(int)
    return ["#" + bytes(shade).hex() for shade in shades(trace.marker.colorscale)[at].tolist()]
