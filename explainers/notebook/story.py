"""The story of a lesson as a widget: one card at a time, with the film and controls of a page as the card says.

Story(page, page.lesson.story).show()              # with Back and Next
Story(page, [page.lesson.card("cube")]).show()     # one card alone

A `Predict` keeps its answer until there is a guess. What was measured beforehand, on this very film, is said at once;
a button measures it as everything stands now.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Protocol

import ipywidgets as widgets
from markupsafe import Markup

from explainers.kit.figures import figure_html
from explainers.kit.lesson import Lesson, Picture, draw
from explainers.kit.markdown import inline
from explainers.kit.refused import Refused
from explainers.kit.sentences import Words
from explainers.kit.story import Card, Predict, Strip
from explainers.notebook.cells import PARTS, films_html, html_of, off_page
from explainers.notebook.html import filled
from explainers.notebook.widgets import shown, standing
from explainers.viewer.state import tracks
from explainers.worker.kept import said


class Page(Protocol):
    """What a story needs of the page that it stands on: NotebookPage."""

    lesson: Lesson
    words: Words
    process: Any
    controls: dict[str, Any]

    @property
    def viewer(self) -> Any: ...
    def turn(self, card: Card, waits: Any) -> None: ...
    def answered(self, card: Card, now: bool, waits: Any) -> Any: ...
    def follow(self, picture: Picture, moved: Any) -> None: ...
    def drawn(self, name: str) -> list[dict[str, Any]]: ...
    def put_up(self, place: str, parts: list[dict[str, Any]], new: bool = False) -> None: ...


class Story:
    def __init__(self, page: Page, cards: Sequence[Card]) -> None:
        self.page, self.words, self.cards = page, page.words, list(cards)
        self.at, self.turning = 0, False
        self.place, self.live = uuid.uuid4().hex, False  # of a picture that a card borrows, under the card
        self.guesses: dict[str, str] = {}  # by the names of cards, as long as this is looked at
        self.found: dict[str, Markup] = {}
        self.right: dict[str, str] = {}
        self.tracks: dict[str, dict[str, Any]] = {}
        self.moved: set[str] = set()  # cards whose answer is of something else than they declare
        self.told = widgets.HTML()  # what is said at once
        self.answer = widgets.HTML()  # what was measured
        self.back, self.next, self.again, self.show_again = (
            self._button(name, press)
            for name, press in (
                ("card.back", lambda: self.turn(self.at - 1)),
                ("card.next", lambda: self.turn(self.at + 1)),
                ("card.again", self.measure_now),
                ("show_layer", lambda: self.turn(self.at)),
            )
        )
        self.box = widgets.VBox()
        self.box.add_class("story-card")
        for card in self.cards:
            if card.control:
                self.page.controls[card.control].observe(partial(self._steered, card), "value")
            if card.picture:
                self.page.follow(self.page.lesson.picture(card.picture), partial(self._lend, card))

    @property
    def card(self) -> Card:
        return self.cards[self.at]

    def show(self) -> None:
        if not self.cards:
            return
        self.turn(0)
        shown(self.box, self.still, self.told, self.answer)
        if any(card.picture for card in self.cards):
            self.page.put_up(self.place, self._lent(), new=True)
            self.live = True

    def still(self) -> Markup:
        card, control = self.card, self.page.controls.get(self.card.control)
        return filled(
            "still.html",
            **{"head": Markup(self.told.value), "options": self.options(card), "guess": self.guesses.get(card.name)},
            control=standing([control]) if control else "",
            found=Markup(self.answer.value),
        )

    def options(self, card: Card) -> list[tuple[str, str]]:
        """Of a Predict: names and texts."""
        names = card.options if isinstance(card, Predict) else ()
        return [(name, self.words(f"{card.key}.{name}")) for name in names]

    # --- turning

    def turn(self, to: int) -> None:
        """Show a card, bring its film, and say what it measures."""
        self.at = min(max(to, 0), len(self.cards) - 1)
        card = self.card
        place = self.words("card.page", now=self.at + 1, all=len(self.cards)) if len(self.cards) > 1 else ""
        self.answer.value = ""
        if card.name in self.moved:
            self.moved.remove(card.name)
            del self.found[card.name]
        self.told.value = str(filled("card.html", card=card, words=self.words, place=place))
        self._lay()
        self.turning = True
        try:
            self.page.turn(card, self.waits)
        except Refused as refusal:
            self.answer.value = inline(refusal.told(self.words))
            return
        finally:
            self.turning = False
        if isinstance(card, Predict) and card.name not in self.guesses:
            self.answer.value = ""
        else:
            self._find(card)
        self._lend(card)

    def guess(self, option: str) -> None:
        self.guesses[self.card.name] = option
        self._find(self.card)

    def _lay(self) -> None:
        """The widgets of a card, from top to bottom."""
        card, between = self.card, list[Any]()
        if isinstance(card, Predict):
            options = [(label, name) for name, label in self.options(card)]
            guess = widgets.RadioButtons(options=options, value=self.guesses.get(card.name), layout={"width": "auto"})
            guess.observe(lambda change: self.guess(change.new), "value")
            between.append(guess)
        if card.control:
            between.append(self.page.controls[card.control])
        self.back.disabled, self.next.disabled = self.at == 0, self.at == len(self.cards) - 1
        self.again.layout.display = "none"
        turns = [self.back, self.next] if len(self.cards) > 1 else [self.show_again]
        self.box.children = [self.told, *between, self.answer, widgets.HBox([*turns, self.again])]

    def _button(self, name: str, press: Any) -> Any:
        button = widgets.Button(description=self.words(name), layout={"width": "auto"})
        button.on_click(lambda _: press())
        return button

    # --- measuring

    def waits(self, done: float | None) -> None:
        """While something is made."""
        far = "" if done is None else f" {self.words.figure(done, '.0%')}"
        self.answer.value = inline(self.words("computing") + far)

    def measure_now(self) -> None:
        """Again, on the film and with the controls as they stand."""
        self._find(self.card, now=True)

    def _steered(self, card: Card, change: Any) -> None:
        if card is self.card and not self.turning:
            self._find(card, now=True)

    def _lend(self, card: Card) -> None:
        if self.live and card is self.card and not self.turning:
            self.page.put_up(self.place, self._lent())

    def _lent(self) -> list[dict[str, Any]]:
        """The lesson's picture that a card borrows, as parts of a cell; empty ones for a card that borrows none."""
        return self.page.drawn(self.card.picture) if self.card.picture else [html_of("", "")] * PARTS

    def _find(self, card: Card, now: bool = False) -> None:
        if not card.measures:
            self.answer.value = ""
            return
        try:
            if now or card.name not in self.found:
                numbers, kept = self.page.answered(card, now, self.waits)
                self.moved |= {card.name} if now else set()
                figure = self._figure(card, numbers)
                self.right[card.name] = str(numbers["answer"]) if isinstance(card, Predict) else ""
                sentence = off_page(said(self.words, card, numbers))
                self.tracks[card.name] = self._tracks(card, numbers)
                self.found[card.name] = filled("found.html", said=sentence, figure=figure, kept=kept, words=self.words)
        except Refused as refusal:
            self.answer.value = inline(refusal.told(self.words))
            return
        judged = filled(
            "judged.html",
            **{"right": self.right[card.name], "guess": self.guesses.get(card.name)},
            **{"card": card, "words": self.words},
        )
        self.answer.value = str(judged + self.found[card.name])
        self.page.viewer.tracks = self.tracks[card.name]
        self.again.layout.display = ""

    def _tracks(self, card: Card, numbers: Mapping[str, Any]) -> dict[str, Any]:
        """What is drawn over the film."""
        if not card.over or numbers.get("answer") == "":
            return {}
        return tracks(draw(self.page.lesson, card.over, numbers, self.words))

    def _figure(self, card: Card, numbers: Mapping[str, Any]) -> Markup:
        if not card.figure or numbers.get("answer") == "":
            return Markup()
        figure = draw(self.page.lesson, card.figure, numbers, self.words)
        if isinstance(figure, Strip):
            return films_html(figure.films, self.page.process.facts["fps"])
        return Markup(figure_html(figure, self.words))
