"""Find out where tokens sit by trying: change one frame, row or column of what the denoiser is given, see what moves.

site, change = first_change(model, recording, axis=1, cells=range(0, 2))   # change: (frames, rows, cols) of patches

In a transformer it is exact: before the first attention nothing has been mixed, so a query that moved at all is a
token that holds the change. A U-Net's convolutions mix neighbours before: there the change is largest where it was
made. Tests hold the table of families against this.
"""

from __future__ import annotations

import contextlib
import dataclasses
import math
import re
from typing import Any

import torch
from torch import Tensor

from explainers.engine.attention.token_layout import Site
from explainers.engine.attention.watch import Softmax, Watch
from explainers.engine.model.clone import cloned
from explainers.engine.model.families import Seat
from explainers.engine.model.video_model import VideoModel
from explainers.engine.run.calls import arguments, grid_of
from explainers.engine.run.recording import Recording

# where an argument of so many axes keeps its frames, rows and columns
AXES = {"bcfhw": (2, 3, 4), "bfchw": (1, 3, 4)}


class _Seen(Exception):
    pass


def first_change(
    model: VideoModel, recording: Recording, axis: int, cells: range, step: int = 0
) -> tuple[Site, Tensor]:
    """The first attention with patches among its queries, and how far each moves, when `cells` of an axis change.

    axis: 1 for frames, 2 for rows, 3 for columns of the latent; cells: which of them.
    """
    site, before = first_queries(model, recording, step)
    _, after = first_queries(model, recording, step, axis, cells)
    moved = (before - after).abs().amax(-1)  # (batch, tokens)
    moved = moved[:, site.query.video.start : site.query.video.stop]
    frames, rows, cols = site.query.grid
    if site.batch == "frame":  # (branch and frame, row and column)
        return site, moved.unflatten(0, (-1, recording.latents[0].shape[1]))[-1].reshape(-1, rows, cols)
    if site.batch == "place":
        where = model.patches(tuple(recording.latents[0].shape[1:]))  # type: ignore[arg-type]
        return site, moved.unflatten(0, (-1, where[1], where[2]))[-1].permute(2, 0, 1)
    return site, moved[-1].reshape(frames, rows, cols)


def first_queries(
    model: VideoModel, recording: Recording, step: int = 0, axis: int = 0, cells: range = range(0)
) -> tuple[Site, Tensor]:
    """(site, queries: batch, tokens, numbers) of the first attention with patches; with `cells` changed before."""
    found: list[tuple[Site, Tensor]] = []

    def seen(site: Site, softmax: Softmax, forward: Any) -> Tensor:
        if site.query.video:
            found.append((site, softmax.query.transpose(1, 2).flatten(2).clone()))
            raise _Seen
        return forward()

    _watched(model, recording, step, axis, cells, seen)
    return found[0]


def _watched(
    model: VideoModel, recording: Recording, step: int, axis: int, cells: range, seen: Any, unseated: Any = None
) -> None:
    """The first denoiser call of a step, watched, with `cells` of what it is given changed."""
    call = recording.calls[step][0]
    denoiser = getattr(cloned(model.pipeline, call.denoiser), call.denoiser)
    args, kwargs = arguments(model, recording, step, call)
    grid = grid_of(recording)
    if len(cells):
        args, kwargs = _changed(model, args, kwargs, grid, axis, cells)
    slices = recording.sound_latents[0].shape[-1] if recording.sound_latents else 0
    watch = Watch(denoiser, model.family, model.patches(grid), slices, seen, 2 if call.branch == "both" else 1)
    watch.unseated = unseated
    with torch.no_grad(), contextlib.suppress(_Seen), watch:
        denoiser(*args, **kwargs)


def seated(model: VideoModel, recording: Recording) -> None:
    """Let a family without a row find its seats, once."""
    if not model.family.seats and not model.sought:
        model.sought = True
        model.family = dataclasses.replace(model.family, seats=found_seats(model, recording))


def found_seats(model: VideoModel, recording: Recording) -> tuple[Seat, ...]:
    """Seats for a family without a row: patches stand where queries move when the whole latent is changed.

    The first attention with at least as many queries as patches tells the order of words and patches; for the others
    the lengths then say enough. Attentions that look along space and time apart are not found this way.
    """
    grid = grid_of(recording)
    patches = math.prod(model.patches(grid))
    plain, changed = (_all_queries(model, recording, cells) for cells in (range(0), range(grid[0])))
    for (_, queries, _), (_, after, _) in zip(plain, changed, strict=True):
        length = queries.shape[1]
        if length < patches:
            continue
        moved = (queries != after).any(-1)[-1].nonzero().flatten().tolist()
        if not moved:
            continue  # reads words only
        if len(moved) != patches or moved[-1] - moved[0] != patches - 1:
            return ()
        order = {patches: "v", length: "v" if length == patches else "vw" if moved[0] == 0 else "wv"}
        known = [(name, q.shape[1], keys) for name, q, keys in plain if q.shape[1] in order]
        return tuple(Seat(re.escape(name), order[q], order.get(k, "w")) for name, q, k in known)
    return ()


def _all_queries(model: VideoModel, recording: Recording, cells: range) -> list[tuple[str, Tensor, int]]:
    """(module, queries: batch, tokens, numbers; number of keys) of every attention of the first call."""
    found: list[tuple[str, Tensor, int]] = []

    def unseated(name: str, query: Tensor, key: Tensor) -> None:
        found.append((name, query.transpose(1, 2).flatten(2).clone(), key.shape[2]))

    _watched(model, recording, 0, 1, cells, lambda site, softmax, forward: forward(), unseated)
    return found


def _changed(model: VideoModel, args: Any, kwargs: Any, grid: tuple[int, int, int], axis: int, cells: range) -> Any:
    args, kwargs = list(args), dict(kwargs)
    name = next((n for n in ("hidden_states", "sample", "vision_tokens") if n in kwargs), None)
    given = kwargs[name] if name else args[0]
    latent = given[0] if isinstance(given, list) else given
    changed = latent.clone()
    if model.family.latent == "bsc":  # one row a cell
        view = changed.unflatten(1, grid)
        view.index_add_(axis, torch.tensor(cells), torch.ones_like(view.index_select(axis, torch.tensor(cells))))
    else:
        where = AXES[model.family.latent][axis - 1]
        part = changed.index_select(where, torch.tensor(cells))
        changed.index_add_(where, torch.tensor(cells), torch.randn_like(part))
    new = [changed] if isinstance(given, list) else changed
    if name:
        kwargs[name] = new
    else:
        args[0] = new
    return args, kwargs
