"""Patches as pictures: the film in pieces, the sequence, token counts of other films, seams before and after."""

import plotly.graph_objects as go

from explainers.kit.palette import COLOUR
from explainers.kit.story import Bars, Curve, Rows


def growth(numbers, words):
    names = ("length", "cubes", "pairs", "seconds")
    return Bars({words(f"growth.{name}"): numbers[name] for name in names}, unit=".1f")


def sizes(numbers, words):
    here = [at for at, frames in enumerate(numbers["frames"]) if frames == numbers["usual"]]
    return Rows(
        {
            words("sizes.pixels"): [numbers["size"][at] for at in here],
            words("sizes.cubes"): [numbers["cubes"][at] for at in here],
        }
    )


def likeness(numbers, words):
    lines = {words("likeness.line"): numbers["alike"]}
    return Curve(numbers["apart"], lines, words("likeness.x"), words("likeness.y"))


def exploded(numbers, words):
    return {words("exploded.caption", **numbers): numbers["film"]}


def sequence(numbers, words):
    figure = go.Figure()
    for name, key, colour in (
        (words("sequence.words"), "words", "words"),
        (words("sequence.cubes"), "cubes", "own"),
        (words("sequence.slices"), "slices", "sound"),
    ):
        figure.add_bar(
            x=[numbers[key]],
            y=[words("sequence.y")],
            name=name,
            orientation="h",
            text=[f"{numbers[key]}"],
            textposition="inside",
            marker_color=COLOUR[colour],
        )
    figure.update_layout(title=words("sequence"), barmode="stack", height=220, xaxis_title=words("tokens"))
    return figure.update_yaxes(title="", showticklabels=False)


def counts(numbers, words):
    figure = go.Figure()
    sizes = list(dict.fromkeys(numbers["size"]))
    # wide and tall lie upon each other: the upper one is dashed
    for size, colour, dash in zip(sizes, ("own", "other", "sound"), ("solid", "solid", "dash"), strict=False):
        rows = [i for i, of in enumerate(numbers["size"]) if of == size]
        figure.add_scatter(
            x=[numbers["frames"][i] for i in rows],
            y=[numbers["cubes"][i] for i in rows],
            name=words("counts.size", size=size),
            mode="lines+markers",
            line={"color": COLOUR[colour], "dash": dash},
        )
    figure.update_layout(title=words("counts"), xaxis_title=words("counts.x"), yaxis_title=words("tokens"))
    return figure.update_yaxes(rangemode="tozero")


def jumbled(numbers, words):
    return _seams(numbers, words, words("jumbled"))


def mended(numbers, words):
    return _seams(numbers, words, words("mended"))


def lost(numbers, words):
    return _seams(numbers, words, words("lost"))


def _seams(numbers, words, title):
    where = [words(f"where.{name}") for name in numbers["where"]]
    figure = go.Figure()
    figure.add_bar(x=where, y=numbers["before"], name=words("seams.before"), marker_color=COLOUR["own"])
    figure.add_bar(x=where, y=numbers["after"], name=words("seams.after"), marker_color=COLOUR["cut"])
    figure.update_layout(title=title, barmode="group", xaxis_title=words("seams.x"), yaxis_title=words("seam"))
    return figure.update_yaxes(rangemode="tozero")
