"""Dress a figure for the page: no background of its own, the page's fonts, colours that mean the same everywhere.

    gr.Plot(dress(figure))

Text and lines take their colour from the page by style sheet (static/page.css), so light and dark need no redrawing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from explainers.kit.palette import COLOUR, HEAT

_AXIS = {"automargin": True, "zeroline": False, "showline": False, "ticks": "outside", "ticklen": 4}

TEMPLATE = go.layout.Template(
    layout={
        "colorway": [COLOUR[name] for name in ("own", "other", "sound", "words", "cut", "truth")],
        "colorscale": {"sequential": HEAT},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": "system-ui, -apple-system, Segoe UI, Roboto, sans-serif", "size": 13},
        "margin": {"l": 8, "r": 8, "t": 8, "b": 8},
        "hoverlabel": {"namelength": -1},
        "legend": {"orientation": "h", "yanchor": "bottom", "y": 1.02, "x": 0},
        "xaxis": _AXIS,
        "yaxis": _AXIS,
    },
    data={"heatmap": [go.Heatmap(colorscale=HEAT)]},
)


def dress(figure: Any, marks: Sequence[str] = (",", ".")) -> Any:
    """The title goes: it stands above the card, where it can be read without the picture.

    `marks` are what a language writes after thousands and before tenths.
    """
    figure = go.Figure(figure)
    figure.update_layout(separators=marks[1] + marks[0])
    figure.update_layout(template=TEMPLATE, title=None, autosize=True)
    if any(trace.type == "bar" and trace.orientation == "h" for trace in figure.data):
        figure.update_yaxes(title=None)  # names say themselves what they are, and a phone has no room beside them
    if figure.layout.height is None:
        figure.update_layout(height=340)
    return figure
