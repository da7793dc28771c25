"""What a cell shows, as bundles that stand without a kernel: films, tables and texts as plain HTML; and plots twice,
for whoever has a Plotly, and as a still picture for all others (GitHub, nbviewer, nbconvert, a print).

show_films({"before": frames, "after": others})      # (frames, height, width, 3) each
show_plot(figure, "How far it got")
display(drawing("table", {"step": steps}, "Steps"), raw=True)    # any picture of a lesson, by its kind
"""

from __future__ import annotations

import base64
import io
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from IPython.display import display
from markupsafe import Markup
from PIL import Image

from explainers.kit import table as tables
from explainers.kit.lesson import Clip, Station
from explainers.kit.markdown import inline
from explainers.kit.plot import dress
from explainers.notebook.html import filled
from explainers.notebook.still.picture import svg
from explainers.provenance import MODEL, saving
from explainers.viewer.atlas import pixels

MOST_ROWS = 60
PLOTLY = "application/vnd.plotly.v1+json"
PARTS = 3  # that a picture stands in: title, drawing, the sentence that says what to see


def show_films(films: Mapping[str, Any], fps: float = 8) -> None:
    """Films side by side, each under its caption: arrays (frames, height, width, 3) in 0..1 or uint8."""
    display(html_of(films_html(films, fps, source=""), ", ".join(films)), raw=True)  # nobody knows what made them


def show_plot(figure: Any, title: str = "") -> None:
    """A Plotly figure under its title, and below it its numbers, folded."""
    if title:
        display(html_of(f"<h4>{inline(title)}</h4>", title), raw=True)
    display(plot(figure, title), raw=True)
    display(html_of(numbers_html(figure, title), ""), raw=True)


def drawing(kind: str, drawn: Any, title: str) -> dict[str, Any]:
    """The bundle of a lesson's picture: what `draw` returned, by its kind."""
    return plot(drawn, title) if kind == "plot" else html_of(DRAWN[kind](drawn), title)


def off_page(text: str) -> str:
    """A sentence without what it ends in where that leads to a page of the app: a notebook has none."""
    return re.sub(r"\s*\[[^\]]+\]\(/[^)]*\)$", "", text)


def html_of(body: str, plain: str) -> dict[str, Any]:
    return {"text/html": str(body), "text/plain": plain}


def plot(figure: Any, title: str) -> dict[str, Any]:
    shown = dress(figure).update_layout(paper_bgcolor="white", plot_bgcolor="white")
    return {PLOTLY: json.loads(shown.to_json()), "image/svg+xml": svg(shown, title), "text/plain": title}


def numbers_html(figure: Any, title: str) -> Markup:
    return filled("numbers.html", title=title, numbers=_rows(*tables.table(figure)))


def webp(frames: Any, fps: float = 8, source: str = "") -> str:
    """Frames (frames, height, width, 3) uint8 as the address of an animation that holds itself and says its source."""
    images = [Image.fromarray(frame) for frame in frames]
    out = io.BytesIO()
    how: dict[str, Any] = {"duration": int(1000 / fps), "loop": 0, "quality": 85, **saving(".webp", source)}
    images[0].save(out, "WEBP", save_all=True, append_images=images[1:], **how)
    return address("image/webp", out.getvalue())


def address(mime: str, data: bytes) -> str:
    return f"data:{mime};base64," + base64.b64encode(data).decode()


def films_html(films: Mapping[str, Any], fps: float = 8, source: str = MODEL) -> Markup:
    """`source`: what made those that were not rendered."""
    clips = {caption: film if isinstance(film, Clip) else Clip(film) for caption, film in films.items()}
    shown = [(caption, pixels(clip.frames), "" if clip.rendered else source) for caption, clip in clips.items()]
    return filled("films.html", films=[(caption, webp(frames, fps, made)) for caption, frames, made in shown])


def _texts(texts: Mapping[str, Any]) -> Markup:
    return filled("texts.html", texts=texts)


def _table(values: Mapping[str, Any]) -> Markup:
    return _rows(*tables.columns(values))


def _rows(heads: Any, rows: Any) -> Markup:
    return filled("rows.html", heads=heads, rows=[[_cell(value) for value in row] for row in rows[:MOST_ROWS]])


def _cell(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float | np.floating) else str(value)


def _stations(stations: list[Station]) -> Markup:
    images = [[webp(pixels(image)[None], source=MODEL) for image in station.images] for station in stations]
    return filled("stations.html", stations=list(zip(stations, images, strict=True)))


def _first_frame(images: Mapping[str, Any]) -> Markup:
    """Stills: `Request(image=…)` begins with any of them."""
    clips = {caption: image if isinstance(image, Clip) else Clip(image) for caption, image in images.items()}
    return films_html({c: replace(clip, frames=pixels(clip.frames)[None]) for c, clip in clips.items()})


DRAWN: dict[str, Callable[[Any], Markup]] = {
    "films": films_html,
    "texts": _texts,
    "table": _table,
    "stations": _stations,
    "first_frame": _first_frame,
}
