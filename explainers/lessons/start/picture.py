"""Starts as pictures: where on the path each begins, what noise leaves of a film, what is held, a film that goes on."""

import plotly.graph_objects as go

from explainers.kit.lesson import Clip
from explainers.kit.palette import COLOUR
from explainers.kit.story import Strip


def first_frame(numbers, words):
    rendered = {caption: Clip(picture, rendered=True) for caption, picture in numbers["rendered"].items()}
    return {words("first_frame.here"): numbers["here"], **rendered}


def begins(numbers, words):
    return {words(f"begins.{name}", **numbers): numbers[name] for name in ("film", "given", "guess")}


def places(numbers, words):
    levels, start = numbers["levels"], numbers["from"]
    step = list(range(1, len(levels) + 1))
    figure = go.Figure()
    for name, x, y, line in (
        ("noise", step, levels, {"color": COLOUR["truth"], "dash": "dot"}),
        ("remix", step[start:], levels[start:], {"color": COLOUR["own"], "width": 3}),
        ("kept", step, [0.0] * len(step), {"color": COLOUR["other"], "width": 3}),
    ):
        figure.add_scatter(x=x, y=y, name=words(f"places.{name}", **numbers), mode="lines+markers", line=line)
    figure.update_layout(title=words("places"), xaxis_title=words("step"), yaxis_title=words("places.y"))
    return figure.update_yaxes(tickformat=".0%", range=[-0.03, 1.03])


def remixes(numbers, words):
    films = zip(numbers["noise"], numbers["films"], strict=True)
    return {words("remixes.film", noise=noise): film for noise, film in films}


def won(numbers, words):
    """The last remix of the old colour, the first of the new one, and one from nothing but noise."""
    return Strip(remixes(numbers, words))


def joined(numbers, words):
    return Strip(longer(numbers, words))


def kept(numbers, words):
    figure = go.Figure()
    for name, colour, dash in (("left", "own", "solid"), ("was", "truth", "dot"), ("became", "cut", "solid")):
        figure.add_scatter(
            x=numbers["noise"],
            y=numbers[name],
            name=words(f"kept.{name}", **numbers),
            mode="lines+markers",
            line={"color": COLOUR[colour], "dash": dash},
        )
    figure.update_layout(title=words("kept"), xaxis_title=words("kept.x"), yaxis_title=words("kept.y"))
    return figure.update_xaxes(tickformat=".0%").update_yaxes(tickformat=".0%")


def longer(numbers, words):
    return {words(f"longer.{name}", **numbers): numbers[name] for name in ("goes_on", "knows_nothing")}


def joint(numbers, words):
    figure = go.Figure()
    for name, colour in (("knows_nothing", "cut"), ("goes_on", "own")):
        figure.add_scatter(
            x=numbers["frame"],
            y=numbers[f"{name}_steps"],
            name=words(f"longer.{name}", **numbers),
            mode="lines+markers",
            line_color=COLOUR[colour],
        )
    figure.add_vline(x=numbers["joint"], line={"color": COLOUR["truth"], "dash": "dot"})
    return _per_frame(figure, words, words("joint"), words("joint.y"))


def remix(numbers, words):
    return _changed(numbers, words, words("remix"))


def from_picture(numbers, words):
    return _changed(numbers, words, words("from_picture"))


def cameo(numbers, words):
    figure = go.Figure()
    for name, colour in (("inside", "own"), ("outside", "cut")):
        figure.add_bar(x=numbers["frame"], y=numbers[name], name=words(f"cameo.{name}"), marker_color=COLOUR[colour])
    return _per_frame(figure, words, words("cameo"), words("change"))


def _changed(numbers, words, title):
    figure = go.Figure(go.Bar(x=numbers["frame"], y=numbers["change"], marker_color=COLOUR["cut"]))
    return _per_frame(figure, words, title, words("change"))


def _per_frame(figure, words, title, y):
    figure.update_layout(title=title, xaxis_title=words("frame"), yaxis_title=y)
    return figure.update_yaxes(tickformat=".1%", rangemode="tozero")
