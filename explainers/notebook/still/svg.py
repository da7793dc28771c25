"""What a still picture is put together from: elements of SVG, signs, shades, dashes."""

from __future__ import annotations

import base64
import io
import re
from typing import Any

import numpy as np
from markupsafe import Markup, escape
from PIL import Image, ImageColor
from plotly.colors import get_colorscale

from explainers.kit.palette import HEAT

INK = "#333"
DASH = {"dash": "7 5", "dot": "2 4", "dashdot": "7 4 2 4", "longdash": "11 5"}
SIGNS = {  # of marks, as paths in a square from -1 to 1; all others are discs
    "square": "M-1-1H1V1H-1Z",
    "diamond": "M0-1.3L1.3 0L0 1.3L-1.3 0Z",
    "triangle-up": "M0-1.2L1.2 1H-1.2Z",
    "triangle-down": "M0 1.2L1.2-1H-1.2Z",
    "x": "M-1-.6L-.6-1L0-.4L.6-1L1-.6L.4 0L1 .6L.6 1L0 .4L-.6 1L-1 .6L-.4 0Z",
    "cross": "M-.4-1H.4V-.4H1V.4H.4V1H-.4V.4H-1V-.4H-.4Z",
    "star": "M0-1.3L.38-.4L1.3-.4L.55.2L.85 1.1L0 .55L-.85 1.1L-.55.2L-1.3-.4L-.38-.4Z",
}


def tag(name: str, body: str = "", /, **attributes: Any) -> Markup:
    """`stroke_width=2` is written stroke-width; what is None is left out; all is escaped."""
    told = "".join(
        f' {key.replace("_", "-")}="{escape(f"{value:.2f}" if isinstance(value, float) else value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    return Markup(f"<{name}{told}>{escape(body)}</{name}>" if body else f"<{name}{told}/>")


def words(text: Any, x: float, y: float, anchor: str = "start", **attributes: Any) -> Markup:
    if not plain(text):
        return Markup()
    return tag("text", plain(text), x=x, y=y, text_anchor=anchor, **{"fill": INK, **attributes})


def plain(text: Any) -> str:
    """Without the few marks that Plotly reads in a text."""
    return re.sub(r"<[^>]+>", " ", "" if text is None else str(text)).strip()


def line(x1: float, y1: float, x2: float, y2: float, **attributes: Any) -> Markup:
    return tag("line", **{"x1": x1, "y1": y1, "x2": x2, "y2": y2, "stroke": INK, **attributes})


def sign(symbol: Any, x: float, y: float, radius: float, colour: str) -> Markup:
    name, hollow = str(symbol or "").removesuffix("-open"), str(symbol).endswith("-open")
    style = {"fill": "none", "stroke": colour} if hollow else {"fill": colour}
    if name not in SIGNS:
        return tag("circle", cx=x, cy=y, r=float(radius), **style)
    return tag("path", d=SIGNS[name], transform=f"translate({x:.1f} {y:.1f}) scale({radius:.1f})", **style)


def image(pixels: np.ndarray[Any, Any], **place: Any) -> Markup:
    """Pixels (rows, cols, 3) uint8, stretched over a place."""
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "PNG")
    address = "data:image/png;base64," + base64.b64encode(out.getvalue()).decode()
    return tag("image", href=address, preserveAspectRatio="none", style="image-rendering:pixelated", **place)


def shades(scale: Any) -> np.ndarray[Any, Any]:
    """(256, 3) uint8: a scale of colours, from its low end to its high one."""
    steps = scale or get_colorscale(HEAT)
    colours = np.array([ImageColor.getrgb(colour)[:3] for _, colour in steps], float)
    at = np.linspace(0, 1, 256)
    return np.stack([np.interp(at, [place for place, _ in steps], c) for c in colours.T], 1).round().astype(np.uint8)
