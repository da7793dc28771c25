"""The way from words to film as a row of stops, each with pictures computed from the run and one measured sentence;
frames that settle, and films of the same words."""

import numpy as np

from explainers.kit.lesson import Station
from explainers.kit.palette import AMBER
from explainers.kit.story import Curve, Strip


def settling(numbers, words):
    alike = np.asarray(numbers["alike"])  # (frames, steps)
    lines = {
        words(f"settling.{name}"): alike[at] for name, at in (("first", 0), ("middle", len(alike) // 2), ("last", -1))
    }
    return Curve(numbers["step"], lines, words("settling.x"), words("settling.y"))


def seeds(numbers, words):
    return Strip({words(f"seeds.{name}", **numbers): numbers[name] for name in ("first", "again", "other")})


def way(numbers, words):
    heat = np.asarray(numbers["looks"])[..., None] * AMBER  # (frames, rows, cols, 3)
    stops = [
        ("words", "words", _writing(numbers)),
        ("noise", "noise", numbers["noise"]),
        ("patches", "cubes", numbers["cubes"]),
        ("attention", "looks", heat[:3] if len(heat) < 3 else heat[np.linspace(0, len(heat) - 1, 3).astype(int)]),
        ("denoising", "guesses", numbers["guesses"]),
        ("latents", "cells", numbers["cells"]),
    ]
    if numbers["slices"]:
        stops.append(("sound", "sound", _bars(numbers["heights"])))
    stops.append((None, "film", numbers["film"]))
    return [
        Station(idea, words(f"stop.{name}"), words(f"stop.{name}.fact", **numbers), images)
        for idea, name, images in stops
    ]


def _writing(numbers):
    """One bar a word, as long as the word: the prompt as the model meets it, a row of tokens."""
    lengths = [len(word) for word in numbers["prompt"].split()] or [1]
    picture = np.zeros((5 * len(lengths) + 1, max(lengths) * 3 + 2, 3))
    for row, length in enumerate(lengths):
        picture[5 * row + 1 : 5 * row + 5, 1 : 1 + 3 * length] = AMBER
    return picture[None]


def _bars(heights, rows: int = 24):
    """The sound as bars about a middle line."""
    heights = np.asarray(heights) / max(float(np.max(heights, initial=0)), 1e-6)
    y = np.abs(np.arange(rows) - (rows - 1) / 2)[:, None] / (rows / 2)  # (rows, 1)
    return ((y <= np.maximum(heights, 0.05))[..., None] * AMBER)[None]  # (1, rows, bins, 3)
