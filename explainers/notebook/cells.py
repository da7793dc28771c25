"""What a cell shows, as bundles that stand without a kernel: films, plots, tables and texts as plain HTML.

show_films({"before": frames, "after": others})      # (frames, height, width, 3) each
show_plot(figure, "How far it got")
display(drawing("table", {"step": steps}, "Steps"), raw=True)    # any picture of a lesson, by its kind
"""

from __future__ import annotations

import base64
import html
import io
import json
import re
import uuid
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from IPython.display import display
from PIL import Image

from explainers.kit import table as tables
from explainers.kit.lesson import Clip, Station
from explainers.kit.markdown import inline
from explainers.kit.plot import dress
from explainers.viewer.atlas import pixels

MOST_ROWS = 60


def show_films(films: Mapping[str, Any], fps: float = 8) -> None:
    """Films side by side, each under its caption: arrays (frames, height, width, 3) in 0..1 or uint8."""
    display(html_of(_films(films, fps), ", ".join(films)), raw=True)


def show_plot(figure: Any, title: str = "") -> None:
    """A Plotly figure under its title, with its numbers as a table where it can't be drawn."""
    if title:
        display(html_of(f"<h4>{inline(title)}</h4>", title), raw=True)
    display(plot(figure, title), raw=True)


def drawing(kind: str, drawn: Any, title: str) -> dict[str, Any]:
    """The bundle of a lesson's picture: what `draw` returned, by its kind."""
    return plot(drawn, title) if kind == "plot" else html_of(DRAWN[kind](drawn), title)


def off_page(text: str) -> str:
    """A sentence without what it ends in where that leads to a page of the app: a notebook has none."""
    return re.sub(r"\s*\[[^\]]+\]\(/[^)]*\)$", "", text)


def html_of(body: str, plain: str) -> dict[str, Any]:
    return {"text/html": body, "text/plain": plain}


def plot(figure: Any, title: str) -> dict[str, Any]:
    """Drawn by the notebook's own Plotly; by the page's, where an exported page has one; else a table."""
    shown = dress(figure).update_layout(paper_bgcolor="white", plot_bgcolor="white")
    place = f"plot-{uuid.uuid4().hex}"
    script = f"window.Plotly && Plotly.newPlot({place!r}, {shown.to_json()})".replace("</", "<\\/")
    numbers = f"<details><summary>{html.escape(title)}: numbers</summary>{_rows(*tables.table(figure))}</details>"
    return {
        "application/vnd.plotly.v1+json": json.loads(shown.to_json()),
        **html_of(f'<div id="{place}"></div>{numbers}<script>{script}</script>', title),
    }


def webp(frames: Any, fps: float = 8) -> str:
    """Frames (frames, height, width, 3) uint8 as the address of an animation that holds itself."""
    images = [Image.fromarray(frame) for frame in frames]
    out = io.BytesIO()
    images[0].save(out, "WEBP", save_all=True, append_images=images[1:], duration=int(1000 / fps), loop=0, quality=85)
    return address("image/webp", out.getvalue())


def address(mime: str, data: bytes) -> str:
    return f"data:{mime};base64," + base64.b64encode(data).decode()


def _films(films: Mapping[str, Any], fps: float = 8) -> str:
    figures = []
    for caption, film in films.items():
        frames = pixels(film.frames if isinstance(film, Clip) else film)
        figures.append(
            f'<figure style="margin:0"><img alt="{html.escape(caption)}" src="{webp(frames, fps)}" '
            'style="width:min(240px,42vw);image-rendering:pixelated;border-radius:4px">'
            f'<figcaption style="max-width:240px">{inline(caption)}</figcaption></figure>'
        )
    return f'<div style="display:flex;flex-wrap:wrap;gap:12px">{"".join(figures)}</div>'


def _texts(texts: Mapping[str, Any]) -> str:
    """One line a step."""
    parts = []
    for caption, steps in texts.items():
        lines = "".join(
            "<li>" + " ".join(html.escape(word) if word else "▒▒▒" for word in step) + "</li>" for step in steps
        )
        parts.append(f'<figure style="margin:0"><figcaption>{inline(caption)}</figcaption><ol>{lines}</ol></figure>')
    return "".join(parts)


def _table(values: Mapping[str, Any]) -> str:
    return _rows(*tables.columns(values))


def _rows(columns: Any, rows: Any) -> str:
    head = "".join(f"<th>{html.escape(str(column))}</th>" for column in columns)
    body = "".join("<tr>" + "".join(f"<td>{_cell(value)}</td>" for value in row) + "</tr>" for row in rows[:MOST_ROWS])
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _cell(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float | np.floating) else html.escape(str(value))


def _stations(stations: list[Station]) -> str:
    parts = []
    for station in stations:
        images = "".join(f'<img alt="" height="64" src="{webp(pixels(image)[None])}">' for image in station.images)
        title, fact = inline(station.title), inline(station.fact)
        parts.append(f"<li><strong>{title}</strong><br>{images}<br>{fact}</li>")
    return f"<ol>{''.join(parts)}</ol>"


def _first_frame(images: Mapping[str, Any]) -> str:
    """Stills: `Request(image=…)` begins with any of them."""
    return _films({caption: pixels(image)[None] for caption, image in images.items()})


DRAWN: dict[str, Callable[[Any], str]] = {
    "films": _films,
    "texts": _texts,
    "table": _table,
    "stations": _stations,
    "first_frame": _first_frame,
}
