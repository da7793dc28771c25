"""The widgets of a notebook, and what stands in the place of each when the notebook is opened without its kernel.

    viewer = Viewer(pack=pack, step=3)
    shown(viewer, viewer.still, viewer, on=("step", "layer"))     # live, and beside it the picture that is saved
    shown(box, lambda: standing(sliders), *sliders)
    sketch = Sketch(points=[(0.1, -0.3), …]); display(sketch)     # the same, by itself

A saved widget is an address of a model that lives in a kernel. So each leaves a second output: a still, drawn again
whenever the widget changes. A style sheet hides the still while the live one stands on the page, and a widget's
complaint that its model is gone while the still stands there. Both work wherever outputs share a page: JupyterLab,
Notebook, VS Code, Colab.
"""

from __future__ import annotations

import html
import io
import uuid
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import anywidget
import numpy as np
import traitlets
from IPython.display import display, update_display
from PIL import Image

from explainers.kit.folders import KIT
from explainers.kit.sentences import Words
from explainers.notebook.cells import address, html_of
from explainers.viewer.bundle import STYLE, module
from explainers.viewer.pack import read_pack
from explainers.viewer.static_page import static_page

DRAW = Path(__file__).parent / "sketch.js"
INLINE = 4_000_000  # bytes of film beyond which an exported page goes without the viewer
STILL = """<style>
body:has(.live-{place}) .still-{place} {{ display: none }}
.jp-OutputArea-child:has(+ .jp-OutputArea-child .still) > .jp-OutputArea-output:not(:has(*)) {{ display: none }}
</style><div class="still still-{place}">{body}</div>"""


def shown(widget: Any, still: Callable[[], str], *moving: Any, on: Sequence[str] = ("value",)) -> None:
    """Show a widget; beside it, `still()` as it was when one of `moving` last changed."""
    place = uuid.uuid4().hex

    def bundle() -> dict[str, Any]:
        return html_of(STILL.format(place=place, body=still()), "")

    widget.add_class(f"live-{place}")
    made = widget._repr_mimebundle_()
    data = made[0] if isinstance(made, tuple) else made
    display({**data, "text/plain": ""}, raw=True)  # where nothing else can be shown, a repr tells a student nothing
    display(bundle(), raw=True, display_id=place)
    for each in moving:
        each.observe(lambda _: update_display(bundle(), raw=True, display_id=place), list(on))


def standing(controls: Iterable[Any]) -> str:
    """How controls stand, as a list."""
    lines = [html.escape(f"{control.description}: {said(control)}") for control in controls]
    return f"<ul>{''.join(f'<li>{line}</li>' for line in lines)}</ul>"


def asked(options: Sequence[tuple[str, str]], guess: str | None, answer: str) -> str:
    """A question's options, the guess ticked, and what was said to it."""
    boxes = "".join(f"<div>{'●' if option == guess else '○'} {html.escape(text)}</div>" for text, option in options)
    return f"{boxes}<p>{answer}</p>"


def said(control: Any) -> str:
    """The value of a control as it reads on the screen."""
    label = getattr(control, "label", None)  # of one that chooses
    return str(control.value if label is None else label)


class Viewer(anywidget.AnyWidget):
    """The one viewer. Keys and messages: viewer/README.md."""

    _esm = module()
    _css = STYLE
    pack = traitlets.Bytes(b"").tag(sync=True)
    pack_b = traitlets.Bytes(b"").tag(sync=True)
    state = traitlets.Unicode("").tag(sync=True)
    message = traitlets.Unicode("").tag(sync=True)
    step = traitlets.Int(-1).tag(sync=True)
    frame = traitlets.Int(0).tag(sync=True)
    layer = traitlets.Unicode("x0").tag(sync=True)
    view = traitlets.Unicode("film").tag(sync=True)
    compare = traitlets.Unicode("side").tag(sync=True)
    divider = traitlets.Float(0.5).tag(sync=True)
    grid = traitlets.Bool(False).tag(sync=True)
    crisp = traitlets.Bool(False).tag(sync=True)
    playing = traitlets.Bool(False).tag(sync=True)
    loop = traitlets.Bool(True).tag(sync=True)
    sound = traitlets.Unicode("off").tag(sync=True)
    context = traitlets.Unicode("").tag(sync=True)
    pick = traitlets.Dict(allow_none=True, default_value=None).tag(sync=True)
    asks: traitlets.List[Any] = traitlets.List([]).tag(sync=True)
    labels = traitlets.Dict({}).tag(sync=True)

    def show(self) -> None:
        shown(self, self.still, self, on=("pack", "pack_b", "step", "layer"))

    def still(self) -> str:
        """All frames of the step on screen, of both films."""
        films = (("a", self.pack), ("b", self.pack_b)) if self.pack_b else (("", self.pack),)
        parts = [self._sheet(name, pack) for name, pack in films if pack]
        return f'<div class="still-film" style="display:flex;flex-wrap:wrap;gap:12px">{"".join(parts)}</div>'

    def _sheet(self, name: str, pack: bytes) -> str:
        """The sheet that the pack keeps of this step, as it is."""
        film, blobs = read_pack(pack)
        if not film["steps"]:  # still being made
            return ""
        count = len(film["steps"])
        at = self.step % count
        kind = self.layer if self.layer in film["kinds"] else next(iter(film["kinds"]))
        start, length = film["steps"][at]["images"][kind]
        layer = self.labels.get(kind, kind)
        caption = " · ".join(filter(None, (self.labels.get(name, ""), film["title"], layer, f"{at + 1}/{count}")))
        picture = address(film["kinds"][kind]["mime"], bytes(blobs[start : start + length]))
        crisp = "image-rendering:pixelated;" if film["kinds"][kind]["crisp"] else ""
        return (
            f'<figure style="margin:0"><img alt="{html.escape(caption)}" src="{picture}" '
            f'style="{crisp}width:min(420px,90vw)"><figcaption>{html.escape(caption)}</figcaption></figure>'
        )

    def _repr_mimebundle_(self, **more: Any) -> Any:
        """On an exported page, the same viewer as a page of its own stands in, with all that the pack holds."""
        bundle = super()._repr_mimebundle_(**more)
        data = bundle[0] if isinstance(bundle, tuple) else bundle
        if data and self.pack and len(self.pack) + len(self.pack_b) < INLINE:
            keys = ("step", "frame", "layer", "view", "compare", "grid", "labels")
            state, lang = {key: getattr(self, key) for key in keys}, self.labels.get("locale", "en")
            title = self.labels.get("viewer", "A film and how it developed")
            page = static_page(self.pack, self.pack_b or None, state=state, lang=lang, title=title)
            data["text/html"] = (
                f'<iframe class="whole-film" title="{html.escape(title)}" srcdoc="{html.escape(page)}" '
                'loading="lazy" style="width:100%;height:760px;border:0"></iframe>'
            )
        return bundle


class Sketch(anywidget.AnyWidget):
    """A square to draw in: `points` are (x, y) in -1..1. It comes with a drawing, so that it also runs unattended."""

    _esm = DRAW
    points: traitlets.List[Any] = traitlets.List([]).tag(sync=True)
    labels = traitlets.Dict({}).tag(sync=True)

    def __init__(self, language: str = "en", **more: Any) -> None:
        words = Words.of(KIT, language)
        super().__init__(labels={key: words(f"sketch.{key}") for key in ("square", "clear", "keys")}, **more)

    def array(self) -> Any:
        return np.asarray(self.points, np.float32).reshape(-1, 2)

    def show(self) -> None:
        shown(self, self.still, self, on=("points",))

    def still(self) -> str:
        side = 280
        page = np.full((side, side, 3), 255, np.uint8)
        x, y = ((self.array() * (1, -1) + 1) / 2 * (side - 1)).round().astype(int).clip(0, side - 1).T
        page[y, x] = (196, 106, 0)
        out = io.BytesIO()
        Image.fromarray(page).save(out, "PNG")
        return f'<img alt="{html.escape(self.labels["square"])}" src="{address("image/png", out.getvalue())}">'
