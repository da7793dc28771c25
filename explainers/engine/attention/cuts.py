"""Cut a mechanism during a replay, to see what it was good for.

replay(model, recording, cuts=[BlockFrames(layers=range(4, 8))])       # no attention between frames in layers 4 to 7
replay(model, recording, cuts=[BlockWords(words=(1,)), MuteHead(layer=2, head=3)])
replay(model, recording, cuts=[BlockSound(), ScrambleTime(seed=1)])

Every cut takes `steps` (which steps of the run; None: all). A blocked attention is computed as if the barred keys did
not exist: what is left still sums to one. Two more interventions need no class: another prompt from step k on is
`replay(..., from_step=k, prompt=...)`, other noise somewhere is `replay(..., latent=poked(...))`.
"""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor

from explainers.engine.attention.token_layout import Site
from explainers.engine.attention.watch import Softmax, Watch
from explainers.engine.model.families import Grid
from explainers.engine.model.video_model import VideoModel

Some = Sequence[int] | None  # None: all of them


class CannotCut(ValueError):
    """This cut can't be made in this model; the message says why, for a person."""


def _has(some: Some, index: int) -> bool:
    return some is None or index in some


def _said(name: str, some: Some) -> str:
    return "" if some is None else f" in {name} {', '.join(map(str, some))}"


@dataclass(frozen=True)
class Cut:
    """What all cuts have: the steps and the branch in which they are made."""

    steps: Some = None
    branch: str | None = None  # "cond" or "uncond" only

    @property
    def words(self) -> str:
        """The cut as a person would say it."""
        return self._words() + _said("steps", self.steps)

    def _words(self) -> str:
        return type(self).__name__

    def made(self, step: int) -> bool:
        return _has(self.steps, step)

    def json(self) -> dict[str, Any]:
        fields = {k: list(v) if isinstance(v, range | tuple) else v for k, v in vars(self).items()}
        return {"cut": type(self).__name__, **fields}


@dataclass(frozen=True)
class AttentionCut(Cut):
    layers: Some = None
    needs: ClassVar[tuple[str, ...]] = ()  # what has to stand among the queries and keys that it comes between

    def fits(self, site: Site) -> bool:
        """Whether there is something to cut."""
        both = site.query, site.key
        return all(any(getattr(axis, part) for axis in both) for part in self.needs)

    def barred(self, site: Site, kind: str, index: int) -> list[range]:
        """The keys that one stretch of queries may not look at."""
        return []

    def muted(self, site: Site) -> Some:
        """Heads whose output is dropped; None for all."""
        return ()


@dataclass(frozen=True)
class BlockFrames(AttentionCut):
    """Patches see their own frame only (and frames up to `reach` away)."""

    reach: int = 0

    def fits(self, site: Site) -> bool:
        return bool(site.query.video) and bool(site.key.video)

    def _words(self) -> str:
        apart = f" more than {self.reach} apart" if self.reach else ""
        return f"no attention between frames{apart}{_said('layers', self.layers)}"

    def barred(self, site: Site, kind: str, index: int) -> list[range]:
        if kind != "frame" or not site.key.video:
            return []
        return [site.key.frame(f) for f in range(site.key.grid[0]) if abs(f - index) > self.reach]


@dataclass(frozen=True)
class BlockWords(AttentionCut):
    """Patches and sound don't see these tokens of the prompt (`Token.index`; None: no words at all)."""

    tokens: Some = None
    needs: ClassVar[tuple[str, ...]] = ("words",)

    def _words(self) -> str:
        which = "words" if self.tokens is None else f"tokens {list(self.tokens)}"
        return f"no attention to {which}{_said('layers', self.layers)}"

    def barred(self, site: Site, kind: str, index: int) -> list[range]:
        if kind == "words":
            return []
        if self.tokens is None:
            return [site.key.words]
        return [site.key.words[t : t + 1] for t in self.tokens]


@dataclass(frozen=True)
class BlockSound(AttentionCut):
    """Sound and picture don't see each other."""

    needs: ClassVar[tuple[str, ...]] = ("video", "sound")

    def _words(self) -> str:
        return f"no attention between sound and picture{_said('layers', self.layers)}"

    def barred(self, site: Site, kind: str, index: int) -> list[range]:
        return {"frame": [site.key.sound], "sound": [site.key.video]}.get(kind, [])


@dataclass(frozen=True)
class MuteHead(AttentionCut):
    """These heads of these layers contribute nothing."""

    heads: Some = None

    def _words(self) -> str:
        return (
            f"{'all heads' if self.heads is None else f'heads {list(self.heads)}'} muted{_said('layers', self.layers)}"
        )

    def muted(self, site: Site) -> Some:
        return self.heads


@dataclass(frozen=True)
class ScrambleTime(Cut):
    """Frames are told a wrong place in time: their positions are shuffled."""

    seed: int = 0
    what: ClassVar[str] = "frames"

    def _words(self) -> str:
        return f"positions of {self.what} shuffled"

    def order(self, grid: Grid) -> Tensor:
        """Whose position each patch gets."""
        frames, rows, cols = grid
        shuffled = _shuffled(frames, self.seed)
        return (shuffled[:, None] * rows * cols + torch.arange(rows * cols)).flatten()


@dataclass(frozen=True)
class ScrambleTokens(ScrambleTime):
    """Patches are told a wrong place in space and time."""

    what: ClassVar[str] = "patches"

    def order(self, grid: Grid) -> Tensor:
        return _shuffled(grid[0] * grid[1] * grid[2], self.seed)


@dataclass(frozen=True)
class Hold(Cut):
    """A region of the latent goes the way it went in the recording, whatever changes around it (None: all of an axis).

    With another prompt, this keeps one part of a film and develops the rest anew.
    """

    frames: Some = None
    rows: Some = None
    cols: Some = None

    def _words(self) -> str:
        where = [_said(name, getattr(self, name)) for name in ("frames", "rows", "cols")]
        return f"held as it was{''.join(where)}"

    def held(self, latent: Tensor, old: Tensor) -> Tensor:
        return torch.where(region(latent, self.frames, self.rows, self.cols), old.to(latent), latent)


def region(latent: Tensor, frames: Some, rows: Some, cols: Some) -> Tensor:
    """True in the cells of a latent that lie in all three: (frames, rows, cols)."""
    inside = torch.zeros(latent.shape[1:], dtype=torch.bool)
    spans = [range(n) if some is None else some for some, n in zip((frames, rows, cols), inside.shape, strict=True)]
    inside[torch.meshgrid(*(torch.tensor(list(span)) for span in spans), indexing="ij")] = True
    return inside


def _shuffled(n: int, seed: int) -> Tensor:
    """A shuffle that leaves as little as possible in its place: turn it until it differs."""
    order = torch.randperm(n, generator=torch.Generator().manual_seed(seed))
    return order.roll(1) if n > 1 and bool((order == torch.arange(n)).all()) else order


CUTS: dict[str, type[Cut]] = {
    cls.__name__: cls for cls in (BlockFrames, BlockWords, BlockSound, MuteHead, ScrambleTime, ScrambleTokens, Hold)
}


def cut_from(json: dict[str, Any]) -> Cut:
    """Read what `Cut.json` wrote."""
    fields: dict[str, Any] = dict(json)
    cls = CUTS[fields.pop("cut")]
    known = {f.name for f in dataclasses.fields(cls)}
    given: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in fields.items() if k in known}
    return cls(**given)


def cuts_now(cuts: Sequence[Cut], step: int, branch: str) -> list[Cut]:
    """Those made at this step, in this branch."""
    return [c for c in cuts if c.made(step) and (c.branch is None or branch in (c.branch, "both"))]


@contextlib.contextmanager
def cutting(
    denoiser: Any,
    model: VideoModel,
    cuts: Sequence[Cut],
    step: int,
    branch: str,
    kwargs: dict[str, Any],
    grid: Grid,
    slices: int = 0,
) -> Iterator[dict[str, Any]]:
    """While open, calls of this private denoiser are cut. Yields the keyword arguments to call it with."""
    now = cuts_now(cuts, step, branch)
    patches = model.patches(grid)
    with contextlib.ExitStack() as stack:
        for cut in now:
            if isinstance(cut, ScrambleTime):
                kwargs = stack.enter_context(_scrambled(denoiser, model, kwargs, cut.order(patches)))
        attention = [c for c in now if isinstance(c, AttentionCut)]
        found: set[AttentionCut] = set()  # those that met an attention to cut
        if attention:
            stack.enter_context(Watch(denoiser, model.family, patches, slices, _cutter(attention, found)))
        yield kwargs
        for cut in attention:
            if cut not in found:
                raise CannotCut(f"{type(denoiser).__name__} has no softmax attention where to cut this: {cut.words}.")


def _cutter(
    cuts: Sequence[AttentionCut], found: set[AttentionCut]
) -> Callable[[Site, Softmax, Callable[..., Tensor]], Tensor]:
    def cut_attention(site: Site, softmax: Softmax, forward: Callable[..., Tensor]) -> Tensor:
        found.update(cut for cut in cuts if cut.fits(site))
        here = [cut for cut in cuts if _has(cut.layers, site.layer)]
        stretches = seen_keys(here, site, softmax.query.device)
        output = forward() if all(bool(keep.all()) for _, keep in stretches) else _attend(softmax, stretches)
        for cut in here:
            heads = cut.muted(site)
            if heads is None:
                output = torch.zeros_like(output)
            elif heads:
                output = output.clone()
                output[:, list(heads)] = 0
        return output

    return cut_attention


def seen_keys(cuts: Sequence[Cut], site: Site, device: torch.device) -> list[tuple[range, Tensor]]:
    """(stretch of queries, which keys it may see under these cuts), for all queries."""
    stretches = []
    for kind, index, rows in site.query.segments():
        keep = torch.ones(len(site.key), dtype=torch.bool, device=device)
        for cut in cuts:
            if isinstance(cut, AttentionCut) and _has(cut.layers, site.layer):
                for keys in cut.barred(site, kind, index):
                    keep[keys.start : keys.stop] = False
        stretches.append((rows, keep))
    return stretches


def _attend(softmax: Softmax, stretches: list[tuple[range, Tensor]]) -> Tensor:
    """The attention of each stretch of queries to the keys that it may see; never a mask of N x N."""
    parts = []
    group = softmax.query.shape[1] // softmax.key.shape[1]
    key, value = (t.repeat_interleave(group, 1) if group > 1 else t for t in (softmax.key, softmax.value))
    for rows, keep in stretches:
        query = softmax.query[:, :, rows.start : rows.stop]
        mask = None
        if softmax.mask is not None:
            full = softmax.mask.expand(*softmax.mask.shape[:2], softmax.query.shape[2], softmax.key.shape[2])
            mask = full[:, :, rows.start : rows.stop][..., keep]
        if softmax.causal:
            places = torch.arange(rows.start, rows.stop, device=query.device)
            mask = (torch.arange(key.shape[2], device=query.device) <= places[:, None])[:, keep]
        if not bool(keep.any()):
            parts.append(torch.zeros_like(query[..., :1]).expand(*query.shape[:3], value.shape[-1]))
            continue
        parts.append(
            F.scaled_dot_product_attention(query, key[:, :, keep], value[:, :, keep], mask, scale=softmax.scale)
        )
    return torch.cat(parts, dim=2)


@contextlib.contextmanager
def _scrambled(denoiser: Any, model: VideoModel, kwargs: dict[str, Any], order: Tensor) -> Iterator[dict[str, Any]]:
    where = model.family.positions
    if where in kwargs:
        yield kwargs | {where: _reorder(kwargs[where], order, kwargs)}
        return
    part = getattr(denoiser, where, None) if where else None
    if part is None:
        raise CannotCut(f"It is not known where a model of the family {model.family.name} keeps positions.")
    inner = part.forward
    part.forward = lambda *a, **k: _reorder(inner(*a, **k), order, {})
    try:
        yield kwargs
    finally:
        part.forward = inner


def _reorder(positions: Any, order: Tensor, kwargs: dict[str, Any]) -> Any:
    """Give each patch another's position, along whichever axis has patches."""
    if isinstance(positions, list | tuple):
        return type(positions)(_reorder(p, order, kwargs) for p in positions)
    order = order.to(positions.device)
    if "vision_sequence_indexes" in kwargs:  # one packed sequence: patches are some of its columns
        at = kwargs["vision_sequence_indexes"]
        changed = positions.clone()
        changed[:, at] = positions[:, at][:, order]
        return changed
    axes = [d for d, size in enumerate(positions.shape) if size == len(order)]
    if not axes:
        raise CannotCut(f"Positions of shape {tuple(positions.shape)} are not those of {len(order)} patches.")
    return positions.index_select(axes[0], order)
