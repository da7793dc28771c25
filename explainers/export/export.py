"""Take a run home: as a film, as the reel in thirty seconds, as one page that opens offline, as a recording.

    from explainers.export.export import film, page, reel

    film(model, run, "ball.mp4")                          # or .gif; the development, then the film with its sound
    film(model, run, "cut.mp4", other=cut)                # two runs, or before and after a cut, side by side
    film(model, run, "look.mp4", patch=(4, 2, 2))         # lit by where this patch looks
    reel(model, run, "reel.mp4")                          # static, shapes, texture, film, attention, sound
    page(model, run, "run.html")                          # the viewer with the run in it; needs nothing else

    python -m explainers.export.export out/ball-7/run.darkroom [other.darkroom] [--out FOLDER] [--patch 4 2 2]

All of them are generators inside (`filming`, `reeling`, `paging`), which yield how far they are (0..1).
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Generator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from explainers.export.movie import Development, Look, development, write
from explainers.export.reel import reel as chapters
from explainers.kit.folders import KIT
from explainers.kit.lesson import finish
from explainers.kit.sentences import Words
from explainers.kit.sentences import labels as viewer_labels
from explainers.provenance import source_of, together
from explainers.viewer.atlas import pixels
from explainers.viewer.pack import MapBank, film_pack
from explainers.viewer.recording_pack import film_of, pack_step, still, with_sound
from explainers.viewer.static_page import static_page

if TYPE_CHECKING:
    from explainers.engine import Recording, VideoModel

    Cube = tuple[int, int, int]
    Work = Generator[float, None, None]

MAPS = 5  # steps whose maps of words an offline page holds


def film(
    model: VideoModel,
    run: Recording,
    path: str | Path,
    other: Recording | None = None,
    patch: Cube | None = None,
    labels: tuple[str, str] = ("", ""),
    language: str = "en",
) -> Path:
    return _made(path, filming(model, run, Path(path), other, patch, labels, Words.of(KIT, language)))


def reel(model: VideoModel, run: Recording, path: str | Path, patch: Cube | None = None, language: str = "en") -> Path:
    return _made(path, reeling(model, run, Path(path), patch, Words.of(KIT, language)))


def page(
    model: VideoModel, run: Recording, path: str | Path, other: Recording | None = None, language: str = "en"
) -> Path:
    return _made(path, paging(model, run, Path(path), other, Words.of(KIT, language)))


def _made(path: str | Path, work: Work) -> Path:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    finish(work)
    return Path(path)


# --- as work that says how far it is


def filming(
    model: VideoModel,
    run: Recording,
    path: Path,
    other: Recording | None,
    patch: Cube | None,
    labels: tuple[str, str],
    words: Words,
) -> Work:
    parts = [run, other] if other else [run]
    share = (0.4 if patch else 0.1) / len(parts)
    shown: list[Development] = []
    for number, (one, label) in enumerate(zip(parts, labels, strict=False)):
        start = share * number
        made = yield from _part(shots(model, one, words), start, start + share * (0.2 if patch else 1))
        look = None
        if patch and not isinstance(one, Mapping):
            look = yield from _part(looks(model, one, patch), start + share * 0.2, start + share)
        own = label or (made.prompt if other else "")
        shown.append(replace(made, label=own, look=look))
    title = " / ".join(dict.fromkeys(one.prompt for one in shown if one.prompt))
    how = " / ".join(dict.fromkeys(one.about for one in shown if one.about))
    first = replace(shown[0], prompt=title, about=how, source=together(one.source for one in shown))
    scenes = development(first, words, shown[1] if other else None)
    yield from _part(write(scenes, path, first), share * len(parts), 1)


def reeling(model: VideoModel, run: Recording, path: Path, patch: Cube | None, words: Words) -> Work:
    from explainers.engine import NotVisible

    shown = yield from _part(shots(model, run, words), 0, 0.1)
    patch = patch or on_what_moves(model, run, shown)
    try:
        look: Look | None = yield from _part(looks(model, run, patch, [len(run.steps) // 2]), 0.1, 0.15)
    except NotVisible:  # linear attention: there is no map, and no chapter about it
        look = None
    yield from _part(write(chapters(shown, look, words), path, shown), 0.15, 1)


def paging(model: VideoModel, run: Recording, path: Path, other: Recording | None, words: Words) -> Work:
    packs = []
    for number, one in enumerate([run, other] if other else [run]):
        packs.append((yield from _part(packing(model, one, "ab"[number], words), 0.4 * number, 0.4 * number + 0.4)))
    state = {"step": -1, "compare": "side", "labels": viewer_labels(words)}
    source = together(source_of(one.request) for one in (run, other) if one and not isinstance(one, Mapping))
    text = static_page(
        *packs, state=state, title=run.request.prompt, about=about(run, words), foot=words("home.offline"),
        lang=words.language, source=source,
    )  # fmt: skip
    path.write_text(text, "utf-8")
    yield 1.0


def packing(model: VideoModel, run: Any, name: str, words: Words) -> Generator[float, None, bytes]:
    """The run as a pack that answers what is asked about its words without a model."""
    from explainers.engine import decode

    if isinstance(run, Mapping):
        return still(run, name)
    steps = []
    for step in run.steps:
        steps.append(pack_step(model, step))
        yield 0.6 * len(steps) / len(run.steps)
    banks = yield from _part(word_banks(model, run, words), 0.6, 1)
    steps[-1] = with_sound(steps[-1], decode(model, run))
    return film_pack(film_of(model, run, name), steps, banks)


def word_banks(model: VideoModel, run: Recording, words: Words) -> Generator[float, None, list[MapBank]]:
    from explainers.engine import NotVisible, evenly, word_maps

    places: dict[int, list[int]] = {}
    for token in run.tokens:
        if token.word is not None:
            places.setdefault(token.word, []).append(token.index)
    chosen = evenly(len(run.steps), MAPS)
    values, label = [], ""
    for number, step in enumerate(chosen):
        try:
            found = word_maps(model, run, step)
        except NotVisible:
            return []
        label = found.label
        whole = [np.sum([found.weights[i] for i in places[word]], axis=0) for word in sorted(places)]
        values.append(np.stack(whole) if whole else np.zeros((0, *found.weights.shape[1:])))
        yield (number + 1) / len(chosen)
    if not places:
        return []
    return [MapBank("word", {"patches": np.stack(values)}, label, words("home.word_maps"), steps=chosen)]


# --- a run as pictures


def shots(model: VideoModel, run: Any, words: Words) -> Generator[float, None, Development]:
    from explainers.engine import decode

    if isinstance(run, Mapping):  # a cut that ran nothing again: it has no development
        frames = pixels(run["film"])
        return Development("", "", float(run.get("fps", 8)), [frames], [frames], frames)
    steps = []
    for step in run.steps:
        steps.append(pack_step(model, step))
        yield len(steps) / len(run.steps)
    finished = with_sound(steps[-1], decode(model, run))
    made = Development.of(film_of(model, run, ""), steps, finished, run.request.prompt, about(run, words))
    return replace(made, source=source_of(run.request))


def about(run: Recording, words: Words) -> str:
    asked = run.request
    made = words("home.about", seed=asked.seed, steps=len(run.steps), guidance=float(asked.guidance or 0))
    return ". ".join([made, *(cut.words for cut in run.cuts)])


def looks(
    model: VideoModel, run: Recording, patch: Cube, steps: list[int] | None = None
) -> Generator[float, None, Look]:
    """Where a patch looks at each step, in the mean over layers and heads; each frame on a scale of its own."""
    from explainers.engine import Patch, attention

    found = []
    wanted = range(len(run.steps)) if steps is None else steps
    for step in wanted:
        found.append(np.asarray(attention(model, run, step, query=Patch(*patch)).video, np.float32))
        yield len(found) / len(wanted)
    heat = np.stack(found)  # (steps, latent frames, rows, cols)
    low, high = np.median(heat, (2, 3), keepdims=True), heat.max((2, 3), keepdims=True)
    grid = film_of(model, run, "").grid
    assert grid is not None
    return Look(((heat - low) / np.maximum(high - low, 1e-9)).clip(0, 1), patch, grid.frame_of)


def on_what_moves(model: VideoModel, run: Recording, shown: Development) -> Cube:
    """The patch of the middle frames whose pixels change most."""
    grid = film_of(model, run, "").grid
    assert grid is not None
    moves = np.abs(np.diff(shown.film.astype(float), axis=0)).mean(-1)  # (frames - 1, height, width)
    if not len(moves):
        return (0, grid.rows // 2, grid.cols // 2)
    middle = len(shown.film) // 2
    here = moves[min(middle, len(moves) - 1)]
    rows, cols = here.shape[0] // grid.rows, here.shape[1] // grid.cols
    blocks = here[: rows * grid.rows, : cols * grid.cols].reshape(grid.rows, rows, grid.cols, cols).mean((1, 3))
    row, col = np.unravel_index(int(blocks.argmax()), blocks.shape)
    return (grid.frame_of[middle], int(row), int(col))


def _part(work: Generator[float, None, Any], start: float, end: float) -> Generator[float, None, Any]:
    """Work as the part of a whole between two shares of it."""
    try:
        while True:
            yield start + (end - start) * next(work)
    except StopIteration as stop:
        return stop.value
    finally:
        work.close()


# --- from the command line


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m explainers.export.export", description=__doc__.split("\n")[0])
    parser.add_argument("recording", type=Path)
    parser.add_argument("other", type=Path, nargs="?", help="another recording, to stand beside it in the film")
    parser.add_argument("--out", type=Path, help="folder to write (where the recording is)")
    parser.add_argument("--patch", type=int, nargs=3, help="latent frame, row and column of a patch: where it looks")
    parser.add_argument("--model", default="embedded", help="embedded, a folder, or a name on the hub")
    parser.add_argument("--language", default="en")
    given = parser.parse_args(arguments)

    from explainers.engine import BadRecording, CannotOpen, WrongModel, load_recording, open_model

    folder, patch = given.out or given.recording.parent, tuple(given.patch) if given.patch else None
    try:
        run = load_recording(given.recording)
        other = load_recording(given.other) if given.other else None
        model = open_model(given.model)
        words = {"language": given.language}
        makers: dict[str, Callable[[Path], Path]] = {
            "film.mp4": lambda path: film(model, run, path, other, patch, **words),
            "film.gif": lambda path: film(model, run, path, other, patch, **words),
            "reel.mp4": lambda path: reel(model, run, path, patch, **words),
            "run.html": lambda path: page(model, run, path, other, **words),
        }
        for name, make in makers.items():
            print(make(folder / name))
    except (BadRecording, CannotOpen, WrongModel, IndexError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
