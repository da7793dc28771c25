"""Pieces of a page as HTML. Everything that is not ours (a prompt, a number, a caption) is escaped on its way in."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from html import escape
from typing import Any

from explainers.stage.lesson import Lesson, Station
from explainers.stage.table import cell
from explainers.stage.words import Words, languages

MARKS = (
    (re.compile(r"`([^`]+)`"), r"<code>\1</code>"),
    (re.compile(r"\*\*([^*]+)\*\*"), r"<strong>\1</strong>"),
    (re.compile(r"\*([^*]+)\*"), r"<em>\1</em>"),
    (re.compile(r"\[([^\]]+)\]\((https?://[^)\s]+|/[^)\s]*)\)"), r'<a href="\2">\1</a>'),
)
MOST_ROWS = 200


def prose(text: str) -> str:
    """The little Markdown that words files are written in: paragraphs, lists, **strong**, *stressed*, `code`, links."""
    blocks = []
    for block in re.split(r"\n\s*\n", text.strip()):
        lines = block.split("\n")
        if all(line.startswith("- ") for line in lines):
            blocks.append("<ul>" + "".join(f"<li>{inline(line[2:])}</li>" for line in lines) + "</ul>")
        else:
            blocks.append(f"<p>{inline(' '.join(lines))}</p>")
    return "".join(blocks)


def inline(text: str) -> str:
    html = escape(text)
    for pattern, replacement in MARKS:
        html = pattern.sub(replacement, html)
    return html


def table_html(caption: str, heads: Sequence[str], rows: Sequence[Sequence[Any]], words: Words) -> str:
    if not heads:
        return f'<p class="quiet">{inline(words("no_table"))}</p>'
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in heads)
    body = "".join(
        f'<tr><th scope="row">{escape(_cell(row[0], words))}</th>'
        + "".join(f"<td>{escape(_cell(value, words))}</td>" for value in row[1:])
        + "</tr>"
        for row in rows[:MOST_ROWS]
    )
    left = words("rows_left_out", shown=MOST_ROWS, all=len(rows)) if len(rows) > MOST_ROWS else ""
    return (
        f'<div class="table" tabindex="0" role="region" aria-label="{escape(caption)}"><table>'
        f"<caption>{inline(caption)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        f'</div><p class="quiet">{inline(left)}</p>'
    )


def _cell(value: Any, words: Words) -> str:
    return words.figure(value) if isinstance(value, str) else words.written(cell(value))


def code_html(code: str, words: Words) -> str:
    return (
        f'<div class="code"><p class="quiet">{inline(words("code.help"))}</p>'
        f'<button type="button" class="copy" data-copied="{escape(words("copied"))}">{escape(words("copy"))}</button>'
        f'<pre tabindex="0" aria-label="{escape(words("depth.code"))}"><code>{escape(code)}</code></pre></div>'
    )


def depths(numbers: str, code: str) -> str:
    """What lies under a picture; the page shows as much of it as its depth says."""
    return f'<div class="numbers">{numbers}</div><div class="source">{code}</div>'


def tag(text: str) -> str:
    """The small heading of a card."""
    return f'<span class="tag">{inline(text)}</span>'


def guess(heading: str, question: str, options: Mapping[str, str]) -> str:
    """The question with its answers to choose from; front/page.js keeps the guess."""
    radios = "".join(
        f'<label><input type="radio" name="guess" value="{escape(option)}" data-label="{escape(text)}">'
        f"<span>{inline(text)}</span></label>"
        for option, text in options.items()
    )
    return f'<fieldset class="guess"><legend>{tag(heading)}{inline(question)}</legend>{radios}</fieldset>'


def answer(right: str, sentence: str, heading: str, name: str) -> str:
    """The measured answer and its name in the field; the guess is put beside it by front/page.js."""
    return (
        f'<div data-answer="{escape(right)}"><p class="guessed quiet"></p>{prose(sentence)}'
        f'<div class="name">{tag(heading)}{prose(name)}</div></div>'
    )


def depth_switch(words: Words) -> str:
    buttons = "".join(
        f'<button type="button" data-depth-to="{depth}" aria-pressed="{str(depth == "picture").lower()}">'
        f"{inline(words(f'depth.{depth}'))}</button>"
        for depth in ("picture", "numbers", "code")
    )
    return (
        f'<div class="depths"><h2>{inline(words("see"))}</h2>'
        f'<div role="group" aria-label="{escape(words("depth"))}">{buttons}</div>'
        f'<span class="quiet">{inline(words("depth.help"))}</span></div>'
    )


def note(text: str, kind: str = "quiet") -> str:
    return f'<p class="{kind}" role="status">{inline(text)}</p>'


def progress(text: str, done: float | None) -> str:
    """While a picture is computed: how far it is, where that is known. Its card shows a way to cancel meanwhile."""
    bar = "" if done is None else f'<progress max="1" value="{done:.3f}" aria-label="{escape(text)}"></progress>'
    return f'<div class="progress">{bar}{note(text)}</div>'


def stations_html(stations: Sequence[Station], addresses: Sequence[Sequence[str]], ideas: Collection[str]) -> str:
    """A way with stops: each opens its page, and carries the film along (front/page.js adds the address)."""
    stops = []
    for station, pictures in zip(stations, addresses, strict=True):
        images = "".join(f'<img src="{escape(address)}" alt="">' for address in pictures)
        inner = (
            f'<span class="images">{images}</span><strong>{inline(station.title)}</strong>'
            f"<span>{inline(station.fact)}</span>"
        )
        if station.idea not in ideas:
            stops.append(f'<li><div class="station">{inner}</div></li>')
        else:
            stops.append(f'<li><a class="station" data-idea href="{page_of(str(station.idea))}">{inner}</a></li>')
    return f'<ol class="stations">{"".join(stops)}</ol>'


def navigation(here: Lesson, lessons: Sequence[Lesson], words: Words) -> str:
    links = "".join(
        f'<li><a data-idea href="{page_of(lesson.idea)}"{" aria-current=page" if lesson is here else ""}>'
        f"<span>{number}</span> {inline(Words.of(lesson.idea, words.language)('title'))}</a></li>"
        for number, lesson in enumerate(lessons)
    )
    return (
        f'<a class="skip" href="#film">{inline(words("skip"))}</a>'
        f'<header class="top"><a class="brand" data-idea href="/"><span aria-hidden="true"></span>{words("title")}</a>'
        f'<nav aria-label="{escape(words("ideas"))}"><ol>{links}</ol></nav>{tongues(here, words)}'
        f'<button type="button" class="theme" aria-label="{escape(words("theme"))}" title="{escape(words("theme"))}">'
        "◐</button></header>"
    )


def tongues(here: Lesson, words: Words) -> str:
    """The page in its other languages; front/page.js lets the film come along."""
    return "".join(
        f'<a class="tongue" data-tongue="{other}" href="{page_of(here.idea)}?lang={other}" lang="{other}" '
        f'hreflang="{other}">{inline(Words.of("stage", other)("language"))}</a>'
        for other in languages()
        if other != words.language
    )


def onward(here: Lesson, lessons: Sequence[Lesson], words: Words) -> str:
    """Back and next, in teaching order."""
    at = [lesson.idea for lesson in lessons].index(here.idea)
    parts = []
    for way, other in (("back", at - 1), ("next", at + 1)):
        if 0 <= other < len(lessons):
            idea = lessons[other].idea
            title = Words.of(idea, words.language)("title")
            parts.append(
                f'<a data-idea class="{way}" rel="{"prev" if way == "back" else "next"}" href="{page_of(idea)}">'
                f"<span>{inline(words(way))}</span> {inline(title)}</a>"
            )
    return f'<nav class="onward" aria-label="{escape(words("next"))}">{"".join(parts)}</nav>'


def page_of(idea: str) -> str:
    return f"/{idea}"
