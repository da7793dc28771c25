"""See, or change, every softmax attention while a denoiser runs.

def seen(site, softmax, forward):      # once for each attention whose seat is known
    weights = softmax.rows(batch=0, head=3, rows=[5])      # exact, for these queries only
    return forward()                   # or something else: that is a cut

with Watch(denoiser, family, grid, slices, seen):
    denoiser(*args, **kwargs)

All Diffusers video transformers end in `scaled_dot_product_attention`, with q and k after norm and rotary positions. A
torch function mode sees these calls, in this thread alone; `denoiser` has to be a private copy, because it gets hooks.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.overrides import TorchFunctionMode

from explainers.engine.attention.token_layout import Site, axis, local_grid, seat_of, shrunk
from explainers.engine.model.families import Family, Grid

ARGUMENTS = ("query", "key", "value", "attn_mask", "dropout_p", "is_causal")


@dataclass
class Softmax:
    """One attention as it is computed: q, k, v are [batch, heads, tokens, dim]."""

    query: Tensor
    key: Tensor
    value: Tensor
    mask: Tensor | None
    causal: bool
    scale: float
    barred: list[tuple[range, Tensor]] = field(default_factory=list)  # (queries, True for keys that they may see)

    def rows(self, batch: int, head: int, rows: Tensor | Sequence[int] | slice) -> Tensor:
        """Attention weights of some queries of one head, in float32: (queries, keys). Each row sums to one."""
        group = self.query.shape[1] // self.key.shape[1]  # several heads of queries may share one of keys
        q = self.query[batch, head, rows].float()
        scores = (q * self.scale) @ self.key[batch, head // group].float().T
        if self.causal:
            places = torch.arange(self.query.shape[2], device=q.device)[rows]
            scores.masked_fill_(torch.arange(scores.shape[1], device=q.device) > places[:, None], -math.inf)
        if self.mask is not None:
            full = self.mask.expand(*self.query.shape[:3], self.key.shape[2])[batch, head, rows]
            if full.dtype == torch.bool:
                scores.masked_fill_(~full, -math.inf)
            else:
                scores += full
        for stretch, keep in self.barred:
            places = torch.arange(self.query.shape[2], device=q.device)[rows]
            inside = (places >= stretch.start) & (places < stretch.stop)
            scores.masked_fill_(inside[:, None] & ~keep, -math.inf)
        weights = torch.softmax(scores, dim=-1, out=scores)
        return weights.nan_to_num_(0.0) if self.barred else weights  # a query with all keys barred looks nowhere


Seen = Callable[[Site, Softmax, Callable[..., Tensor]], Tensor]


class Watch(TorchFunctionMode):
    def __init__(self, denoiser: Any, family: Family, grid: Grid, slices: int, seen: Seen, branches: int = 1):
        """grid: of patches, not of the latent's cells; slices: of sound; branches: that go through as one batch."""
        super().__init__()
        self.family, self.grid, self.slices, self.seen, self.branches = family, grid, slices, seen, branches
        self.inside: list[str] = []  # attention modules under way
        self.count: dict[str, int] = {}  # softmaxes seen in each
        self.layers: dict[str, int] = {}  # block -> its number, in the order in which they run
        self.blind: list[str] = []  # attention modules that ran and showed no softmax
        self.unseated: Callable[[str, Tensor, Tensor], None] | None = None  # told of attentions without a seat
        self.denoiser = denoiser
        self.hooks: list[Any] = []

    def __enter__(self) -> Watch:
        # A backend that somebody chose (flash, sage, flex, …) leaves through a door that can't be watched: this private
        # copy takes torch's own. Where a class is bound to its backend it stays, and is blind.
        processors = [getattr(module, "processor", None) for module in self.denoiser.modules()]
        if any(vars(p).get("_attention_backend") for p in processors if p is not None):
            self.denoiser.set_attention_backend("native")
        for name, module in self.denoiser.named_modules():
            if "Attention" in type(module).__name__:
                self.hooks.append(module.register_forward_pre_hook(functools.partial(self._enter, name)))
                self.hooks.append(module.register_forward_hook(self._leave, always_call=True))
        super().__enter__()
        return self

    def __exit__(self, *error: Any) -> None:
        super().__exit__(*error)
        for hook in self.hooks:
            hook.remove()

    def _enter(self, name: str, *_: Any) -> None:
        self.inside.append(name)
        self.count[name] = 0

    def _leave(self, *_: Any) -> None:
        if self.inside:  # torch calls this after an exception too, which may have come from the very first hook
            name = self.inside.pop()
            self.blind += [] if self.count[name] else [name]

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        if func is not F.scaled_dot_product_attention or not self.inside:
            return func(*args, **kwargs)
        given = dict(zip(ARGUMENTS, args, strict=False)) | kwargs
        name = self.inside[-1]
        call = self.count[name]
        self.count[name] += 1
        site = self._site(name, call, given["query"], given["key"])
        if site is None:
            if self.unseated:
                self.unseated(name, given["query"], given["key"])
            return func(*args, **kwargs)
        softmax = Softmax(
            given["query"],
            given["key"],
            given["value"],
            given.get("attn_mask"),
            bool(given.get("is_causal")),
            given.get("scale") or given["query"].shape[-1] ** -0.5,
        )

        def forward(**changed: Any) -> Tensor:
            """The attention itself; keyword arguments replace what it was given."""
            return func(**(given | changed)) if changed else func(*args, **kwargs)

        return self.seen(site, softmax, forward)

    def _site(self, name: str, call: int, query: Tensor, key: Tensor) -> Site | None:
        seat = seat_of(self.family.seats, name, call)
        if seat is None:
            return None
        block = name.rpartition(".")[0]
        layer = self.layers.setdefault(block, len(self.layers))
        batch, slices = seat.batch, self.slices
        length = query.shape[2] if batch == "frame" else query.shape[0] // max(1, self.branches)
        grid = self.grid if batch in ("branch", "item") else shrunk(length, self.grid)
        sides = [
            axis(letters, tensor.shape[2], local_grid(batch, tensor.shape[2], grid), slices)
            for letters, tensor in ((seat.query, query), (seat.key, key))
        ]
        return Site(name, call, layer, query.shape[1], sides[0], sides[1], batch, grid)
