"""One lesson as a page of Gradio components, and the events between them.

    Page(lesson, lessons, service, "en").build()        # inside gr.Blocks or a route of it

The film, the bar and a few unseen messengers are `gr.HTML`s that static/page.js brings to life; sliders, choices,
buttons and plots are Gradio's own. Two messengers carry all state: `hand` (browser to here: where the viewer stands)
and `shown` (here to browser: which film is on screen). A picture listens to exactly what its lens names.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import gradio as gr

from explainers.kit.clicks import asks, pick_of
from explainers.kit.folders import KIT
from explainers.kit.lesson import (
    VIEWER,
    Choice,
    Control,
    Cut,
    Index,
    Lesson,
    Picture,
    Slider,
    Switch,
    Text,
)
from explainers.kit.markdown import inline
from explainers.kit.sentences import Words, labels
from explainers.kit.signature import signature
from explainers.kit.story import STANDS
from explainers.provenance import MODEL, linked_data
from explainers.viewer.state import FilmState, standing
from explainers.web import html
from explainers.web.cards import Cards
from explainers.web.first_paint import place
from explainers.web.handlers import Answers, Handler
from explainers.web.inputs import code
from explainers.web.localize import page
from explainers.web.model_card import ModelCard
from explainers.web.service import Service
from explainers.worker.jobs import LARGEST
from explainers.worker.settings import BOUNDS, LONGEST_PROMPT

JS = "async (...now) => (await import('page/page.js')).{call}"
QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
NEWEST: dict[str, Any] = {**QUIET, "trigger_mode": "always_last"}


def island(mount: str, value: Any, inside: str = "", **more: Any) -> gr.HTML:
    """A component that static/page.js brings to life."""
    call = f"import('page/page.js').then((m) => m.mount{mount}({{ element, props, trigger, watch, server }}))"
    script = (
        f"const there = typeof server === 'undefined' ? {{}} : server; {call.replace('server }', 'server: there }')};"
    )
    return gr.HTML(value, html_template=inside, js_on_load=script, apply_default_css=False, **more)


def root() -> gr.Blocks:
    """What all pages stand in."""
    found = gr.context.Context.root_block
    assert found is not None
    return found


class Page:
    def __init__(self, lesson: Lesson, lessons: Sequence[Lesson], service: Service, language: str) -> None:
        self.lesson, self.lessons, self.service = lesson, lessons, service
        self.words = Words.of(lesson.idea, language)
        self.shared = Words.of(KIT, language)
        self.controls: dict[str, Any] = {}
        self.cuts: dict[str, tuple[Any, ...]] = {}
        self.stops: dict[str, gr.Button] = {}
        self.name = lesson.idea if language == "en" else page(lesson.idea, language)  # no visitor sees it
        self.top = html.navigation(lesson, lessons, self.shared)
        self.story = html.story(lesson, lessons, self.words, self.shared, service.facts)
        self.answers = Answers(lesson, lessons, service, language)
        self.cards = Cards(self.answers)
        self.first = self.cards.declared(lesson.story[0]).settings

    # --- what stands where

    def build(self) -> None:
        gr.HTML(self.top, apply_default_css=False, elem_id="top")
        self.messengers()
        with gr.Row(elem_id="desk", equal_height=False):  # laid out by static/page.css
            self.bar = island("Bar", asdict(self.first), '<div class="bar"></div>', elem_id="bar", **self.told())
            self.viewer = self.film()
            gr.HTML(self.story, apply_default_css=False, elem_id="story")
        gr.HTML(html.filled("under.html", words=self.shared), apply_default_css=False, elem_id="under")
        with gr.Column(elem_id="workbench"):
            with gr.Column(elem_id="guide"):
                self.guide()
            self.pictures()
            self.home = island(
                "Home", {}, '<div class="home"></div>', elem_id="home", elem_classes="card", **self.told()
            )
        self.wire()

    def told(self) -> dict[str, Any]:
        """What the page's scripts are told once."""
        examples = [asdict(settings) for settings in self.service.gallery]
        limits = {**BOUNDS, "prompt": LONGEST_PROMPT, "file": LARGEST}
        return {"labels": self.labels(), "facts": self.service.facts, "limits": limits, "examples": examples}

    def labels(self) -> dict[str, str]:
        """The sentences that all pages share, for the page's scripts; the viewer is told its own apart."""
        said = {key: text for key, text in self.shared.everything().items() if not key.startswith("viewer.")}
        return {**said, "viewer.locale": self.shared.language}

    def messengers(self) -> None:
        shown = self.answers.shown_state(self.first)
        front = self.lesson is self.lessons[0]  # there, the films that come with the kit follow each other
        self.shown = island("Shown", shown, elem_classes="unseen", gallery=self.gallery() if front else [])
        self.hand = island("Hand", {}, elem_classes="unseen")
        self.turn = island("Story", {}, elem_classes="unseen")
        self.bench = island("Bench", {"open": False, "lent": ""}, elem_classes="unseen")
        self.news = island("News", {"facts": self.service.facts, "live": False}, elem_classes="unseen")

    def gallery(self) -> list[dict[str, Any]]:
        """The films that are there at once."""
        films = self.service.films
        return [
            {"film": self.answers.film_state(FilmState(films[each.key])), "shown": self.answers.shown_state(each)}
            for each in self.service.gallery
        ]

    def place(self) -> str:
        """What stands on the page until Gradio has set it up."""
        made = linked_data(MODEL, self.first.prompt)
        return place(self.top, self.story, self.opening(), made, self.service.kiosk)

    def opening(self) -> dict[str, Any]:
        """The viewer's first state."""
        at = self.cards.declared(self.lesson.story[0])
        films = self.service.films
        told = FilmState(films.get(self.first.key, films[self.service.gallery[0].key]))
        return told.told(asks=asks(self.lesson), labels=labels(self.shared), fill=True, **standing(at.hand))

    def film(self) -> gr.HTML:
        lesson, service = self.lesson, self.service

        async def ask(message: dict[str, Any], request: gr.Request) -> dict[str, Any]:
            asked = await request.json()  # here Gradio hands on the server's own request, whose body names the session
            return await service.ask(str(asked.get("session_hash", "")), lesson, message, self.words)

        return island(
            "Viewer",
            self.opening(),
            '<div class="film" id="film" tabindex="-1"></div>',
            elem_id="viewer",
            labels=self.labels(),
            server_functions=[ask],
        )

    def guide(self) -> None:
        lesson, shared = self.lesson, self.shared
        self.model = (
            ModelCard(self.service, shared.language) if lesson.models and len(self.service.offers) > 1 else None
        )
        if lesson.controls:
            with gr.Column(elem_id="controls", elem_classes="card"):
                gr.HTML(html.tag(shared("controls")), apply_default_css=False)
                for control in lesson.controls:
                    self.controls[control.name] = self.control(control)
        for cut in lesson.cuts:
            self.cut_card(cut)

    def control(self, control: Control) -> Any:
        place: dict[str, Any] = {"label": self.words(control.name), "elem_id": f"control-{control.name}"}
        if isinstance(control, Slider):
            return gr.Slider(control.low, control.high, control.start, step=control.by, **place)
        if isinstance(control, Choice):
            options = [(self.words(f"{control.name}.{option}"), option) for option in control.options]
            return gr.Radio(options, value=control.start, **place)
        if isinstance(control, Switch):
            return gr.Checkbox(control.start, **place)
        if isinstance(control, Text):
            return gr.Textbox(control.start, max_lines=1, **place)
        value = "all" if control.start is None else str(control.start)
        return gr.Dropdown(self.answers.indices(control), value=value, filterable=False, **place)

    def cut_card(self, cut: Cut) -> None:
        words, shared = self.words, self.shared
        with gr.Column(elem_classes="card cut"):
            gr.HTML(html.tag(shared("cut")) + f"<h2>{inline(words(cut.name))}</h2>", apply_default_css=False)
            button = gr.Button(words(f"{cut.name}.press"), elem_classes="act", elem_id=f"cut-{cut.name}")
            said = gr.HTML("", apply_default_css=False)
            plot = gr.Plot(visible=False, show_label=False) if cut.plot else None
            under = gr.HTML("", apply_default_css=False)
        self.cuts[cut.name] = (button, said, plot, under)

    def pictures(self) -> None:
        lesson, shared = self.lesson, self.shared
        self.drawn: dict[str, tuple[Any, ...]] = {}
        if not lesson.pictures:
            return
        gr.HTML(html.depth_switch(shared), apply_default_css=False)
        with gr.Row(elem_id="pictures"):
            for picture in lesson.pictures:
                self.drawn[picture.name] = self.card(picture)

    def card(self, picture: Picture) -> tuple[Any, ...]:
        words, shared = self.words, self.shared
        with gr.Column(
            elem_classes=["card", "picture", picture.kind], min_width=320, elem_id=f"picture-{picture.name}"
        ):
            title = f"<h3>{inline(words(picture.name))}</h3>"
            if picture.kind == "layer" and pick_of(self.lesson, picture) is None:
                title += (
                    f'<button type="button" data-layer="{picture.name}" aria-pressed="false">'
                    f"{inline(shared('show_layer'))}</button>"
                )
            gr.HTML(title, apply_default_css=False)
            press = None
            if picture.waits:
                press = gr.Button(words(f"{picture.name}.press"), elem_classes="act")
                self.stops[picture.name] = gr.Button(shared("cancel"), elem_classes=["act", "stop"])
            body: Any = None
            if picture.kind == "plot":
                body = gr.Plot(show_label=False, visible=False)
            elif picture.kind == "films":
                body = island("Films", {"clips": []}, '<div class="films"></div>')
            elif picture.kind == "texts":
                body = island("Texts", {"texts": []}, '<div class="films texts"></div>')
            elif picture.kind == "first_frame":
                body = island("FirstFrame", {"images": []}, '<div class="first_frame"></div>')
            elif picture.kind in ("table", "stations"):
                body = gr.HTML("", apply_default_css=False)
            under = gr.HTML(self.under_layer(picture), apply_default_css=False)
        return press, body, under

    def under_layer(self, picture: Picture) -> str:
        """A layer is drawn by the viewer: its card says what to click, and holds the code."""
        if picture.kind != "layer":
            return html.note(self.shared("press_first" if picture.waits else "computing"))
        pick = pick_of(self.lesson, picture)
        first = html.note(self.shared(f"pick.{pick}")) if pick else ""
        picked = {**STANDS, "patch": [0, 0, 0], "word": 0, "slice": 0}  # something, till a visitor picks
        at = self.service.inputs(self.lesson, asdict(self.first), picked, self.lesson.starts())
        return first + html.depths("", html.code_html(code(self.lesson, picture.measures, at), self.shared))

    # --- what follows from what

    def wire(self) -> None:
        names = list(self.controls)
        controls = list(self.controls.values())
        arrive = JS.format(call=f"arrive({json.dumps(names)}, now, {json.dumps(self.offered())})")
        if controls:
            self.load(None, js=arrive, inputs=controls, outputs=controls)
        for name, control in self.controls.items():
            control.change(None, inputs=control, js=JS.format(call=f"moved({json.dumps(name)}, now[0])"), **QUIET)
        if controls:
            steered = JS.format(call=f"steered({json.dumps(names)}, now)")
            self.turn.input(None, inputs=controls, outputs=controls, js=steered, **NEWEST)
        indices = [control for control in self.lesson.controls if isinstance(control, Index)]
        self.load(self.answers.model_news(indices), outputs=[self.news, *(self.controls[c.name] for c in indices)])
        making: list[Any] = [
            self.bar.submit(
                self.answers.develop,
                [self.bar],
                [self.viewer, self.shown, self.news],
                trigger_mode="multiple",
                **QUIET,
            )
        ]
        told = [self.turn, self.shown, self.hand, *controls]
        turning = self.turn.submit(self.cards.turning, told, [self.turn], trigger_mode="multiple", **QUIET)
        self.turn.stop(None, cancels=[turning], **QUIET)
        if self.model:
            self.model.wire(self.news)
        for cut in self.lesson.cuts:
            button, said, plot, under = self.cuts[cut.name]
            outputs = [self.viewer, self.shown, said, *([plot] if plot else []), under]
            making.append(
                button.click(
                    self.answers.cutting(cut),
                    [self.shown, self.hand, *controls],
                    outputs,
                    trigger_mode="multiple",
                    **QUIET,
                )
            )
        self.bar.stop(None, cancels=making, **QUIET)
        inputs = [self.home, self.shown, self.hand]
        taking = self.home.submit(self.answers.taking, inputs, [self.home], trigger_mode="multiple", **QUIET)
        self.home.stop(None, cancels=[taking], **QUIET)
        for pictures in self.by_lens():
            self.wire_pictures(pictures)

    def offered(self) -> dict[str, list[str]]:
        """What can be chosen, of each control where something is: Gradio fails with anything else."""
        offers = {c.name: list(c.options) for c in self.lesson.controls if isinstance(c, Choice)}
        indices = {c.name: c for c in self.lesson.controls if isinstance(c, Index)}
        return offers | {name: [value for _, value in self.answers.indices(c)] for name, c in indices.items()}

    def by_lens(self) -> list[list[Picture]]:
        """The pictures that are drawn here, those that one lens measures together."""
        groups: dict[tuple[str, bool], list[Picture]] = {}
        for picture in self.lesson.pictures:
            if picture.kind != "layer":  # the viewer draws those
                groups.setdefault((picture.measures, picture.waits), []).append(picture)
        return list(groups.values())

    def wire_pictures(self, pictures: list[Picture]) -> None:
        drawn = [self.drawn[picture.name] for picture in pictures]
        outputs = [part for _, body, under in drawn for part in (body, under)]
        handler = self.answers.drawing(pictures)
        if not pictures[0].waits:
            self.listen(pictures[0].measures, handler, outputs)
            return
        presses = [press.click for press, _, _ in drawn]
        gr.on(presses, handler, [self.shown, self.hand, *self.controls.values()], outputs, **NEWEST)
        stops = [self.stops[picture.name].click for picture in pictures]
        gr.on(stops, self.answers.stopping(pictures[0].measures), None, None, **QUIET)

    def listen(self, lens: str, handler: Handler, outputs: list[Any]) -> None:
        """Call the handler when the film changes, and when something moves that the lens names: while the workbench is
        open, and when it opens.

        One event with many causes: Gradio then asks one question after the other, and the last one always. With an
        event each, the slow answer to an old question would be drawn over the new one's. It comes second, after an
        event that does nothing: what Gradio has put off it starts anew by its cause, for all who hear that cause. Two
        handlers that heard one cause would put each other off, and start each other, for ever.
        """
        needs = signature(self.lesson.idea, lens).controls
        causes = [self.bench.input, self.shown.change]
        causes += [self.controls[name].change for name in needs if name in self.controls]
        if any(name in VIEWER for name in needs):
            causes.append(self.hand.input)
        last = gr.State("")
        inputs = [last, self.bench, self.shown, self.hand, *self.controls.values()]
        caused = gr.on(causes, None, js="() => []", **QUIET)
        caused.then(self.answers.once(lens, handler, len(outputs)), inputs, [last, *outputs], **NEWEST)

    def load(self, handler: Any, **more: Any) -> None:
        """When the page opens."""
        root().load(handler, **more, **QUIET)
