"""One lesson as a page of Gradio components, and the events between them.

    Page(lesson, lessons, desk, "en").build()        # inside gr.Blocks or a route of it

The film, the bar and a few unseen messengers are `gr.HTML`s that front/stage.js brings to life; sliders, choices,
buttons and plots are Gradio's own. Two messengers carry all state: `hand` (browser to here: where the viewer stands)
and `shown` (here to browser: which film is on screen). A picture listens to exactly what its lens names.
"""

from __future__ import annotations

import json
import traceback
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import gradio as gr

from explainers.stage import table as tables
from explainers.stage import web_html as html
from explainers.stage.desk import Desk, Standing, asks, code, pick_of, screen
from explainers.stage.lesson import RUN, VIEWER, Act, Choice, Control, Cut, Index, Lesson, Picture, Slider, Switch, draw
from explainers.stage.source import signature
from explainers.stage.web_plot import dress
from explainers.stage.words import Words
from explainers.stage.worker import Done, Place, Refused

JS = "async (...now) => (await import('/stage/stage.js')).{call}"
QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
NEWEST: dict[str, Any] = {**QUIET, "trigger_mode": "always_last"}


def island(mount: str, value: Any, inside: str = "", **more: Any) -> gr.HTML:
    """A component that front/stage.js brings to life."""
    call = f"import('/stage/stage.js').then((m) => m.mount{mount}({{ element, props, trigger, watch, server }}))"
    script = (
        f"const there = typeof server === 'undefined' ? {{}} : server; {call.replace('server }', 'server: there }')};"
    )
    return gr.HTML(value, html_template=inside, js_on_load=script, apply_default_css=False, **more)


class Page:
    def __init__(self, lesson: Lesson, lessons: Sequence[Lesson], desk: Desk, language: str) -> None:
        self.lesson, self.lessons, self.desk = lesson, lessons, desk
        self.words = Words.of(lesson.idea, language)
        self.stage = Words.of("stage", language)
        self.controls: dict[str, Any] = {}
        self.cuts: dict[str, tuple[Any, ...]] = {}
        self.stops: dict[str, gr.Button] = {}
        self.first = desk.gallery[0]

    # --- what stands where

    def build(self) -> None:
        lesson, words = self.lesson, self.words
        gr.HTML(html.navigation(lesson, self.lessons, self.stage), apply_default_css=False, elem_id="top")
        self.messengers()
        with gr.Row(elem_id="desk", equal_height=False):  # laid out by front/stage.css
            gr.HTML(f"<h1>{html.inline(words('claim'))}</h1>", apply_default_css=False, elem_id="claim")
            self.viewer = self.film()
            self.bar = island("Bar", asdict(self.first), '<div class="bar"></div>', elem_id="bar", **self.told())
            with gr.Column(elem_id="guide"):
                self.guide()
        self.pictures()
        gr.HTML(html.onward(lesson, self.lessons, self.stage), apply_default_css=False)
        self.wire()

    def told(self) -> dict[str, Any]:
        """What the page's scripts are told once."""
        return {"labels": dict(self.stage.sentences), "facts": self.desk.facts}

    def messengers(self) -> None:
        shown = {"settings": asdict(self.first), "cut": None, "id": self.first.key}
        self.shown = island("Shown", shown, elem_classes="unseen")
        self.hand = island("Hand", {}, elem_classes="unseen")
        self.news = island("News", {"facts": self.desk.facts, "live": False}, elem_classes="unseen")

    def film(self) -> gr.HTML:
        lesson, desk = self.lesson, self.desk
        opening = {("layer" if name == "film" else name): value for name, value in lesson.opens.items()}
        first = screen(
            desk.films[self.first.key], asks=asks(lesson), labels=self.viewer_words(), **{"step": -1, **opening}
        )

        async def ask(message: dict[str, Any]) -> dict[str, Any]:
            return await desk.ask(lesson, message, self.words)

        return island(
            "Viewer",
            first,
            '<div class="film" id="film" tabindex="-1"></div>',
            elem_id="viewer",
            labels=dict(self.stage.sentences),
            server_functions=[ask],
        )

    def viewer_words(self) -> dict[str, str]:
        """The viewer's texts in the page's language; those not given stay as they are in the viewer."""
        own = {
            key.removeprefix("viewer."): text for key, text in self.stage.sentences.items() if key.startswith("viewer.")
        }
        return {**own, "locale": self.stage.language, "a": self.stage("as_it_was"), "b": self.stage("cut")}

    def guide(self) -> None:
        lesson, words, stage = self.lesson, self.words, self.stage
        if lesson.question:
            options = {option: words(f"question.{option}") for option in lesson.question.options}
            guess = html.guess(stage("guess"), words("question"), options)
            gr.HTML(guess, apply_default_css=False, elem_classes="card")
        if lesson.acts:
            with gr.Column(elem_id="acts", elem_classes="card"):
                gr.HTML(html.tag(stage("look")), apply_default_css=False)
                self.acts = [gr.Button(words(f"act.{act.name}"), elem_classes="act") for act in lesson.acts]
        if lesson.controls:
            with gr.Column(elem_id="controls", elem_classes="card"):
                gr.HTML(html.tag(stage("controls")), apply_default_css=False)
                for control in lesson.controls:
                    self.controls[control.name] = self.control(control)
        if lesson.question:
            with gr.Column(elem_id="measured", elem_classes="card"):
                show = f'<button type="button" class="reveal">{html.inline(stage("measured.show"))}</button>'
                gr.HTML(html.tag(stage("measured")) + show, apply_default_css=False)
                self.answer = gr.HTML("", apply_default_css=False, elem_classes="answer")
        for cut in lesson.cuts:
            self.cut_card(cut)
        honest = html.tag(stage("precisely")) + html.prose(words("honest"))
        gr.HTML(honest, apply_default_css=False, elem_classes="card")

    def control(self, control: Control) -> Any:
        place: dict[str, Any] = {"label": self.words(control.name), "elem_id": f"control-{control.name}"}
        if isinstance(control, Slider):
            return gr.Slider(control.low, control.high, control.start, step=control.by, **place)
        if isinstance(control, Choice):
            options = [(self.words(f"{control.name}.{option}"), option) for option in control.options]
            return gr.Radio(options, value=control.start, **place)
        if isinstance(control, Switch):
            return gr.Checkbox(control.start, **place)
        value = "all" if control.start is None else str(control.start)
        return gr.Dropdown(self.indices(control), value=value, filterable=False, **place)

    def indices(self, control: Index) -> list[tuple[str, str]]:
        whole = [(self.stage("all"), "all")] if control.all else []
        return whole + [(str(i + 1), str(i)) for i in range(self.desk.facts[control.of])]

    def cut_card(self, cut: Cut) -> None:
        words, stage = self.words, self.stage
        with gr.Column(elem_classes="card cut"):
            gr.HTML(html.tag(stage("cut")) + f"<h2>{html.inline(words(cut.name))}</h2>", apply_default_css=False)
            button = gr.Button(words(f"{cut.name}.press"), elem_classes="act", elem_id=f"cut-{cut.name}")
            said = gr.HTML("", apply_default_css=False)
            plot = gr.Plot(visible=False, show_label=False) if cut.plot else None
            under = gr.HTML("", apply_default_css=False)
        self.cuts[cut.name] = (button, said, plot, under)

    def pictures(self) -> None:
        lesson, stage = self.lesson, self.stage
        self.drawn: dict[str, tuple[Any, ...]] = {}
        if not lesson.pictures:
            return
        gr.HTML(html.depth_switch(stage), apply_default_css=False)
        with gr.Row(elem_id="pictures"):
            for picture in lesson.pictures:
                self.drawn[picture.name] = self.card(picture)

    def card(self, picture: Picture) -> tuple[Any, ...]:
        words, stage = self.words, self.stage
        with gr.Column(
            elem_classes=["card", "picture", picture.kind], min_width=320, elem_id=f"picture-{picture.name}"
        ):
            title = f"<h3>{html.inline(words(picture.name))}</h3>"
            if picture.kind == "layer" and pick_of(self.lesson, picture) is None:
                title += (
                    f'<button type="button" data-layer="{picture.name}" aria-pressed="false">'
                    f"{html.inline(stage('show_layer'))}</button>"
                )
            gr.HTML(title, apply_default_css=False)
            press = None
            if picture.waits:
                press = gr.Button(words(f"{picture.name}.press"), elem_classes="act")
                self.stops[picture.name] = gr.Button(stage("cancel"), elem_classes=["act", "stop"])
            body: Any = None
            if picture.kind == "plot":
                body = gr.Plot(show_label=False, visible=False)
            elif picture.kind == "films":
                body = island("Films", {"clips": []}, '<div class="films"></div>')
            elif picture.kind in ("table", "stations"):
                body = gr.HTML("", apply_default_css=False)
            under = gr.HTML(self.under_layer(picture), apply_default_css=False)
        return press, body, under

    def under_layer(self, picture: Picture) -> str:
        """A layer is drawn by the viewer: its card says what to click, and holds the code."""
        if picture.kind != "layer":
            return html.note(self.stage("press_first" if picture.waits else "computing"))
        pick = pick_of(self.lesson, picture)
        first = html.note(self.stage(f"pick.{pick}")) if pick else ""
        at = Standing(self.first, {}, self.lesson.starts())
        return first + html.depths("", html.code_html(code(self.lesson, picture.measures, at), self.stage))

    # --- what follows from what

    def wire(self) -> None:
        names = list(self.controls)
        controls = list(self.controls.values())
        arrive = JS.format(call=f"arrive({json.dumps(names)}, now)")
        if controls:
            self.load(None, js=arrive, inputs=controls, outputs=controls)
        for name, control in self.controls.items():
            control.change(None, inputs=control, js=JS.format(call=f"stand({json.dumps(name)}, now[0])"), **QUIET)
        for act, button in zip(self.lesson.acts, getattr(self, "acts", []), strict=True):
            call = f"act({json.dumps(self.sets(act))}, {json.dumps(names)}, now)"
            button.click(None, inputs=controls, outputs=controls, js=JS.format(call=call), **QUIET)
        self.load(self.model_news, outputs=[self.news])
        making: list[Any] = [
            self.bar.submit(self.develop, [self.bar], [self.viewer, self.shown], trigger_mode="multiple", **QUIET)
        ]
        for cut in self.lesson.cuts:
            button, said, plot, under = self.cuts[cut.name]
            outputs = [self.viewer, self.shown, said, *([plot] if plot else []), under]
            making.append(
                button.click(
                    self.cutting(cut), [self.shown, self.hand, *controls], outputs, trigger_mode="multiple", **QUIET
                )
            )
        self.bar.stop(None, cancels=making, **QUIET)
        for picture in self.lesson.pictures:
            self.wire_picture(picture)
        if self.lesson.question:
            self.listen(self.lesson.question.lens, self.answering, [self.answer])

    def wire_picture(self, picture: Picture) -> None:
        press, body, under = self.drawn[picture.name]
        if picture.kind == "layer":
            return
        outputs = [body, under]
        handler = self.drawing(picture)
        if press is not None:
            run = press.click(handler, [self.shown, self.hand, *self.controls.values()], outputs, **NEWEST)
            stop, cancelled = self.stops[picture.name], html.note(self.stage("cancelled.picture"))
            stop.click(lambda: cancelled, None, under, cancels=[run], queue=False, **QUIET)
        else:
            self.listen(picture.measures, handler, outputs)

    def listen(self, lens: str, handler: Callable[..., AsyncIterator[Any]], outputs: list[Any]) -> None:
        """Call the handler when the page opens, when the film changes, and when something moves that the lens names."""
        needs = signature(self.lesson.idea, lens).controls
        inputs = [self.shown, self.hand, *self.controls.values()]
        self.load(handler, inputs=inputs, outputs=outputs)
        triggers = [self.shown.change]
        triggers += [self.controls[name].change for name in needs if name in self.controls]
        gr.on(triggers, handler, inputs, outputs, **NEWEST)
        if any(name in VIEWER for name in needs):
            self.hand.input(self.if_moved(needs, handler, len(outputs)), inputs, outputs, **NEWEST)

    @staticmethod
    def if_moved(
        needs: Sequence[str], handler: Callable[..., AsyncIterator[Any]], outputs: int
    ) -> Callable[..., AsyncIterator[Any]]:
        """The handler, skipped where the viewer moved in ways that the lens does not look at."""

        async def moved(request: gr.Request, shown: Any, hand: Any, *now: Any) -> AsyncIterator[Any]:
            changed = hand.get("changed", []) if isinstance(hand, Mapping) else []
            if not any(name in changed for name in needs):
                yield tuple(gr.skip() for _ in range(outputs)) if outputs > 1 else gr.skip()
                return
            async for drawn in handler(request, shown, hand, *now):
                yield drawn

        return moved

    def load(self, handler: Any, **more: Any) -> None:
        """When the page opens."""
        root = gr.context.Context.root_block
        assert root is not None
        root.load(handler, **more, **QUIET)

    def sets(self, act: Act) -> dict[str, dict[str, Any]]:
        """An act's wishes by whose they are."""
        return {
            "viewer": {name: value for name, value in act.sets.items() if name in VIEWER},
            "run": {name: value for name, value in act.sets.items() if name in RUN},
            "controls": {
                name: (str(value) if isinstance(self.lesson.control(name), Index) else value)
                for name, value in act.sets.items()
                if name in self.controls
            },
        }

    # --- handlers. All that comes in is checked by the desk.

    def standing(self, shown: Any, hand: Any, now: Sequence[Any]) -> Standing:
        settings = shown.get("settings") if isinstance(shown, Mapping) else None
        values = dict(zip(self.controls, now, strict=False))
        hands = hand if isinstance(hand, Mapping) else {}
        return self.desk.standing(self.lesson, settings, {**self.lesson.opens, **hands}, values)

    def say(self, refusal: Refused) -> str:
        return self.stage(refusal.key, **refusal.numbers)

    async def model_news(self) -> dict[str, Any]:
        await self.desk.line.ready.wait()
        return {"facts": self.desk.facts, "live": not self.desk.line.broken, "broken": self.desk.line.broken}

    async def develop(self, wishes: Any, request: gr.Request) -> AsyncIterator[Any]:
        visitor = request.session_hash or ""
        try:
            async for state in self.desk.develop(visitor, wishes if isinstance(wishes, Mapping) else {}):
                settings = state.pop("settings", None)
                yield self.film_state(state), self.shown_state(settings) if settings else gr.skip()
        except Refused as refusal:
            yield self.film_state(screen("", state="error", message=self.say(refusal))), gr.skip()

    def film_state(self, state: dict[str, Any]) -> dict[str, Any]:
        ahead = state.pop("ahead", None)
        if ahead is not None and not state["message"]:
            opening = self.desk.line.facts is None
            key = "opening" if opening else {0: "developing", 1: "next_in_line"}.get(ahead, "in_line")
            state["message"] = self.stage(key, ahead=ahead)
        return {**state, "asks": asks(self.lesson), "labels": self.viewer_words()}

    @staticmethod
    def shown_state(settings: Any, cut: Any = None) -> dict[str, Any]:
        beside = {"name": cut.cut, "controls": dict(cut.controls), "hand": dict(cut.controls)} if cut else None
        return {"settings": asdict(settings), "cut": beside, "id": settings.key}

    def cutting(self, cut: Cut) -> Callable[..., AsyncIterator[Any]]:
        async def handler(request: gr.Request, shown: Any, hand: Any, *now: Any) -> AsyncIterator[Any]:
            at = self.standing(shown, hand, now)
            rest = [gr.skip()] * (2 if cut.plot else 1)
            try:
                async for state in self.desk.cut(request.session_hash or "", self.lesson, cut, at):
                    measured, made = state.pop("measured", None), state.pop("cut", None)
                    settings = state.pop("settings", None)
                    if measured is None:
                        yield self.film_state(state), gr.skip(), html.note(self.stage("developing")), *rest
                        continue
                    yield (
                        self.film_state(state),
                        self.shown_state(settings, made),
                        html.note(self.words(f"{cut.name}.see", **measured), "verdict"),
                        *self.cut_drawn(cut, measured, at),
                    )
            except Refused as refusal:
                yield gr.skip(), gr.skip(), html.note(self.say(refusal)), *rest

        return handler

    def cut_drawn(self, cut: Cut, measured: Mapping[str, Any], at: Standing) -> list[Any]:
        source = html.code_html(code(self.lesson, cut.lens, at), self.stage)
        if not cut.plot:
            return [html.depths("", source)]
        figure = draw(self.lesson, cut.name, measured, self.words)
        numbers = html.table_html(self.words(cut.name), *tables.table(figure), self.stage)
        return [gr.Plot(dress(figure), visible=True), html.depths(numbers, source)]

    def drawing(self, picture: Picture) -> Callable[..., AsyncIterator[Any]]:
        async def handler(request: gr.Request, shown: Any, hand: Any, *now: Any) -> AsyncIterator[Any]:
            at = self.standing(shown, hand, now)
            try:
                async for event in self.desk.look(request.session_hash or "", self.lesson, picture.measures, at):
                    if isinstance(event, Done):
                        yield self.drawn_as(picture, event.value, at)
                    else:
                        yield gr.skip(), html.progress(self.waiting(event), getattr(event, "done", None))
            except Refused as refusal:
                yield gr.skip(), html.note(self.say(refusal))
            except Exception:  # a picture that can't be drawn is no reason for a page that waits for ever
                traceback.print_exc()
                yield gr.skip(), html.note(self.stage("failed"))

        return handler

    def waiting(self, event: Any) -> str:
        if isinstance(event, Place) and event.ahead:
            return self.stage("next_in_line" if event.ahead == 1 else "in_line", ahead=event.ahead)
        return self.stage("computing" if self.desk.line.facts else "opening")

    def drawn_as(self, picture: Picture, numbers: Mapping[str, Any], at: Standing) -> tuple[Any, str]:
        """What goes into a card: the picture, and under it what to see, the numbers, the code."""
        drawn = draw(self.lesson, picture.name, numbers, self.words)
        body, heads, rows = self.body(picture, drawn, numbers)
        see = html.prose(self.words(f"{picture.name}.see", **numbers))
        table = html.table_html(self.words(picture.name), heads, rows, self.stage)
        source = html.code_html(code(self.lesson, picture.measures, at), self.stage)
        return body, see + html.depths(table, source)

    def body(
        self, picture: Picture, drawn: Any, numbers: Mapping[str, Any]
    ) -> tuple[Any, Sequence[str], Sequence[Sequence[Any]]]:
        """What goes into the card, and its numbers."""
        if picture.kind == "plot":
            return gr.Plot(dress(drawn), visible=True), *tables.table(drawn)
        measured = [self.stage("measured.what"), self.stage("measured.value")]
        if picture.kind == "films":
            return self.desk.clips(drawn, self.desk.facts["fps"]), measured, tables.scalars(numbers)
        if picture.kind == "table":
            heads, rows = tables.columns(drawn)
            return html.table_html(self.words(picture.name), heads, rows, self.stage), heads, rows
        images = [[self.desk.picture(image) for image in station.images] for station in drawn]
        return (
            html.stations_html(drawn, images, {lesson.idea for lesson in self.lessons}),
            measured,
            tables.scalars(numbers),
        )

    async def answering(self, request: gr.Request, shown: Any, hand: Any, *now: Any) -> AsyncIterator[Any]:
        assert self.lesson.question is not None
        at = self.standing(shown, hand, now)
        lens = self.lesson.question.lens
        try:
            async for event in self.desk.look(request.session_hash or "", self.lesson, lens, at):
                yield self.answered(event.value, at) if isinstance(event, Done) else html.note(self.waiting(event))
        except Refused as refusal:
            yield html.note(self.say(refusal))

    def answered(self, numbers: Mapping[str, Any], at: Standing) -> str:
        assert self.lesson.question is not None
        right = str(numbers["answer"])
        sentence = self.words("answer" if right else "answer.unclear", **numbers)
        source = html.depths("", html.code_html(code(self.lesson, self.lesson.question.lens, at), self.stage))
        return html.answer(right, sentence, self.stage("its_name"), self.words("name")) + source
