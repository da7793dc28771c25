"""Pieces of a page as HTML, from templates/. See kit/html.py.

filled("note.html", kind="quiet", text="**Done.**")      # <p class="quiet" role="status"><strong>Done.</strong></p>
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from jinja2.ext import Extension

from explainers.kit.folders import KIT
from explainers.kit.html import environment
from explainers.kit.lesson import Lesson, Station
from explainers.kit.markdown import inline
from explainers.kit.sentences import Words, languages
from explainers.kit.standing import stands
from explainers.kit.story import TOUR
from explainers.kit.table import cell

MOST_ROWS = 200


class _OneLine(Extension):
    """Line breaks and indents of a template are for its readers: none of them becomes a gap on the page."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        return re.sub(r"\s*\n\s*", "", source)


TEMPLATES = environment(Path(__file__).parent / "templates", _OneLine)
TEMPLATES.policies["json.dumps_kwargs"] = {}  # in the order that Gradio sends: the page compares what it was told
TEMPLATES.globals["page_of"] = lambda idea: idea  # they lie beside each other, under any path


def filled(template: str, **values: Any) -> str:
    return TEMPLATES.get_template(template).render(values)


def table_html(caption: str, heads: Sequence[str], rows: Sequence[Sequence[Any]], words: Words) -> str:
    if not heads:
        return f'<p class="quiet">{inline(words("no_table"))}</p>'
    left = words("rows_left_out", shown=MOST_ROWS, all=len(rows)) if len(rows) > MOST_ROWS else ""
    cells = [[_cell(value, words) for value in row] for row in rows[:MOST_ROWS]]
    return filled("table.html", caption=caption, heads=heads, rows=cells, left=left)


def _cell(value: Any, words: Words) -> str:
    return words.figure(value) if isinstance(value, str) else words.written(cell(value))


def code_html(code: str, words: Words) -> str:
    return filled("code.html", code=code, words=words)


def depths(numbers: str, code: str) -> str:
    """What lies under a picture, as HTML; the page shows as much of it as its depth says."""
    return f'<div class="numbers">{numbers}</div><div class="source">{code}</div>'


def tag(text: str) -> str:
    """The small heading of a card."""
    return f'<span class="tag">{inline(text)}</span>'


def story(here: Lesson, lessons: Sequence[Lesson], words: Words, shared: Words, facts: Mapping[str, Any]) -> str:
    """All cards of a page, the first one shown; static/story.js turns them."""
    at = [lesson.idea for lesson in lessons].index(here.idea)
    around = {
        way: (lessons[other].idea, Words.of(lessons[other].idea, words.language)("title"))
        for way, other in (("back", at - 1), ("next", at + 1))
        if 0 <= other < len(lessons)
    }
    told = {card.name: {**stands(here, card), "measures": card.measures} for card in here.story}
    tour = [f"{'./' if idea == lessons[0].idea else idea}?card={card}" for idea, card in TOUR]
    return filled(
        "story.html",
        **{"cards": here.story, "told": told, "words": words, "shared": shared, "around": around, "tour": tour},
        **{"controls": {control.name: control for control in here.controls}, "facts": facts},
        front=here.idea == lessons[0].idea,
    )


def depth_switch(words: Words) -> str:
    return filled("depth_switch.html", words=words)


def note(text: str, kind: str = "quiet") -> str:
    return filled("note.html", text=text, kind=kind)


def progress(text: str, done: float | None) -> str:
    """While a picture is computed: how far it is, where that is known. Its card shows a way to cancel meanwhile."""
    return filled("progress.html", text=text, done=done)


def stations_html(stations: Sequence[Station], addresses: Sequence[Sequence[str]], ideas: Collection[str]) -> str:
    """A way with stops: each opens its page, and carries the film along (static/page.js adds the address)."""
    return filled("stations.html", stations=list(zip(stations, addresses, strict=True)), ideas=ideas)


def navigation(here: Lesson, lessons: Sequence[Lesson], words: Words) -> str:
    """All pages, and this one in its other languages; static/page.js lets the film come along."""
    pages = [(lesson.idea, Words.of(lesson.idea, words.language)("title")) for lesson in lessons]
    others = [language for language in languages() if language != words.language]
    tongues = [(other, Words.of(KIT, other).locale.get_language_name()) for other in others]
    at = [idea for idea, _ in pages].index(here.idea)
    return filled("navigation.html", here=here.idea, at=at, pages=pages, tongues=tongues, words=words)
