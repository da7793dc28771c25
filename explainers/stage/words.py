"""Read the prose of a lesson, which stands apart from code so that anyone can translate it.

    words = Words.of("noise", "de")            # explainers/noise/words.de.md, and the stage's own words behind it
    words("claim")                             # the sentence under `## claim`
    words("answer", half=0.18)                 # … with {half:.0%} filled in
    words("answer", **numbers)                 # a lens's numbers fit as they are: what no sentence quotes is left out

A words file is Markdown: `# Title`, then `## key` and the sentence under it. HTML comments are notes to translators.
A sentence that is missing is an error (`MissingSentence`), never an empty place on the page: the tests ask every lesson
for all of its sentences in every language.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from string import Formatter
from typing import Any

from explainers.stage.rooms import folder

HEADING = re.compile(r"^(#{1,2}) +(.+?) *$", re.MULTILINE)
NOTE = re.compile(r"<!--.*?-->", re.DOTALL)


class MissingSentence(KeyError):
    """A page asks for a sentence that its words file does not hold, or quotes a number that was not measured."""


@dataclass(frozen=True)
class Words:
    language: str
    sentences: dict[str, str]
    behind: Words | None = field(default=None, repr=False)  # asked for what is not here: the stage's own words

    @staticmethod
    def of(idea: str, language: str = "en") -> Words:
        return _of(idea, language)

    def __call__(self, key: str, /, **numbers: Any) -> str:
        sentence = self._find(key)
        if sentence is None:
            raise MissingSentence(f"no sentence {key!r} in {self.language}")
        try:
            return sentence.format(**numbers)
        except (KeyError, IndexError) as missing:
            raise MissingSentence(f"the sentence {key!r} ({self.language}) quotes {missing}, not measured") from None

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and self._find(key) is not None

    def quoted(self, key: str) -> set[str]:
        """The names of the numbers that a sentence quotes."""
        return {name for _, name, _, _ in Formatter().parse(self._find(key) or "") if name}

    def _find(self, key: str) -> str | None:
        here = self.sentences.get(key)
        return here if here is not None or self.behind is None else self.behind._find(key)


def languages() -> list[str]:
    """Languages that the stage speaks, English first."""
    found = {path.name.split(".")[1] for path in folder("stage").glob("words.*.md")}
    return sorted(found, key=lambda language: (language != "en", language))


def parse(text: str) -> dict[str, str]:
    """{key: sentence} of a words file; the title stands under "title"."""
    _, *parts = HEADING.split(NOTE.sub("", text))
    found: dict[str, str] = {}
    for marks, heading, body in zip(parts[::3], parts[1::3], parts[2::3], strict=True):
        key, sentence = ("title", heading) if marks == "#" else (heading, body.strip())
        if key in found:
            raise ValueError(f"two sentences called {key!r}")
        found[key] = sentence
    return found


@cache
def _of(idea: str, language: str) -> Words:
    sentences = parse((folder(idea) / f"words.{language}.md").read_text("utf-8"))
    return Words(language, sentences, None if idea == "stage" else _of("stage", language))
