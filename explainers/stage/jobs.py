"""What the page asks of the bench, and what comes back on the way. Plain and small: these travel between processes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from explainers.stage.share import Settings


@dataclass(frozen=True)
class Develop:
    """Make a film. Yields FilmBegun, StepMade …; the result is the finished pack with all its steps."""

    settings: Settings


@dataclass(frozen=True)
class MakeCut:
    """Make the other film of a cut. Yields and returns the same."""

    settings: Settings
    idea: str
    cut: str
    controls: Mapping[str, Any] = field(hash=False)


@dataclass(frozen=True)
class Measure:
    """Run one lens over the film of these settings (and the other film of a cut). The result is its numbers."""

    settings: Settings
    idea: str
    lens: str
    controls: Mapping[str, Any] = field(hash=False)
    cut: MakeCut | None = None


@dataclass(frozen=True)
class FilmBegun:
    pack: bytes  # a film without steps yet


@dataclass(frozen=True)
class StepMade:
    pack: bytes


@dataclass(frozen=True)
class Progress:
    done: float  # 0..1


@dataclass(frozen=True)
class FilmMade:
    pack: bytes
    unknown: Mapping[str, Any]  # words of the prompt that the model never learned, with the nearest that it did
    notes: tuple[str, ...] = ()  # what was changed in the request, in words for a person
