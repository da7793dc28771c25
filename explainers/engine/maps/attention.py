"""Maps of attention, computed when asked for, exact, in bounded memory.

attention(model, recording, step=12, layer=5, query=Patch(frame=2, row=3, col=4)).video   # (frames, rows, cols)
attention(model, recording, step=12, query=Slice(7)).share                               # {"words": 0.2, …}
frame_matrix(model, recording, step=12, layer=5).weights                                   # (frames, frames)
word_maps(model, recording, step=12).weights                                             # (tokens, frames, rows, cols)

`layer` and `head`: a number, several, or None for the mean over all; with `each=True` results keep the axes
(layers, heads, …) instead of taking the mean. `step` may be several too (mean). Every result says in `label` what it is
and what it is normalised over. How a recorded call is watched again is look.py, how q and k become numbers reduce.py.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from explainers.engine.attention.token_layout import Site
from explainers.engine.maps.labels import keys_said, mean_said
from explainers.engine.maps.look import Some, look, watched
from explainers.engine.maps.reduce import (
    Array,
    Patch,
    Query,
    Slice,
    View,
    Word,
    frame_sums,
    one_row,
    own_frame,
    to_words,
)
from explainers.engine.model.video_model import VideoModel
from explainers.engine.run.calls import grid_of
from explainers.engine.run.recording import Recording

FIRST = Patch(0, 0, 0)


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
    query: Query = FIRST,
    *,
    branch: str = "cond",
    each: bool = False,
) -> AttentionMap:
    """Where one patch, slice of sound or word looks."""
    side = {Patch: "video", Slice: "sound", Word: "words"}[type(query)]
    finest = model.patches(grid_of(recording))

    def weights(view: View, heads: list[int]) -> Array:
        rows = [one_row(view, head, query, finest) for head in heads]
        return np.stack(rows)

    seen, layers, heads = look(model, recording, step, layer, head, branch, side, ("video", "words"), weights)
    rows, site = seen.rows if each else seen.rows.mean((0, 1)), seen.site
    words, tail = len(site.key.words), math.prod(site.grid)
    video = rows[..., words : words + tail] if site.key.video else rows[..., :0]
    parts = rows[..., :words], video, rows[..., words + video.shape[-1] :]
    own = own_frame(site, query, finest)
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
        f"{query}: share of its attention that goes to each {keys_said(site.key)}; "
        f"together they sum to 1{mean_said(layers, heads, each)}. ({site.kind}.)",
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
        return np.stack([frame_sums(view, head) for head in heads])

    seen, layers, heads = look(model, recording, step, layer, head, branch, "video", ("video",), weights)
    rows = seen.rows if each else seen.rows.mean((0, 1))  # (…, frames, frames + 2)
    frames = seen.site.grid[0]
    return FrameMatrix(
        rows[..., :frames],
        rows[..., frames],
        rows[..., frames + 1],
        f"Row i: share of the attention of frame i's patches (mean over them) that goes to each frame; "
        f"with words and sound a row sums to 1{mean_said(layers, heads, each)}. ({seen.site.kind}.)",
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
        if each:
            return np.stack([to_words(view, head) for head in heads])
        mean = to_words(view, heads[0])  # one head at a time: at 32,760 patches a head's maps take 67 MB
        for head in heads[1:]:
            mean += to_words(view, head)
        mean /= len(heads)
        return mean[None]

    seen, layers, heads = look(model, recording, step, layer, head, branch, "video", ("words",), weights)
    rows = seen.rows if each else seen.rows.mean((0, 1))  # (…, tokens, patches)
    return WordMaps(
        rows.reshape(*rows.shape[:-1], *seen.site.grid),
        f"Share of each patch's attention that goes to each token of the text. A patch's weights over all its keys sum "
        f"to 1; over patches they don't{mean_said(layers, heads, each)}. ({seen.site.kind}.)",
        layers,
        heads,
    )


def attention_sites(model: VideoModel, recording: Recording, step: int = 0, branch: str = "cond") -> list[Site]:
    """Every softmax attention of one denoiser call whose seats are known, in the order in which they run."""
    found: list[Site] = []

    def seen(view: View) -> None:
        found.append(view.site)

    watched(model, recording, step, branch, seen)
    return found


def token_counts(model: VideoModel, recording: Recording) -> dict[str, int]:
    """How many tokens of each kind one patch may look at: "words", "patches", "slices" (of sound)."""
    sites = attention_sites(model, recording)
    site = max(sites, key=lambda s: bool(s.key.video) * len(s.key))
    words = len(site.key.words) or max(len(s.key.words) for s in sites)  # in some they have an attention of their own
    return {"words": words, "patches": len(site.key.video), "slices": len(site.key.sound)}
