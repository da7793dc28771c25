"""Is there room for a model? Asked before anything is loaded, so that minutes aren't lost.

free_memory("cuda")                                   # bytes, or None where the system doesn't say
placement({"transformer": 3 * 2**30}, "cuda", free=8 * 2**30, ram=16 * 2**30)     # "whole", "parts", or CannotOpen
"""

from __future__ import annotations

from pathlib import Path

import torch

from explainers.engine.model.video_model import CannotOpen
from explainers.note import Note

GB = 1e9
GPU_SHARE = 0.8  # of a GPU's free memory that weights may take; the rest is for what is computed
LIMITS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.current")  # of a container


def free_memory(device: str) -> int | None:
    """Bytes that can be had on a device now."""
    if device.startswith("cuda"):
        return int(torch.cuda.mem_get_info(torch.device(device))[0])
    if device == "mps":
        return int(torch.mps.recommended_max_memory() - torch.mps.current_allocated_memory())
    try:
        import psutil
    except ImportError:
        return None
    free = int(psutil.virtual_memory().available)
    try:
        most, now = (Path(limit).read_text("utf-8").strip() for limit in LIMITS)
        return min(free, int(most) - int(now)) if most.isdigit() else free
    except (OSError, ValueError):
        return free


def placement(parts: dict[str, int], device: str, free: int | None, ram: int | None, name: str = "This model") -> str:
    """How a model of these parts (bytes each) can be computed on the device.

    "whole": all of it lies there. "parts": a small GPU gets the part that is running, the others wait in main memory.
    free: bytes on the device; ram: in main memory, through which every model goes.
    """
    whole, largest = sum(parts.values()), max(parts, key=lambda part: parts[part], default="")
    other = Note("smaller", "Close other programs, or take a smaller model.")
    if ram is not None and whole > ram:
        raise CannotOpen(
            Note(
                "memory",
                "{name} takes {size:.1f} GB of memory, and {free:.1f} GB are free. {why}",
                name=name,
                size=whole / GB,
                free=ram / GB,
                why=other,
            )
        )
    if device == "cpu" or free is None or whole <= GPU_SHARE * free:
        return "whole"
    if device.startswith("cuda") and parts[largest] <= GPU_SHARE * free:
        return "parts"
    need = whole if device == "mps" else parts[largest]
    what = name if device == "mps" else f"{name} ({largest})"
    raise CannotOpen(
        Note(
            "device",
            "{name} takes {size:.1f} GB of {device} memory with room to compute, and {free:.1f} GB are free. {why} "
            'device="cpu" computes without it, slowly.',
            name=what,
            size=need / GPU_SHARE / GB,
            device=device,
            free=free / GB,
            why=other,
        )
    )
