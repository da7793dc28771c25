"""The explainer reel: a run in thirty seconds, in chapters, each under one sentence.

    scenes = reel(shown, look, words)         # `look`: where a patch looks, or None where nobody can say

Static, shapes, texture, the film, attention, sound. Where shapes end and texture begins is measured on this run.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from explainers.export.frame import AMBER, DARK, QUIET, picture, sheet
from explainers.export.movie import Development, Look, Scene, looked, one_round
from explainers.kit.sentences import Words
from explainers.viewer.pack import peaks

SECONDS = 30.0
SHARES = {"static": 4.0, "shapes": 6.5, "texture": 5.0, "film": 5.0, "attention": 5.0, "sound": 4.5}
COARSE = 8  # blocks along a side: where things stand, without what they look like
SETTLED = 0.1  # of the distance that the first guess had


def reel(shown: Development, look: Look | None, words: Words) -> list[Scene]:
    there = [name for name in SHARES if (name != "attention" or look is not None)]
    there = [name for name in there if (name != "sound" or shown.sound is not None)]
    seconds = {name: SHARES[name] * SECONDS / sum(SHARES[n] for n in there) for name in there}
    settled, steps = settles(shown), len(shown.guesses)
    told = {"texture": {"step": settled + 1, "steps": steps}, "film": {"steps": steps, "frames": len(shown.film)}}
    plain, glowing = replace(shown, look=None), replace(shown, look=look)
    spans = {"static": (0, 0), "shapes": (0, settled), "texture": (settled, steps - 1)}  # other chapters play the film
    scenes, start = [], 0.0
    for name in there:
        source = glowing if name == "attention" else plain
        caption = words(f"home.reel.{name}.see", **told.get(name, {}))
        scene = _Chapter(name, source, caption, spans.get(name), seconds[name])
        scene.words, scene.begins = words, start / SECONDS
        heard = name in ("film", "sound") and shown.sound is not None
        rounds = int(np.ceil(seconds[name] / shown.seconds))
        sound = np.tile(one_round(shown), rounds) if heard else None
        scenes.append(Scene(seconds[name], scene.draw, words(f"home.reel.{name}"), sound))
        start += seconds[name]
    return scenes


class _Chapter:
    """One chapter of the reel: it draws itself at any of its times."""

    words: Words
    begins: float  # share of the reel

    def __init__(
        self, name: str, shown: Development, caption: str, span: tuple[int, int] | None, seconds: float
    ) -> None:
        self.name, self.shown, self.caption, self.span, self.seconds = name, shown, caption, span, seconds

    def draw(self, t: float, size: tuple[int, int]) -> Image.Image:
        shown, words = self.shown, self.words
        step = None
        if self.span:
            first, last = self.span
            step = first + int(min(t / self.seconds, 0.9999) * (last - first + 1))
        frame = shown.frame(t)
        guess = looked(shown, step, frame)
        given = picture(shown.given[step or 0][frame], crisp=True)
        panels = {
            "static": [(words("home.static"), given)],
            "shapes": [(words("home.given"), given), (words("home.guess"), guess)],
            "texture": [(words("home.given"), given), (words("home.guess"), guess)],
            "film": [(words("home.film"), guess)],
            "attention": [(words("home.film"), picture(shown.film[frame])), (words("home.looks"), guess)],
            "sound": [(words("home.film"), guess), (words("home.sound"), waveform(shown, t))],
        }[self.name]
        steps = len(shown.guesses)
        told = words("home.step", step=steps if step is None else step + 1, steps=steps)
        share = self.begins + t / SECONDS
        return sheet(size, shown.prompt, words(f"home.reel.{self.name}"), panels, told, share, self.caption)


def waveform(shown: Development, t: float) -> Image.Image:
    """How loud the sound is through the film, and where it is now."""
    assert shown.sound is not None
    width, height = 440, 348
    image = Image.new("RGB", (width, height), DARK)
    draw = ImageDraw.Draw(image)
    bars = peaks(one_round(shown), width // 4).astype(float)
    bars = bars / max(bars.max(), 1)
    for i, loud in enumerate(bars):
        tall = max(1.0, loud * height * 0.45)
        draw.rectangle((4 * i, height / 2 - tall, 4 * i + 2, height / 2 + tall), fill=QUIET)
    now = t % shown.seconds / shown.seconds * width
    draw.rectangle((now - 1, 0, now + 1, height), fill=AMBER)
    return image


def settles(shown: Development) -> int:
    """The first step from which on the coarse guess is nearer to the finished film than a tenth of the first one."""
    coarse = [pooled(guess) for guess in shown.guesses]
    far = np.array([np.abs(one - coarse[-1]).mean() for one in coarse])
    if not far[0]:
        return 0
    return int(np.flatnonzero(far > SETTLED * far[0])[-1]) + 1


def pooled(frames: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Frames in blocks: (frames, blocks, blocks, 3)."""
    count, height, width, _ = frames.shape
    rows, cols = min(COARSE, height), min(COARSE, width)
    cut = frames[:, : height // rows * rows, : width // cols * cols].astype(np.float32)
    return np.asarray(cut.reshape(count, rows, height // rows, cols, width // cols, 3).mean((2, 4)))
