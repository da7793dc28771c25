"""A private copy of a pipeline: its own modules, hooks and scheduler; the same weights, in memory once.

clone = cloned(pipeline)
clone.transformer.forward = watched        # nobody else's transformer changes, and nothing has to be put back

Pipelines keep state while they run (the scheduler's step, a codec's convolution cache, the guidance scale), so two
runs of one pipeline would disturb each other, and a hook set for one would fire in the other. A copy of everything
but the numbers solves both, and cuts need no cleaning up: the copy is thrown away.
"""

from __future__ import annotations

import copy
from typing import Any

import torch

DENOISERS = ("transformer", "transformer_2", "unet")


def cloned(pipeline: Any, *parts: str) -> Any:
    """The same pipeline for one run alone; with `parts`, only these components are its own.

    Text encoders and tokenizers stay shared always: they are used under the model's lock.
    """
    shared: dict[int, Any] = {}
    for component in pipeline.components.values():
        if isinstance(component, torch.nn.Module):
            # every component's tensors, not only one's: offload hooks point from each module to the one before
            for module in component.modules():
                # buffers, parameters, and the plain attributes that some modules (weight norm) keep tensors in
                for holder in (module._parameters, module._buffers, module.__dict__):
                    shared |= {id(t): t for t in holder.values() if isinstance(t, torch.Tensor)}
    clone = copy.copy(pipeline)
    for name, component in pipeline.components.items():
        own = isinstance(component, torch.nn.Module) and "text_encoder" not in name and "image_encoder" not in name
        if (own or name == "scheduler") and (not parts or name in parts):
            # past the pipeline's own __setattr__, which would rewrite the config for each component
            clone.__dict__[name] = copy.deepcopy(component, shared)
    return clone
