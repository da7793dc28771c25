"""The page's handlers: what comes back when something was pressed, moved or opened.

Each is an async generator that Gradio drives and closes when a visitor cancels or goes away; the desk then lets go of
the model. All that comes in is checked by the desk.
"""

from __future__ import annotations

import traceback
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import gradio as gr

from explainers.stage import table as tables
from explainers.stage import web_html as html
from explainers.stage.desk import Desk, asks, screen
from explainers.stage.lesson import Cut, Index, Lesson, Picture, draw
from explainers.stage.standing import Standing, code
from explainers.stage.web_plot import dress
from explainers.stage.words import Words
from explainers.stage.worker import Done, Place, Refused


class Answers:
    """What one page answers. `shown`, `hand` and `now` are its messengers' values and how its controls stand."""

    def __init__(self, lesson: Lesson, lessons: Sequence[Lesson], desk: Desk, language: str) -> None:
        self.lesson, self.desk = lesson, desk
        self.pages = {each.idea for each in lessons}
        self.words = Words.of(lesson.idea, language)
        self.stage = Words.of("stage", language)

    def standing(self, shown: Any, hand: Any, now: Sequence[Any]) -> Standing:
        settings = shown.get("settings") if isinstance(shown, Mapping) else None
        values = dict(zip((c.name for c in self.lesson.controls), now, strict=False))
        hands = hand if isinstance(hand, Mapping) else {}
        return self.desk.standing(self.lesson, settings, {**self.lesson.opens, **hands}, values)

    def say(self, refusal: Refused) -> str:
        return self.stage(refusal.key, **refusal.numbers)

    def model_news(self, indices: Sequence[Index]) -> Callable[[], Awaitable[Any]]:
        async def handler() -> Any:
            line = self.desk.line
            await line.ready.wait()
            broken = self.stage("broken", why=line.broken) if line.broken else ""
            news = {"facts": self.desk.facts, "live": not line.broken, "broken": broken}
            choices = [gr.Dropdown(choices=self.indices(control)) for control in indices]
            return (news, *choices) if choices else news

        return handler

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
            html.stations_html(drawn, images, self.pages),
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

    def viewer_words(self) -> dict[str, str]:
        """The viewer's texts in the page's language; those not given stay as they are in the viewer."""
        own = {
            key.removeprefix("viewer."): text for key, text in self.stage.sentences.items() if key.startswith("viewer.")
        }
        return {**own, "locale": self.stage.language, "a": self.stage("as_it_was"), "b": self.stage("cut")}

    def indices(self, control: Index) -> list[tuple[str, str]]:
        whole = [(self.stage("all"), "all")] if control.all else []
        return whole + [(str(i + 1), str(i)) for i in range(self.desk.facts[control.of])]


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
