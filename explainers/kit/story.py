"""The story of a page: cards, read one at a time beside the film.

A lesson declares its cards in order. Each is of one kind and says how everything stands while it is read:

    story=[
        Predict("most", "own", "others", "words", lens="answer", view="frames"),
        Look("cube", step=8, view="frames", patch=(1, 3, 4)),
        Measured("shares", lens="answer", figure="shares", step=8),
        Without("apart", step=2),
        Precisely("softmax"),
    ]

After the name come things that stand: settings of the run (`prompt`, `steps` …), what the viewer has (`step`, `film`,
`view`, `patch`, `word`, `slice`, `grid`, `frame`, `compare`, `map`, `playing`) and the lesson's own controls. What a
card does not name stands as in `STANDS`, on the film that the app opens with. So a card never depends on the one
before it, and its address brings exactly it.

Words, in words.en.md of the lesson (MOST words at most in all that is read at once):

    ## story.cube              the headline, at most nine words
    ## story.cube.text         what is said at once; quotes no number
    ## story.cube.see          what was measured; quotes numbers of the card's lens
    ## story.most.own          an option of a Predict, and
    ## story.most.answer       what was right, and why; shown beside every guess, in the place of the options

A sentence may turn out either way: with `cases=("more", "less")` the lens returns {"case": "less", …}, and the sentence
is `## story.cube.see.less` (`## story.most.answer.less` of a Predict). A Predict whose lens returns {"answer": ""} says
`## story.most.unclear`.

What was measured for the film that a card opens with is kept (`python -m explainers.worker.keep`), and said to be.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

MOST = 45  # words that are read at once
HEADLINE = 9

STANDS: Mapping[str, Any] = {
    **{"step": -1, "frame": 0, "film": "x0", "view": "film", "grid": False, "patch": None, "word": None, "slice": None},
    **{"map": None, "compare": "side", "playing": True},
}
"""How the viewer stands where a card says nothing. `map` is a layer that needs no click; `compare` is of two films."""


class Card:
    """`figure` names a function of picture.py that draws the lens's numbers as one of `Bars`, `Curve`, `Rows`, `Strip`;
    `over` one that draws them over the film, as a `Track`. `control` is one of the lesson's, to be moved on the card.
    `picture` is one of the lesson's, shown on the card instead of under it. `beside` are settings of a second run,
    shown beside the first: {"steps": 1}.
    """

    kind: ClassVar[str]

    def __init__(
        self,
        name: str,
        *,
        lens: str = "",
        figure: str = "",
        over: str = "",
        cases: tuple[str, ...] = (),
        control: str = "",
        picture: str = "",
        beside: Mapping[str, Any] | None = None,
        **at: Any,
    ) -> None:
        self.name, self.lens, self.figure, self.over, self.cases = name, lens, figure, over, cases
        self.control, self.picture, self.beside, self.at = control, picture, dict(beside or {}), at

    @property
    def key(self) -> str:
        return f"story.{self.name}"

    says: ClassVar[str] = "see"

    @property
    def measures(self) -> bool:
        return bool(self.lens)

    def measured(self) -> list[str]:
        """The keys of what is said once it is measured, whichever way it turns out."""
        if not self.measures:
            return []
        said = f"{self.key}.{self.says}"
        return [f"{said}.{case}" for case in self.cases] or [said]

    def sentences(self) -> list[str]:
        return [self.key, f"{self.key}.text", *self.measured()]


class Predict(Card):
    """A guess before anything gives it away. The lens returns {"answer": one of the options, …}."""

    kind = "predict"
    says = "answer"

    def __init__(self, name: str, *options: str, lens: str = "answer", **more: Any) -> None:
        super().__init__(name, lens=lens, **more)
        self.options = options

    def sentences(self) -> list[str]:
        return [*super().sentences(), *(f"{self.key}.{option}" for option in self.options)]


class Look(Card):
    """Something to look at, or to move. With a lens, what it measures is said too."""

    kind = "look"


class Measured(Card):
    """What a lens measured, with a small figure or without."""

    kind = "measured"

    def __init__(self, name: str, *, lens: str, **more: Any) -> None:
        super().__init__(name, lens=lens, **more)


class Without(Card):
    """A cut of the lesson, made: both films on one timeline, and what its lens measured. `cut` where the card is not
    called like it.
    """

    kind = "cut"

    def __init__(self, name: str, *, cut: str = "", **more: Any) -> None:
        super().__init__(name, **more)
        self.cut = cut or name

    @property
    def measures(self) -> bool:
        return True


class Precisely(Card):
    """The popular phrase made precise: the name in the field, the formula, what the page does not show."""

    kind = "precisely"


# Small figures. What `picture.<figure>` returns.


@dataclass(frozen=True)
class Bars:
    """{name: value}, at most six; drawn to the largest, or to `most`."""

    values: Mapping[str, float]
    unit: str = ".0%"  # how a value is written; as in a sentence, "{:.0%}" or "{:.1f} s"
    most: float | None = None


@dataclass(frozen=True)
class Curve:
    """{name: values} over `x`; names of both axes, with units."""

    x: Any
    lines: Mapping[str, Any]
    x_title: str
    y_title: str


@dataclass(frozen=True)
class Rows:
    """{column title: values}, at most four rows; as numbers or as text that is already rounded."""

    columns: Mapping[str, Any]


@dataclass(frozen=True)
class Strip:
    """{caption: film}, side by side on one timeline, at most four: arrays (frames, height, width, 3) in 0..1."""

    films: Mapping[str, Any]


@dataclass(frozen=True)
class Track:
    """Where something is in each frame of a film: (frames, 2), shares of its width and height, NaN where it is nowhere.
    `found` is drawn as dots up to the frame that is seen, `lines` whole. For two films, two of them.
    """

    found: Any
    lines: tuple[Any, ...] = ()


TOUR = (
    *(("machine", "hello"), ("noise", "pour"), ("denoising", "race"), ("words", "tap")),
    *(("attention", "cube"), ("sound", "thud"), ("physics", "parabola"), ("limits", "six")),
)
"""Three minutes: the one best card of eight pages."""
