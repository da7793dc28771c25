"""The way of the guesses as a curve: small on a card, and large on the workbench.

A picture draws the numbers of the lens of the same name; the figure of a card, those of the card's lens. No torch and
no Gradio here: the same figure stands in the app, in the notebook and in a film. Every text comes from `words`, so that
it can be translated.
"""

import plotly.graph_objects as go

from explainers.kit.palette import COLOUR
from explainers.kit.story import Curve


def way(numbers, words):
    lines = {words("settling.guess"): numbers["distance"]}
    return Curve(numbers["step"], lines, words("settling.x"), words("settling.y"))


def settling(numbers, words):
    figure = go.Figure()
    figure.add_scatter(
        x=numbers["step"],
        y=numbers["distance"],
        name=words("settling.guess"),
        mode="lines+markers",
        line_color=COLOUR["own"],
    )
    figure.add_hline(y=numbers["share"], line_dash="dash")
    return figure.update_layout(
        title=words("settling"),
        xaxis_title=words("settling.x"),
        yaxis_title=words("settling.y"),
        yaxis_rangemode="tozero",
    )
