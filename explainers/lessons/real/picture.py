"""Big models on one scale with the one that is open, the same as numbers with sources, and what the pages see of it."""

import plotly.graph_objects as go

from explainers.kit.palette import COLOUR
from explainers.kit.story import Bars, Rows

SIGNS = ("circle", "square", "diamond", "triangle-up", "x", "cross")
UNITS = {"parameters": 1e6, "latents": 1e3, "memory": 1e9}  # in which a table is readable


def parameters(numbers, words):
    """Parameters, in billions: this model above the five largest."""
    big = sorted(((each["parameters"], name) for name, each in numbers["big"].items()), reverse=True)[:5]
    ours = {words("scale.ours"): numbers["ours"]["parameters"] / 1e9}
    return Bars(
        ours | {name: count / 1e9 for count, name in reversed(big)}, unit=f"{{:,.3g}} {words('parameters.unit')}"
    )


def films(numbers, words):
    """The film of this model beside the one with the most tokens."""
    ours, largest = numbers["ours"], numbers["big"][numbers["largest"]]

    def column(film, figures):
        frames, height, width = film
        return [f"{frames:,}", f"{width:,} x {height:,}", f"{figures['tokens']:,}", f"{figures['steps']:,}"]

    return Rows(
        {
            words("opened.what"): [words(f"films.{row}") for row in ("frames", "size", "tokens", "steps")],
            words("scale.ours"): column(numbers["films"]["ours"], ours),
            numbers["largest"]: column(numbers["films"]["largest"], largest),
        }
    )


def scale(numbers, words):
    kinds = list(numbers["times"])[::-1]
    figure = go.Figure()
    for (name, _), sign in zip(numbers["big"].items(), SIGNS, strict=True):
        there = [kind for kind in kinds if name in numbers["times"][kind]]
        figure.add_scatter(
            x=[numbers["times"][kind][name] for kind in there],
            y=[words(f"kind.{kind}") for kind in there],
            name=name,
            mode="markers",
            marker={"size": 11, "symbol": sign, "color": COLOUR["other"]},
        )
    figure.add_scatter(
        x=[1] * len(kinds),
        y=[words(f"kind.{kind}") for kind in kinds],
        name=words("scale.ours"),
        mode="markers",
        marker={"size": 15, "symbol": "star", "color": COLOUR["own"]},
    )
    figure.update_layout(title=words("scale"), height=440, xaxis_title=words("scale.x"), yaxis_title=words("scale.y"))
    return figure.update_xaxes(type="log", exponentformat="power")


def figures(numbers, words):
    rows = [(words("scale.ours"), numbers["ours"], words("figures.measured"))]
    rows += [(name, each, numbers["sources"][name]) for name, each in numbers["big"].items()]
    return {
        words("figures.model"): [name for name, *_ in rows],
        **{
            words(f"figures.{kind}"): [_readable(each[kind], UNITS.get(kind, 1)) for _, each, _ in rows]
            for kind in numbers["kinds"]
        },
        words("figures.source"): [source for *_, source in rows],
    }


def opened(numbers, words):
    facts = ("class", "family", "layers", "heads", "softmaxes", "branches", "grid", "cube", "schedulers")
    can = ("together", "sound", "whole_words", "picture", "keep", "scrambles")
    return {
        words("opened.what"): [words(f"opened.{name}") for name in (*facts, *can)],
        words("opened.value"): [
            *(str(numbers[name]) for name in facts),
            *(words("yes") if numbers[name] else words("no") for name in can),
        ],
    }


def _readable(value, unit):
    if value is None:
        return "—"
    value /= unit
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
