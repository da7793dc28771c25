"""Open a video model: `open_model("embedded")`, `open_model("Wan-AI/Wan2.1-T2V-1.3B-Diffusers")`, `open_model(folder)`.

Only safetensors are read and no code from a repository is run. "embedded" needs no network. Damage, a missing package
and too little memory are found before anything is loaded, and said plainly (`CannotOpen`).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch

from explainers.engine.model import hub, memory
from explainers.engine.model.checkpoint import check_folder, check_needs, part_bytes
from explainers.engine.model.families import family_of
from explainers.engine.model.selftest import check_hooks
from explainers.engine.model.video_model import EMBEDDED, CannotOpen, VideoModel
from explainers.note import Note


def open_model(
    name: str | Path = "embedded", device: str | None = None, dtype: torch.dtype | None = None
) -> VideoModel:
    """Open the embedded model, a folder, or a model from the hub.

    device: "cuda", "mps", "cpu"; None takes the best there is. dtype: None takes float32 on a CPU, else the half
    precision that the device computes in. A model that does not fit the GPU is moved there part by part.
    """
    device = device or _best_device()
    dtype = dtype or _best_dtype(device)
    folder = _brought(name, dtype)
    free, ram = memory.free_memory(device), memory.free_memory("cpu")
    placed = memory.placement(part_bytes(folder, dtype), device, free, ram, str(name))
    pipeline = _load(str(name), folder, dtype)
    check_hooks(pipeline)
    _place(pipeline, device, placed)
    return VideoModel(str(name), pipeline, family_of(pipeline), folder)


def memory_for(name: str | Path, instead_of: VideoModel) -> int:
    """Bytes that a model takes where another one leaves; downloads it if it has to, opens nothing.

    Raises CannotOpen where it would not fit even then, or is damaged.
    """
    device = str(instead_of.device)
    dtype = _best_dtype(device)
    parts = part_bytes(_brought(name, dtype), dtype)
    modules = [part for part in instead_of.pipeline.components.values() if isinstance(part, torch.nn.Module)]
    held = {True: 0, False: 0}  # by whether it lies in main memory
    for tensor in {tensor.data_ptr(): tensor for module in modules for tensor in module.parameters()}.values():
        held[tensor.device.type == "cpu"] += tensor.nbytes
    free, ram = memory.free_memory(device), memory.free_memory("cpu")
    with_ram = None if ram is None else ram + held[True]
    with_free = None if free is None else free + held[device == "cpu"]
    memory.placement(parts, device, with_free, with_ram, str(name))
    return sum(parts.values())


def wrap(pipeline: Any, name: str = "") -> VideoModel:
    """A VideoModel of a pipeline that is already open."""
    check_hooks(pipeline)
    return VideoModel(name or type(pipeline).__name__, pipeline, family_of(pipeline), None)


def _brought(name: str | Path, dtype: torch.dtype) -> Path:
    """The folder of a model on this machine, looked over."""
    embedded = str(name) == "embedded"
    folder = EMBEDDED if embedded else Path(name)
    if embedded and not folder.is_dir():
        raise CannotOpen(
            Note(
                "no_embedded",
                "The embedded model is not here: it lies in the checkout of Darkroom, assets/model, and is not part of "
                "an installed package. Run `pip install -e .` in the checkout, or name a folder or a model of the hub.",
            )
        )
    if not folder.is_dir():
        folder = hub.bring(str(name), dtype)
    check_folder(folder)
    check_needs(folder)
    return folder


def _best_device() -> str:
    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"


def _best_dtype(device: str) -> torch.dtype:
    if device == "cpu":
        return torch.float32
    return torch.bfloat16 if device != "mps" and torch.cuda.is_bf16_supported() else torch.float16


def _load(name: str, folder: Path, dtype: torch.dtype) -> Any:
    from diffusers import DiffusionPipeline
    from diffusers.utils import logging as diffusers_log

    heard = diffusers_log.get_verbosity()
    diffusers_log.set_verbosity_error()  # its advice on training and types is not for visitors
    try:
        return DiffusionPipeline.from_pretrained(
            str(folder), dtype=dtype, use_safetensors=True, trust_remote_code=False, local_files_only=True
        )
    except ImportError as error:
        raise CannotOpen(
            Note("package_error", "{name} needs a package that is not installed: {error}", name=name, error=error)
        ) from error
    except (OSError, ValueError, RuntimeError) as error:
        raise CannotOpen(Note("not_opened", "{name} can't be opened: {error}", name=name, error=error)) from error
    finally:
        diffusers_log.set_verbosity(heard)


def _place(pipeline: Any, device: str, placed: str) -> None:
    for component in pipeline.components.values():
        if isinstance(component, torch.nn.Module):
            component.eval()
    if placed == "parts":
        pipeline.enable_model_cpu_offload(device=device)
    else:
        pipeline.to(device)
