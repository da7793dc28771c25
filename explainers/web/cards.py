"""What comes back when a visitor turns to a card of the story: its film, the film beside it, what was measured.

A card says how everything stands (kit/story.py), so an answer needs nothing of what stood before. A visitor who has
moved something asks for it as it stands now: `own`.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

import gradio as gr

from explainers.kit.figures import figure_html
from explainers.kit.lesson import draw
from explainers.kit.markdown import prose
from explainers.kit.refused import Refused
from explainers.kit.standing import called, cut_from, lens_of, stands
from explainers.kit.story import Card, Predict, Strip, Without
from explainers.viewer.state import FilmState, tracks
from explainers.web import html
from explainers.web.events import CutMeasured, FilmShown
from explainers.web.handlers import Answers
from explainers.web.inputs import Inputs
from explainers.worker.kept import said
from explainers.worker.queue import Done, Opening


class Cards:
    def __init__(self, answers: Answers) -> None:
        self.answers, self.lesson, self.service = answers, answers.lesson, answers.service

    async def turning(self, request: gr.Request, asked: Any, shown: Any, hand: Any, *now: Any) -> AsyncIterator[Any]:
        """`asked`: {"turn": its number, "card": a name, "own": as it stands now, "fresh": measured anew, "measured":
        of a Predict too, "controls": how they stand}.
        """
        wish = asked if isinstance(asked, Mapping) else {}
        card = next((c for c in self.lesson.story if c.name == wish.get("card")), None)
        if card is None:
            return
        answer: dict[str, Any] = {"turn": wish.get("turn"), "card": card.name}
        own, fresh = bool(wish.get("own")), bool(wish.get("fresh"))
        at = self.standing(card, shown, hand, self.moved(wish, now)) if own else self.declared(card)
        visitor = request.session_hash or ""
        try:
            async for part in self.told(card, visitor, at, own, fresh, bool(wish.get("measured"))):
                answer = answer | part  # each holds what came before: of two at once, Gradio hands on the last
                yield answer
        except Refused as refusal:
            yield answer | {"progress": html.note(self.answers.say(refusal)), "over": True}
        except Exception:  # a card that can't be measured is no reason for a page that waits for ever
            logging.getLogger(__name__).exception("a card failed")
            yield answer | {"progress": html.note(self.answers.shared("failed")), "over": True}

    def standing(self, card: Card, shown: Any, hand: Any, now: Any) -> Inputs:
        """As it stands now, but for the step from which a cut is made."""
        hands = hand if isinstance(hand, Mapping) else {}
        return self.answers.inputs(shown, {**hands, **cut_from(card)}, now)

    def moved(self, wish: Mapping[str, Any], now: Sequence[Any]) -> list[Any]:
        """The controls as the card says that they stand: Gradio hears of a slider a little later than the page."""
        says = wish.get("controls")
        there = says if isinstance(says, Mapping) else {}
        return [there.get(control.name, value) for control, value in zip(self.lesson.controls, now, strict=False)]

    def declared(self, card: Card) -> Inputs:
        at = stands(self.lesson, card)
        settings = asdict(self.service.opening.changed(at["run"]))
        return self.service.inputs(self.lesson, settings, at["viewer"], at["controls"])

    async def told(
        self, card: Card, visitor: str, at: Inputs, own: bool, fresh: bool, measured: bool
    ) -> AsyncIterator[dict[str, Any]]:
        film = FilmState()
        if not own:
            async for event in self.service.develop(visitor, asdict(at.settings)):
                if isinstance(event, Opening):
                    yield self.waits(event)
                    continue
                film = event.state
                yield self.film(event)
                if event.settings:
                    at = replace(at, settings=event.settings)
            if card.beside:
                async for both in self.beside(card, visitor, at, film):
                    yield both
        if isinstance(card, Without) and self.lesson.cut(card.cut).film:
            async for made in self.service.cut(visitor, self.lesson, self.lesson.cut(card.cut), at, fresh):
                if isinstance(made, CutMeasured):
                    yield {
                        "film": self.answers.film_state(made.state),
                        "shown": self.answers.shown_state(made.settings, made.cut),
                    } | self.measured(card, made.numbers, made.kept)
                elif isinstance(made, Opening):
                    yield self.waits(made)
                else:
                    yield self.film(made) | {"progress": html.progress(self.answers.shared("developing"), None)}
            return
        lens = lens_of(self.lesson, card)
        if lens and (measured or not isinstance(card, Predict)):
            async for event in self.service.look(visitor, self.lesson, lens, at, fresh):
                if isinstance(event, Done):
                    yield self.measured(card, event.value, event.kept)
                else:
                    yield self.waits(event)
            return
        yield {"over": True, "progress": ""}

    async def beside(self, card: Card, visitor: str, at: Inputs, film: FilmState) -> AsyncIterator[dict[str, Any]]:
        """Another run of the model, on the same timeline."""
        other = asdict(at.settings.changed(card.beside))
        titles = [called(self.answers.shared, run, card.beside) for run in (asdict(at.settings), other)]
        async for event in self.service.develop(f"{visitor}/beside", other):
            if isinstance(event, Opening):
                yield self.waits(event)
                continue
            made = event.state
            state = FilmState(film.pack, film.steps, made.pack, made.steps, made.state, made.message, "side", titles)
            yield {"film": self.answers.film_state(state, event.ahead)}

    def waits(self, event: Any) -> dict[str, Any]:
        done = getattr(event, "done", None)
        return {"progress": html.progress(self.answers.waiting(event), done), "done": done}

    def film(self, event: FilmShown) -> dict[str, Any]:
        told: dict[str, Any] = {"film": self.answers.film_state(event.state, event.ahead)}
        return told | ({"shown": self.answers.shown_state(event.settings)} if event.settings else {})

    def measured(self, card: Card, numbers: Mapping[str, Any], kept: bool) -> dict[str, Any]:
        words = self.answers.words
        told: dict[str, Any] = {"said": prose(said(words, card, numbers)), "kept": kept, "progress": "", "over": True}
        if isinstance(card, Predict):
            told["right"] = str(numbers["answer"])
        if card.figure and numbers.get("answer") != "":  # of what can't be told there is nothing to draw
            figure = draw(self.lesson, card.figure, numbers, words)
            if isinstance(figure, Strip):
                told["clips"] = self.service.clips(figure.films, self.service.facts["fps"])
            else:
                told["figure"] = figure_html(figure, self.answers.shared)
        if card.over and numbers.get("answer") != "":
            told["tracks"] = tracks(draw(self.lesson, card.over, numbers, words))
        return told
