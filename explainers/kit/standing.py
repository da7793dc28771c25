"""How everything stands while a card of a story is read, and what measures it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from explainers.kit.lesson import PICKS, RUN, Lesson
from explainers.kit.sentences import Words
from explainers.kit.story import STANDS, Card, Without


def lens_of(lesson: Lesson, card: Card) -> str:
    """What measures a card; "" where nothing is measured."""
    return lesson.cut(card.cut).lens if isinstance(card, Without) else card.lens


def stands(lesson: Lesson, card: Card) -> dict[str, dict[str, Any]]:
    """How everything stands while a card is read, by whose it is."""
    picked = any(name in card.at for name in PICKS)  # what lies on a frame is looked at while it stands still
    return {
        "run": {name: value for name, value in card.at.items() if name in RUN},
        "viewer": {**STANDS, "playing": not picked} | {n: v for n, v in card.at.items() if n in STANDS},
        "controls": {name: card.at.get(name, value) for name, value in lesson.starts().items()},
    }


def cut_from(card: Card) -> dict[str, Any]:
    """The step from which a card cuts, where it does. The viewer stands at the last one: both films are finished."""
    return {"step": card.at.get("step", STANDS["step"])} if isinstance(card, Without) else {}


def called(words: Words, settings: Mapping[str, Any], names: Iterable[str]) -> str:
    """What tells a run from the one beside it, by the settings in which they differ."""
    values = [(name, settings[name]) for name in names]
    return ", ".join(v if name == "prompt" else f"{words(name)} {words.figure(v)}" for name, v in values)
