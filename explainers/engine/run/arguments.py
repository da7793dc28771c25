"""A denoiser's arguments as a small JSON tree, and back, the same bits.

keeper = Keeper(tensors)                                     # `tensors`: where kept tensors go
tree = keeper.keep("0/cond", (args, kwargs), latents)        # constants once, the latent not at all
args, kwargs = rebuild(tree, tensors, latents)

Most of what a denoiser is given is either the same at every step (words, positions) or the latent itself in another
shape; only the rest costs bytes.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

Latents = dict[str, Tensor]  # "latent", "sound": in the pipeline's own order of numbers


class NotKept(TypeError):
    """An argument that can't be written down; the message names it."""


def copied(value: Any) -> Any:
    """A copy that later in-place writes don't reach."""
    if isinstance(value, Tensor):
        return value.detach().clone()
    if isinstance(value, list | tuple):
        return type(value)(map(copied, value))
    if isinstance(value, dict):
        return {key: copied(item) for key, item in value.items()}
    return value


class Keeper:
    def __init__(self, tensors: dict[str, Tensor]):
        self.tensors = tensors
        self.last: dict[str, str] = {}  # place in the call -> name of the tensor that stood there the step before

    def keep(self, place: str, value: Any, latents: Latents) -> Any:
        if isinstance(value, Tensor):
            return self._tensor(place, value, latents)
        if isinstance(value, list | tuple):
            items = [self.keep(f"{place}/{i}", item, latents) for i, item in enumerate(value)]
            return {"list" if isinstance(value, list) else "tuple": items}
        if isinstance(value, dict):
            return {"dict": {key: self.keep(f"{place}/{key}", item, latents) for key, item in value.items()}}
        if value is None or isinstance(value, bool | int | float | str):
            return {"value": value}
        if isinstance(value, torch.dtype):
            return {"dtype": str(value).removeprefix("torch.")}
        raise NotKept(f"the denoiser's argument {place} is a {type(value).__name__}, which a recording can't hold")

    def _tensor(self, place: str, value: Tensor, latents: Latents) -> Any:
        kind = {"shape": list(value.shape), "dtype": str(value.dtype).removeprefix("torch.")}
        for name, latent in latents.items():
            copies = value.numel() // latent.numel()
            if value.is_floating_point() and copies and value.numel() == copies * latent.numel():
                flat = latent.to(value).flatten()
                if all(torch.equal(part, flat) for part in value.reshape(copies, -1)):
                    return {"latent": name, "copies": copies, **kind}
        flat = value.flatten()
        if value.numel() and bool((flat == flat[0]).all()):
            return {"full": flat[0].item(), **kind}
        for known in (self.last.get(place), *self.last.values()):  # the same place first: it nearly always matches
            if known and _same(self.tensors[known], value):
                self.last[place] = known
                return {"tensor": known}
        name = f"t{len(self.tensors)}"
        self.tensors[name] = value.detach().to("cpu", copy=True)
        self.last[place] = name
        return {"tensor": name}


def _same(kept: Tensor, value: Tensor) -> bool:
    return kept.shape == value.shape and kept.dtype == value.dtype and torch.equal(kept, value.cpu())


def rebuild(tree: Any, tensors: dict[str, Tensor], latents: Latents, device: torch.device | str = "cpu") -> Any:
    """What `keep` was given."""

    def again(node: Any) -> Any:
        return rebuild(node, tensors, latents, device)

    makers: dict[str, Callable[[Any], Any]] = {
        "value": lambda v: v,
        "dtype": lambda v: getattr(torch, v),
        "list": lambda v: [again(item) for item in v],
        "tuple": lambda v: tuple(again(item) for item in v),
        "dict": lambda v: {key: again(item) for key, item in v.items()},
        "tensor": lambda v: tensors[v].to(device),
        "full": lambda v: torch.full(node_shape(tree), v, dtype=getattr(torch, tree["dtype"]), device=device),
        "latent": lambda v: (
            torch.cat([latents[v].flatten()] * tree["copies"])
            .to(device=device, dtype=getattr(torch, tree["dtype"]))
            .reshape(node_shape(tree))
        ),
    }
    kind = next(iter(tree))
    return makers[kind](tree[kind])


def node_shape(tree: Any) -> list[int]:
    shape = tree["shape"]
    if math.prod(shape) > 2**31:
        raise ValueError(f"a recording asks for a tensor of shape {shape}")
    return list(shape)
