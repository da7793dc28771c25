"""The numbers of a figure as a table, read off the figure itself, so that the two cannot differ.

    columns, rows = table(figure)        # (["frequency", "step 1", "step 50"], [(0.0, 3.1, 0.2), …])

For screen readers, for class, and for whoever wants to plot it anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import zip_longest
from typing import Any

Rows = list[tuple[Any, ...]]


def table(figure: Any) -> tuple[list[str], Rows]:
    traces = [trace for trace in figure.data if trace.type != "mesh3d"]
    maps = [trace for trace in traces if trace.type in ("heatmap", "contour", "surface", "image") and _there(trace.z)]
    if maps:
        return _of_map(figure, maps[0])
    return _of_series(figure, [trace for trace in traces if _there(trace["x"]) or _there(trace["y"])])


def columns(values: Mapping[str, Iterable[Any]]) -> tuple[list[str], Rows]:
    """{column: values} as (columns, rows), short columns filled up."""
    return list(values), list(zip_longest(*values.values(), fillvalue=""))


def scalars(numbers: Mapping[str, Any]) -> Rows:
    """The single numbers and words of a lens, for pictures that are no plot."""
    return [(name, value) for name, value in numbers.items() if isinstance(value, int | float | str) and value != ""]


def cell(value: Any) -> str:
    """A value for reading: three significant digits, no more than that was measured."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        if hasattr(value, "item"):
            return cell(value.item())
        return "" if value is None else str(value)
    return str(value) if isinstance(value, int) else f"{value:.3g}"


def _of_map(figure: Any, trace: Any) -> tuple[list[str], Rows]:
    z = [list(line) for line in trace.z]
    xs = list(trace.x) if _there(trace.x) else range(1, len(z[0]) + 1)
    ys = list(trace.y) if _there(trace.y) else range(1, len(z) + 1)
    corner = " / ".join(title for title in (_title(figure, "yaxis"), _title(figure, "xaxis")) if title)
    return [corner, *map(cell, xs)], [(y, *line) for y, line in zip(ys, z, strict=True)]


def _of_series(figure: Any, traces: Sequence[Any]) -> tuple[list[str], Rows]:
    """One column a trace where all stand over the same x; else one row a point, with its trace's name."""
    if not traces:
        return [], []
    axes = [_title(figure, "xaxis") or "x", _title(figure, "yaxis") or "y", _title(figure, "zaxis") or "z"]
    sideways = all(trace.type == "bar" and trace.orientation == "h" for trace in traces)
    over, value = ("y", "x") if sideways else ("x", "y")
    if sideways:
        axes[:2] = axes[1::-1]
    bases = [_base(trace, over, value) for trace in traces]
    flat = not any("z" in trace and _there(trace["z"]) for trace in traces)
    if flat and all(base == bases[0] for base in bases):
        names = [str(trace.name) if trace.name else axes[1] for trace in traces]
        return [axes[0], *names], list(zip_longest(bases[0], *(list(trace[value]) for trace in traces), fillvalue=""))
    rows: Rows = []
    for trace, base in zip(traces, bases, strict=True):
        deep = list(trace["z"]) if not flat else []
        rows += [
            (trace.name or "", *point)
            for point in zip_longest(base, trace[value], *([deep] if deep else []), fillvalue="")
        ]
    return ["", *axes[: 2 if flat else 3]], rows


def _base(trace: Any, over: str, value: str) -> list[Any]:
    return list(trace[over]) if _there(trace[over]) else list(range(len(trace[value])))


def _there(values: Any) -> bool:
    return values is not None and len(values) > 0


def _title(figure: Any, axis: str) -> str:
    layout = figure.layout.scene if axis == "zaxis" or figure.layout.scene[axis].title.text else figure.layout
    return str(layout[axis].title.text or "")
