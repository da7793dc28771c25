"""A lesson in a notebook: the same words, figures and viewer as on the page, under the student's own hands.

    from explainers.notebook.page import NotebookPage

    page = NotebookPage("noise")          # opens the model and a film that was made with it
    page.opening()                        # title, and what its story begins with
    page.story()                          # the story, card by card, each with its film as it declares it
    page.card("again")                    # one of its cards alone
    page.film()                           # the viewer, with the page's own film
    page.picture("overtakes")             # a picture with exactly those controls that it depends on
    page.cut("half_noise")                # the mechanism switched off, both films on one timeline
    page.measure("overtakes")["level"]    # the numbers themselves
    page.start_over(steps=16)             # everything as it was opened, but in fewer steps
    page.take_home("reel.mp4")            # a file to keep: film.mp4, film.gif, run.html, run.darkroom
    page.run, page.model                  # Recording and VideoModel, for the engine's own functions

Every widget leaves a still beside it: a saved notebook shows its last state without a kernel, and can be printed.
`DARKROOM_MODEL` names another model (a folder, or one of the hub); "embedded" is the one that comes with the kit.
`DARKROOM_LANGUAGE` is the language that lessons speak ("de"), where a page is not told another.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

os.environ.setdefault("HF_HUB_OFFLINE", "1")  # a class without network must not wait for one
os.environ.setdefault("TQDM_DISABLE", "1")  # progress bars become widgets, and would stay in the notebook

import ipywidgets as widgets
from IPython.display import Markdown, display, update_display

from explainers.kit.clicks import asks, layer_for, picked
from explainers.kit.lesson import PICKS, Cut, Index, Layer, Picture, draw, finish, lessons
from explainers.kit.markdown import inline
from explainers.kit.refused import Refused
from explainers.kit.sentences import Words, labels
from explainers.kit.signature import signature
from explainers.kit.standing import called, cut_from, lens_of, stands
from explainers.kit.story import STANDS, Card, Without
from explainers.notebook.cells import drawing, html_of, numbers_html, off_page, plot, show_films, show_plot
from explainers.notebook.controls import control_of, counter, put, value_of
from explainers.notebook.story import Story
from explainers.notebook.widgets import Sketch, Viewer, shown, standing
from explainers.notebook.work import Returning, Told, made, nobody, pack_of, process, ready, worked
from explainers.viewer.answer import answer
from explainers.viewer.state import FilmState
from explainers.viewer.state import standing as hand_of
from explainers.worker.gallery import FILMS
from explainers.worker.jobs import HOME, Develop, FilmBegun, MakeCut, Measure, StepMade, Take
from explainers.worker.kept import questions
from explainers.worker.settings import Settings, stand

__all__ = ["NotebookPage", "Sketch", "Viewer", "process", "show_films", "show_plot"]


class NotebookPage:
    """One lesson, its film, and where its controls stand; every picture of a notebook looks at the same ones."""

    def __init__(
        self, idea: str, prompt: str = "", seed: int = FILMS[0][1], language: str | None = None, **run: Any
    ) -> None:
        there = {lesson.idea: lesson for lesson in lessons()}
        if idea not in there:
            raise ValueError(f"There is no lesson {idea!r}. There are: {', '.join(there)}.")
        self.lesson, self.words = there[idea], Words.of(idea, language or os.environ.get("DARKROOM_LANGUAGE", "en"))
        self.process = process()
        self.model = self.process.films.model
        own = self.process.facts["defaults"]
        asked = {**own, "prompt": prompt or own.get("prompt", FILMS[0][0]), "seed": seed, **run}
        self.settings = self.opened = Settings().changed(asked)
        self.beside: Develop | MakeCut | None = None  # what made the second film on screen
        self.waiting: set[str] | None = None
        self.listeners: list[tuple[tuple[str, ...], Callable[[], None]]] = []
        self.controls = {c.name: control_of(c, self.words, self.process.facts) for c in self.lesson.controls}
        steps, frames, facts = self.settings.steps, self.settings.frames, self.process.facts
        self.controls["step"] = counter(steps, -1, self.words("viewer.step"))
        self.controls["frame"] = counter(frames, 0, self.words("frame"))
        middle = (facts["latent_frames"] // 2, facts["rows"] // 2, facts["cols"] // 2)
        self.begins: dict[str, Any] = {"patch": middle, "word": 1, "slice": 0}  # where nobody has clicked yet
        self.picks = dict(self.begins)
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
        pack = pack_of(Develop(self.settings))
        keep = FilmState(pack).told(asks=asks(self.lesson), labels=labels(self.words))
        traits = {key: value for key, value in keep.items() if key in Viewer.class_trait_names()}
        viewer = Viewer(**{**traits, "pack_b": b"", "compare": "side", "step": value_of(self.controls["step"])})
        viewer.on_msg(self._asked)
        viewer.observe(self._handled, ["step", "frame", "pick"])
        return viewer

    def film(self) -> None:
        """The viewer, under the student's hands."""
        self.viewer.show()

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
        with self.together():
            self._develop(self.settings.changed(run))
            self._beside(None)

    def _develop(self, settings: Settings, told: Told = nobody) -> None:
        viewer = self.viewer
        if settings == self.settings:
            return
        self.settings = settings
        self.controls["step"].max, self.controls["frame"].max = settings.steps, settings.frames
        viewer.pack_b = b""
        if settings.key not in ready().films:
            for event in (work := Returning(self.process.work(Develop(settings)))):
                if isinstance(event, FilmBegun):
                    viewer.pack, viewer.state = event.pack, "live"
                elif isinstance(event, StepMade):
                    viewer.send({"kind": "step", "film": "a"}, [event.pack])
                told(None)
            viewer.pack, viewer.state = work.result.pack, ""
        else:
            viewer.pack = ready().films[settings.key]
        self.moved("run")

    def _beside(self, other: Develop | MakeCut | None, titles: tuple[str, ...] = (), told: Told = nobody) -> None:
        """A second film on the same timeline, or none."""
        pack = b"" if other is None else pack_of(other, told)
        self.beside, self.viewer.titles, self.viewer.pack_b = other, list(titles), pack

    # --- the story

    def opening(self) -> None:
        first = f"\n\n**{self.words(self.lesson.story[0].key)}**" if self.lesson.story else ""
        display(Markdown(f"# {self.words('title')}{first}"))

    def story(self) -> None:
        """The story of the lesson, one card at a time, and under it the film that it speaks of."""
        self._staged(self.lesson.story)

    def card(self, name: str) -> None:
        """One card of the story, alone, with its film."""
        self._staged([self.lesson.card(name)])

    def _staged(self, cards: Sequence[Card]) -> None:
        """On a page of its own, with the film that the app opens with: when a whole notebook is run, its later cells
        leave the cards as they declare themselves, and the cards leave them alone.
        """
        if cards:
            stage = NotebookPage(self.lesson.idea, language=self.words.language)
            Story(stage, cards).show()
            stage.film()

    def turn(self, card: Card, told: Told = nobody) -> None:
        """Everything as a card says, whatever stood before: film, second film, viewer, picks, controls."""
        at, asked = stands(self.lesson, card), questions(self.lesson, card, self.opened)
        settings = asked.film.settings
        runs = (settings, settings.changed(card.beside)) if card.beside else ()
        beside = (asked.beside or asked.cut, tuple(called(self.words, vars(run), card.beside) for run in runs))
        finished = {"step": -1} if isinstance(card, Without) else {}  # both films of a cut are looked at so
        self._stand(settings, at["viewer"] | finished, at["controls"], beside, told)

    def start_over(self, **run: Any) -> None:
        """Everything as when the page was opened, but for what is said of the run: `page.start_over(steps=16)`."""
        self._stand(self.opened.changed(run), {**STANDS, "playing": False}, self.lesson.starts())

    def _stand(
        self,
        settings: Settings,
        hand: Mapping[str, Any],
        controls: Mapping[str, Any],
        beside: tuple[Develop | MakeCut | None, tuple[str, ...]] = (None, ()),
        told: Told = nobody,
    ) -> None:
        with self.together():
            self._develop(settings, told)
            self._beside(*beside, told)
            for name, value in controls.items():
                put(self.controls[name], self._within(name, value))
            put(self.controls["step"], hand["step"] % settings.steps)
            put(self.controls["frame"], hand["frame"] % settings.frames)
            keys = {"pick": None, **hand_of(hand)}
            for key in ("layer", "view", "grid", "compare", "pick"):
                setattr(self.viewer, key, keys[key])
            self.viewer.tracks = {}  # of another film, or another card
            self.picks = self.begins | {name: hand[name] for name in PICKS if hand[name] is not None}
            self.moved(*PICKS)
        self.viewer.playing = False
        self.viewer.playing = keys["playing"]

    def answered(self, card: Card, now: bool, told: Told) -> tuple[Mapping[str, Any], bool]:
        """What a card's lens measures, and whether that was kept from before; `now`: as everything stands."""
        asked = questions(self.lesson, card, self.opened)
        measure, cut = asked.measure, asked.cut
        if now:
            begun = {name: step % self.settings.steps for name, step in cut_from(card).items()}
            if cut:
                cut = self._making(cut.cut, begun)
                self._beside(cut, (), told)
            lens = lens_of(self.lesson, card)
            measure = Measure(self.settings, self.lesson.idea, lens, self._inputs(lens, begun), cut)
        assert measure is not None, f"{card.name} measures nothing"
        if not now and measure.key in ready().numbers:
            return ready().numbers[measure.key], True
        return worked(measure, told), False

    def _within(self, name: str, value: Any) -> Any:
        """A control's value as this model has it: another one has fewer layers."""
        control = self.lesson.control(name)
        value = stand(control, value)
        most = self.process.facts[control.of] - 1 if isinstance(control, Index) else None
        return value if most is None or value is None else min(value, most)

    # --- the lesson's parts

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
        self.put_up(place, self.drawn(name), new=True)
        self.follow(picture, lambda: self.put_up(place, self.drawn(name)))

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
        other = made(making)
        viewer = Viewer(
            pack=pack_of(Develop(self.settings)),
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
            figure, title = draw(self.lesson, cut.name, numbers, self.words), self.words(cut.name)
            display(plot(figure, title), raw=True)
            display(html_of(numbers_html(figure, title), ""), raw=True)

    def measure(self, lens: str, **sets: Any) -> Mapping[str, Any]:
        """What a lens of this lesson measures, as numbers by name."""
        self._set(sets)
        return self.numbers(lens)

    # --- how they are computed

    def _making(self, name: str, hand: Mapping[str, Any] | None = None) -> MakeCut:
        return MakeCut(self.settings, self.lesson.idea, name, self._inputs(name, hand))

    def numbers(self, lens: str, cut: MakeCut | None = None, hand: Mapping[str, Any] | None = None) -> Any:
        """What a lens measures as the controls stand, but for those in `hand`."""
        standing = self._inputs(lens, hand)
        return finish(self.process.work(Measure(self.settings, self.lesson.idea, lens, standing, cut)))

    def _inputs(self, lens: str, hand: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """The controls that a lens names, as they stand."""
        now = vars(self.settings) | {name: value_of(control) for name, control in self.controls.items()} | self.picks
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

    def drawn(self, name: str) -> list[dict[str, Any]]:
        """A picture as it stands in a cell: title, drawing, and the sentence that says what to see."""
        title, picture = self.words(name), self.lesson.picture(name)
        head = html_of(f"<h3>{inline(title)}</h3>", title)
        try:
            numbers = self.numbers(picture.measures)
        except Refused as refusal:
            why = self.why(refusal)
            return [head, html_of(f"<p>{inline(why)}</p>", why), html_of("", "")]
        see = inline(off_page(self.words(f"{name}.see", **numbers)))
        drawn = draw(self.lesson, name, numbers, self.words)
        folded = numbers_html(drawn, title) if picture.kind == "plot" else ""
        return [head, drawing(picture.kind, drawn, title), html_of(f"<p>{see}</p>{folded}", see)]

    @staticmethod
    def put_up(place: str, bundles: list[dict[str, Any]], new: bool = False) -> None:
        """Show the parts of a picture; in the place of those that stand there, unless they are the first."""
        for part, bundle in enumerate(bundles):
            (display if new else update_display)(bundle, raw=True, display_id=f"{place}-{part}")

    # --- what moves

    def follow(self, picture: Picture, redraw: Callable[[], None]) -> None:
        """From now on, draw a picture again whenever something moves that it is made from."""
        self.listeners.append((("run", *signature(self.lesson.idea, picture.measures).controls), redraw))

    @contextmanager
    def together(self) -> Iterator[None]:
        """What moves meanwhile is drawn once, at the end."""
        names: set[str] = set()
        self.waiting = names
        try:
            yield
        finally:
            self.waiting = None
            if names:
                self.moved(*names)

    def moved(self, *names: str) -> None:
        """Draw again what depends on one of these: controls, picks, the "run"."""
        if self.waiting is not None:
            self.waiting |= set(names)
            return
        if "viewer" in self.__dict__:
            self.viewer.step = value_of(self.controls["step"])
            self.viewer.frame = value_of(self.controls["frame"])
            self.viewer.context = repr([value_of(c) for n, c in self.controls.items() if n not in ("step", "frame")])
        for needs, redraw in self.listeners:
            if any(name in needs for name in names):
                redraw()

    def _asked(self, viewer: Viewer, message: Any, _: Any) -> None:
        """The viewer asks for a map: answered by the layer that speaks of what was clicked, on the film it is of."""
        number = int(message["id"])
        try:
            layer = layer_for(self.lesson, str(message["what"]), str(message.get("name", "")))
            hand = {"step": message["step"], **picked(message)}
            beside = self.beside if message.get("film") == "b" else None
            settings = beside.settings if beside else self.settings
            cut = beside if isinstance(beside, MakeCut) else None
            inputs = self._inputs(layer.measures, hand)
            numbers = finish(self.process.work(Measure(settings, self.lesson.idea, layer.measures, inputs, cut)))
        except Refused as refusal:
            viewer.send({"kind": "error", "id": number, "text": refusal.told(self.words)})
            return
        viewer.send(*answer(number, self.lesson, layer, numbers, self.words))

    def _handled(self, change: Any) -> None:
        """The viewer was moved by hand."""
        if change.name == "pick":
            for name, value in picked(change.new or {}).items():
                self.picks[name] = value
                self.moved(name)
        else:
            control = self.controls[change.name]
            put(control, change.new % control.max)
