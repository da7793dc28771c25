"""A film as one HTML file that opens from disk, with no server and no network.

    Path("film.html").write_text(static_page(pack, title="A red ball bounces", about="seed 7, 50 steps"))

What the pack holds can be looked at: every step, every frame, and the maps in it. Nothing can be asked of a model.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

from jinja2 import Environment

from explainers.provenance import MODEL, linked_data
from explainers.viewer.bundle import STYLE, module

LARGEST = 12_000_000  # bytes of packs in one page; beyond it an editor or a mail server chokes on the file

PAGE = Environment(autoescape=True, trim_blocks=True, keep_trailing_newline=True).from_string("""<!doctype html>
<html lang="{{ lang }}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{{ title }}</title>
<script type="application/ld+json">{{ made | tojson }}</script>
<style>
html { color-scheme: light dark; }
h1 { font: 650 clamp(1.2rem, 1rem + 1vw, 1.8rem)/1.3 system-ui, sans-serif; margin: 0; overflow-wrap: anywhere; }
body > p { font: 15px/1.5 system-ui, sans-serif; margin: 4px 0 14px; opacity: .8; overflow-wrap: anywhere; }
body { margin: 0 auto; padding: clamp(12px, 2vw, 32px); max-width: 3600px; background: Canvas; color: CanvasText; }
{{ css | safe }}
</style>
{% if about %}
<h1>{{ title }}</h1>
<p>{{ about }}</p>
{% endif %}
<main></main>
{% if foot %}
<p>{{ foot }}</p>
{% endif %}
<script type="module">
const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
const address = URL.createObjectURL(new Blob([{{ viewer | tojson }}], { type: "text/javascript" }));
const { default: viewer, createModel } = await import(address);
const state = {{ state | tojson }};
for (const [key, text] of Object.entries({{ packs | tojson }})) state[key] = bytes(text);
viewer.render({ model: createModel(state), el: document.querySelector("main") });
</script>
</html>
""")


def static_page(
    pack: bytes,
    pack_b: bytes | None = None,
    *,
    state: Mapping[str, Any] | None = None,
    title: str = "A film and how it developed",
    about: str = "",
    foot: str = "",
    lang: str = "en",
    source: str = MODEL,
) -> str:
    """The page. With `about`, how the film was made stands under its title, and `foot` under the viewer.

    `state` sets any other key of the viewer's model, such as `{"step": 10, "grid": True}`. The page says, for programs,
    what made its film: see provenance.py.
    """
    packs = {"pack": pack} | ({"pack_b": pack_b} if pack_b else {})
    if sum(map(len, packs.values())) > LARGEST:
        raise ValueError(f"more than {LARGEST // 1_000_000} MB don't belong in one page: pack smaller pictures")
    return PAGE.render(
        lang=lang,
        title=title,
        about=about,
        foot=foot,
        made=linked_data(source, title),
        css=STYLE.read_text("utf-8"),
        viewer=module(),
        state=dict(state or {}),
        packs={key: base64.b64encode(data).decode("ascii") for key, data in packs.items()},
    )
