"""The small vocabulary that every page, notebook and film of a lesson is written in.

An idea is a folder with four files. One name ties them together: the picture called `spectrum` is drawn by `spectrum`
in `picture.py` from what `spectrum` in `lens.py` measures, and its words stand under `## spectrum` in `words.en.md`.
A complete small lesson, `explainers/noise/`:

    # lens.py: recording -> numbers. May import the engine, torch, numpy. Runs beside the model, never in the page.
    def spectrum(run, *, step):                  # `run` is the Recording; after the star, the controls that it needs
        '''Power of x_t per spatial frequency.'''
        x = run.steps[step].latent               # (channels, frames, rows, cols)
        ...
        return {"frequency": f, "power": p, "half": 0.18}    # a dict of named numbers: arrays, floats, strings

    def noised(run, model, *, level):            # names `model`: needs the engine, to replay or to decode
        return {"film": decode(model, ...)}      # (frames, height, width, 3) in 0..1

    def loudness(run, *, step, patch):           # names `patch`: answers a click on the film
        return {"power": x.square().mean(0), "here": 0.3}    # (frames, rows, cols) of the patch grid

    def answer(run, *, step):                    # which guess of the story was right
        return {"answer": "small", "small": 0.02, "large": 0.31}

    def one_grain(run, model, *, step):          # what a cut makes: the film again, with the mechanism switched off
        other = replay(model, run, cuts=[...])   # the engine's Run of Steps
        yield from other                         # shown as they come
        return other.recording

    def difference(run, other):                  # what a cut measures: `other` is the film that the cut made
        return {"change": 0.4}

    # picture.py: numbers -> pictures. No torch, no gradio. `words` gives it sentences in the visitor's language.
    def spectrum(numbers, words):
        figure = go.Figure(go.Scatter(x=numbers["frequency"], y=numbers["power"]))
        return figure.update_layout(title=words("spectrum"), xaxis_title=words("spectrum.x"), ...)

    def noised(numbers, words):
        return {words("noised.film"): numbers["film"]}

    def loudness(numbers, words):
        return Heat(patches=numbers["power"])

    def halves(numbers, words):                  # a card's small figure
        return Bars({words("halves.small"): numbers["small"], words("halves.large"): numbers["large"]})

    # lesson.py: the declaration.
    from explainers.kit.lesson import Cut, Films, Layer, Lesson, Plot, Slider
    from explainers.kit.story import Look, Precisely, Predict, Without

    lesson = Lesson(
        "noise",
        story=[
            Look("drown", step=0, film="noisy", control="level"),
            Predict("first", "small", "large", "together", figure="halves"),
            Without("one_grain"),
            Precisely("process"),
        ],
        controls=[Slider("level", 0, 1, 0.05, start=0.5)],
        pictures=[Layer("loudness"), Films("noised"), Plot("spectrum")],
        cuts=[Cut("one_grain", lens="difference", plot=False)],
    )

    # words.en.md: every sentence, under the name of what it belongs to; {half:.0%} quotes a number of that lens.
    # Noise
    ## story.drown           ## story.drown.text      (of every card: its headline, and what is said at once)
    ## story.first.small     ## story.first.answer    (an option of a Predict; what was right, and why)
    ## story.one_grain.see   (what the cut measured)  ## level                  ## halves.small
    ## spectrum (its title)  ## spectrum.see (one sentence: what to see)        ## spectrum.x
    ## one_grain             ## one_grain.press       ## one_grain.see (the measured difference)

`python -m explainers.kit.check noise` says what is missing, and so do the tests.

A page is a stage and a story. The film is always in view; beside it is one card of the story at a time
(explainers/kit/story.py): a guess *before* looking, something to look at, a measurement, the cut, and at last the
popular phrase made precise. Each card says how everything stands while it is read. The workbench stands below, with
all controls, pictures and cuts, at three depths: the picture, the numbers (a table read off the figure itself), the
code (the lens's own source). Nothing is locked: the story only points at what the workbench offers anyway.

The rules that make one declaration serve a web page, Jupyter widgets and a film:

- A lens is a pure function of what it names. Positional: `run` (the Recording), `other` (the film that a cut made),
  `model` (it then waits its turn at the engine). Keyword-only: controls. A picture is computed again when one of those
  changes, and only then.
- Controls of the page are declared (`Slider`, `Choice`, `Switch`, `Text`, `Index`). Controls of the viewer are always
  there: `step`, `frame` (indices from 0), `patch` ((frame, row, col) of the patch grid, or None), `word` and `slice`
  (index into the prompt's words or the sound's slices, or None), `film` ("x0", "noisy", "difference"), `view`
  ("film", "frames", "stack"), `grid` (bool). The settings of a run are there too, see `RUN`: a card that names
  some stands on that film.
- A lens that names `patch`, `word` or `slice` waits until a visitor has picked one: it never sees None.
- A lens that takes long is a generator: it yields how far it is (0..1) or the engine's Steps, and returns its numbers.
  It is cancelled between two yields, so yield once a step. It stands in the line of visitors; a plain function doesn't.
- A sentence quotes measured numbers by name, and nothing else may state one.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from explainers.kit.story import Card

IDEAS = (
    *("machine", "learning", "noise", "latents", "patches", "denoising", "words", "attention"),
    *("sound", "physics", "start", "cost", "limits", "text", "real"),
)  # in teaching order

VIEWER = ("step", "frame", "patch", "word", "slice", "film", "view", "grid")
PICKS = ("patch", "word", "slice")  # what a click on the viewer asks about
RUN = ("prompt", "seed", "steps", "guidance", "scheduler", "frames", "size")
GIVEN = ("run", "other", "model")

Numbers = Mapping[str, Any]
"""What a lens returns: arrays, floats and strings by name. Sentences quote them."""


# Controls: what a visitor can move. Words: `## name` is its label, `## name.option` the label of an option.


@dataclass(frozen=True)
class Slider:
    name: str
    low: float
    high: float
    by: float
    start: float


@dataclass(frozen=True)
class Choice:
    name: str
    options: tuple[str, ...]
    start: str


@dataclass(frozen=True)
class Switch:
    name: str
    start: bool = False


@dataclass(frozen=True)
class Text:
    """A line that a visitor writes."""

    name: str
    start: str = ""


@dataclass(frozen=True)
class Index:
    """One of the model's own things: `Index("layer", of="layers")`. `of` is a name in the facts of the model.

    With `all`, the choice "all of them" comes first and is passed as None.
    """

    name: str
    of: str
    start: int | None = 0
    all: bool = False


HEADS = (Index("layer", of="layers", start=None, all=True), Index("head", of="heads", start=None, all=True))
"""Of which attention is asked, in every lesson that shows it: all of it, until somebody chooses."""

Control = Slider | Choice | Switch | Text | Index


# Pictures: what a visitor sees. The class says what `picture.<name>` returns.


@dataclass(frozen=True)
class Picture:
    """Words: `## name` is its title, `## name.see` one sentence that says what to see in it (it may quote numbers)."""

    name: str
    lens: str = ""  # the function of lens.py, where it is not called like the picture
    waits: bool = False  # computed when asked for by a button (`## name.press`), because it takes seconds
    kind: ClassVar[str]

    @property
    def measures(self) -> str:
        return self.lens or self.name


class Plot(Picture):
    """Draws a `plotly.graph_objects.Figure` with a title and units on its axes. Colours and table are the kit's."""

    kind = "plot"


class Table(Picture):
    """Draws {column title: values}, as numbers or as text that is already rounded."""

    kind = "table"


class Layer(Picture):
    """Draws a `Heat` over the film. A lens that names `patch`, `word` or `slice` answers clicks on those (one layer a
    kind of click on a page); one that names none of them is a map that is always there to be switched on.

    Words besides: `## name.normalised`, over what its values sum or range. `## name.see` is read out with each answer.
    """

    kind = "layer"


class Films(Picture):
    """Draws {caption: film}, side by side on one timeline: arrays (frames, height, width, 3) in 0..1, or a `Clip`."""

    kind = "films"


class Texts(Picture):
    """Draws {caption: [the words at every step]} on one timeline; a hidden word is ""."""

    kind = "texts"


class Stations(Picture):
    """Draws a list of `Station`: a way with stops, each opening the page of its idea."""

    kind = "stations"


class FirstFrame(Picture):
    """Draws {caption: image}: pictures (height, width, 3) to begin a film with, beside one that a visitor draws there
    or brings. What is chosen becomes the first frame of the next film.
    """

    kind = "first_frame"


@dataclass(frozen=True)
class Heat:
    """What a `Layer` draws: values on the viewer's patches, and on words and slices of sound where there are such.

    With values below zero the colours diverge.
    """

    patches: Any = None  # (frames, rows, cols) of the patch grid
    words: Any = None  # (words,)
    sound: Any = None  # (slices,)
    unit: str = "%"  # "%" means shares of 0..1, anything else is printed after the number


@dataclass(frozen=True)
class Clip:
    """A film with its sound, for `Films`; or one that no model made, which then is not marked as if one had."""

    frames: Any  # (frames, height, width, 3) in 0..1
    sound: Any = None  # (samples,) in -1..1
    rate: int = 16_000
    rendered: bool = False


@dataclass(frozen=True)
class Station:
    idea: str | None  # whose page it opens
    title: str
    fact: str  # one measured sentence
    images: Any  # (how many, height, width, 3) in 0..1; a few small pictures computed from the run


@dataclass(frozen=True)
class Cut:
    """See it, then cut it: `Cut("one_grain", lens="difference")`.

    `lens.one_grain(run, model, *, …)` makes the other film, same seed: a Recording, or {"film": frames} where nothing
    was run again. It is shown beside the first on one timeline. `lens.difference(run, other, …)` measures; the sentence
    `## one_grain.see` quotes its numbers. Where the mechanism is not the film's (`film=False`), no other film is made:
    that lens measures both ways by itself. `picture.one_grain` draws the difference, where `plot` says there is one.
    Words besides: `## one_grain`, the title; `## one_grain.press`, the button.
    """

    name: str
    lens: str
    plot: bool = True
    film: bool = True


@dataclass(frozen=True)
class Lesson:
    idea: str
    story: list[Card] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)
    controls: list[Control] = field(default_factory=list)
    cuts: list[Cut] = field(default_factory=list)
    models: bool = False  # whether visitors choose the model here, where the operator offers several

    def control(self, name: str) -> Control:
        return next(c for c in self.controls if c.name == name)

    def picture(self, name: str) -> Picture:
        return next(p for p in self.pictures if p.name == name)

    def card(self, name: str) -> Card:
        return next(c for c in self.story if c.name == name)

    def cut(self, name: str) -> Cut:
        return next(c for c in self.cuts if c.name == name)

    def starts(self) -> dict[str, Any]:
        """The controls of the page as they stand when it opens."""
        return {c.name: c.start for c in self.controls}

    def sentences(self) -> Iterator[str]:
        """The keys that the words file of this lesson must hold (besides those that its pictures ask for)."""
        yield "title"
        for control in self.controls:
            yield control.name
            if isinstance(control, Choice):
                yield from (f"{control.name}.{o}" for o in control.options)
        for card in self.story:
            yield from card.sentences()
        for picture in self.pictures:
            yield from (picture.name, f"{picture.name}.see", *([f"{picture.name}.press"] if picture.waits else []))
            yield from [f"{picture.name}.normalised"] if isinstance(picture, Layer) else []
        for cut in self.cuts:
            yield from (cut.name, f"{cut.name}.press", f"{cut.name}.see")


def lessons() -> list[Lesson]:
    """All lessons that there are, in teaching order. Imports no lens and no picture, so it costs nothing."""
    there = [idea for idea in IDEAS if importlib.util.find_spec(f"explainers.lessons.{idea}")]
    there = [idea for idea in there if importlib.util.find_spec(f"explainers.lessons.{idea}.lesson")]
    return [importlib.import_module(f"explainers.lessons.{idea}.lesson").lesson for idea in there]


# Computing: shared by the worker behind the page, by notebooks and by films.


def measure(
    lesson: Lesson, lens: str, given: Mapping[str, Any], controls: Mapping[str, Any]
) -> Generator[Any, None, Any]:
    """Run one lens with those of `given` (run, model, other) and of the controls that it names.

    A generator in every case: what a long lens yields on its way is passed on, and its result is returned.
    """
    from explainers.kit.signature import signature

    function = getattr(importlib.import_module(f"explainers.lessons.{lesson.idea}.lens"), lens)
    names = signature(lesson.idea, lens)
    result = function(*(given[name] for name in names.given), **{name: controls[name] for name in names.controls})
    if isinstance(result, Generator):
        result = yield from result
    return result


def draw(lesson: Lesson, name: str, numbers: Numbers, words: Any) -> Any:
    """The picture of that name: a Figure, columns, heat, films, texts, stations or images, as its declaration says."""
    return getattr(importlib.import_module(f"explainers.lessons.{lesson.idea}.picture"), name)(numbers, words)


def finish(steps: Generator[Any, None, Any]) -> Any:
    """Exhaust a generator and return what it returns: `numbers = finish(measure(lesson, "spectrum", …))`."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value
