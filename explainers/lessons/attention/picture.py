"""Attention as pictures: a cube's look over the film, by frame, by head, over distance, and against known tracks."""

import numpy as np
import plotly.graph_objects as go

from explainers.kit.curves import curves
from explainers.kit.lesson import Heat
from explainers.kit.palette import COLOUR, HEAT

SHARES = (("own", "own"), ("others", "other"), ("words", "words"), ("sound", "sound"))
KIND = {"space": "own", "time": "other", "neither": "truth"}
MARK = {"space": "square", "time": "diamond", "neither": "circle-open"}


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


def over_time(numbers, words):
    return _curves(numbers["by_time"], words, words("over_time"), words("over_time.x"))


def over_space(numbers, words):
    return _curves(numbers["by_space"], words, words("over_space"), words("over_space.x"))


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


def compare(numbers, words):
    later = "yes" if numbers["others_last"] > 1.1 * numbers["others_first"] else "no"
    clearer = "yes" if numbers["clear"] > 1.1 * numbers["noisy"] else "no"
    follows = "yes" if numbers["best"] > 2 * numbers["chance"] else "no"
    found = ("heads", "clearer", "layers", "later")
    here = (
        words("compare.heads.here", **numbers),
        words(f"compare.clearer.{clearer}", **numbers),
        words(f"compare.layers.{follows}", **numbers),
        words(f"compare.later.{later}", **numbers),
    )
    return {
        words("compare.what"): [words(f"compare.{name}.what") for name in found],
        words("compare.big"): [words(f"compare.{name}.big") for name in found],
        words("compare.here"): list(here),
        words("compare.source"): [words(f"compare.{name}.source") for name in found],
    }


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


def _curves(values, words, title, axis):
    """One line a layer, early ones pale, and their mean."""
    values = np.asarray(values)  # (layers, distances)
    x = list(range(values.shape[1]))
    figure = go.Figure()
    for layer, line in enumerate(values):
        opacity = 0.25 + 0.5 * (layer + 1) / len(values)
        name = words("curves.layer", layer=layer + 1)
        figure.add_scatter(x=x, y=line, name=name, mode="lines", line_color=COLOUR["other"], opacity=opacity)
    figure.add_scatter(
        x=x,
        y=values.mean(0),
        name=words("curves.mean"),
        mode="lines+markers",
        line={"color": COLOUR["own"], "width": 4},
    )
    figure.add_hline(y=1, line_dash="dot", opacity=0.6)
    figure.update_layout(title=title, xaxis_title=axis, yaxis_title=words("curves.y"))
    return figure.update_xaxes(dtick=1).update_yaxes(rangemode="tozero")
