"""Weights in few bits each, for those that only show how the model was at another age: 2 to 16, by what they do.

save_file(pack(weights), path)      # explainers/learning/weights.py unpacks them
bits_of("layers.0.mlp.up_proj.weight")   # 2
"""

import re

import torch
from torch import Tensor

from explainers.lessons.learning.weights import GROUP

# What the model loses by it was measured, part by part: nothing in the words' own way through the layers, most in what
# writes into the film's. Four bits everywhere took its loss from 0.17 to 0.31, these to 0.21, in as many bytes.
ROLES = (
    (re.compile(r"\.mlp\.|\.to_(q|k|v|out)\.|lm_head"), 2),
    (re.compile(r"down_proj|add_v_proj|to_add_out"), 8),
    (re.compile(r"proj_(in|out)\."), 16),
)


def bits_of(name: str) -> int:
    return next((bits for role, bits in ROLES if role.search(name)), 4)


def pack(weights: dict[str, Tensor]) -> dict[str, Tensor]:
    """Matrices in few bits, one half-precision step size for GROUP weights; what is small or first or last as is."""
    packed: dict[str, Tensor] = {}
    for name, w in weights.items():
        bits = bits_of(name)
        if w.ndim < 2 or w.numel() % GROUP or bits == 16:
            packed[name] = w.half()
            continue
        groups, half = w.float().reshape(-1, GROUP), 1 << (bits - 1)
        step = (groups.abs().amax(1, keepdim=True) / (half - 0.5)).clamp(min=1e-7).half()
        level = (groups / step.float()).floor().clamp(-half, half - 1).add(half).to(torch.uint8).reshape(-1, 8 // bits)
        packed[f"{name}.levels"] = (level << torch.arange(0, 8, bits, dtype=torch.uint8)).sum(1, dtype=torch.uint8)
        packed[f"{name}.steps"] = step.flatten()
    return packed
