"""A model by its name on the hub, brought to this machine: looked at before it is downloaded.

folder = bring("Wan-AI/Wan2.1-T2V-1.3B-Diffusers", torch.bfloat16)

What is here already is taken without a question to the network. Otherwise the hub's own listing of files tells whether
there is room on the disk and in memory before the first of them is fetched.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from pathlib import Path
from typing import Any

import torch

from explainers.engine.model.checkpoint import WEIGHTS, check_folder, check_packages, parts_of
from explainers.engine.model.memory import GB, free_memory
from explainers.engine.model.video_model import CannotOpen
from explainers.note import Note


def bring(name: str, dtype: torch.dtype) -> Path:
    """The folder of a model of the hub on this machine; downloads it if it has to."""
    here = _cached(name)
    if here is not None:
        return here
    if os.environ.get("HF_HUB_OFFLINE", "0") not in ("", "0"):
        raise CannotOpen(
            Note(
                "offline",
                "{name} is no folder, and no complete model of that name lies on this machine; HF_HUB_OFFLINE blocks "
                "network access. Unset it to download.",
                name=name,
            )
        )
    files = _asked(name, lambda: _listing(name))
    index = _asked(name, lambda: _index(name, files))
    check_packages(index, files)
    weights = _weights(name, index, files)
    _check_room(name, sum(weights.values()), dtype)
    return Path(_asked(name, lambda: _download(name)))


def _cached(name: str) -> Path | None:
    """The folder that an earlier download left, if it is whole."""
    from huggingface_hub import try_to_load_from_cache
    from huggingface_hub.errors import HFValidationError

    try:
        index = try_to_load_from_cache(name, "model_index.json")
    except HFValidationError:
        raise CannotOpen(
            Note("no_name", "“{name}” is neither a folder here nor a name on the hub (someone/something).", name=name)
        ) from None
    if not isinstance(index, str):
        return None
    with contextlib.suppress(CannotOpen):
        check_folder(Path(index).parent)
        return Path(index).parent
    return None


def _asked(name: str, ask: Any) -> Any:
    """What the hub answers, or in plain words why it doesn't."""
    from huggingface_hub.errors import GatedRepoError, HfHubHTTPError, RepositoryNotFoundError

    transport: type[Exception] = HfHubHTTPError.__bases__[0]  # of the HTTP library that the hub's client stands on
    try:
        return ask()
    except GatedRepoError:
        raise CannotOpen(
            Note(
                "gated",
                "{name} is gated: accept its terms at {address}, then log in (`hf auth login`).",
                name=name,
                address=f"https://huggingface.co/{name}",
            )
        ) from None
    except RepositoryNotFoundError:
        raise CannotOpen(
            Note("nowhere", "There is no folder and no model on the hub named {name} (or it is private).", name=name)
        ) from None
    except HfHubHTTPError as error:
        raise CannotOpen(
            Note("hub", "The hub did not return {name}: {error}. Try again later.", name=name, error=error)
        ) from error
    except (OSError, transport) as error:  # no name, no route, cut off
        raise CannotOpen(
            Note(
                "no_network", "{name} can't be downloaded, the network does not answer: {error}", name=name, error=error
            )
        ) from error


def _listing(name: str) -> dict[str, int]:
    """Size of every file, by its path."""
    from huggingface_hub import HfApi

    told = HfApi().model_info(name, files_metadata=True, timeout=20)
    return {file.rfilename: file.size or 0 for file in told.siblings or []}


def _index(name: str, files: dict[str, int]) -> dict[str, Any]:
    from huggingface_hub import hf_hub_download

    if "model_index.json" not in files:
        raise CannotOpen(
            Note(
                "no_pipeline",
                "{name} is not a pipeline of Diffusers (no model_index.json). Is there a …-Diffusers beside it?",
                name=name,
            )
        )
    index: dict[str, Any] = json.loads(Path(hf_hub_download(name, "model_index.json")).read_text("utf-8"))
    return index


def _weights(name: str, index: dict[str, Any], files: dict[str, int]) -> dict[str, int]:
    """Bytes on disk of the weights of each part."""
    weights = {}
    for part in parts_of(index):
        here = {path.partition("/")[2]: size for path, size in files.items() if path.startswith(f"{part}/")}
        weights[part] = sum(size for file, size in here.items() if WEIGHTS.fullmatch(file))
        if not weights[part] and any(file.endswith(".bin") for file in here):
            raise CannotOpen(
                Note(
                    "only_pickles",
                    "{name} offers its {part} as pickles alone, which can run code when read. Nothing was downloaded.",
                    name=name,
                    part=part,
                )
            )
    return weights


def _check_room(name: str, size: int, dtype: torch.dtype) -> None:
    from huggingface_hub.constants import HF_HUB_CACHE

    at = Path(HF_HUB_CACHE)
    disk = shutil.disk_usage(next(folder for folder in (at, *at.parents) if folder.exists())).free
    if size > disk:
        raise CannotOpen(
            Note(
                "disk",
                "{name} is a download of {size:.1f} GB, and {disk:.1f} GB are free on the disk.",
                name=name,
                size=size / GB,
                disk=disk / GB,
            )
        )
    # the listing does not tell the precision: if it is the fullest, four bytes a number, memory takes at least this
    least, ram = size * dtype.itemsize // 4, free_memory("cpu")
    if ram is not None and least > ram:
        raise CannotOpen(
            Note(
                "download",
                "{name} is a download of {size:.1f} GB and takes at least {least:.1f} GB of memory; {free:.1f} GB are "
                "free. Nothing was downloaded.",
                name=name,
                size=size / GB,
                least=least / GB,
                free=ram / GB,
            )
        )


def _download(name: str) -> str:
    from diffusers import DiffusionPipeline

    return str(DiffusionPipeline.download(name, use_safetensors=True, trust_remote_code=False))
