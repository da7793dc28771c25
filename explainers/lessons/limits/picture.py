"""Limits as pictures: six failures and how often, three sizes, the rates with what so few films leave open, films
that failed, films tried here and now.
"""

import numpy as np
import plotly.graph_objects as go

from explainers.kit.palette import COLOUR
from explainers.kit.story import Bars, Strip


def six(numbers, words):
    failed, of = numbers["failed"], numbers["of"]
    return Bars(
        {
            words("six.bar", what=words(f"six.{name}"), failed=failed[name], of=of[name]): share
            for name, share in numbers["share"].items()
        },
        most=1.0,
    )


def instead(numbers, words):
    of = numbers["of"]
    return Bars({words(f"seen.{name}"): count / of for name, count in numbers["seen"].items()}, most=1.0)


def sizes(numbers, words):
    return Strip({words(f"sizes.{name}"): film for name, film in numbers["films"].items()})


def leans(numbers, words):
    return Bars({words("leans.clips"): numbers["clips"], words("leans.made"): numbers["made"]}, most=1.0)


def rates(numbers, words):
    y = [words(f"limit.{name}") for name in numbers["trials"]]
    failed, low, high = (np.array(numbers[name]) for name in ("failed", "low", "high"))
    figure = go.Figure()
    figure.add_bar(
        x=failed,
        y=y,
        orientation="h",
        name=words("rates.failed"),
        marker_color=COLOUR["cut"],
        error_x={"type": "data", "symmetric": False, "array": high - failed, "arrayminus": failed - low},
    )
    for name, sign, colour in (("usual", "diamond", "own"), ("eyes", "x", "truth")):
        figure.add_scatter(
            x=numbers[name],
            y=y,
            name=words(f"rates.{name}"),
            mode="markers",
            marker={"symbol": sign, "size": 11, "color": COLOUR[colour], "line": {"width": 1}},
        )
    for name, count in zip(y, numbers["counts"], strict=True):  # in a column of their own: no line crosses them there
        figure.add_annotation(x=1, xref="paper", xanchor="left", xshift=4, y=name, text=count, showarrow=False)
    figure.update_layout(title=words("rates"), height=520, xaxis_title=words("rates.x"), yaxis_title=words("limit"))
    figure.update_layout(margin_r=62)
    return figure.update_xaxes(tickformat=".0%", range=[0, 1.02]).update_yaxes(autorange="reversed", title_standoff=12)


def failures(numbers, words):
    return {
        words("failures.prompt"): numbers["prompts"],
        words("failures.size"): numbers["sizes"],
        words("failures.seed"): numbers["seeds"],
        words("failures.seen"): numbers["seen"],
    }


def tries(numbers, words):
    return {
        words(f"tries.{'right' if right else 'wrong'}", seed=seed, seen=seen): film
        for right, seed, seen, film in zip(
            numbers["right"], numbers["seeds"], numbers["seen"], numbers["films"], strict=True
        )
    }
