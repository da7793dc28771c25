"""Denoising as pictures: given beside guessed, the ladder of steps, the path in a plane, what is decided when."""

import numpy as np
import plotly.graph_objects as go

from explainers.kit.curves import bars, curves
from explainers.kit.palette import COLOUR, KIND
from explainers.kit.story import Strip

PROMPT_DASH = "dot"


def averaged(numbers, words):
    first, second = numbers["films"]
    return Strip(
        {
            words("averaged.guess"): numbers["guess"],
            words("averaged.mean", **numbers): numbers["average"],
            words("averaged.one"): first,
            words("averaged.another"): second,
        }
    )


def fan(numbers, words):
    names = ("early", "early_again", "late", "late_again")
    return Strip({words(f"fan.{name}", **numbers): film for name, film in zip(names, numbers["films"], strict=True)})


def stopped(numbers, words):
    return Strip({words(f"stopped.{name}", **numbers): numbers[name] for name in ("stopped", "few", "whole")})


def given_and_guess(numbers, words):
    return {words(f"given_and_guess.{name}", **numbers): numbers[name] for name in ("given", "guess", "finished")}


def way(numbers, words):
    figure = curves(numbers, words, "way", "step", noisy="truth", off="own")
    figure.update_layout(title=words("way"), xaxis_title=words("step"), yaxis_title=words("way.y"))
    return figure.update_yaxes(tickformat=".0%", rangemode="tozero")


def straight(numbers, words):
    figure = go.Figure(
        go.Scatter(x=numbers["step"], y=numbers["ahead"], mode="lines+markers", line_color=COLOUR["own"])
    )
    figure.update_layout(title=words("straight"), xaxis_title=words("step"), yaxis_title=words("straight.y"))
    return figure.update_yaxes(range=[min(0, numbers["least"]) - 0.02, 1.04])


def ladder(numbers, words):
    return {
        words(f"ladder.{'one' if steps == 1 else 'many'}", steps=steps): film
        for steps, film in zip(numbers["steps"], numbers["films"], strict=True)
    }


def closer(numbers, words):
    figure = curves(numbers, words, "closer", "steps", detail="own")
    figure.update_layout(title=words("closer"), xaxis_title=words("closer.x"), yaxis_title=words("closer.y"))
    figure.update_xaxes(type="log", tickvals=numbers["steps"], ticktext=[str(n) for n in numbers["steps"]])
    return figure.update_yaxes(tickformat=".0%", rangemode="tozero")


def path(numbers, words):
    figure = go.Figure()
    for name, points in numbers["points"].items():
        x, y = np.asarray(points).T
        mine, prompt = name == "", not name.startswith("seed")
        line = {"color": COLOUR["own" if mine else "words" if prompt else "other"], "width": 3 if mine else 1.5}
        label = words("path.this") if mine else words("path.words", prompt=name) if prompt else name
        figure.add_scatter(
            x=x, y=y, name=label, mode="lines+markers", line=line, marker={"size": [9] + [4] * (len(x) - 2) + [12]}
        )
    x, y = np.asarray(numbers["guesses"]).T
    figure.add_scatter(
        x=x, y=y, name=words("path.guesses"), mode="lines+markers", line={"color": COLOUR["truth"], "dash": PROMPT_DASH}
    )
    figure.update_layout(title=words("path"), height=480, xaxis_title=words("path.x"), yaxis_title=words("path.y"))
    return figure


def decided(numbers, words):
    figure = go.Figure()
    for kind, sure in zip(numbers["kinds"], np.asarray(numbers["sure"]), strict=True):
        figure.add_scatter(
            x=numbers["step"],
            y=sure,
            name=words(f"kind.{kind}", **numbers),
            mode="lines+markers",
            line_color=COLOUR[KIND[kind]],
        )
    figure.update_layout(title=words("decided"), xaxis_title=words("step"), yaxis_title=words("decided.y"))
    return figure.update_yaxes(range=[0, 1.02], tickformat=".0%")


def jump(numbers, words):
    figure = go.Figure()
    for y, colour in (("before", "own"), ("after", "cut")):
        figure.add_scatter(x=numbers["waves"], y=numbers[y], name=words(f"jump.{y}"), line_color=COLOUR[colour])
    figure.update_layout(title=words("jump"), xaxis_title=words("jump.x"), yaxis_title=words("jump.y"))
    return figure.update_xaxes(type="log", dtick="D2").update_yaxes(type="log", exponentformat="power")


def poke(numbers, words):
    figure = bars(numbers, words, "poke", "frame", inside="cut", outside="other")
    figure.update_layout(title=words("poke"), xaxis_title=words("frame"), yaxis_title=words("poke.y"))
    return figure.update_yaxes(tickformat=".0%", rangemode="tozero")
