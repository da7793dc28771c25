"""Texts as pictures: words that go and come, how sure of each place, right sentences by number of steps."""

import numpy as np
import plotly.graph_objects as go

from explainers.kit.lesson import Heat
from explainers.kit.palette import COLOUR, HEAT
from explainers.kit.story import Curve

ORDER_LINE = {"any": ("own", "solid"), "sure": ("other", "solid"), "left": ("words", "dash")}
WRONG_COLOUR = {"right": "sound", "order": "cut", "article": "own", "agreement": "words"}


def hidden(numbers, words):
    return {words("hidden.said", **numbers): numbers["steps"]}


def written(numbers, words):
    return {words(f"verdict.{numbers['wrong'] or 'right'}"): numbers["steps"]}


def odds(numbers, words):
    sure, when = 100 * np.asarray(numbers["sure"], float), np.asarray(numbers["when"])
    place, step = (list(range(1, n + 1)) for n in sure.shape[::-1])
    figure = go.Figure(
        go.Heatmap(
            z=[[None if np.isnan(value) else float(value) for value in row] for row in sure],
            x=place,
            y=step,
            text=numbers["guess"],
            hovertemplate="%{text} %{z:.0f} %<extra></extra>",
            colorscale=HEAT,
            zmin=0,
            zmax=100,
            colorbar={"title": words("odds.bar")},
        )
    )
    figure.add_scatter(
        x=[at for at in place if when[at - 1]],
        y=when[when > 0],
        name=words("odds.now"),
        mode="markers",
        marker={"color": COLOUR["cut"], "symbol": "circle-open", "size": 10, "line": {"width": 2}},
    )
    figure.update_layout(title=words("odds"), height=440, xaxis_title=words("place"), yaxis_title=words("step"))
    return figure.update_yaxes(autorange="reversed", dtick=1).update_xaxes(dtick=1)


def several(numbers, words):
    return {
        words("caption"): numbers["caption"],
        words("several.verdict"): [words(f"verdict.{kind or 'right'}") for kind in numbers["wrong"]],
        words("several.new"): [words("yes") if new else "" for new in numbers["new"]],
    }


def doubt(numbers, words):
    return Heat(words=numbers["fits"])


def many(numbers, words):
    figure = go.Figure()
    for order, (colour, dash) in ORDER_LINE.items():
        figure.add_scatter(
            x=_steps(numbers),
            y=numbers[order],
            name=words(f"order.{order}"),
            mode="lines+markers",
            line={"color": COLOUR[colour], "dash": dash},
        )
    figure.update_layout(title=words("many"), xaxis_title=words("steps"), yaxis_title=words("share"))
    return figure.update_yaxes(tickformat=".0%", range=[0, 1.02]).update_xaxes(type="category")


def orders(numbers, words):
    lines = {words(f"order.{order}"): [100 * share for share in numbers[order]] for order in ORDER_LINE}
    return Curve(numbers["looks"], lines, words("steps"), words("orders.y"))


def wrongs(numbers, words):
    figure = go.Figure()
    for kind, share in (("right", numbers["any"]), *((k, numbers[k]) for k in ("agreement", "article", "order"))):
        figure.add_bar(
            x=_steps(numbers), y=share, name=words(f"verdict.{kind}"), marker_color=COLOUR[WRONG_COLOUR[kind]]
        )
    figure.update_layout(title=words("wrongs"), barmode="stack", xaxis_title=words("steps"), yaxis_title=words("share"))
    return figure.update_yaxes(tickformat=".0%", range=[0, 1]).update_xaxes(type="category")


def at_once(numbers, words):
    figure = go.Figure()
    ways = ("whole", "once")
    for kind in ("right", "agreement", "article", "order"):
        at = numbers["kinds"].index(kind)
        figure.add_bar(
            x=[words(f"at_once.{way}", **numbers) for way in ways],
            y=[numbers[f"{way}_kinds"][at] for way in ways],
            name=words(f"verdict.{kind}"),
            marker_color=COLOUR[WRONG_COLOUR[kind]],
        )
    figure.update_layout(title=words("at_once"), barmode="stack", yaxis_title=words("share"))
    return figure.update_yaxes(tickformat=".0%", range=[0, 1]).update_xaxes(title=words("steps"))


def _steps(numbers):
    return [str(looks) for looks in numbers["looks"]]
