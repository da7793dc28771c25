"""Words as pictures: their maps over the film, what they change, guidance from 0 to 15, a word swapped."""

import numpy as np
import plotly.graph_objects as go

from explainers.kit.curves import bars, curves
from explainers.kit.lesson import Heat
from explainers.kit.palette import AMBER, COLOUR
from explainers.kit.story import Bars, Strip

MOST = 6  # bars


def effects(numbers, words):
    """The words without which the prediction changes most, in the order of the prompt."""
    named = list(zip(_told_apart(numbers["texts"]), numbers["effect"], strict=True))
    least = sorted(numbers["effect"])[-MOST:][0]
    return Bars(dict([each for each in named if each[1] >= least][:MOST]))


def pushes(numbers, words):
    each = zip(numbers["guidance"], numbers["films"], strict=True)
    return Strip({words("strengths.film", guidance=guidance): film for guidance, film in each})


def orders(numbers, words):
    return _prompted(numbers)


def unlearned(numbers, words):
    return _prompted(numbers)


def _prompted(numbers):
    return Strip(dict(zip(numbers["prompts"], numbers["films"], strict=True)))


def looked(numbers, words):
    return Heat(patches=numbers["map"])


def listens(numbers, words):
    return Heat(words=numbers["words"])


def gap(numbers, words):
    return Heat(patches=numbers["map"])


def maps(numbers, words):
    return _lit(numbers)


def pulled(numbers, words):
    return _lit(numbers)


def pulls(numbers, words):
    figure = bars(numbers, words, "pulls", "texts", effect="words", attention="other")
    figure.update_layout(title=words("pulls"), xaxis_title=words("pulls.x"), yaxis_title=words("pulls.y"))
    return figure.update_yaxes(tickformat=".0%", rangemode="tozero")


def both_guesses(numbers, words):
    return {words(f"both_guesses.{name}", **numbers): numbers[name] for name in ("untold", "told", "guided")}


def distance(numbers, words):
    figure = go.Figure(
        go.Scatter(x=numbers["step"], y=numbers["share"], mode="lines+markers", line_color=COLOUR["words"])
    )
    figure.update_layout(title=words("distance"), xaxis_title=words("step"), yaxis_title=words("distance.y"))
    return figure.update_yaxes(tickformat=".0%", rangemode="tozero")


def strengths(numbers, words):
    return {
        words("strengths.film", guidance=guidance): film
        for guidance, film in zip(numbers["guidance"], numbers["films"], strict=True)
    }


def obeyed(numbers, words):
    figure = curves(numbers, words, "obeyed", "guidance", right="words", contrast="other")
    figure.update_layout(title=words("obeyed"), xaxis_title=words("obeyed.x"), yaxis_title=words("obeyed.y"))
    return figure.update_yaxes(tickformat=".0%", rangemode="tozero")


def too_late(numbers, words):
    figure = curves(numbers, words, "too_late", "step", became="words", kept="own", moved="truth")
    figure.update_layout(title=words("too_late"), xaxis_title=words("too_late.x"), yaxis_title=words("too_late.y"))
    return figure.update_yaxes(tickformat=".0%", rangemode="tozero")


def swapped(numbers, words):
    return _change(numbers, words, words("swapped"))


def dropped(numbers, words):
    return _change(numbers, words, words("dropped"))


def _change(numbers, words, title):
    figure = go.Figure(go.Bar(x=numbers["frame"], y=numbers["change"], marker_color=COLOUR["cut"]))
    figure.update_layout(title=title, xaxis_title=words("frame"), yaxis_title=words("change.y"))
    return figure.update_yaxes(tickformat=".1%", rangemode="tozero")


def _lit(numbers):
    """One film a word: the film, dark, lit where the word's map is high. All maps share one scale, least to most."""
    film = np.asarray(numbers["film"], np.float32) / 255  # (frames, height, width, 3)
    every = np.asarray(numbers["maps"])[:, numbers["frame_of"]]  # (words, frames, rows, cols)
    _, height, width, _ = film.shape
    rows = np.arange(height) * every.shape[2] // height
    cols = np.arange(width) * every.shape[3] // width
    every = (every - every.min()) / max(float(every.max() - every.min()), 1e-9)
    light = every[:, :, rows][:, :, :, cols, None]  # (words, frames, height, width, 1)
    warm = 0.35 * film + 0.65 * film.mean(-1, keepdims=True) * AMBER
    return {
        title: warm * (0.25 + 0.5 * one) + 0.25 * one * AMBER  # never brighter than white
        for title, one in zip(_told_apart(numbers["texts"]), light, strict=True)
    }


def _told_apart(names):
    """A word that stands there twice is numbered: captions name films."""
    return [
        f"{name} ({names[: at + 1].count(name)})" if names.count(name) > 1 else name for at, name in enumerate(names)
    ]
