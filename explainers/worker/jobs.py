"""What the page asks of the model's process, and what comes back on the way. Plain and small: it travels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from explainers.note import Note
from explainers.worker.settings import Settings


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

    @property
    def key(self) -> str:
        """The same for the same cut, here and in the page's process."""
        return f"{self.settings.key} {self.idea} {self.cut} {sorted(self.controls.items())!r}"


@dataclass(frozen=True)
class Measure:
    """Run one lens over the film of these settings (and the other film of a cut). The result is its numbers."""

    settings: Settings
    idea: str
    lens: str
    controls: Mapping[str, Any] = field(hash=False)
    cut: MakeCut | None = None

    @property
    def key(self) -> str:
        """The same for the same question."""
        cut = self.cut.key if self.cut else ""
        return f"{self.settings.key} {self.idea} {self.lens} {sorted(self.controls.items())!r} {cut}"


@dataclass(frozen=True)
class Choose:
    """Serve another of the models that the operator offers. Yields Choosing; the result is its name."""

    model: str  # as in Settings.model


@dataclass(frozen=True)
class Choosing:
    """What is being done: "looks" (whether it is whole and fits; the other is still there), then "reads" it."""

    what: str
    size: int = 0  # bytes in memory


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
    notes: tuple[Note, ...] = ()  # what was changed in the request, words that the model never learned


HOME = ("film.mp4", "film.gif", "reel.mp4", "run.html", "run.darkroom")  # what can be taken home
MOST_PIXELS = 2**20  # of a picture that a film begins with; 1280 x 720 is less
LARGEST = 32 * 2**20  # bytes of a recording that is opened; 50 steps of the embedded model take some 3 MB


@dataclass(frozen=True)
class Take:
    """Make a file to take home. Yields Progress; the result is Taken."""

    settings: Settings
    what: str  # one of HOME
    language: str = "en"
    cut: MakeCut | None = None  # beside it
    other: Settings | None = None  # … or another run
    patch: tuple[int, int, int] | None = None  # lit by where it looks


@dataclass(frozen=True)
class Taken:
    data: bytes


@dataclass(frozen=True)
class Open:
    """Open a recording that somebody brought. The result is the Settings under which it can be looked at."""

    path: str
    digest: str


@dataclass(frozen=True)
class Lay:
    """Keep a picture or a film for films to begin with. The result is its hash, see `Settings.picture`."""

    pixels: bytes  # (height, width, 3) uint8, or (frames, height, width, 3)
    width: int
    height: int
    frames: int = 0  # of a film; none of a picture
