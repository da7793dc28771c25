"""The way of the guesses as a curve.

A picture draws the numbers of the lens of the same name. No torch and no Gradio here: the same figure stands in the
app, in the notebook and in a film. Every text comes from `words`, so that it can be translated.
"""

import plotly.graph_objects as go

from explainers.kit.palette import COLOUR


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
