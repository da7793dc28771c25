"""Maps of attention, computed when asked for, exact, in bounded memory.

attention(model, recording, step=12, layer=5, query=Patch(frame=2, row=3, col=4)).video   # (frames, rows, cols)
attention(model, recording, step=12, query=Slice(7)).share                               # {"words": 0.2, …}
frame_matrix(model, recording, step=12, layer=5).weights                                   # (frames, frames)
word_maps(model, recording, step=12).weights                                             # (tokens, frames, rows, cols)

`layer` and `head`: a number, several, or None for the mean over all; with `each=True` results keep the axes
(layers, heads, …) instead of taking the mean. `step` may be several too (mean). Every result says in `label` what it is
and what it is normalised over. The denoiser runs as far as the last layer asked for; no matrix of N x N is ever made.
"""

from __future__ import annotations

import contextlib
import dataclasses
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from explainers.engine.cuts import cuts_now, cutting, seen_keys
from explainers.engine.families import Grid
from explainers.engine.models import VideoModel
from explainers.engine.private import private
from explainers.engine.recording import Recording
from explainers.engine.replay import arguments, check, grid_of
from explainers.engine.tokens import Axis, Site
from explainers.engine.watch import Softmax, Watch

Array = npt.NDArray[np.float32]
Some = int | Sequence[int] | None
BUDGET = 64 * 2**20  # bytes that one chunk of queries may take


class NotVisible(ValueError):
    """There is nothing true to show; the message says why, for a person."""


@dataclass(frozen=True)
class Patch:
    """One cube of space and time: where a patch token stands."""

    frame: int
    row: int
    col: int


@dataclass(frozen=True)
class Slice:
    """One slice of sound."""

    index: int


@dataclass(frozen=True)
class Word:
    """One token of the text, by its place (`Token.index`)."""

    index: int


Query = Patch | Slice | Word


@dataclass
class AttentionMap:
    """Where one query looks. words, video and sound together sum to one, for every layer and head."""

    words: Array  # (tokens,)
    video: Array  # (frames, rows, cols) of patches; zero where an attention does not reach
    sound: Array  # (slices,)
    share: dict[str, float]  # "words", "own frame", "other frames", "sound": sums to one
    label: str
    layers: list[int]
    heads: list[int]


@dataclass
class FrameMatrix:
    """How much the patches of one frame look at each other frame, on average. A row, its words and sound sum to one."""

    weights: Array  # (frames that look, frames looked at)
    words: Array  # (frames,)
    sound: Array  # (frames,)
    label: str
    layers: list[int]
    heads: list[int]


@dataclass
class WordMaps:
    """How much each patch looks at each token of the text. Over tokens a patch's weights sum to its share of words."""

    weights: Array  # (tokens, frames, rows, cols)
    label: str
    layers: list[int]
    heads: list[int]


def attention(
    model: VideoModel,
    recording: Recording,
    step: int | Sequence[int],
    layer: Some = None,
    head: Some = None,
    query: Query = Patch(0, 0, 0),
    *,
    branch: str = "cond",
    each: bool = False,
) -> AttentionMap:
    """Where one patch, slice of sound or word looks."""
    side = {Patch: "video", Slice: "sound", Word: "words"}[type(query)]
    finest = model.patches(grid_of(recording))

    def weights(view: View, heads: list[int]) -> Array:
        rows = [_one_row(view, head, query, finest) for head in heads]
        return np.stack(rows)

    seen, layers, heads = _look(model, recording, step, layer, head, branch, side, ("video", "words"), weights)
    rows, site = seen.rows if each else seen.rows.mean((0, 1)), seen.site
    words, tail = len(site.key.words), math.prod(site.grid)
    video = rows[..., words : words + tail] if site.key.video else rows[..., :0]
    parts = rows[..., :words], video, rows[..., words + video.shape[-1] :]
    own = _own(site, query, finest)
    mean = [part.mean((0, 1)) if each else part for part in parts]
    share = {
        "words": float(mean[0].sum()),
        "own frame": float(mean[1][own].sum()),
        "other frames": float(mean[1].sum() - mean[1][own].sum()),
        "sound": float(mean[2].sum()),
    }
    return AttentionMap(
        parts[0],
        video.reshape(*rows.shape[:-1], *(site.grid if site.key.video else (0, 0, 0))),
        parts[2],
        share,
        f"{_said(query)}: share of its attention that goes to each {_keys(site.key)}; "
        f"together they sum to 1{_mean(layers, heads, each)}. ({site.kind}.)",
        layers,
        heads,
    )


def frame_matrix(
    model: VideoModel,
    recording: Recording,
    step: int | Sequence[int],
    layer: Some = None,
    head: Some = None,
    *,
    branch: str = "cond",
    each: bool = False,
) -> FrameMatrix:
    """Frame by frame: how much one looks at another, and at words and sound."""

    def weights(view: View, heads: list[int]) -> Array:
        return np.stack([_frames(view, head) for head in heads])

    seen, layers, heads = _look(model, recording, step, layer, head, branch, "video", ("video",), weights)
    rows = seen.rows if each else seen.rows.mean((0, 1))  # (…, frames, frames + 2)
    frames = seen.site.grid[0]
    return FrameMatrix(
        rows[..., :frames],
        rows[..., frames],
        rows[..., frames + 1],
        f"Row i: share of the attention of frame i's patches (mean over them) that goes to each frame; "
        f"with words and sound a row sums to 1{_mean(layers, heads, each)}. ({seen.site.kind}.)",
        layers,
        heads,
    )


def word_maps(
    model: VideoModel,
    recording: Recording,
    step: int | Sequence[int],
    layer: Some = None,
    head: Some = None,
    *,
    branch: str = "cond",
    each: bool = False,
) -> WordMaps:
    """For every token of the text: which patches look at it."""

    def weights(view: View, heads: list[int]) -> Array:
        return np.stack([_to_words(view, head) for head in heads])

    seen, layers, heads = _look(model, recording, step, layer, head, branch, "video", ("words",), weights)
    rows = seen.rows if each else seen.rows.mean((0, 1))  # (…, tokens, patches)
    return WordMaps(
        rows.reshape(*rows.shape[:-1], *seen.site.grid),
        f"Share of each patch's attention that goes to each token of the text. A patch's weights over all its keys sum "
        f"to 1; over patches they don't{_mean(layers, heads, each)}. ({seen.site.kind}.)",
        layers,
        heads,
    )


def attention_sites(model: VideoModel, recording: Recording, step: int = 0, branch: str = "cond") -> list[Site]:
    """Every softmax attention of one denoiser call whose seats are known, in the order in which they run."""
    found: list[Site] = []

    def seen(view: View) -> None:
        found.append(view.site)

    _run(model, recording, step, branch, seen)
    return found


# --- looking


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


@dataclass
class _Seen:
    rows: Array  # (layers, heads, …)
    site: Site


class _Enough(Exception):
    """Everything asked for has been seen."""


def _look(
    model: VideoModel,
    recording: Recording,
    step: int | Sequence[int],
    layer: Some,
    head: Some,
    branch: str,
    side: str,
    keys: tuple[str, ...],
    weights: Callable[[View, list[int]], Array],
) -> tuple[_Seen, list[int], list[int]]:
    """Reduce the attentions asked for, as they run: those with `side` among their queries and one of `keys` among keys.

    A layer may have several (self, then cross): the first with `keys[0]`, else the first with another of them.
    """
    wanted = None if layer is None else set(_some(layer))
    steps = _some(step)
    total: dict[int, Any] = {}
    sites: dict[int, Site] = {}
    heads: list[int] = []

    for one in steps:
        done: dict[int, Array] = {}

        def seen(view: View, done: dict[int, Array] = done) -> None:
            site = view.site
            if wanted is not None and site.layer > max(wanted):
                raise _Enough
            if (wanted is not None and site.layer not in wanted) or not getattr(site.query, side):
                return
            rank = next((n for n, key in enumerate(keys) if getattr(site.key, key)), None)
            held = next(
                (n for n, key in enumerate(keys) if site.layer in done and getattr(sites[site.layer].key, key)), 9
            )
            if rank is None or rank >= held:
                return
            if not heads:
                heads.extend(range(site.heads) if head is None else _some(head))
            if not all(0 <= h < site.heads for h in heads):
                raise IndexError(f"Layer {site.layer} has {site.heads} heads, 0 to {site.heads - 1}.")
            sites[site.layer] = site
            done[site.layer] = weights(view, heads)

        _run(model, recording, one, branch, seen)
        for number, value in done.items():
            total[number] = total.get(number, 0) + value / len(steps)
    if not total or (wanted is not None and wanted - set(total)):
        raise NotVisible(_why(model, recording, steps[0], branch, side, keys, wanted))
    layers = sorted(total)
    if len({total[n].shape for n in layers}) > 1:
        sizes = ", ".join(f"{n}: {'x'.join(map(str, sites[n].grid))}" for n in layers)
        raise NotVisible(f"These layers see grids of different sizes, which have no mean ({sizes}): ask for one layer.")
    rows = np.stack([total[n] for n in layers]).astype(np.float32)
    return _Seen(rows, sites[layers[0]]), layers, heads


def _run(model: VideoModel, recording: Recording, step: int, branch: str, seen: Callable[[View], None]) -> None:
    """Make one recorded denoiser call again, watched."""
    check(model, recording)
    if not model.family.seats:
        from explainers.engine.perturb import found_seats  # which itself needs to look

        model.family = dataclasses.replace(model.family, seats=found_seats(model, recording))
    step = range(len(recording.steps))[step]
    calls = [call for call in recording.calls[step] if call.branch in (branch, "both")]
    if not calls:
        raise NotVisible(f"Step {step} has no {branch!r} branch (guidance was off).")
    call = calls[0]
    denoiser = getattr(private(model.pipeline, call.denoiser), call.denoiser)
    if any(getattr(getattr(module, "processor", None), "_attention_backend", None) for module in denoiser.modules()):
        denoiser.set_attention_backend("native")  # others (flash, sage, …) leave through doors that can't be watched
    args, kwargs = arguments(model, recording, step, call)
    slices = recording.sound_latents[0].shape[-1] if recording.sound_latents else 0
    cuts = cuts_now(recording.cuts, step, call.branch)
    branches = 2 if call.branch == "both" else 1
    mine = branches - 1 if branch == "cond" else 0

    def look(site: Site, softmax: Softmax, forward: Callable[..., Tensor]) -> Tensor:
        softmax.barred = seen_keys(cuts, site, softmax.query.device) if cuts else []
        if site.batch != "item" or site.call == mine:  # some go through the branches one by one
            seen(View(site, softmax, mine, branches))
        return forward()

    grid = grid_of(recording)
    watch = Watch(denoiser, model.family, model.patches(grid), slices, look, branches)
    with (
        torch.no_grad(),
        contextlib.suppress(_Enough),
        cutting(denoiser, model, recording.cuts, step, call.branch, kwargs, grid, slices) as kwargs,
        watch,
    ):
        denoiser(*args, **kwargs)


# --- reducing


def _one_row(view: View, head: int, query: Query, finest: Grid) -> Array:
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
    raise IndexError(f"{_said(query)} does not exist in this attention.")


def _place(site: Site, query: Query, patches: Sequence[int], finest: Grid) -> int | None:
    """Where the query stands along the queries of an entry of the batch that holds these patches."""
    if isinstance(query, Patch):
        number = _number(site.grid, query, finest)
        return site.query.video[patches.index(number)] if number in patches else None
    span = site.query.sound if isinstance(query, Slice) else site.query.words
    if not 0 <= query.index < len(span):
        raise IndexError(f"{_said(query)} does not exist: there are {len(span)}.")
    return span[query.index]


def _number(grid: Grid, patch: Patch, finest: Grid) -> int:
    """A patch's place in the grid of a stage that may be coarser than the one that people point at."""
    for name, at, size in zip(("frame", "row", "col"), (patch.frame, patch.row, patch.col), finest, strict=True):
        if not 0 <= at < size:
            raise IndexError(f"{name} {at} is outside: there are {size}.")
    _, rows, cols = grid
    row, col = patch.row * rows // finest[1], patch.col * cols // finest[2]
    return (patch.frame * rows + row) * cols + col


def _own(site: Site, query: Query, finest: Grid) -> slice:
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


def _frames(view: View, head: int) -> Array:
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


def _to_words(view: View, head: int) -> Array:
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


def _some(value: Some) -> list[int]:
    return [value] if isinstance(value, int) else list(value or ())


def _numpy(tensor: Tensor) -> Array:
    return tensor.float().cpu().numpy()


# --- saying


def _said(query: Query) -> str:
    if isinstance(query, Patch):
        return f"Patch (frame {query.frame}, row {query.row}, column {query.col})"
    return f"Slice {query.index} of the sound" if isinstance(query, Slice) else f"Token {query.index} of the text"


def _keys(key: Axis) -> str:
    names = {"words": "word", "video": "patch", "sound": "slice of sound"}
    return ", ".join(name for part, name in names.items() if getattr(key, part))


def _mean(layers: list[int], heads: list[int], each: bool) -> str:
    if each:
        return ", for each layer and head"
    over = [f"{len(items)} {name}" for items, name in ((layers, "layers"), (heads, "heads")) if len(items) > 1]
    return f" (mean over {' and '.join(over)})" if over else ""


def _why(
    model: VideoModel, recording: Recording, step: int, branch: str, side: str, keys: tuple[str, ...], wanted: Any
) -> str:
    names = {"words": "words", "video": "patches", "sound": "sound"}
    sites = attention_sites(model, recording, step, branch)
    if not sites:
        return (
            f"{type(model.denoiser).__name__} runs no softmax attention that can be watched (linear attention and flex "
            "kernels can't be), so there is no true map to show."
        )
    has = sorted({f"{site.kind} in layers {_range([s.layer for s in sites if s.kind == site.kind])}" for site in sites})
    return (
        f"No attention from {names[side]} to {' or '.join(names[k] for k in keys)}"
        f"{'' if wanted is None else f' in layers {wanted}'}. This model has: {'; '.join(has)}."
    )


def _range(layers: list[int]) -> str:
    return f"{min(layers)} to {max(layers)}" if len(set(layers)) > 1 else str(layers[0])
