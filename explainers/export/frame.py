"""One picture of a film: what was asked for, the panels under their names, how far it is, and what to see.

page = sheet((960, 540), "a red ball", "seed 7", [("the guess", picture(frame))], "step 3 of 25", 0.12)

Text is set in the font that Pillow brings, so that a film looks the same on every machine.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

DARK, LIGHT, QUIET, AMBER = (18, 17, 16), (236, 231, 220), (176, 168, 152), (255, 196, 84)
GERMAN = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss", "\u2013": "-", "\u2014": "-"}
)


def sheet(
    size: tuple[int, int],
    title: str,
    about: str,
    panels: Sequence[tuple[str, Image.Image]],
    told: str,
    share: float,
    caption: str = "",
) -> Image.Image:
    """One picture of a film: what was asked for, the panels under their names, how far it is, and what to see."""
    width, height = size
    u = height / 540  # everything is as large as it would be at 540 lines
    page = Image.new("RGB", size, DARK)
    draw = ImageDraw.Draw(page)
    put(draw, (32 * u, 16 * u), fitted(f"“{title}”", 26 * u, width - 64 * u), 26 * u, LIGHT)
    put(draw, (32 * u, 52 * u), fitted(about, 15 * u, width - 64 * u), 15 * u, QUIET)
    room = (338 if caption else 386) * u
    wide = (width - 64 * u - 24 * u * (len(panels) - 1)) / len(panels)
    scales = [min(room / p.height, wide / p.width) for _, p in panels]
    across = sum(p.width * s for (_, p), s in zip(panels, scales, strict=True)) + 24 * u * (len(panels) - 1)
    left, top = (width - across) / 2, 82 * u
    for (name, panel), scale in zip(panels, scales, strict=True):
        shape = (max(1, round(panel.width * scale)), max(1, round(panel.height * scale)))
        kind = Image.Resampling.NEAREST if panel.info.get("crisp") else Image.Resampling.BICUBIC
        page.paste(panel.resize(shape, kind), (round(left), round(top)))
        put(draw, (left, top + shape[1] + 5 * u), fitted(name, 15 * u, shape[0]), 15 * u, LIGHT)
        left += shape[0] + 24 * u
    for row, line in enumerate(wrapped(caption, 17 * u, width - 64 * u)[:3] if caption else []):
        put(draw, (32 * u, (452 + 22 * row) * u), line, 17 * u, LIGHT)
    edge, low = width - 32 * u, height - 14 * u
    if told and not caption:
        put(draw, (32 * u, low - 24 * u), told, 15 * u, QUIET)
    elif told:
        put(draw, (edge - measured(told, 15 * u), 52 * u), told, 15 * u, QUIET)
    draw.rectangle((32 * u, low, edge, low + 4 * u), fill=(53, 49, 44))
    draw.rectangle((32 * u, low, 32 * u + (edge - 32 * u) * share, low + 4 * u), fill=AMBER)
    return page


def picture(frame: NDArray[np.uint8], crisp: bool = False) -> Image.Image:
    image = Image.fromarray(frame)
    image.info["crisp"] = crisp and frame.shape[1] < 32  # cells of a latent are looked at one by one
    return image


def lit(pixels: NDArray[np.uint8], heat: NDArray[np.float32], asked: tuple[int, int] | None = None) -> Image.Image:
    """A frame in grey, with heat (rows, cols) over its patches; a frame around the patch that was asked about."""
    side = 384  # large enough that patches have sharp rims
    width, height = shape = (side, round(side * pixels.shape[0] / pixels.shape[1]))
    ground = Image.fromarray(pixels).resize(shape, Image.Resampling.BICUBIC)
    grey = np.asarray(ground.convert("L"), np.float32)[..., None] * 0.5
    mask = Image.fromarray((np.clip(heat, 0, 1) * 255).astype(np.uint8)).resize(shape, Image.Resampling.NEAREST)
    share = np.asarray(mask, np.float32)[..., None] / 255
    image = Image.fromarray((grey * (1 - 0.8 * share) + np.array(AMBER) * 0.8 * share).clip(0, 255).astype(np.uint8))
    if asked is not None:
        rows, cols = heat.shape
        (row, col), tall, wide = asked, height / rows, width / cols
        box = (col * wide, row * tall, (col + 1) * wide - 1, (row + 1) * tall - 1)
        ImageDraw.Draw(image).rectangle(box, outline="white", width=3)
    return image


def readable(text: str) -> str:
    """Text in letters that Pillow's own font has: German as Germans write it without, accents off, ? for the rest."""
    plain = unicodedata.normalize("NFKD", text.replace("**", "").replace("*", "").replace("`", "").translate(GERMAN))
    letters = (c for c in plain if not unicodedata.combining(c))
    return "".join(c if c in "“”·…" or " " <= c <= "~" else "?" for c in letters)


def font(size: float) -> Any:
    return ImageFont.load_default(max(8, round(size)))


def put(
    draw: ImageDraw.ImageDraw, at: tuple[float, float], text: str, size: float, colour: tuple[int, int, int]
) -> None:
    draw.text(at, readable(text), colour, font(size))


def measured(text: str, size: float) -> float:
    return float(font(size).getlength(readable(text)))


def fitted(text: str, size: float, width: float) -> str:
    """The text, cut with … where it is wider than there is room."""
    text = readable(text)
    if measured(text, size) <= width:
        return text
    while text and measured(text + " …", size) > width:
        text = text[:-1]
    return text.rstrip() + " …"


def wrapped(text: str, size: float, width: float) -> list[str]:
    lines = [""]
    for word in readable(text).split():
        longer = f"{lines[-1]} {word}".strip()
        if measured(longer, size) <= width or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines
