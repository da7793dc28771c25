"""Why something can't be done, as a key of sentences: whoever shows it says it in the visitor's language.

raise Refused("not_so_big", most=65)
refusal.told(words)                       # "A film of at most 65 frames can be made here."
"""

from __future__ import annotations

from typing import Any

from explainers.kit.folders import KIT
from explainers.kit.sentences import Words
from explainers.note import Note


class Refused(Exception):
    """A job that can't be done, with a key of the kit's words that says why."""

    def __init__(self, key: str, **numbers: Any) -> None:
        super().__init__(key)
        self.key, self.numbers = key, numbers

    def told(self, words: Words) -> str:
        """Why not, for a person. `words` are those of the page: its lens may have put the reason into them."""
        numbers = {name: words.said(told) if isinstance(told, Note) else told for name, told in self.numbers.items()}
        return Words.of(KIT, words.language)(self.key, **numbers)

    def __reduce__(self) -> tuple[Any, ...]:
        return _refused, (self.key, self.numbers)


def _refused(key: str, numbers: dict[str, Any]) -> Refused:
    return Refused(key, **numbers)
