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

import io
import uuid
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import anywidget
import numpy as np
import traitlets
from IPython.display import display, update_display
from markupsafe import Markup
from PIL import Image

from explainers.kit.folders import KIT
from explainers.kit.sentences import Words
from explainers.notebook.cells import address, html_of
from explainers.notebook.html import filled
from explainers.viewer.bundle import STYLE, module
from explainers.viewer.pack import read_pack
from explainers.viewer.static_page import static_page

DRAW = Path(__file__).parent / "sketch.js"
INLINE = 4_000_000  # bytes of film beyond which an exported page goes without the viewer


def shown(widget: Any, still: Callable[[], str], *moving: Any, on: Sequence[str] = ("value",)) -> None:
    """Show a widget; beside it, `still()` as it was when one of `moving` last changed."""
    place = uuid.uuid4().hex

    def bundle() -> dict[str, Any]:
        return html_of(filled("beside.html", place=place, body=Markup(still())), "")

    widget.add_class(f"live-{place}")
    made = widget._repr_mimebundle_()
    data = made[0] if isinstance(made, tuple) else made
    display({**data, "text/plain": ""}, raw=True)  # where nothing else can be shown, a repr tells a student nothing
    display(bundle(), raw=True, display_id=place)
    for each in moving:
        each.observe(lambda _: update_display(bundle(), raw=True, display_id=place), list(on))


def standing(controls: Iterable[Any]) -> Markup:
    """How controls stand, as a list."""
    return filled("controls.html", lines=[f"{control.description}: {said(control)}" for control in controls])


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
    titles: traitlets.List[Any] = traitlets.List([]).tag(sync=True)
    tracks = traitlets.Dict({}).tag(sync=True)
    labels = traitlets.Dict({}).tag(sync=True)

    def show(self) -> None:
        shown(self, self.still, self, on=("pack", "pack_b", "step", "layer"))

    def still(self) -> Markup:
        """All frames of the step on screen, of both films."""
        films = (("a", self.pack), ("b", self.pack_b)) if self.pack_b else (("", self.pack),)
        opened = [(name, *read_pack(pack)) for name, pack in films if pack]
        made = [(name, film, blobs) for name, film, blobs in opened if film["steps"]]  # others are still being made
        total = len(made[0][1]["steps"]) if made else 1
        way = (self.step % total) / max(1, total - 1)  # a film of other length has gone the same share of its way
        return filled("film_still.html", sheets=[self._sheet(*each, way) for each in made])

    def _sheet(self, name: str, film: Any, blobs: Any, way: float) -> tuple[str, str, bool]:
        """The sheet that the pack keeps of this step, as it is: its caption, its address, whether it is crisp."""
        count = len(film["steps"])
        at = round(way * (count - 1))
        kind = self.layer if self.layer in film["kinds"] else next(iter(film["kinds"]))
        start, length = film["steps"][at]["images"][kind]
        called = self.titles["ab".index(name)] if name and self.titles else self.labels.get(name, "")
        caption = " · ".join(filter(None, (called, film["title"], self.labels.get(kind, kind), f"{at + 1}/{count}")))
        picture = address(film["kinds"][kind]["mime"], bytes(blobs[start : start + length]))
        return caption, picture, film["kinds"][kind]["crisp"]

    def _repr_mimebundle_(self, **more: Any) -> Any:
        """On an exported page, the same viewer as a page of its own stands in, with all that the pack holds."""
        bundle = super()._repr_mimebundle_(**more)
        data = bundle[0] if isinstance(bundle, tuple) else bundle
        if data and self.pack and len(self.pack) + len(self.pack_b) < INLINE:
            keys = ("step", "frame", "layer", "view", "compare", "grid", "titles", "labels")
            state, lang = {key: getattr(self, key) for key in keys}, self.labels.get("locale", "en")
            title = self.labels.get("viewer", "A film and how it developed")
            page = static_page(self.pack, self.pack_b or None, state=state, lang=lang, title=title)
            data["text/html"] = filled("whole_film.html", title=title, page=page)
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

    def still(self) -> Markup:
        side = 280
        page = np.full((side, side, 3), 255, np.uint8)
        x, y = ((self.array() * (1, -1) + 1) / 2 * (side - 1)).round().astype(int).clip(0, side - 1).T
        page[y, x] = (196, 106, 0)
        out = io.BytesIO()
        Image.fromarray(page).save(out, "PNG")
        return filled("sketch.html", square=self.labels["square"], source=address("image/png", out.getvalue()))
