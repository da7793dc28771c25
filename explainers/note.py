"""What a person is told out of code: English, with a code under which each language may hold its own sentence.

note = Note("frames", "{name} {asked} does not fit: {taken} is the nearest.", name=Note("name.frames", "Frames"), …)
str(note)                                 # "Frames 10 does not fit: 9 is the nearest."
Words.of("kit", "de").said(note)          # the sentence under `## note.frames`, with its numbers as German writes them
raise CannotOpen(Note("gone", "There is no file {file}.", file=path))      # error.note, str(error)

A value is a number, a text (a visitor's word, a file: never translated), or another note (a reason, or a word that each
language has its own for). It lies beneath engine and kit, and imports nothing: the page gets notes out of the model's
process, and is up before torch.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from string import Formatter
from typing import Any, TypeGuard

LONGEST = 4000  # letters of a text in a note from a file: a prompt has half of it
MOST = 16  # values
FORMAT = re.compile(r"(\.\d[f%])?")  # how a sentence from a file may write a number


@dataclass(frozen=True, init=False)
class Note:
    code: str
    english: str  # quotes its values by name: "{name} takes {size:.1f} GB."
    values: dict[str, int | float | str | Note] = field(hash=False)

    def __init__(self, code: str, english: str, /, **values: Any) -> None:
        for name, value in {"code": code, "english": english, "values": _plain(values)}.items():
            object.__setattr__(self, name, value)

    def __str__(self) -> str:
        return self.english.format(**self.values)

    def renamed(self, old: str, new: str) -> Note:
        """The same of something that is called otherwise."""
        values = self.values.items()
        return Note(self.code, self.english, **{k: v.replace(old, new) if isinstance(v, str) else v for k, v in values})

    def json(self) -> dict[str, Any]:
        values = {name: value.json() if isinstance(value, Note) else value for name, value in self.values.items()}
        return {"code": self.code, "english": self.english, "values": values}


class Noted(Exception):
    """An error that says why to a person: its only argument is a note."""

    @property
    def note(self) -> Note:
        return self.args[0]


def note_from(told: object, depth: int = 3) -> Note:
    """The note that a file holds; older ones hold its English. ValueError for what is none: files come from anybody."""
    if _text(told):
        return Note("", "{text}", text=told)
    if not isinstance(told, dict) or not depth:
        raise ValueError("a note that is none")
    code, english, held = (told.get(name) for name in ("code", "english", "values"))
    if not _text(code) or not _text(english) or not isinstance(held, dict) or len(held) > MOST:
        raise ValueError("a note that is none")
    values = {name: note_from(value, depth - 1) if isinstance(value, dict) else value for name, value in held.items()}
    if not all(isinstance(value, Note) or _number(value) or _text(value) for value in values.values()):
        raise ValueError("a note of what is no number and no text")
    quoted = [(name, how, also) for _, name, how, also in Formatter().parse(english) if name is not None]
    for name, how, conversion in quoted:  # `format` would follow {a.b}, and fill up to any width
        plain = name.isidentifier() and FORMAT.fullmatch(how or "") and not conversion
        if not plain or name not in values or (how and not _number(values[name])):
            raise ValueError("a note that quotes what it does not hold")
    if len({name for name, _, _ in quoted}) < len(quoted):  # within each other, few letters would become many
        raise ValueError("a note that says a thing twice")
    return Note(code, english, **values)


def _plain(values: dict[str, Any]) -> dict[str, int | float | str | Note]:
    """Of anything else (a path, an error, what is no number) the text is kept."""
    return {name: value if isinstance(value, Note) or _number(value) else str(value) for name, value in values.items()}


def _number(value: object) -> bool:
    if isinstance(value, int):
        return abs(value) < 2**63
    return isinstance(value, float) and math.isfinite(value)


def _text(value: object) -> TypeGuard[str]:
    return isinstance(value, str) and len(value) <= LONGEST
