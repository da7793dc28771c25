"""The page's handlers: what comes back when something was pressed, moved or opened.

Each is an async generator that Gradio drives and closes when a visitor cancels or goes away; the service then lets go
of the model, and checks all that comes in.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import gradio as gr

from explainers.kit import table as tables
from explainers.kit.clicks import asks
from explainers.kit.folders import KIT
from explainers.kit.lesson import Cut, Index, Lesson, Picture, draw
from explainers.kit.markdown import prose
from explainers.kit.plot import dress
from explainers.kit.refused import Refused
from explainers.kit.sentences import Words, labels
from explainers.kit.story import STANDS
from explainers.viewer.state import FilmState
from explainers.web import html
from explainers.web.events import FilmShown
from explainers.web.files import take
from explainers.web.inputs import Inputs, code
from explainers.web.running.metrics import refused
from explainers.web.service import Service
from explainers.worker.queue import Done, Opening, Place

Handler = Callable[..., AsyncIterator[Any]]


class Answers:
    """What one page answers. `shown`, `hand` and `now` are its messengers' values and how its controls stand."""

    def __init__(self, lesson: Lesson, lessons: Sequence[Lesson], service: Service, language: str) -> None:
        self.lesson, self.service = lesson, service
        self.pages = {each.idea for each in lessons}
        self.words = Words.of(lesson.idea, language)
        self.shared = Words.of(KIT, language)

    def inputs(self, shown: Any, hand: Any, now: Sequence[Any]) -> Inputs:
        settings = shown.get("settings") if isinstance(shown, Mapping) else None
        values = dict(zip((c.name for c in self.lesson.controls), now, strict=False))
        hands = hand if isinstance(hand, Mapping) else {}
        return self.service.inputs(self.lesson, settings, {**STANDS, **hands}, values)

    def say(self, refusal: Refused) -> str:
        refused(refusal.key)
        return refusal.told(self.words)

    def model_news(self, indices: Sequence[Index]) -> Callable[[], Awaitable[Any]]:
        async def handler() -> Any:
            await self.service.queue.ready.wait()
            news = self.news()
            choices = [gr.Dropdown(choices=self.indices(control)) for control in indices]
            return (news, *choices) if choices else news

        return handler

    def news(self) -> dict[str, Any]:
        queue = self.service.queue
        said = self.shared("broken", why=queue.broken) if queue.broken else ""
        if not queue.ready.is_set():
            said = self.waiting(Opening(again=queue.facts is not None))
        return {"facts": self.service.facts, "live": not said, "broken": said}

    async def develop(self, wishes: Any, request: gr.Request) -> AsyncIterator[Any]:
        visitor, ready = request.session_hash or "", self.service.queue.ready
        known = True  # whether the page knows how the model stands
        try:
            async for event in self.service.develop(visitor, wishes if isinstance(wishes, Mapping) else {}):
                if isinstance(event, Opening):
                    known = False
                    yield gr.skip(), gr.skip(), self.news()
                    continue
                shown = self.shown_state(event.settings) if event.settings else gr.skip()
                yield self.film_state(event.state, event.ahead), shown, gr.skip() if known else self.news()
                known = ready.is_set()
        except Refused as refusal:
            # the page may not know yet that somebody chose another model, or that it has stopped
            news = self.news() if refusal.key in ("model.changed", "model.other", "lost") else gr.skip()
            yield self.film_state(FilmState(state="error", message=self.say(refusal))), gr.skip(), news
            if not ready.is_set():
                await ready.wait()
                yield gr.skip(), gr.skip(), self.news()

    def film_state(self, state: FilmState, ahead: int | None = None) -> dict[str, Any]:
        """For the viewer, with what it says while a film waits: `ahead` others are made before."""
        message = state.message
        if ahead is not None and not message:
            key = {0: "developing", 1: "next_in_line"}.get(ahead, "in_line")
            message = self.shared(key, ahead=ahead)
        return state.told(message=message, asks=asks(self.lesson), labels=labels(self.shared))

    def shown_state(self, settings: Any, cut: Any = None) -> dict[str, Any]:
        beside = {"name": cut.cut, "controls": dict(cut.controls), "hand": dict(cut.controls)} if cut else None
        notes = [self.shared.said(note) for note in self.service.notes.get(settings.key, ())]
        return {"settings": asdict(settings), "cut": beside, "id": settings.key, "notes": notes}

    async def taking(self, wish: Any, shown: Any, hand: Any, request: gr.Request) -> AsyncIterator[Any]:
        """A file to take home: how far it is, then its address."""
        try:
            at = self.inputs(shown, hand, ())
            cut = self.service.cut_beside(self.lesson, shown)
            visitor, wishes = request.session_hash or "", wish if isinstance(wish, Mapping) else {}
            async for event in take(self.service, visitor, wishes, at, cut, self.shared.language):
                if isinstance(event, Opening) or (isinstance(event, Place) and event.ahead):
                    yield {"done": None, "message": self.waiting(event)}
                elif isinstance(event, Place):
                    yield {"done": None, "message": None}
                else:
                    yield asdict(event)
        except Refused as refusal:
            yield {"error": self.say(refusal)}

    def cutting(self, cut: Cut) -> Handler:
        async def measuring(request: gr.Request, shown: Any, hand: Any, *now: Any) -> AsyncIterator[Any]:
            """Without another film."""
            at = self.inputs(shown, hand, now)
            rest = [gr.skip()] * (2 if cut.plot else 1)
            try:
                async for event in self.service.look(request.session_hash or "", self.lesson, cut.lens, at):
                    said, drawn = html.note(self.waiting(event)), rest
                    if isinstance(event, Done):
                        said = html.note(self.words(f"{cut.name}.see", **event.value), "verdict")
                        drawn = self.cut_drawn(cut, event.value, at)
                    yield gr.skip(), gr.skip(), said, *drawn
            except Refused as refusal:
                yield gr.skip(), gr.skip(), html.note(self.say(refusal)), *rest

        async def handler(request: gr.Request, shown: Any, hand: Any, *now: Any) -> AsyncIterator[Any]:
            at = self.inputs(shown, hand, now)
            rest = [gr.skip()] * (2 if cut.plot else 1)
            try:
                async for event in self.service.cut(request.session_hash or "", self.lesson, cut, at):
                    if isinstance(event, Opening):
                        yield gr.skip(), gr.skip(), html.note(self.waiting(event)), *rest
                        continue
                    if isinstance(event, FilmShown):
                        waits = html.note(self.shared("developing"))
                        yield self.film_state(event.state, event.ahead), gr.skip(), waits, *rest
                        continue
                    yield (
                        self.film_state(event.state),
                        self.shown_state(event.settings, event.cut),
                        html.note(self.words(f"{cut.name}.see", **event.numbers), "verdict"),
                        *self.cut_drawn(cut, event.numbers, at),
                    )
            except Refused as refusal:
                yield gr.skip(), gr.skip(), html.note(self.say(refusal)), *rest

        return handler if cut.film else measuring

    def cut_drawn(self, cut: Cut, measured: Mapping[str, Any], at: Inputs) -> list[Any]:
        source = html.code_html(code(self.lesson, cut.lens, at, cut.name), self.shared)
        if not cut.plot:
            return [html.depths("", source)]
        figure = draw(self.lesson, cut.name, measured, self.words)
        numbers = html.table_html(self.words(cut.name), *tables.table(figure), self.shared)
        return [gr.Plot(dress(figure, self.shared.marks), visible=True), html.depths(numbers, source)]

    def once(self, lens: str, handler: Handler, outputs: int) -> Handler:
        """The handler, skipped where nothing moved that the lens looks at. Its first value, in and out, is the question
        that was answered last."""

        async def asked(
            request: gr.Request, last: str, bench: Any, shown: Any, hand: Any, *now: Any
        ) -> AsyncIterator[Any]:
            if not self.seen(bench, lens):
                yield (gr.skip(),) * (1 + outputs)
                return
            question = self.service.question(self.lesson, lens, self.inputs(shown, hand, now)).key
            if question == last:
                yield (gr.skip(),) * (1 + outputs)
                return
            async for drawn in handler(request, shown, hand, *now):
                yield question, *(drawn if isinstance(drawn, tuple) else (drawn,))

        return asked

    def seen(self, bench: Any, lens: str) -> bool:
        """Whether what a lens measures can be seen: nobody waits for pictures of a workbench that is closed."""
        stands = bench if isinstance(bench, Mapping) else {}
        lent = [picture.measures for picture in self.lesson.pictures if picture.name == stands.get("lent")]
        return bool(stands.get("open")) or lens in lent

    def drawing(self, pictures: Sequence[Picture]) -> Handler:
        """Draws all pictures that one lens measures: it runs once for them.

        Whoever stops it is told so here, last: with Gradio's own `cancels`, what was on its way came after that.
        """

        async def handler(request: gr.Request, shown: Any, hand: Any, *now: Any) -> AsyncIterator[Any]:
            at = self.inputs(shown, hand, now)
            lens = pictures[0].measures
            try:
                async for event in self.service.look(request.session_hash or "", self.lesson, lens, at):
                    if isinstance(event, Done):
                        yield tuple(part for picture in pictures for part in self.drawn_as(picture, event.value, at))
                        return
                    waits = html.progress(self.waiting(event), getattr(event, "done", None))
                    yield (gr.skip(), waits) * len(pictures)
                yield (gr.skip(), html.note(self.shared("cancelled.picture"))) * len(pictures)
            except Refused as refusal:
                yield (gr.skip(), html.note(self.say(refusal))) * len(pictures)
            except Exception:  # a picture that can't be drawn is no reason for a page that waits for ever
                logging.getLogger(__name__).exception("a picture failed")
                yield (gr.skip(), html.note(self.shared("failed"))) * len(pictures)

        return handler

    def stopping(self, lens: str) -> Callable[[gr.Request], Awaitable[None]]:
        async def handler(request: gr.Request) -> None:
            self.service.cancel(request.session_hash or "", self.lesson, lens)

        return handler

    def waiting(self, event: Any) -> str:
        if isinstance(event, Place) and event.ahead:
            return self.shared("next_in_line" if event.ahead == 1 else "in_line", ahead=event.ahead)
        if isinstance(event, Opening):
            return self.shared("reopening" if event.again else "opening")
        return self.shared("computing")

    def drawn_as(self, picture: Picture, numbers: Mapping[str, Any], at: Inputs) -> tuple[Any, str]:
        """What goes into a card: the picture, and under it what to see, the numbers, the code."""
        drawn = draw(self.lesson, picture.name, numbers, self.words)
        body, heads, rows = self.body(picture, drawn, numbers)
        see = prose(self.words(f"{picture.name}.see", **numbers))
        table = html.table_html(self.words(picture.name), heads, rows, self.shared)
        source = html.code_html(code(self.lesson, picture.measures, at), self.shared)
        return body, see + html.depths(table, source)

    def body(
        self, picture: Picture, drawn: Any, numbers: Mapping[str, Any]
    ) -> tuple[Any, Sequence[str], Sequence[Sequence[Any]]]:
        """What goes into the card, and its numbers."""
        if picture.kind == "plot":
            return gr.Plot(dress(drawn, self.shared.marks), visible=True), *tables.table(drawn)
        measured = [self.shared("measured.what"), self.shared("measured.value")]
        if picture.kind == "films":
            return self.service.clips(drawn, self.service.facts["fps"]), measured, tables.scalars(numbers)
        if picture.kind == "texts":
            texts = [{"caption": caption, "steps": steps} for caption, steps in drawn.items()]
            return {"texts": texts}, measured, tables.scalars(numbers)
        if picture.kind == "first_frame":
            offers = [{"caption": caption, "image": self.service.picture(image)} for caption, image in drawn.items()]
            return {"images": offers}, measured, tables.scalars(numbers)
        if picture.kind == "table":
            heads, rows = tables.columns(drawn)
            return html.table_html(self.words(picture.name), heads, rows, self.shared), heads, rows
        images = [[self.service.picture(image) for image in station.images] for station in drawn]
        return (
            html.stations_html(drawn, images, self.pages),
            measured,
            tables.scalars(numbers),
        )

    def indices(self, control: Index) -> list[tuple[str, str]]:
        whole = [(self.shared("all"), "all")] if control.all else []
        return whole + [(str(i + 1), str(i)) for i in range(self.service.facts[control.of])]
