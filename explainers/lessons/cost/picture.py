"""Cost as pictures: the bill of a run, how it grows, pixels beside latents, big models on the same axes."""

import numpy as np
import plotly.graph_objects as go

from explainers.kit.palette import COLOUR
from explainers.kit.story import Bars, Curve, Rows

ENDS = (("least_name", "least"), ("most_name", "most"))
SIGN = {"length": "circle", "size": "square"}


def running(numbers, words):
    """The meter, step by step."""
    return Curve(numbers["step"], {words("running.joules"): numbers["so_far"]}, words("step"), words("running.joules"))


def grown(numbers, words):
    short, long = (words("pixels.frames", frames=numbers[name]) for name in ("frames", "long"))
    return Bars({short: 1.0, long: numbers["times"]}, unit="{:.1f}x")


def both_ways(numbers, words):
    names = ("once", "steps", "length")
    return Bars({words(f"both_ways.{name}", **numbers): numbers[f"{name}_joules"] for name in names}, unit="{:.0f} J")


def beside_big(numbers, words):
    """This film, and of the measured ones the least and the most."""
    rows = {words("sources.here"): numbers["here"], **{numbers[n]: numbers[v] for n, v in ENDS}}
    return Rows({words("sources.model"): list(rows), words("sources.energy"): [f"{v:.2g}" for v in rows.values()]})


def bill(numbers, words):
    rows = {
        "tokens": f"{numbers['words']} + {numbers['cubes']} + {numbers['slices']} = {numbers['tokens']}",
        "calls": f"{numbers['calls']}",
        "operations": f"{numbers['operations'] / 1e9:,.2f}",
        "per_pixel": f"{numbers['per_pixel']:,.0f}",
        "seconds": f"{numbers['seconds']:.2f}",
        "speed": f"{numbers['speed'] / 1e9:,.2f}",
        "energy": words("bill.energy", **numbers),
    }
    return {
        words("bill.what"): [words(f"bill.row.{name}") for name in rows],
        words("bill.much"): list(rows.values()),
        words("bill.how"): [words(f"bill.known.{name}") for name in rows],
    }


def parts(numbers, words):
    names = ("weights", "attention", "codec")
    figure = go.Figure(
        go.Bar(
            x=[numbers[name] / 1e9 for name in names],
            y=[words(f"parts.{name}") for name in names],
            orientation="h",
            marker_color=[COLOUR["own"], COLOUR["other"], COLOUR["truth"]],
        )
    )
    return figure.update_layout(title=words("parts"), xaxis_title=words("operations"), yaxis_title=words("parts.y"))


def course(numbers, words):
    figure = go.Figure()
    figure.add_scatter(
        x=numbers["step"], y=numbers["seconds"], name=words("course.run"), mode="markers", marker_color=COLOUR["own"]
    )
    figure.add_scatter(
        x=numbers["step"], y=numbers["line"], name=words("course.line"), line={"color": COLOUR["truth"], "dash": "dash"}
    )
    figure.update_layout(title=words("course"), xaxis_title=words("course.x"), yaxis_title=words("seconds"))
    return figure.update_yaxes(rangemode="tozero")


def growth(numbers, words):
    tokens, kind = np.asarray(numbers["tokens"]), np.asarray(numbers["kind"])
    line = np.geomspace(tokens.min(), tokens.max(), 40)
    figure = go.Figure()
    for name, law, colour in (
        ("weights", numbers["each"] * line, "own"),
        ("attention", numbers["square"] * line**2, "other"),
    ):
        for which in ("length", "size"):
            here = kind == which
            figure.add_scatter(
                x=tokens[here],
                y=np.asarray(numbers[name])[here] / 1e9,
                name=words(f"growth.{name}.{which}"),
                mode="markers",
                marker={"color": COLOUR[colour], "size": 10, "symbol": SIGN[which]},
            )
        figure.add_scatter(
            x=line, y=law / 1e9, name=words(f"growth.{name}.law"), line={"color": COLOUR[colour], "dash": "dash"}
        )
    figure.update_layout(title=words("growth"), xaxis_title=words("tokens"), yaxis_title=words("growth.y"))
    return _both_logs(figure.update_layout(height=440))


def live(numbers, words):
    figure = go.Figure(go.Bar(x=numbers["step"], y=numbers["step_joules"], marker_color=COLOUR["own"]))
    figure.update_layout(title=words("live"), xaxis_title=words("step"), yaxis_title=words("live.y"))
    return figure.update_yaxes(rangemode="tozero")


def pixels(numbers, words):
    figure = go.Figure()
    what, operations = np.asarray(numbers["what"]), np.asarray(numbers["operations"]) / 1e9
    frames = [words("pixels.frames", frames=n) for n in np.asarray(numbers["frames"])[what == "latents"]]
    for name, colour in (("latents", "own"), ("pixels", "cut")):
        figure.add_bar(x=frames, y=operations[what == name], name=words(f"pixels.{name}"), marker_color=COLOUR[colour])
    figure.update_layout(title=words("pixels"), xaxis_title=words("pixels.x"), yaxis_title=words("growth.y"))
    return figure.update_yaxes(type="log", exponentformat="power")


def published(numbers, words):
    figure = go.Figure()
    figure.add_scatter(
        x=numbers["volume"],
        y=numbers["energy"],
        text=numbers["names"],
        name=words("published.big"),
        mode="markers+text",
        textposition="top left",
        marker={"color": COLOUR["other"], "size": 11},
    )
    figure.add_scatter(
        x=[numbers["here_volume"]],
        y=[numbers["here"]],
        name=words("published.here", watts=numbers["watts"]),
        mode="markers",
        marker={"color": COLOUR["own"], "size": 15, "symbol": "star"},
    )
    figure.update_layout(title=words("published"), xaxis_title=words("published.x"), yaxis_title=words("published.y"))
    return _both_logs(figure.update_layout(height=460))


def sources(numbers, words):
    return {
        words("sources.model"): [*numbers["names"], words("sources.here")],
        words("sources.volume"): [f"{v / 1e6:.2f}" for v in (*numbers["volume"], numbers["here_volume"])],
        words("step"): [*numbers["steps"], numbers["here_steps"]],
        words("seconds"): [f"{v:g}" for v in numbers["seconds"]] + [f"{numbers['here_seconds']:.2f}"],
        words("sources.energy"): [f"{v:.3g}" for v in (*numbers["energy"], numbers["here"])],
        words("sources.source"): [words("sources.paper")] * len(numbers["names"]) + [words("sources.estimate")],
    }


def half_steps(numbers, words):
    return _left(numbers, words, words("half_steps"))


def half_frames(numbers, words):
    return _left(numbers, words, words("half_frames"))


def _left(numbers, words, title):
    names = [words(f"left.{name}") for name in numbers["what"]]
    figure = go.Figure()
    figure.add_bar(x=names, y=[1.0] * len(names), name=words("left.before"), marker_color=COLOUR["own"])
    figure.add_bar(x=names, y=numbers["left"], name=words("left.after"), marker_color=COLOUR["cut"])
    figure.update_layout(title=title, xaxis_title=words("left.x"), yaxis_title=words("left.y"))
    return figure.update_yaxes(tickformat=".0%", rangemode="tozero")


def _both_logs(figure):
    return figure.update_xaxes(type="log", exponentformat="SI").update_yaxes(type="log", exponentformat="power")
