"""Where every token sits: which stretch of an attention's queries and keys is words, patches or slices of sound.

sites = attention_sites(model, recording)            # every softmax attention of one denoiser call, in order
site = sites[5]
site.layer, site.query.video, site.key.words         # 1, range(0, 80), range(0, 7)
site.key.patch(frame=2, row=3, col=1)                # where that patch stands among the keys

The table is families.py; tests hold it against perturb.py, which tries.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from explainers.engine.model.families import Grid, Seat

NONE = range(0)


@dataclass(frozen=True)
class Axis:
    """What stands along one axis of an attention."""

    words: range = NONE
    video: range = NONE
    sound: range = NONE
    grid: Grid = (0, 0, 0)  # frames, rows, cols of the patches in `video`

    def __len__(self) -> int:
        return len(self.words) + len(self.video) + len(self.sound)

    def patch(self, frame: int, row: int, col: int) -> int:
        frames, rows, cols = self.grid
        if not (0 <= frame < frames and 0 <= row < rows and 0 <= col < cols):
            raise IndexError(f"no patch ({frame}, {row}, {col}) in a grid of {frames} x {rows} x {cols}")
        return self.video[(frame * rows + row) * cols + col]

    def frame(self, frame: int) -> range:
        """All patches of a frame."""
        size = self.grid[1] * self.grid[2]
        return self.video[frame * size : (frame + 1) * size]

    def segments(self) -> list[tuple[str, int, range]]:
        """The axis in stretches: ("words", 0, …), ("frame", 0, …), ("frame", 1, …), …, ("sound", 0, …)."""
        found = [("words", 0, self.words)] if self.words else []
        found += [("frame", f, self.frame(f)) for f in range(self.grid[0]) if self.video]
        return found + ([("sound", 0, self.sound)] if self.sound else [])


@dataclass(frozen=True)
class Site:
    """One softmax attention of a denoiser call."""

    module: str
    call: int  # which softmax of that module
    layer: int  # blocks counted in the order in which they run
    heads: int
    query: Axis  # of one entry of the batch
    key: Axis
    batch: str  # what the batch axis runs over (see families.Seat)
    grid: Grid  # frames, rows, cols of all patches, over the whole batch

    def entries(self, size: int, branch: int, branches: int) -> list[tuple[int, list[int] | range]]:
        """(entry of the batch, where each of its patches stands among all patches) that belong to a branch.

        Where one entry holds all patches there is one; where space and time are attended to apart there is one for
        each frame, or for each place.
        """
        frames, rows, cols = self.grid
        area = rows * cols
        first = branch * (size // branches)
        if self.batch == "frame":
            return [(first + f, range(f * area, (f + 1) * area)) for f in range(frames)]
        if self.batch == "place":
            return [(first + p, range(p, frames * area, area)) for p in range(area)]
        return [(0 if self.batch == "item" else first, range(frames * area))]

    @property
    def kind(self) -> str:
        """In words: what looks at what."""
        names = {"words": "words", "video": "patches", "sound": "sound"}
        sides = [" and ".join(n for part, n in names.items() if getattr(axis, part)) for axis in (self.query, self.key)]
        where = {"frame": " of the same frame", "place": " at the same place"}.get(self.batch, "")
        return f"{sides[0]} to {sides[1]}{where}"


def axis(letters: str, length: int, grid: Grid, slices: int) -> Axis:
    """Lay the letters of a seat along an axis; words take what picture and sound leave."""
    sizes = {"v": math.prod(grid), "s": slices}
    sizes["w"] = length - sum(sizes[letter] for letter in letters if letter != "w")
    if sum(sizes[letter] for letter in letters) != length or sizes["w"] < 0:
        raise ValueError(f"{length} tokens are not {letters!r} of {grid} patches and {slices} slices of sound")
    at, spans = 0, {}
    for letter in letters:
        spans[letter] = range(at, at + sizes[letter])
        at += sizes[letter]
    return Axis(spans.get("w", NONE), spans.get("v", NONE), spans.get("s", NONE), grid if "v" in letters else (0, 0, 0))


def seat_of(seats: tuple[Seat, ...], module: str, call: int) -> Seat | None:
    for seat in seats:
        if re.search(rf"(?:^|\.){seat.module}$", module) and seat.call in (None, call):
            return seat
    return None


def local_grid(batch: str, length: int, grid: Grid) -> Grid:
    """The patches that one entry of the batch holds: a frame's, a place's, or all of them."""
    frames = grid[0]
    if batch == "place":
        return frames, 1, 1
    if batch == "frame":
        return 1, *shrunk(length, grid)[1:]
    return grid


def shrunk(length: int, grid: Grid) -> Grid:
    """The grid of a U-Net's stage where a frame holds `length` patches: rows and columns are halved on the way down."""
    frames, rows, cols = grid
    for _ in range(8):
        if rows * cols <= length:
            break
        rows, cols = -(-rows // 2), -(-cols // 2)
    return frames, rows, cols
