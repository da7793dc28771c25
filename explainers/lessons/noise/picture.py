"""Noise as pictures: two drowned films, what drowns when, one jump beside many steps, what can still be read."""

import numpy as np
import plotly.graph_objects as go

from explainers.kit.palette import COLOUR, KIND
from explainers.kit.story import Bars, Strip


def drowned(numbers, words):
    return {
        words("drowned.film"): numbers["film"],
        words("drowned.pixels"): numbers["pixels"],
        words("drowned.latents"): numbers["latents"],
    }


def poured(numbers, words):
    return Strip({words(f"drowned.{where}"): numbers[where] for where in ("pixels", "latents")})


def sizes(numbers, words):
    names = ("coarse", "fine", "coarse_latent", "fine_latent")
    return Bars({words(f"sizes.{name}"): numbers[name] for name in names}, most=1.0)


def told(numbers, words):
    names = ("place_eye", "place", "subject_eye", "subject")
    return Bars({words(f"told.{name}"): numbers[name] for name in names}, most=1.0)


def overtakes(numbers, words):
    figure = go.Figure()
    for x, y, name, colour in (
        ("waves", "level", words("overtakes.pixels"), "own"),
        ("cells", "cell_level", words("overtakes.latents"), "other"),
    ):
        figure.add_scatter(x=numbers[x], y=numbers[y], name=name, mode="lines+markers", line_color=COLOUR[colour])
    _over_waves(figure, words, words("overtakes"), words("level_of_noise"))
    return figure.update_yaxes(type="linear", range=[0, 1])


def jump(numbers, words):
    value = np.asarray(numbers["value"])
    figure = go.Figure()
    figure.add_bar(x=value, y=numbers["jumped"], name=words("jump.jumped"), marker_color=COLOUR["own"])
    figure.add_scatter(
        x=value,
        y=numbers["walked"],
        name=words("jump.walked", **numbers),
        mode="markers",
        marker={"color": COLOUR["other"], "size": 9},
    )
    bell = np.exp(-(value**2) / 2) / np.sqrt(2 * np.pi)
    figure.add_scatter(x=value, y=bell, name=words("jump.bell"), line={"color": COLOUR["truth"], "dash": "dash"})
    return figure.update_layout(title=words("jump"), bargap=0, xaxis_title=words("jump.x"), yaxis_title=words("jump.y"))


def readable(numbers, words):
    figure = go.Figure()
    for row, kind in enumerate(numbers["kinds"]):
        for which, dash in (("guess", "solid"), ("eye", "dot")):
            figure.add_scatter(
                x=numbers["level"],
                y=numbers[which][row],
                name=words(f"readable.{which}", kind=words(f"kind.{kind}")),
                mode="lines+markers",
                line={"color": COLOUR[KIND[kind]], "dash": dash},
            )
    figure.update_layout(title=words("readable"), height=420, xaxis_title=words("level_of_noise"))
    return figure.update_yaxes(title=words("readable.y"), range=[0, 1.02], tickformat=".0%")


def back(numbers, words):
    figure = go.Figure(go.Bar(x=numbers["frame"], y=numbers["per_frame"], marker_color=COLOUR["cut"]))
    figure.update_layout(title=words("back"), xaxis_title=words("frame"), yaxis_title=words("back.y"))
    return figure.update_yaxes(tickformat=".1%", rangemode="tozero")


def half_noise(numbers, words):
    figure = go.Figure()
    for y, name, colour in (("before", words("half_noise.before"), "own"), ("after", words("half_noise.after"), "cut")):
        figure.add_scatter(x=numbers["waves"], y=numbers[y], name=name, line_color=COLOUR[colour])
    return _over_waves(figure, words, words("half_noise"), words("half_noise.y"))


def _over_waves(figure, words, title, y):
    figure.update_layout(title=title, xaxis_title=words("waves"), yaxis_title=y)
    return figure.update_xaxes(type="log", dtick="D2").update_yaxes(type="log", exponentformat="power")
