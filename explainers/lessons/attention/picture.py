"""Attention as pictures: a cube's look over the film, by frame, by head, and against known tracks."""

import numpy as np
import plotly.graph_objects as go

from explainers.kit.curves import curves
from explainers.kit.lesson import Heat
from explainers.kit.palette import COLOUR, HEAT
from explainers.kit.story import Bars, Rows

SHARES = (("own", "own"), ("others", "other"), ("words", "words"), ("sound", "sound"))
KIND = {"space": "own", "time": "other", "neither": "truth"}
MARK = {"space": "square", "time": "diamond", "neither": "circle-open"}


def shares(numbers, words):
    return Bars({words(f"share.{name}"): numbers[name] for name, _ in SHARES})


def kinds(numbers, words):
    return Bars({words(f"survey.{kind}"): numbers[f"n_{kind}"] for kind in KIND}, unit=".0f")


def brightest(numbers, words):
    """The heads whose maps are brightest, and where each comes in what is lost without it."""
    named = zip(numbers["layer"], numbers["head"], strict=True)
    return Rows(
        {
            words("brightest.map"): [words("survey.head", layer=layer, head=head) for layer, head in named],
            words("brightest.rank"): [
                words("brightest.place", rank=r, heads=numbers["heads"]) for r in numbers["rank"]
            ],
        }
    )


def look(numbers, words):
    return Heat(patches=numbers["map"], words=numbers["words"], sound=numbers["sound"])


def by_layer(numbers, words):
    return _stacked(numbers, words, np.arange(1, len(numbers["own"]) + 1), words("by_layer"), words("layer"), go.Bar)


def course(numbers, words):
    return _stacked(numbers, words, numbers["step"], words("course"), words("step"), go.Bar)


def frames(numbers, words):
    matrix = 100 * np.asarray(numbers["matrix"])
    axis = list(range(1, len(matrix) + 1))
    figure = go.Figure(go.Heatmap(z=matrix, x=axis, y=axis, colorscale=HEAT, colorbar={"title": words("frames.bar")}))
    figure.update_layout(
        title=words("frames"), height=440, xaxis_title=words("frames.x"), yaxis_title=words("frames.y")
    )
    figure.update_xaxes(dtick=1, constrain="domain")
    return figure.update_yaxes(dtick=1, autorange="reversed", scaleanchor="x", constrain="domain")


def survey(numbers, words):
    space, time, kind = (np.asarray(numbers[name]) for name in ("space", "time", "kind"))
    names = np.array(
        [[words("survey.head", layer=a + 1, head=b + 1) for b in range(space.shape[1])] for a in range(len(space))]
    )
    figure = go.Figure()
    for name, colour in KIND.items():
        here = kind == name
        figure.add_scatter(
            x=space[here],
            y=time[here],
            text=names[here],
            name=words(f"survey.{name}"),
            mode="markers",
            marker={"color": COLOUR[colour], "size": 11, "symbol": MARK[name]},
        )
    for at in ("x", "y"):
        getattr(figure, f"add_{'v' if at == 'x' else 'h'}line")(**{at: numbers["strong"]}, line_dash="dot", opacity=0.5)
    figure.update_layout(
        title=words("survey"), height=440, xaxis_title=words("survey.x"), yaxis_title=words("survey.y")
    )
    return figure


def tracks(numbers, words):
    hits = 100 * np.asarray(numbers["hits"])  # (levels, layers)
    figure = go.Figure(
        go.Heatmap(
            z=hits,
            x=list(range(1, hits.shape[1] + 1)),
            y=[words.figure(level, ".0%") for level in numbers["levels"]],
            zmin=0,
            colorscale=HEAT,
            texttemplate="%{z:.0f}",
            colorbar={"title": words("tracks.bar")},
        )
    )
    figure.update_layout(title=words("tracks"), xaxis_title=words("layer"), yaxis_title=words("tracks.y"))
    return figure.update_xaxes(dtick=1).update_yaxes(autorange="reversed", type="category")


def apart(numbers, words):
    return _flicker(numbers, words, words("apart"))


def scrambled(numbers, words):
    return _flicker(numbers, words, words("scrambled"))


def muted(numbers, words):
    return _flicker(numbers, words, words("muted"))


def _flicker(numbers, words, title):
    figure = curves(numbers, words, "flicker", "frame", before="own", after="cut")
    figure.update_layout(title=title, xaxis_title=words("frame"), yaxis_title=words("flicker.y"))
    return figure.update_yaxes(tickformat=".1%", rangemode="tozero")


def _stacked(numbers, words, x, title, axis, kind):
    figure = go.Figure()
    for y, colour in SHARES:
        figure.add_trace(kind(x=x, y=numbers[y], name=words(f"share.{y}"), marker_color=COLOUR[colour]))
    figure.update_layout(title=title, barmode="stack", xaxis_title=axis, yaxis_title=words("share.y"))
    return figure.update_yaxes(tickformat=".0%", range=[0, 1])
