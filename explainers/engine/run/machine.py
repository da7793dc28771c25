"""On what a recording was made: what decides in which order the numbers of a sum are added.

recording.made_on                     # Machine("AVX2", "2.13.0+cpu", "cpu", "142a5046"); old files: UNKNOWN
this_machine(model)
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache

import torch
from torch import Tensor
from torch.nn import functional as F

from explainers.engine.model.video_model import VideoModel

LONGEST = 100  # letters of a machine's name in a file


@dataclass(frozen=True)
class Machine:
    """Equal for two runs whose numbers were added in the same order."""

    processor: str  # what sums are written for: "AVX512", "AVX2", …
    torch: str  # version and build
    device: str  # "cpu", or a graphics card by its name
    rounding: str  # fingerprint of a few sums: two processors that can do the same still round differently

    def __str__(self) -> str:
        return f"{self.processor}, torch {self.torch}, {self.device}, rounding {self.rounding}"


UNKNOWN = Machine("unknown", "unknown", "unknown", "unknown")


def this_machine(model: VideoModel) -> Machine:
    return _machine(model.device, next(model.denoiser.parameters()).dtype)


@cache
def _machine(device: torch.device, dtype: torch.dtype) -> Machine:
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else device.type
    return Machine(torch.backends.cpu.get_cpu_capability(), torch.__version__, name, _rounding(device, dtype))


@torch.no_grad()
def _rounding(device: torch.device, dtype: torch.dtype) -> str:
    """Made of what a transformer and its codec are made of, at about the size of the embedded one."""

    def numbers(*shape: int) -> Tensor:  # the same on every machine
        many = torch.arange(torch.Size(shape).numel()) * 7919 % 1009
        return (many / 1009 - 0.5).reshape(shape).to(device, dtype)

    qkv = numbers(355, 192) @ numbers(192, 576)
    looked = F.scaled_dot_product_attention(*qkv.view(1, 355, 18, 32).transpose(1, 2).split(6, dim=1))
    normed = F.layer_norm(qkv, (576,))
    bent = F.silu(normed), F.gelu(normed), normed.softmax(-1)
    film = F.conv3d(numbers(1, 64, 5, 8, 8), numbers(64, 64, 3, 3, 3), padding=1)
    digest = hashlib.sha256()
    for made in (qkv, looked, normed, *bent, film):
        digest.update(made.float().cpu().numpy().tobytes())
    return digest.hexdigest()[:8]


def machine_from(said: object) -> Machine:
    """The machine that a file names; files did not always. ValueError for what is none."""
    if said is None:
        return UNKNOWN
    if not isinstance(said, list) or not all(isinstance(text, str) and len(text) <= LONGEST for text in said):
        raise ValueError("a machine that is none")
    return Machine(*said)
