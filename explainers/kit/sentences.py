"""Read the prose of a lesson, which stands apart from code so that anyone can translate it.

    words = Words.of("noise", "de")            # explainers/noise/words.de.md, the kit's behind it
    words("claim")                             # the sentence under `## claim`
    words("answer", half=0.18)                 # … with {half:.0%} filled in
    words("answer", **numbers)                 # a lens's numbers fit as they are: what no sentence quotes is left out

    words("seen", steps=1)                     # … "{steps:# step|# steps}" as "1 step", "{steps:is|are}" as "is":
                                               # as many forms as the language has, in the order of PLURALS

    words.figure(0.184, ".1%")                 # a number as this language writes it: "18,4 %"
    words.said(Note("silent", "This film has no sound."))      # "Dieser Film hat keinen Ton."
    choose("de-CH,de;q=0.9,en;q=0.8")          # "de": of the languages that the kit speaks

A words file is Markdown: `# Title`, then `## key` and the sentence under it. HTML comments are notes to translators.
A sentence that is missing is an error (`MissingSentence`), never an empty place on the page; one that is not translated
yet is said in English. `python -m explainers.kit.check` lists those, and the tests ask every lesson for all of its
sentences in every language.

Engine and lenses know no languages. What they note and refuse is a `Note` in English, and a translation holds its own
sentence under `## note.` and the note's code; English files hold none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from numbers import Number
from string import Formatter
from typing import Any

from babel import Locale, negotiate_locale
from babel.numbers import get_decimal_symbol, get_group_symbol

from explainers.kit.folders import KIT, folder
from explainers.note import Note

HEADING = re.compile(r"^(#{1,2}) +(.+?) *$", re.MULTILINE)
# a number that a lens has rounded for itself
PLAIN = re.compile(r"[+-]?\d+(,\d{3})*\.\d+%?|[+-]?\d{1,3}(,\d{3})+|[+-]?\d+%")
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
PLURALS = ("zero", "one", "two", "few", "many", "other")  # what Unicode calls the forms of a plural
NOTED = "note."  # what engine and lenses note, by its code


class MissingSentence(KeyError):
    """A page asks for a sentence that its words file does not hold, or quotes a number that was not measured."""


@dataclass(frozen=True)
class Words:
    language: str
    sentences: dict[str, str]
    behind: Words | None = field(default=None, repr=False)  # asked for what is not here: English, the kit's own

    @staticmethod
    def of(idea: str, language: str = "en") -> Words:
        return _of(idea, language)

    def __call__(self, key: str, /, **numbers: Any) -> str:
        sentence = self._find(key)
        if sentence is None:
            raise MissingSentence(f"no sentence {key!r} in {self.language}")
        try:
            return _Figures(self).vformat(sentence, (), numbers)
        except (KeyError, IndexError) as missing:
            raise MissingSentence(f"the sentence {key!r} ({self.language}) quotes {missing}, not measured") from None

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and self._find(key) is not None

    def quoted(self, key: str) -> set[str]:
        """The names of the numbers that a sentence quotes."""
        return quoted(self._find(key) or "")

    def figure(self, value: Any, how: str = "") -> str:
        """What a sentence quotes, as this language writes it: a number with its own marks, a plural in its own form."""
        if isinstance(value, Note):
            return self.said(value)
        if isinstance(value, list) and all(isinstance(each, Note) for each in value):
            return " ".join(map(self.said, value))
        if "|" in how:
            return self._form(value, how.split("|")).replace("#", self.figure(value))
        text = format(value, how)
        return self.written(text) if isinstance(value, Number) or PLAIN.fullmatch(text) else text

    def filled(self, text: str, value: Any) -> str:
        """A value put into a text of its own, "{:.1f} s", as this language writes it."""
        return _Figures(self).vformat(text, (value,), {})

    def said(self, note: Note) -> str:
        """A note in this language; in its own English, where nobody has put it into words or its values don't fit."""
        sentence = self._find(NOTED + note.code)
        try:
            return str(note) if sentence is None else _Noted(self).vformat(sentence, (), note.values)
        except (LookupError, ValueError):  # from a file: it may name any code
            return str(note)

    def _form(self, number: Any, forms: list[str]) -> str:
        """The form that this language has for so many; the last one also for what it says of odd numbers alone."""
        rule = self.locale.plural_form
        has = [name for name in PLURALS if name in rule.tags or name == "other"]
        return forms[min(has.index(rule(float(number))), len(forms) - 1)]

    def written(self, text: str) -> str:
        """A number that was written the English way, as this language writes it."""
        thousand, tenth = self.marks
        own = text.translate({ord(","): thousand, ord("."): tenth})
        if not own.endswith("%"):
            return own
        pattern = self.locale.percent_formats[None]
        return pattern.prefix[0] + own.removesuffix("%") + pattern.suffix[0]

    @property
    def marks(self) -> tuple[str, str]:
        """What stands after thousands and before tenths."""
        return get_group_symbol(self.locale), get_decimal_symbol(self.locale)

    @property
    def locale(self) -> Locale:
        return Locale.parse(self.language, sep="-")

    def everything(self) -> dict[str, str]:
        """All sentences that can be asked for, by key."""
        return {**(self.behind.everything() if self.behind else {}), **self.sentences}

    def _find(self, key: str) -> str | None:
        here = self.sentences.get(key)
        return here if here is not None or self.behind is None else self.behind._find(key)


class _Figures(Formatter):
    """Fills in numbers as the language of the words writes them."""

    def __init__(self, words: Words) -> None:
        self.words = words

    def format_field(self, value: Any, format_spec: str) -> str:
        return self.words.figure(value, format_spec)


class _Noted(_Figures):
    """The same for a note, whose texts are a visitor's or a file's own."""

    def format_field(self, value: Any, format_spec: str) -> str:
        return value if isinstance(value, str) else super().format_field(value, format_spec)


def languages() -> list[str]:
    """Languages that the kit speaks, English first."""
    found = {path.name.split(".")[1] for path in folder(KIT).glob("words.*.md")}
    return sorted(found, key=lambda language: (language != "en", language))


def choose(wanted: str) -> str:
    """The language that somebody who accepts these (a browser's Accept-Language) is best spoken to in."""
    there = {language.lower(): language for language in languages()}
    parts = [part.strip().partition(";") for part in wanted.lower().split(",")]
    liked = sorted(((_weight(more), name) for name, _, more in parts), key=lambda each: -each[0])  # stable: as written
    return there[negotiate_locale([name for weight, name in liked if weight], there, sep="-") or "en"]


def _weight(more: str) -> float:
    found = re.fullmatch(r"\s*q=(\d(?:\.\d{0,3})?)\s*", more)
    return float(found[1]) if found else 0.0 if more.strip() else 1.0


def parse(text: str) -> dict[str, str]:
    """{key: sentence} of a words file; the title stands under "title"."""
    _, *parts = HEADING.split(COMMENT.sub("", text))
    found: dict[str, str] = {}
    for marks, heading, body in zip(parts[::3], parts[1::3], parts[2::3], strict=True):
        key, sentence = ("title", heading) if marks == "#" else (heading, body.strip())
        if key in found:
            raise ValueError(f"two sentences called {key!r}")
        found[key] = sentence
    return found


def quoted(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


def labels(words: Words) -> dict[str, str]:
    """The viewer's own texts, for its key of that name, in the language of these words."""
    own = {key.removeprefix("viewer."): text for key, text in words.everything().items() if key.startswith("viewer.")}
    return {**own, "locale": words.language, "a": words("as_it_was"), "b": words("cut")}


@cache
def _of(idea: str, language: str) -> Words:
    """Behind a lesson's words stand its English ones, and behind those the kit's own."""
    shared = None if idea == KIT else _of(KIT, language)
    if language == "en":
        return Words(language, own(idea, language), shared)
    return Words(language, own(idea, language), Words(language, own(idea, "en"), shared))


def own(idea: str, language: str) -> dict[str, str]:
    """What the file itself holds; nothing, where an idea does not speak the language yet."""
    file = folder(idea) / f"words.{language}.md"
    if language != "en" and not file.exists():
        return {}
    return parse(file.read_text("utf-8"))
