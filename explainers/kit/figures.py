"""The small figures of a story as HTML, for pages and notebooks alike. No script draws them: they are there at once.

    html = figure_html(Bars({"other frames": 0.57, "its own": 0.20}), words)

`Strip`, films on one timeline, is drawn by each host with its own player.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from explainers.kit.html import environment
from explainers.kit.sentences import Words
from explainers.kit.story import Bars, Curve, Rows
from explainers.kit.table import cell, columns

TEMPLATES = environment(Path(__file__).parent / "templates")
LEFT, RIGHT, TOP, BOTTOM = 34, 314, 8, 106  # of the plotted part of a curve, in its own units
DOTS = 20  # points up to which each is marked


def figure_html(figure: Bars | Curve | Rows, words: Words) -> str:
    template = TEMPLATES.get_template("figure.html")
    if isinstance(figure, Bars):
        most = figure.most or max((abs(value) for value in figure.values.values()), default=0) or 1
        return template.render(
            bars=[
                (name, min(100.0, 100 * abs(value) / most), _value(value, figure.unit, words))
                for name, value in figure.values.items()
            ]
        )
    if isinstance(figure, Curve):
        return template.render(_curve(figure, words))
    heads, rows = columns(figure.columns)
    return template.render(heads=heads, rows=[[words.written(cell(value)) for value in row] for row in rows])


def _value(value: float, unit: str, words: Words) -> str:
    return words.filled(unit, value) if "{" in unit else words.figure(float(value), unit)


def _curve(curve: Curve, words: Words) -> dict[str, Any]:
    x = np.asarray(curve.x, float)
    lines = {name: np.asarray(values, float) for name, values in curve.lines.items()}
    every = np.concatenate([values[np.isfinite(values)] for values in lines.values()])
    low, high = (float(every.min()), float(every.max())) if len(every) else (0.0, 1.0)
    across, up = float(np.ptp(x)) or 1.0, (high - low) or 1.0

    def points(values: np.ndarray[Any, Any]) -> str:
        there = np.isfinite(values)
        left = LEFT + (x[there] - x.min()) / across * (RIGHT - LEFT)
        top = BOTTOM - (values[there] - low) / up * (BOTTOM - TOP)
        return " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(left, top, strict=True))

    def read(value: float) -> str:
        return words.written(cell(float(value)))

    there = {name: values for name, values in lines.items() if len(values)}
    told = "; ".join(f"{name}: {read(values[0])} to {read(values[-1])}" for name, values in there.items())
    return {
        "lines": [(name, points(values)) for name, values in lines.items()],
        "dots": len(x) <= DOTS,
        "told": f"{curve.y_title}, {curve.x_title} {read(x.min())} to {read(x.max())}. {told}",
        **{"low": read(low), "high": read(high), "first": read(x.min()), "last": read(x.max())},
        **{"x_title": curve.x_title, "y_title": curve.y_title},
    }
