"""q and k of one attention to the numbers that people look at, a piece of the queries at a time.

one_row(view, head, Patch(2, 3, 4), finest)      # (words, then all patches, then sound): one query's weights
frame_sums(view, head)                           # (frames, frames + 2): mean over a frame's patches
to_words(view, head)                             # (tokens, patches)

The pieces are so small that no more than BUDGET bytes of weights are ever held: a matrix of N x N never is.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from torch import Tensor

from explainers.engine.attention.token_layout import Site
from explainers.engine.attention.watch import Softmax
from explainers.engine.model.families import Grid

Array = npt.NDArray[np.float32]
BUDGET = 64 * 2**20  # bytes that one chunk of queries may take


@dataclass(frozen=True)
class Patch:
    """One cube of space and time: where a patch token stands."""

    frame: int
    row: int
    col: int

    def __str__(self) -> str:
        return f"Patch (frame {self.frame}, row {self.row}, column {self.col})"


@dataclass(frozen=True)
class Slice:
    """One slice of sound."""

    index: int

    def __str__(self) -> str:
        return f"Slice {self.index} of the sound"


@dataclass(frozen=True)
class Word:
    """One token of the text, by its place (`Token.index`)."""

    index: int

    def __str__(self) -> str:
        return f"Token {self.index} of the text"


Query = Patch | Slice | Word


@dataclass
class View:
    """One attention as it runs, seen from one branch."""

    site: Site
    softmax: Softmax
    branch: int  # which part of the batch
    branches: int

    @property
    def entries(self) -> list[tuple[int, list[int] | range]]:
        return self.site.entries(self.softmax.query.shape[0], self.branch, self.branches)


def one_row(view: View, head: int, query: Query, finest: Grid) -> Array:
    """Weights of one query: words, then all patches of all frames, then sound."""
    site, key = view.site, view.site.key
    for entry, patches in view.entries:
        row = _place(site, query, patches, finest)
        if row is None:
            continue
        weights = _numpy(view.softmax.rows(entry, head, [row])[0])
        video = np.zeros(math.prod(site.grid) if key.video else 0, np.float32)
        if key.video:
            video[np.asarray(patches)] = _span(weights, key.video)
        return np.concatenate([_span(weights, key.words), video, _span(weights, key.sound)])
    raise IndexError(f"{query} does not exist in this attention.")


def _place(site: Site, query: Query, patches: Sequence[int], finest: Grid) -> int | None:
    """Where the query stands along the queries of an entry of the batch that holds these patches."""
    if isinstance(query, Patch):
        number = _number(site.grid, query, finest)
        return site.query.video[patches.index(number)] if number in patches else None
    span = site.query.sound if isinstance(query, Slice) else site.query.words
    if not 0 <= query.index < len(span):
        raise IndexError(f"{query} does not exist: there are {len(span)}.")
    return span[query.index]


def _number(grid: Grid, patch: Patch, finest: Grid) -> int:
    """A patch's place in the grid of a stage that may be coarser than the one that people point at."""
    for name, at, size in zip(("frame", "row", "col"), (patch.frame, patch.row, patch.col), finest, strict=True):
        if not 0 <= at < size:
            raise IndexError(f"{name} {at} is outside: there are {size}.")
    _, rows, cols = grid
    row, col = patch.row * rows // finest[1], patch.col * cols // finest[2]
    return (patch.frame * rows + row) * cols + col


def own_frame(site: Site, query: Query, finest: Grid) -> slice:
    """The patches of the query's own frame."""
    if not isinstance(query, Patch) or not site.key.video:
        return slice(0)
    area = site.grid[1] * site.grid[2]
    return slice(query.frame * area, (query.frame + 1) * area)


def _chunks(softmax: Softmax, rows: range) -> Iterable[range]:
    """The queries in pieces whose weights stay within the budget."""
    size = max(1, BUDGET // (4 * softmax.key.shape[2]))
    for start in range(rows.start, rows.stop, size):
        yield range(start, min(start + size, rows.stop))


def frame_sums(view: View, head: int) -> Array:
    """(frames, frames + 2): mean over each frame's patches of what goes to each frame, to words, to sound."""
    site, key = view.site, view.site.key
    frames, area = site.grid[0], site.grid[1] * site.grid[2]
    result = np.zeros((frames, frames + 2), np.float64)
    for entry, patches in view.entries:
        looked = np.asarray(patches) // area  # the frame of each patch that this entry holds
        for frame, rows in _by_frame(patches, area):
            span = range(site.query.video[rows.start], site.query.video[rows.stop - 1] + 1)
            for part in _chunks(view.softmax, span):
                weights = _numpy(view.softmax.rows(entry, head, slice(part.start, part.stop)).sum(0))
                result[frame, :frames] += np.bincount(looked, _span(weights, key.video), frames)
                result[frame, frames] += _span(weights, key.words).sum()
                result[frame, frames + 1] += _span(weights, key.sound).sum()
    return (result / area).astype(np.float32)


def _by_frame(patches: Sequence[int], area: int) -> Iterable[tuple[int, range]]:
    """Stretches of an entry's patches that belong to one frame."""
    start = 0
    for i in range(1, len(patches) + 1):
        if i == len(patches) or patches[i] // area != patches[start] // area:
            yield patches[start] // area, range(start, i)
            start = i


def to_words(view: View, head: int) -> Array:
    """(tokens, patches)"""
    site = view.site
    result = np.zeros((len(site.key.words), math.prod(site.grid)), np.float32)
    for entry, patches in view.entries:
        place = np.asarray(patches)
        for part in _chunks(view.softmax, site.query.video):
            weights = view.softmax.rows(entry, head, slice(part.start, part.stop))
            here = range(part.start - site.query.video.start, part.stop - site.query.video.start)
            result[:, place[here.start : here.stop]] = _span(_numpy(weights), site.key.words).T
    return result


def _span(weights: Array, span: range) -> Array:
    return weights[..., span.start : span.stop]


def _numpy(tensor: Tensor) -> Array:
    return tensor.float().cpu().numpy()
