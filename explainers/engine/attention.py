"""Maps of attention, computed when asked for, exact, in bounded memory.

attention(model, recording, step=12, layer=5, query=Patch(frame=2, row=3, col=4)).video    # (frames, rows, cols)
attention(model, recording, step=12, query=Slice(7)).share                               # {"words": 0.2, …}
frame_matrix(model, recording, step=12, layer=5).weights                                   # (frames, frames)
word_maps(model, recording, step=12).weights                                               # (tokens, frames, rows, cols)

`layer` and `head`: a number, several, or None for the mean over all; with `each=True` results keep the axes
(layers, heads, …) instead of taking the mean. `step` may be several too (mean). Every result says in `label` what it is
and what it is normalised over. The denoiser runs as far as the last layer asked for; no matrix of N x N is ever made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from explainers.engine.cuts import cutting
from explainers.engine.models import VideoModel
from explainers.engine.private import private
from explainers.engine.recording import Recording
from explainers.engine.replay import arguments, check
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
    video: Array  # (frames, rows, cols)
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
    """How much each patch looks at each token of the text. Over the tokens a patch's weights sum to its share for words."""

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

    def weights(site: Site, softmax: Softmax, batches: list[int], heads: list[int]) -> Array:
        row = _place(site.query, query)
        return np.stack([np.stack([_numpy(softmax.rows(b, h, [row])[0]) for h in heads]) for b in batches]).mean(0)

    # a patch may look from several attentions of a layer (self and cross): the one with video among its keys is taken
    seen, layers, heads = _look(model, recording, step, layer, head, branch, side, ("video", "words"), weights, query)
    rows = seen.rows if each else seen.rows.mean((0, 1))
    words, video, sound = _parts(rows, seen.key)
    plain = [part.mean((0, 1)) if each else part for part in (words, video, sound)]
    return AttentionMap(
        words,
        video,
        sound,
        _share(plain, query),
        f"{_said(query)}: share of its attention that goes to each {_keys(seen.key)}; "
        f"all of them together sum to 1{_mean(layers, heads, each)}. {seen.note}".strip(),
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

    def weights(site: Site, softmax: Softmax, batches: list[int], heads: list[int]) -> Array:
        return np.stack([_frames(site, softmax, batches, h) for h in heads])

    seen, layers, heads = _look(model, recording, step, layer, head, branch, "video", ("video",), weights)
    rows = seen.rows if each else seen.rows.mean((0, 1))  # (…, frames, frames + 2)
    frames = seen.key.grid[0]
    return FrameMatrix(
        rows[..., :frames],
        rows[..., frames],
        rows[..., frames + 1],
        f"Row i: share of the attention of frame i's patches (mean over them) that goes to each frame; "
        f"with words and sound a row sums to 1{_mean(layers, heads, each)}. {seen.note}".strip(),
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

    def weights(site: Site, softmax: Softmax, batches: list[int], heads: list[int]) -> Array:
        return np.stack([_to_words(site, softmax, batches, h) for h in heads])

    seen, layers, heads = _look(model, recording, step, layer, head, branch, "video", ("words",), weights)
    rows = seen.rows if each else seen.rows.mean((0, 1))  # (…, tokens, patches)
    return WordMaps(
        rows.reshape(*rows.shape[:-1], *seen.query.grid),
        f"Share of each patch's attention that goes to each token of the text. A patch's weights over all its keys sum "
        f"to 1; over patches they don't{_mean(layers, heads, each)}. {seen.note}".strip(),
        layers,
        heads,
    )


def attention_sites(model: VideoModel, recording: Recording, step: int = 0, branch: str = "cond") -> list[Site]:
    """Every softmax attention of one denoiser call whose seats are known, in the order in which they run."""
    found: list[Site] = []

    def seen(site: Site, softmax: Softmax, forward: Callable[..., Tensor]) -> Tensor:
        found.append(site)
        return forward()

    _run(model, recording, step, branch, seen)
    return found


# --- looking


@dataclass
class _Seen:
    rows: Array  # (layers, heads, …)
    query: Axis
    key: Axis
    note: str


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
    weights: Callable[[Site, Softmax, list[int], list[int]], Array],
    query: Query | None = None,
) -> tuple[_Seen, list[int], list[int]]:
    """Reduce the attentions asked for, as they run: those with `side` among their queries and one of `keys` among keys."""
    wanted = None if layer is None else sorted(set(_some(layer)))
    steps = _some(step)
    total: dict[int, Any] = {}
    first: list[Site] = []
    heads: list[int] = []

    for one in steps:
        done: dict[int, Array] = {}

        def seen(site: Site, softmax: Softmax, forward: Callable[..., Tensor], done: dict[int, Array] = done) -> Tensor:
            fits = getattr(site.query, side) and any(getattr(site.key, key) for key in keys)
            if (fits and getattr(site.key, keys[0])) or (fits and site.layer not in done):
                if wanted is None or site.layer in wanted:
                    if not heads:
                        heads.extend(range(site.heads) if head is None else _some(head))
                        if max(heads) >= site.heads:
                            raise IndexError(f"There are {site.heads} heads, 0 to {site.heads - 1}.")
                        first.append(site)
                    done[site.layer] = weights(site, softmax, _batches(site, softmax, query, branch), heads)
                if wanted is not None and len(done) == len(wanted):
                    raise _Enough
            return forward()

        _run(model, recording, one, branch, seen)
        for number, value in done.items():
            total[number] = total.get(number, 0) + value / len(steps)
    if not total or (wanted is not None and set(wanted) - set(total)):
        raise NotVisible(_why(model, recording, steps[0], branch, side, keys, wanted))
    layers = sorted(total)
    rows = np.stack([total[n] for n in layers]).astype(np.float32)
    return _Seen(rows, first[0].query, first[0].key, _note(first[0])), layers, heads


def _run(model: VideoModel, recording: Recording, step: int, branch: str, seen: Any) -> None:
    """Make one recorded denoiser call again, watched."""
    check(model, recording)
    step = range(len(recording.steps))[step]
    calls = [call for call in recording.calls[step] if call.branch in (branch, "both")]
    if not calls:
        raise NotVisible(f"Step {step} has no {branch!r} branch (guidance was off).")
    call = calls[0]
    denoiser = getattr(private(model.pipeline, call.denoiser), call.denoiser)
    denoiser.set_attention_backend("native")  # the others (flash, sage, …) leave through doors that can't be watched
    args, kwargs = arguments(model, recording, step, call)
    frames, rows, cols = recording.latents[0].shape[1:]
    grid = (frames, rows, cols)
    slices = recording.sound_latents[0].shape[-1] if recording.sound_latents else 0
    with torch.no_grad(), cutting(denoiser, model, recording.cuts, step, branch, kwargs, grid, slices) as kwargs:
        watch = Watch(denoiser, model.family, model.patches(grid), slices, seen)
        try:
            with watch:
                denoiser(*args, **kwargs)
        except _Enough:
            pass


def _batches(site: Site, softmax: Softmax, query: Query | None, branch: str) -> list[int]:
    """Which entries of the batch belong to the branch (the second half where both go through at once)."""
    size = softmax.query.shape[0]
    return [size - 1 if branch == "cond" else 0]


# --- reducing


def _chunks(site: Site, softmax: Softmax, rows: range) -> Iterable[range]:
    """The queries in pieces whose weights stay within the budget (scores and their softmax: one float32 each)."""
    size = max(1, BUDGET // (4 * softmax.key.shape[2]))
    for start in range(rows.start, rows.stop, size):
        yield range(start, min(start + size, rows.stop))


def _frames(site: Site, softmax: Softmax, batches: list[int], head: int) -> Array:
    """(frames, frames + 2): mean over each frame's patches of what goes to each frame, to words, to sound."""
    key, (frames, *_) = site.key, site.key.grid
    result = np.zeros((site.query.grid[0], frames + 2), np.float64)
    for b in batches:
        for frame in range(site.query.grid[0]):
            rows = site.query.frame(frame)
            for part in _chunks(site, softmax, rows):
                weights = softmax.rows(b, head, slice(part.start, part.stop)).sum(0)
                result[frame, :frames] += _numpy(_span(weights, key.video).reshape(frames, -1).sum(1))
                result[frame, frames] += float(_span(weights, key.words).sum())
                result[frame, frames + 1] += float(_span(weights, key.sound).sum())
            result[frame] /= len(rows)
    return (result / len(batches)).astype(np.float32)


def _to_words(site: Site, softmax: Softmax, batches: list[int], head: int) -> Array:
    """(tokens, patches)"""
    parts = [
        torch.stack([_span(softmax.rows(b, head, slice(part.start, part.stop)), site.key.words) for b in batches]).mean(
            0
        )
        for part in _chunks(site, softmax, site.query.video)
    ]
    return _numpy(torch.cat(parts).T)


def _span(weights: Tensor, span: range) -> Tensor:
    return weights[..., span.start : span.stop]


def _place(axis: Axis, query: Query) -> int:
    if isinstance(query, Patch):
        return axis.patch(query.frame, query.row, query.col)
    span = axis.sound if isinstance(query, Slice) else axis.words
    if not 0 <= query.index < len(span):
        raise IndexError(f"There are {len(span)} of these, 0 to {len(span) - 1}; no {query.index}.")
    return span[query.index]


def _parts(rows: Array, key: Axis) -> tuple[Array, Array, Array]:
    words, video, sound = (rows[..., s.start : s.stop] for s in (key.words, key.video, key.sound))
    return words, video.reshape(*rows.shape[:-1], *key.grid), sound


def _share(parts: Sequence[Array], query: Query) -> dict[str, float]:
    words, video, sound = parts
    own = float(video[query.frame].sum()) if isinstance(query, Patch) and video.size else 0.0
    return {
        "words": float(words.sum()),
        "own frame": own,
        "other frames": float(video.sum()) - own,
        "sound": float(sound.sum()),
    }


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


def _note(site: Site) -> str:
    return f"({site.kind}.)"


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
