"""The little Markdown that words files are written in, as HTML. Whatever stands in it besides is escaped."""

from __future__ import annotations

import re
from html import escape

MARKS = (
    (re.compile(r"`([^`]+)`"), r"<code>\1</code>"),
    (re.compile(r"\*\*([^*]+)\*\*"), r"<strong>\1</strong>"),
    (re.compile(r"\*([^*]+)\*"), r"<em>\1</em>"),
    (re.compile(r"\[([^\]]+)\]\((https?://[^)\s]+|/[^)\s]*)\)"), r'<a href="\2">\1</a>'),
)


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
