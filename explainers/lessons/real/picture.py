"""Big models on one scale with the one that is open, the same as numbers with sources, and what the pages see of it."""

import plotly.graph_objects as go

from explainers.kit.palette import COLOUR

SIGNS = ("circle", "square", "diamond", "triangle-up", "x", "cross")
UNITS = {"parameters": 1e6, "latents": 1e3, "memory": 1e9}  # in which a table is readable


def scale(numbers, words):
    kinds = numbers["kinds"][::-1]
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
