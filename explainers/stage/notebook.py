"""A lesson in a notebook: the same words, figures and viewer as on the page, under the student's own hands.

    from explainers.stage.notebook import Room

    room = Room("noise")                  # opens the model and a film that was made with it
    room.opening()                        # title and claim, in the lesson's words
    room.predict()                        # the question, to be answered before looking
    room.film()                           # the viewer, with the lesson's acts as buttons
    room.picture("spectrum")              # a picture with exactly those controls that it depends on
    room.cut("half_noise")                # the mechanism switched off, both films on one timeline
    room.measure("overtakes")["level"]    # the numbers themselves
    room.run, room.model                  # Recording and VideoModel, for the engine's own functions

Every output carries what it shows as plain HTML too, so that a saved notebook can be read without a kernel and printed.
`DARKROOM_MODEL` names another model (a folder, or one of the hub); "embedded" is the one that comes with the kit.
"""

from __future__ import annotations

import base64
import contextlib
import html
import io
import json
import logging
import os
import uuid
import warnings
from collections.abc import Callable, Mapping
from functools import cache, cached_property
from pathlib import Path
from typing import Any

os.environ.setdefault("HF_HUB_OFFLINE", "1")  # a class without network must not wait for one
os.environ.setdefault("TQDM_DISABLE", "1")  # progress bars become widgets, and would stay in the notebook

import anywidget
import ipywidgets as widgets
import numpy as np
import traitlets
from IPython.display import Markdown, display, update_display
from PIL import Image

from explainers.stage import pack as packs
from explainers.stage import table as tables
from explainers.stage.bench import EngineBench
from explainers.stage.desk import asks, layer_for, pixels, screen
from explainers.stage.gallery import FILMS
from explainers.stage.jobs import Develop, FilmBegun, FilmMade, MakeCut, Measure, StepMade
from explainers.stage.lesson import (
    PICKS,
    RUN,
    Act,
    Choice,
    Clip,
    Control,
    Index,
    Layer,
    Slider,
    Station,
    Switch,
    draw,
    finish,
    lessons,
)
from explainers.stage.share import Settings
from explainers.stage.source import signature
from explainers.stage.static_page import VIEWER as FILES
from explainers.stage.static_page import static_page
from explainers.stage.web_html import inline
from explainers.stage.web_plot import dress
from explainers.stage.words import Words
from explainers.stage.worker import Refused

DRAW = Path(__file__).parent / "front" / "draw.js"
INLINE = 4_000_000  # bytes of film beyond which a notebook without a kernel goes without


class Viewer(anywidget.AnyWidget):
    """The one viewer. Keys and messages: viewer/README.md."""

    _esm = FILES / "viewer.js"
    _css = FILES / "viewer.css"
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

    def _repr_mimebundle_(self, **more: Any) -> Any:
        """Where widgets can't run, the same viewer as a page of its own stands in, with all that the pack holds."""
        bundle = super()._repr_mimebundle_(**more)
        data = bundle[0] if isinstance(bundle, tuple) else bundle
        if data and self.pack and len(self.pack) + len(self.pack_b) < INLINE:
            keys = ("step", "frame", "layer", "view", "compare", "grid")
            page = static_page(self.pack, self.pack_b or None, state={key: getattr(self, key) for key in keys})
            data["text/html"] = (
                f'<iframe title="A film and how it developed" srcdoc="{html.escape(page)}" loading="lazy" '
                'style="width:100%;height:760px;border:0"></iframe>'
            )
        return bundle


class Sketch(anywidget.AnyWidget):
    """A square to draw in: `points` are (x, y) in -1..1. It comes with a drawing, so that it also runs unattended."""

    _esm = DRAW
    points: traitlets.List[Any] = traitlets.List([]).tag(sync=True)

    def array(self) -> Any:
        return np.asarray(self.points, np.float32).reshape(-1, 2)


@cache
def bench() -> EngineBench:
    """One model for all rooms of a notebook."""
    # Progress bars and what libraries say of their own future: a class can do nothing about either. Errors are raised.
    with warnings.catch_warnings(), contextlib.redirect_stderr(io.StringIO()):
        warnings.simplefilter("ignore", FutureWarning)
        logging.getLogger("diffusers").setLevel(logging.ERROR)
        return EngineBench(os.environ.get("DARKROOM_MODEL", "embedded"))


class Room:
    """One lesson, its film, and where its controls stand; every picture of a notebook looks at the same ones."""

    def __init__(
        self, idea: str, prompt: str = FILMS[0][0], seed: int = FILMS[0][1], language: str = "en", **run: Any
    ) -> None:
        there = {lesson.idea: lesson for lesson in lessons()}
        if idea not in there:
            raise ValueError(f"There is no lesson {idea!r}. There are: {', '.join(there)}.")
        self.lesson, self.words = there[idea], Words.of(idea, language)
        self.bench = bench()
        self.model = self.bench.model
        asked = {**self.bench.facts["defaults"], "prompt": prompt, "seed": seed, **run}
        self.settings = Settings().changed(asked)
        self.listeners: list[tuple[tuple[str, ...], Callable[[], None]]] = []
        self.controls = {control.name: self._control(control) for control in self.lesson.controls}
        opens = dict(self.lesson.opens)
        steps = self.settings.steps
        rows = self.bench.facts
        self.controls["step"] = widgets.IntSlider(
            int(opens.get("step", -1)) % steps, 0, steps - 1, description="step", continuous_update=False
        )
        self.controls["frame"] = widgets.IntSlider(
            0, 0, self.settings.frames - 1, description="frame", continuous_update=False
        )
        middle = (rows["latent_frames"] // 2, rows["rows"] // 2, rows["cols"] // 2)
        self.picks: dict[str, Any] = {"patch": middle, "word": 1, "slice": 0}
        for name, control in self.controls.items():
            control.observe(lambda _, name=name: self.moved(name), "value")

    # --- the film

    @property
    def run(self) -> Any:
        """The Recording that this room looks at."""
        return finish(self.bench.recorded(self.settings, shown=False))

    def code(self, lens: str) -> None:
        """How a lens measures: its source."""
        display(Markdown(f"```python\n{signature(self.lesson.idea, lens).text}\n```"))

    @cached_property
    def viewer(self) -> Viewer:
        opening = {("layer" if name == "film" else name): value for name, value in self.lesson.opens.items()}
        keep = screen(self._made(Develop(self.settings)).pack, asks=asks(self.lesson), labels=self._labels(), **opening)
        traits = {key: value for key, value in keep.items() if key in Viewer.class_trait_names()}
        viewer = Viewer(**{**traits, "pack_b": b"", "compare": "side"})
        viewer.on_msg(self._asked)
        viewer.observe(self._handled, ["step", "frame", "pick"])
        return viewer

    def film(self) -> None:
        """The viewer and, under it, the lesson's acts."""
        acts = []
        for act in self.lesson.acts:
            button = widgets.Button(description=self.words(f"act.{act.name}"), layout={"width": "auto"})
            button.on_click(lambda _, act=act: self.act(act.name))
            acts.append(button)
        if acts:
            display(widgets.VBox(acts))
        display(self.viewer)

    def act(self, name: str) -> None:
        """Operate the controls as an act of the lesson says."""
        act: Act = next(act for act in self.lesson.acts if act.name == name)
        run = {key: value for key, value in act.sets.items() if key in RUN}
        if run:
            self.develop(**run)
        for key, value in act.sets.items():
            if key == "step":
                self.controls["step"].value = value % self.settings.steps
            elif key in self.controls:
                self.controls[key].value = value
            elif key == "film":
                self.viewer.layer = value
            elif key in PICKS:
                self.picks[key] = value
                self.viewer.pick = _pick(key, value)
                self.moved(key)
            elif key in ("view", "grid"):
                setattr(self.viewer, key, value)

    def develop(self, **run: Any) -> None:
        """Another film: `room.develop(prompt="a blue boat moves right at sea", steps=10)`. Its steps are shown live."""
        self.settings = self.settings.changed(run)
        self.controls["step"].max = self.settings.steps - 1
        self.controls["frame"].max = self.settings.frames - 1
        self.viewer.pack_b = b""
        for event in (work := _Returning(self.bench.work(Develop(self.settings)))):
            if isinstance(event, FilmBegun):
                self.viewer.pack, self.viewer.state = event.pack, "live"
            elif isinstance(event, StepMade):
                self.viewer.send({"kind": "step", "film": "a"}, [event.pack])
        self.viewer.pack, self.viewer.state = work.result.pack, ""
        self.moved(*self.controls)

    # --- the lesson's parts

    def opening(self) -> None:
        display(Markdown(f"# {self.words('title')}\n\n**{self.words('claim')}**"))

    def honest(self) -> None:
        """The field's own name for it, and the popular phrase made precise."""
        name = f"{self.words('name')}\n\n" if self.lesson.question else ""
        display(Markdown(f"{name}> {self.words('honest')}"))

    def predict(self) -> None:
        question = self.lesson.question
        if question is None:
            return
        options = [(self.words(f"question.{option}"), option) for option in question.options]
        guess = widgets.RadioButtons(options=options, value=None, layout={"width": "auto"})
        button = widgets.Button(description=self.words("measured.show"), layout={"width": "auto"})
        said = widgets.HTML()

        def reveal(_: Any) -> None:
            numbers = self.measure(question.lens)
            told = numbers["answer"] != ""
            right = "" if not told or guess.value is None else " ✓" if guess.value == numbers["answer"] else " ✗"
            said.value = inline(self.words("answer" if told else "answer.unclear", **numbers)) + right

        button.on_click(reveal)
        display(Markdown(f"**{self.words('question')}**"), widgets.VBox([guess, button, said]))

    def picture(self, name: str) -> None:
        """A picture of the lesson, with the controls that its lens names; it follows them."""
        picture = self.lesson.picture(name)
        needs = signature(self.lesson.idea, picture.measures).controls
        if isinstance(picture, Layer):  # the viewer draws it, where it is clicked
            display(Markdown(f"### {self.words(name)}"), self.viewer)
            return
        moving = [self.controls[need] for need in needs if need in self.controls]
        if moving:
            display(widgets.VBox(moving))
        place = uuid.uuid4().hex
        self._show(place, self._drawn(picture.name, picture.measures), new=True)
        self.listeners.append((needs, lambda: self._show(place, self._drawn(picture.name, picture.measures))))

    def cut(self, name: str, **sets: Any) -> None:
        """Switch the mechanism off, same seed; both films on one timeline, and what it cost."""
        cut = self.lesson.cut(name)
        self._set(sets)
        making = self._making(name)
        other = self._made(making)
        viewer = Viewer(
            pack=self._made(Develop(self.settings)).pack,
            pack_b=other.pack,
            labels=self._labels(),
            step=self.controls["step"].value,
        )
        numbers = self._numbers(cut.lens, making)
        display(Markdown(f"### {self.words(name)}\n\n{self.words(f'{name}.see', **numbers)}"), viewer)
        if cut.plot:
            show_plot(draw(self.lesson, name, numbers, self.words), self.words(name))

    def measure(self, lens: str, **sets: Any) -> Mapping[str, Any]:
        """What a lens of this lesson measures, as numbers by name."""
        self._set(sets)
        return self._numbers(lens)

    # --- how they are computed

    def _made(self, job: Develop | MakeCut) -> FilmMade:
        return finish(self.bench.work(job))

    def _making(self, name: str) -> MakeCut:
        return MakeCut(self.settings, self.lesson.idea, name, self._standing(name))

    def _numbers(self, lens: str, cut: MakeCut | None = None, hand: Mapping[str, Any] | None = None) -> Any:
        standing = self._standing(lens, hand)
        return finish(self.bench.work(Measure(self.settings, self.lesson.idea, lens, standing, cut)))

    def _standing(self, lens: str, hand: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """The controls that a lens names, as they stand."""
        now = {name: control.value for name, control in self.controls.items()} | self.picks
        if "viewer" in self.__dict__:
            now |= {"film": self.viewer.layer, "view": self.viewer.view, "grid": self.viewer.grid}
        now |= hand or {}
        return {name: now[name] for name in signature(self.lesson.idea, lens).controls}

    def _set(self, sets: Mapping[str, Any]) -> None:
        for name, value in sets.items():
            if name in PICKS:
                self.picks[name] = value
            else:
                self.controls[name].value = value

    def _drawn(self, name: str, lens: str) -> list[dict[str, Any]]:
        """What stands in the cell: title, drawing, and the sentence that says what to see."""
        numbers = self._numbers(lens)
        drawing = draw(self.lesson, name, numbers, self.words)
        title, see = self.words(name), inline(self.words(f"{name}.see", **numbers))
        kind = self.lesson.picture(name).kind
        body = _plot(drawing, title) if kind == "plot" else _html(DRAWN[kind](drawing), title)
        return [_html(f"<h3>{inline(title)}</h3>", title), body, _html(f"<p>{see}</p>", see)]

    @staticmethod
    def _show(place: str, bundles: list[dict[str, Any]], new: bool = False) -> None:
        for part, bundle in enumerate(bundles):
            (display if new else update_display)(bundle, raw=True, display_id=f"{place}-{part}")

    # --- what moves

    def moved(self, *names: str) -> None:
        """Draw again what depends on one of these controls."""
        if "viewer" in self.__dict__:
            self.viewer.step = self.controls["step"].value
            self.viewer.frame = self.controls["frame"].value
            self.viewer.context = repr([c.value for n, c in self.controls.items() if n not in ("step", "frame")])
        for needs, redraw in self.listeners:
            if any(name in needs for name in names):
                redraw()

    def _handled(self, change: Any) -> None:
        """The viewer was moved by hand."""
        if change.name == "pick":
            kind, value = _picked(change.new or {})
            if kind:
                self.picks[kind] = value
                self.moved(kind)
        else:
            control = self.controls[change.name]
            control.value = change.new % (control.max + 1)

    def _asked(self, viewer: Viewer, message: Any, _: Any) -> None:
        """The viewer asks for a map: answered by the layer that speaks of what was clicked."""
        try:
            layer = layer_for(self.lesson, str(message["what"]), str(message.get("name", "")))
            kind, value = _picked(message)
            numbers = self._numbers(layer.measures, hand={"step": message["step"], **({kind: value} if kind else {})})
        except (Refused, KeyError, ValueError) as refusal:
            viewer.send({"kind": "error", "id": message.get("id"), "text": str(refusal)})
            return
        heat = draw(self.lesson, layer.name, numbers, self.words)
        tiles = {"patches": heat.patches, "words": heat.words, "sound": heat.sound}
        answer, buffers = packs.map_answer(
            int(message["id"]),
            {over: np.asarray(values) for over, values in tiles.items() if values is not None},
            label=self.words(layer.name),
            normalised=self.words(f"{layer.name}.normalised"),
            unit=heat.unit,
            text=self.words(f"{layer.name}.see", **numbers),
        )
        viewer.send(answer, buffers)

    def _control(self, control: Control) -> Any:
        label = {"description": self.words(control.name), "style": {"description_width": "initial"}}
        wide = {"layout": {"width": "34em"}}
        if isinstance(control, Slider):
            whole = all(float(x).is_integer() for x in (control.low, control.high, control.by))
            kind = widgets.IntSlider if whole else widgets.FloatSlider
            ends = {"min": control.low, "max": control.high, "step": control.by}
            return kind(control.start, **ends, continuous_update=False, **label, **wide)
        if isinstance(control, Choice):
            options = [(self.words(f"{control.name}.{option}"), option) for option in control.options]
            return widgets.Dropdown(options=options, value=control.start, **label)
        if isinstance(control, Switch):
            return widgets.Checkbox(control.start, **label)
        assert isinstance(control, Index)
        whole_of = [(self.words("all"), None)] if control.all else []
        each = [(str(i + 1), i) for i in range(self.bench.facts[control.of])]
        return widgets.Dropdown(options=whole_of + each, value=control.start, **label)

    def _labels(self) -> dict[str, str]:
        return {"a": self.words("as_it_was"), "b": self.words("cut")}


class _Returning:
    """Iterate over a generator and keep what it returns."""

    def __init__(self, steps: Any) -> None:
        self.steps: Any = steps
        self.result: Any = None

    def __iter__(self) -> Any:
        self.result = yield from self.steps


def _pick(kind: str, value: Any) -> dict[str, Any]:
    if kind == "patch":
        return {"what": "patch", "frame": value[0], "row": value[1], "col": value[2]}
    return {"what": "sound" if kind == "slice" else "word", "index": value}


def _picked(pick: Mapping[str, Any]) -> tuple[str, Any]:
    """What was clicked as the lenses call it."""
    what = pick.get("what")
    if what == "patch":
        return "patch", (pick["frame"], pick["row"], pick["col"])
    if what in ("word", "sound"):
        return ("slice" if what == "sound" else "word"), pick["index"]
    return "", None


# --- what a cell shows, as bundles that stand without a kernel


def show_films(films: Mapping[str, Any], fps: float = 8) -> None:
    """Films side by side, each under its caption: arrays (frames, height, width, 3) in 0..1 or uint8."""
    display(_html(_films(films, fps), ", ".join(films)), raw=True)


def show_plot(figure: Any, title: str = "") -> None:
    """A Plotly figure, with its numbers as a table where it can't be drawn."""
    display(_plot(figure, title), raw=True)


def _html(body: str, plain: str) -> dict[str, Any]:
    return {"text/html": body, "text/plain": plain}


def _plot(figure: Any, title: str) -> dict[str, Any]:
    """Drawn by the notebook's own Plotly; by the page's, where an exported page has one; else a table."""
    shown = dress(figure).update_layout(paper_bgcolor="white", plot_bgcolor="white")
    place = f"plot-{uuid.uuid4().hex}"
    script = f"window.Plotly && Plotly.newPlot({place!r}, {shown.to_json()})".replace("</", "<\\/")
    numbers = f"<details><summary>{html.escape(title)}: numbers</summary>{_rows(*tables.table(figure))}</details>"
    return {
        "application/vnd.plotly.v1+json": json.loads(shown.to_json()),
        **_html(f'<div id="{place}"></div>{numbers}<script>{script}</script>', title),
    }


def _films(films: Mapping[str, Any], fps: float = 8) -> str:
    figures = []
    for caption, film in films.items():
        frames = pixels(film.frames if isinstance(film, Clip) else film)
        figures.append(
            f'<figure style="margin:0"><img alt="{html.escape(caption)}" src="{_webp(frames, fps)}" '
            'style="width:min(240px,42vw);image-rendering:pixelated;border-radius:4px">'
            f'<figcaption style="max-width:240px">{inline(caption)}</figcaption></figure>'
        )
    return f'<div style="display:flex;flex-wrap:wrap;gap:12px">{"".join(figures)}</div>'


def _webp(frames: Any, fps: float = 8) -> str:
    images = [Image.fromarray(frame) for frame in frames]
    out = io.BytesIO()
    images[0].save(out, "WEBP", save_all=True, append_images=images[1:], duration=int(1000 / fps), loop=0, quality=85)
    return "data:image/webp;base64," + base64.b64encode(out.getvalue()).decode()


def _table(values: Mapping[str, Any]) -> str:
    return _rows(*tables.columns(values))


def _rows(columns: Any, rows: Any) -> str:
    head = "".join(f"<th>{html.escape(str(column))}</th>" for column in columns)
    body = "".join("<tr>" + "".join(f"<td>{_cell(value)}</td>" for value in row) + "</tr>" for row in rows[:60])
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _cell(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float | np.floating) else html.escape(str(value))


def _stations(stations: list[Station]) -> str:
    parts = []
    for station in stations:
        images = "".join(f'<img alt="" height="64" src="{_webp(pixels(image)[None])}">' for image in station.images)
        title, fact = inline(station.title), inline(station.fact)
        parts.append(f"<li><strong>{title}</strong><br>{images}<br>{fact}</li>")
    return f"<ol>{''.join(parts)}</ol>"


DRAWN: dict[str, Callable[[Any], str]] = {"films": _films, "table": _table, "stations": _stations}
