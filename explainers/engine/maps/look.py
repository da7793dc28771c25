"""Make a recorded denoiser call again and look at its attentions as they run.

watched(model, recording, step, "cond", seen)            # seen(view) at each attention whose seats are known
look(model, recording, step, layer, head, …, weights)    # weights(view, heads) at those asked for

The denoiser runs as far as the last layer asked for. Linear attention and kernels other than torch's softmax can't be
seen: `NotVisible` says so, there is no map to show.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from explainers.engine.attention.cuts import cuts_now, cutting, seen_keys
from explainers.engine.attention.token_layout import Site
from explainers.engine.attention.watch import Softmax, Watch
from explainers.engine.maps.labels import why_not
from explainers.engine.maps.reduce import Array, View
from explainers.engine.model.clone import cloned
from explainers.engine.model.video_model import VideoModel
from explainers.engine.run.calls import arguments, check, grid_of
from explainers.engine.run.probe import seated
from explainers.engine.run.recording import Recording
from explainers.note import Note, Noted

Some = int | Sequence[int] | None


class NotVisible(Noted, ValueError):
    """There is nothing true to show; its note says why."""


@dataclass
class _Seen:
    rows: Array  # (layers, heads, …)
    site: Site


class _Enough(Exception):
    """Everything asked for has been seen."""


def look(
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
    wanted = None if layer is None else set(_several(layer))
    steps = _several(step)
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
                heads.extend(range(site.heads) if head is None else _several(head))
            if not all(0 <= h < site.heads for h in heads):
                raise IndexError(f"Layer {site.layer} has {site.heads} heads, 0 to {site.heads - 1}.")
            sites[site.layer] = site
            done[site.layer] = weights(view, heads)

        watched(model, recording, one, branch, seen)
        while done:  # each is let go as it is added: maps may be big
            number, value = done.popitem()
            total[number] = total[number] + value if number in total else value
    if not total or (wanted is not None and wanted - set(total)):
        ran: list[Site] = []
        blind = watched(model, recording, steps[0], branch, lambda view: ran.append(view.site))
        raise NotVisible(why_not(type(model.denoiser).__name__, ran, blind, side, keys))
    layers = sorted(total)
    if len({total[n].shape for n in layers}) > 1:
        sizes = ", ".join(f"{n}: {'x'.join(map(str, sites[n].grid))}" for n in layers)
        raise NotVisible(
            Note(
                "sizes",
                "These layers see grids of different sizes, which have no mean ({sizes}): ask for one layer.",
                sizes=sizes,
            )
        )
    rows: Array = total.pop(layers[0])[None] if len(layers) == 1 else np.stack([total.pop(n) for n in layers])
    rows = rows.astype(np.float32, copy=False)
    if len(steps) > 1:
        rows /= len(steps)
    return _Seen(rows, sites[layers[0]]), layers, heads


def watched(model: VideoModel, recording: Recording, step: int, branch: str, seen: Callable[[View], None]) -> list[str]:
    """Make one recorded denoiser call again, watched. Returns the attentions that ran and showed no softmax."""
    check(model, recording)
    seated(model, recording)
    step = range(len(recording.steps))[step]
    calls = [call for call in recording.calls[step] if call.branch in (branch, "both")]
    if not calls:
        raise NotVisible(
            Note("no_branch", "Step {step} has no “{branch}” branch (guidance was off).", step=step, branch=branch)
        )
    call = calls[0]
    denoiser = getattr(cloned(model.pipeline, call.denoiser), call.denoiser)
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
    return watch.blind


def _several(value: Some) -> list[int]:
    return [value] if isinstance(value, int) else list(value or ())
