"""What a page is told while something is made for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from explainers.viewer.state import FilmState
from explainers.worker.jobs import MakeCut
from explainers.worker.settings import Settings


@dataclass(frozen=True)
class FilmShown:
    state: FilmState
    settings: Settings | None = None  # that it was made with, once it is whole
    ahead: int | None = None  # films that are made before this one, where it waits


@dataclass(frozen=True)
class CutMeasured:
    state: FilmState  # both films
    settings: Settings
    cut: MakeCut
    numbers: Mapping[str, Any]  # what its lens measured
    kept: bool = False  # beforehand


@dataclass(frozen=True)
class FileMade:
    address: str
    name: str  # that it is saved under
    size: int  # bytes
