"""Learning as pictures: one film at every age, loss beside judgement, what came with what, the nearest films."""

import numpy as np
import plotly.graph_objects as go

from explainers.kit.curves import curves
from explainers.kit.lesson import Clip
from explainers.kit.palette import COLOUR, HEAT, KIND
from explainers.kit.story import Bars, Strip

KINDS = ("place", "colour", "subject", "motion")


def learned(numbers, words):
    return Bars({words(f"kind.{kind}"): numbers[kind] for kind in KINDS}, most=1.0)


def young(numbers, words):
    return Strip({words("age.caption", **numbers): numbers["film"]})


def neighbours(numbers, words):
    return Strip(dict(list(near(numbers, words).items())[:3]))


def together_or_not(numbers, words):
    return Bars({words(f"pairs.{name}", **numbers): numbers[name] for name in ("known", "new")}, most=1.0)


def guesses(numbers, words):
    return _ages(numbers["guesses"], words)


def grown(numbers, words):
    return _ages(numbers["films"], words)


def _ages(films, words):
    return {words("age.caption", samples=samples): film for samples, film in films.items()}


def course(numbers, words):
    figure = curves(numbers, words, "kind", "judged", **KIND)
    figure.add_scatter(
        x=numbers["samples"], y=numbers["loss"], name=words("course.loss"), line_color=COLOUR["truth"], yaxis="y2"
    )
    figure.add_scatter(
        x=numbers["held_samples"],
        y=numbers["held"],
        name=words("course.held"),
        mode="markers",
        marker={"color": COLOUR["truth"], "symbol": "x"},
        yaxis="y2",
    )
    figure.add_scatter(
        x=numbers["judged"],
        y=numbers["all"],
        name=words("course.all"),
        mode="lines+markers",
        line={"color": COLOUR["cut"], "dash": "dash"},
    )
    figure.update_layout(
        title=words("course"),
        height=460,
        xaxis_title=words("samples"),
        yaxis={"title": words("course.y"), "tickformat": ".0%", "range": [-0.02, 1.04]},
        yaxis2={
            "title": words("course.y2"),
            "overlaying": "y",
            "side": "right",
            "showgrid": False,
            "rangemode": "tozero",
        },
    )
    return figure


def sure(numbers, words):
    figure = go.Figure()
    for kind in numbers["kinds"]:
        figure.add_scatter(
            x=numbers["samples"],
            y=numbers["sure"][kind],
            name=f"{words(f'kind.{kind}')}: {numbers['wanted'][kind]}",
            mode="lines+markers",
            line_color=COLOUR[KIND[kind]],
        )
    figure.update_layout(title=words("sure"), xaxis_title=words("samples"), yaxis_title=words("sure.y"))
    return figure.update_yaxes(tickformat=".0%", range=[-0.02, 1.04]).update_xaxes(rangemode="tozero")


def clips(numbers, words):
    return {caption: Clip(film, rendered=True) for caption, film in numbers["films"].items()}


def together(numbers, words):
    table = np.asarray(numbers["table"])
    figure = go.Figure(
        go.Heatmap(
            z=table,
            x=numbers["names"],
            y=numbers["subjects"],
            colorscale=HEAT,
            text=table,
            texttemplate="%{text}",
            colorbar_title=words("together.films"),
        )
    )
    figure.update_layout(title=words("together"), xaxis_title=words(f"kind.{numbers['kind']}"))
    return figure.update_yaxes(title=words("kind.subject"), autorange="reversed")


def near(numbers, words):
    film = np.asarray(numbers["film"])
    found = {words("near.this"): film[:1]}
    for apart, said, picture in zip(numbers["apart"], numbers["words"], numbers["pictures"], strict=True):
        caption = words("near.found", apart=apart, **said)
        while caption in found:  # two films of the same words, as far away
            caption += " "
        found[caption] = Clip(np.asarray(picture)[None], rendered=True)
    return found
