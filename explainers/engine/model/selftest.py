"""Do torch and Diffusers still have what the engine leans on? Asked when a model is opened, so that the fault is named.

check_hooks(pipeline)             # silence, or LibraryMoved with what moved and what to do

The engine leans on a few things of torch and Diffusers that are not promised to stay. Each is tried here, on numbers
so small that it takes some milliseconds.
"""

from __future__ import annotations

import inspect
from typing import Any

import torch
import torch.nn.functional as F
from torch.overrides import TorchFunctionMode

from explainers.engine.model.clone import DENOISERS, cloned


class LibraryMoved(RuntimeError):
    """Something that the engine watches is not where it was; the message names it."""


class _Spy(TorchFunctionMode):
    def __init__(self) -> None:
        super().__init__()
        self.shapes: list[tuple[int, ...]] = []

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        if func is F.scaled_dot_product_attention:
            self.shapes.append(tuple((args[0] if args else kwargs["query"]).shape))
        return func(*args, **kwargs)


def check_hooks(pipeline: Any) -> None:
    for problem in (_torch(), _dispatch(), _processor(), _pipeline(pipeline)):
        if problem:
            raise LibraryMoved(f"{problem} {_versions()} Install the versions in requirements.txt.")


def _versions() -> str:
    import diffusers

    return f"(Here: torch {torch.__version__}, diffusers {diffusers.__version__}.)"


def _torch() -> str:
    q = torch.zeros(1, 1, 2, 4)
    with _Spy() as spy:
        F.scaled_dot_product_attention(q, q, q)
    return "" if spy.shapes else "torch no longer shows scaled_dot_product_attention to a TorchFunctionMode."


def _dispatch() -> str:
    try:
        from diffusers.models.attention_dispatch import dispatch_attention_fn
    except ImportError:
        return "diffusers.models.attention_dispatch.dispatch_attention_fn is gone."
    q = torch.zeros(1, 2, 3, 4)  # batch, tokens, heads, numbers
    backend: Any = "native"
    with _Spy() as spy:
        dispatch_attention_fn(q, q, q, backend=backend)
    if spy.shapes != [(1, 3, 2, 4)]:
        return "Diffusers' native attention no longer ends in scaled_dot_product_attention over [batch, heads, tokens]."
    return ""


def _processor() -> str:
    try:
        from diffusers.models.attention_processor import Attention
    except ImportError:
        return "diffusers.models.attention_processor.Attention is gone."
    with torch.random.fork_rng(devices=[]), _Spy() as spy, torch.no_grad():
        Attention(query_dim=8, heads=2, dim_head=4)(torch.zeros(1, 3, 8))
    if spy.shapes != [(1, 2, 3, 4)]:
        return "Diffusers' Attention no longer ends in scaled_dot_product_attention over [batch, heads, tokens]."
    return ""


def _pipeline(pipeline: Any) -> str:
    name = type(pipeline).__name__
    denoisers = [part for part in DENOISERS if getattr(pipeline, part, None) is not None]
    if not denoisers:
        return f"{name} has none of the parts {', '.join(DENOISERS)}: what denoises is not known."
    step = getattr(type(pipeline.scheduler), "step", None)
    missing = {"model_output", "timestep", "sample"} - set(inspect.signature(step).parameters if step else ())
    if missing:
        return f"{type(pipeline.scheduler).__name__}.step no longer takes {', '.join(sorted(missing))}."
    if not hasattr(pipeline, "prepare_latents"):
        return f"{name}.prepare_latents is gone: the noise that a run starts from can't be reached."
    part = getattr(pipeline, denoisers[0])
    copy = getattr(cloned(pipeline, denoisers[0]), denoisers[0])
    mine, theirs = next(part.parameters()), next(copy.parameters())
    if copy is part or mine is not theirs:
        return f"A private copy of {type(part).__name__} no longer shares its weights."
    if not any("Attention" in type(module).__name__ for module in part.modules()):
        return f"{type(part).__name__} has no module that calls itself Attention."
    return ""
