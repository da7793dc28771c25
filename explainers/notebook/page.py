"""A lesson in a notebook: the same words, figures and viewer as on the page, under the student's own hands.

    from explainers.notebook.page import NotebookPage

    page = NotebookPage("noise")          # opens the model and a film that was made with it
    page.opening()                        # title and claim, in the lesson's words
    page.predict()                        # the question, to be answered before looking
    page.film()                           # the viewer, with the lesson's acts as buttons
    page.picture("spectrum")              # a picture with exactly those controls that it depends on
    page.cut("half_noise")                # the mechanism switched off, both films on one timeline
    page.measure("overtakes")["level"]    # the numbers themselves
    page.take_home("reel.mp4")            # a file to keep: film.mp4, film.gif, run.html, run.darkroom
    page.run, page.model                  # Recording and VideoModel, for the engine's own functions

Every widget leaves a still beside it: a saved notebook shows its last state without a kernel, and can be printed.
`DARKROOM_MODEL` names another model (a folder, or one of the hub); "embedded" is the one that comes with the kit.
`DARKROOM_LANGUAGE` is the language that lessons speak ("de"), where a page is not told another.
"""

from __future__ import annotations

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

import ipywidgets as widgets
from IPython.display import Markdown, display, update_display
from IPython.utils.capture import capture_output

from explainers.kit.clicks import asks, pick, picked
from explainers.kit.lesson import PICKS, RUN, Act, Cut, Layer, draw, finish, lessons
from explainers.kit.markdown import inline
from explainers.kit.refused import Refused
from explainers.kit.sentences import Words, labels
from explainers.kit.signature import signature
from explainers.notebook.cells import drawing, html_of, off_page, plot, show_films, show_plot
from explainers.notebook.controls import control_of, counter, put, value_of
from explainers.notebook.questions import predict, reply
from explainers.notebook.widgets import Sketch, Viewer, shown, standing
from explainers.viewer.state import FilmState
from explainers.worker.gallery import FILMS
from explainers.worker.jobs import HOME, Develop, FilmBegun, FilmMade, MakeCut, Measure, StepMade, Take
from explainers.worker.model_process import ModelProcess
from explainers.worker.settings import Settings

__all__ = ["NotebookPage", "Sketch", "Viewer", "process", "show_films", "show_plot"]


@cache
def process() -> ModelProcess:
    """One model for all pages of a notebook."""
    # Progress bars and what libraries say of their own future: a class can do nothing about either. Errors are raised.
    with warnings.catch_warnings(), capture_output():
        warnings.simplefilter("ignore", FutureWarning)
        logging.getLogger("diffusers").setLevel(logging.ERROR)
        return ModelProcess(os.environ.get("DARKROOM_MODEL", "embedded"))


class NotebookPage:
    """One lesson, its film, and where its controls stand; every picture of a notebook looks at the same ones."""

    def __init__(
        self, idea: str, prompt: str = FILMS[0][0], seed: int = FILMS[0][1], language: str | None = None, **run: Any
    ) -> None:
        there = {lesson.idea: lesson for lesson in lessons()}
        if idea not in there:
            raise ValueError(f"There is no lesson {idea!r}. There are: {', '.join(there)}.")
        self.lesson, self.words = there[idea], Words.of(idea, language or os.environ.get("DARKROOM_LANGUAGE", "en"))
        self.process = process()
        self.model = self.process.films.model
        asked = {**self.process.facts["defaults"], "prompt": prompt, "seed": seed, **run}
        self.settings = Settings().changed(asked)
        self.listeners: list[tuple[tuple[str, ...], Callable[[], None]]] = []
        self.controls = {c.name: control_of(c, self.words, self.process.facts) for c in self.lesson.controls}
        steps, frames, facts = self.settings.steps, self.settings.frames, self.process.facts
        self.controls["step"] = counter(steps, int(self.lesson.opens.get("step", -1)), self.words("viewer.step"))
        self.controls["frame"] = counter(frames, 0, self.words("frame"))
        middle = (facts["latent_frames"] // 2, facts["rows"] // 2, facts["cols"] // 2)
        self.picks: dict[str, Any] = {"patch": middle, "word": 1, "slice": 0}
        for name, control in self.controls.items():
            control.observe(lambda _, name=name: self.moved(name), "value")

    # --- the film

    @property
    def run(self) -> Any:
        """The Recording that this page looks at."""
        return finish(self.process.films.recorded(self.settings, shown=False))

    def code(self, lens: str) -> None:
        """How a lens measures: its source."""
        display(Markdown(f"```python\n{signature(self.lesson.idea, lens).text}\n```"))

    @cached_property
    def viewer(self) -> Viewer:
        opening = {("layer" if name == "film" else name): value for name, value in self.lesson.opens.items()}
        pack = self._made(Develop(self.settings)).pack
        keep = FilmState(pack).told(asks=asks(self.lesson), labels=labels(self.words), **opening)
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
            shown(widgets.VBox(acts), str)
        self.viewer.show()

    def act(self, name: str) -> None:
        """Operate the controls as an act of the lesson says."""
        act: Act = next(act for act in self.lesson.acts if act.name == name)
        run = {key: value for key, value in act.sets.items() if key in RUN}
        if run:
            self.develop(**run)
        for key, value in act.sets.items():
            if key == "step":
                put(self.controls["step"], value % self.settings.steps)
            elif key in self.controls:
                put(self.controls[key], value)
            elif key == "film":
                self.viewer.layer = value
            elif key in PICKS:
                self.picks[key] = value
                self.viewer.pick = pick(key, value)
                self.moved(key)
            elif key in ("view", "grid"):
                setattr(self.viewer, key, value)

    def take_home(self, path: str | Path, beside: str = "") -> Path:
        """This run as a file: `page.take_home("reel.mp4")`, "film.mp4", "film.gif", "run.html", "run.darkroom".

        `beside` names a cut of the lesson, to stand at its side in the film; a patch that was clicked is lit.
        """
        path = Path(path)
        if path.name not in HOME:
            raise ValueError(f"{path.name} is none of {', '.join(HOME)}.")
        cut = self._making(beside) if beside else None
        wish = Take(
            self.settings, path.name, self.words.language, cut, patch=picked(self.viewer.pick or {}).get("patch")
        )
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(finish(self.process.work(wish)).data)
        return path

    def develop(self, **run: Any) -> None:
        """Another film: `page.develop(prompt="a blue boat moves right at sea", steps=10)`. Its steps are shown live."""
        self.settings = self.settings.changed(run)
        self.controls["step"].max = self.settings.steps
        self.controls["frame"].max = self.settings.frames
        self.viewer.pack_b = b""
        for event in (work := _Returning(self.process.work(Develop(self.settings)))):
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
        if self.lesson.question is not None:
            predict(self.lesson.question, self.words, self.measure)

    def picture(self, name: str) -> None:
        """A picture of the lesson, with the controls that its lens names; it follows them."""
        picture = self.lesson.picture(name)
        needs = signature(self.lesson.idea, picture.measures).controls
        if isinstance(picture, Layer):  # the viewer draws it, where it is clicked
            display(Markdown(f"### {self.words(name)}"))
            self.viewer.show()
            return
        moving = [self.controls[need] for need in needs if need in self.controls]
        if moving:
            shown(widgets.VBox(moving), lambda: standing(moving), *moving)
        place = uuid.uuid4().hex
        self._show(place, self._drawn(picture.name, picture.measures), new=True)
        self.listeners.append((needs, lambda: self._show(place, self._drawn(picture.name, picture.measures))))

    def cut(self, name: str, **sets: Any) -> None:
        """Switch the mechanism off, same seed; both films on one timeline, and what it cost."""
        cut = self.lesson.cut(name)
        self._set(sets)
        try:
            self._cut(cut)
        except Refused as refusal:
            display(Markdown(f"### {self.words(name)}\n\n{self.why(refusal)}"))

    def _cut(self, cut: Cut) -> None:
        if not cut.film:
            self._told(cut, self.numbers(cut.lens))
            return
        making = self._making(cut.name)
        other = self._made(making)
        viewer = Viewer(
            pack=self._made(Develop(self.settings)).pack,
            pack_b=other.pack,
            labels=labels(self.words),
            step=self.settings.steps - 1,  # what is measured is the finished film
        )
        self._told(cut, self.numbers(cut.lens, making), viewer)

    def why(self, refusal: Refused) -> str:
        """Why this film can't be looked at, for a person."""
        return refusal.told(self.words)

    def _told(self, cut: Cut, numbers: Mapping[str, Any], viewer: Viewer | None = None) -> None:
        display(Markdown(f"### {self.words(cut.name)}\n\n{self.words(f'{cut.name}.see', **numbers)}"))
        if viewer is not None:
            viewer.show()
        if cut.plot:
            display(plot(draw(self.lesson, cut.name, numbers, self.words), self.words(cut.name)), raw=True)

    def measure(self, lens: str, **sets: Any) -> Mapping[str, Any]:
        """What a lens of this lesson measures, as numbers by name."""
        self._set(sets)
        return self.numbers(lens)

    # --- how they are computed

    def _made(self, job: Develop | MakeCut) -> FilmMade:
        return finish(self.process.work(job))

    def _making(self, name: str) -> MakeCut:
        return MakeCut(self.settings, self.lesson.idea, name, self._inputs(name))

    def numbers(self, lens: str, cut: MakeCut | None = None, hand: Mapping[str, Any] | None = None) -> Any:
        """What a lens measures as the controls stand, but for those in `hand`."""
        standing = self._inputs(lens, hand)
        return finish(self.process.work(Measure(self.settings, self.lesson.idea, lens, standing, cut)))

    def _inputs(self, lens: str, hand: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """The controls that a lens names, as they stand."""
        now = {name: value_of(control) for name, control in self.controls.items()} | self.picks
        if "viewer" in self.__dict__:
            now |= {"film": self.viewer.layer, "view": self.viewer.view, "grid": self.viewer.grid}
        now |= hand or {}
        return {name: now[name] for name in signature(self.lesson.idea, lens).controls}

    def _set(self, sets: Mapping[str, Any]) -> None:
        for name, value in sets.items():
            if name in PICKS:
                self.picks[name] = value
            else:
                put(self.controls[name], value)

    def _drawn(self, name: str, lens: str) -> list[dict[str, Any]]:
        """What stands in the cell: title, drawing, and the sentence that says what to see."""
        title = self.words(name)
        try:
            numbers = self.numbers(lens)
        except Refused as refusal:
            why = self.why(refusal)
            return [html_of(f"<h3>{inline(title)}</h3>", title), html_of(f"<p>{inline(why)}</p>", why), html_of("", "")]
        see = inline(off_page(self.words(f"{name}.see", **numbers)))
        body = drawing(self.lesson.picture(name).kind, draw(self.lesson, name, numbers, self.words), title)
        return [html_of(f"<h3>{inline(title)}</h3>", title), body, html_of(f"<p>{see}</p>", see)]

    @staticmethod
    def _show(place: str, bundles: list[dict[str, Any]], new: bool = False) -> None:
        for part, bundle in enumerate(bundles):
            (display if new else update_display)(bundle, raw=True, display_id=f"{place}-{part}")

    # --- what moves

    def moved(self, *names: str) -> None:
        """Draw again what depends on one of these controls."""
        if "viewer" in self.__dict__:
            self.viewer.step = value_of(self.controls["step"])
            self.viewer.frame = value_of(self.controls["frame"])
            self.viewer.context = repr([value_of(c) for n, c in self.controls.items() if n not in ("step", "frame")])
        for needs, redraw in self.listeners:
            if any(name in needs for name in names):
                redraw()

    def _asked(self, viewer: Viewer, message: Any, _: Any) -> None:
        reply(viewer, message, self.lesson, self.words, lambda lens, hand: self.numbers(lens, hand=hand))

    def _handled(self, change: Any) -> None:
        """The viewer was moved by hand."""
        if change.name == "pick":
            for name, value in picked(change.new or {}).items():
                self.picks[name] = value
                self.moved(name)
        else:
            control = self.controls[change.name]
            put(control, change.new % control.max)


class _Returning:
    """Iterate over a generator and keep what it returns."""

    def __init__(self, steps: Any) -> None:
        self.steps: Any = steps
        self.result: Any = None

    def __iter__(self) -> Any:
        self.result = yield from self.steps
