"""What a model's files tell before any of them is loaded: whole or damaged, how large, and which packages they need.

check_folder(folder)                       # CannotOpen, naming the file that is missing or damaged
check_needs(folder)                        # CannotOpen, naming the package to install
part_bytes(folder, torch.float32)          # {"transformer": 18_300_000, "vae": …}: memory that each part will take
"""

from __future__ import annotations

import importlib.util
import json
import math
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import torch

from explainers.engine.model.video_model import CannotOpen
from explainers.note import Note

# Diffusers loads the weights without a second name in the file (`.fp16.`, `.non_ema.`): those are copies of them.
WEIGHTS = re.compile(r"[^.]+\.safetensors")
FLOATS = {"F64", "F32", "F16", "BF16", "F8_E4M3", "F8_E5M2"}
BYTES = {"I64": 8, "U64": 8, "I32": 4, "U32": 4, "I16": 2, "U16": 2}  # all others: 1
QUANTIZED = {"bitsandbytes": "bitsandbytes", "torchao": "torchao", "gguf": "gguf", "quanto": "optimum-quanto"}
MODULES = {"protobuf": "google.protobuf", "optimum-quanto": "optimum.quanto"}  # imported under another name


def parts_of(index: dict[str, Any]) -> list[str]:
    """The parts that a `model_index.json` names."""
    return [p for p, kind in index.items() if isinstance(kind, list) and kind[0] and not p.startswith("_")]


def check_folder(folder: Path) -> None:
    """Refuse a damaged or partial checkpoint by name, before minutes are lost."""
    from safetensors import SafetensorError, safe_open

    index = folder / "model_index.json"
    if not index.is_file():
        raise CannotOpen(
            Note(
                "no_model",
                "{folder} holds no model (no model_index.json). Train one, or fetch the shipped weights again.",
                folder=folder,
            )
        )
    parts = _json(index)
    for part in parts_of(parts):
        here = folder / part
        if not here.is_dir() or not any(here.iterdir()):
            raise CannotOpen(
                Note(
                    "part_missing",
                    "{part} is missing: the checkpoint is not complete. Fetch the folder again.",
                    part=here,
                )
            )
        for file in here.glob("*.json"):
            _json(file)
        if any(here.glob("*.bin")) and not any(here.glob("*.safetensors")):
            raise CannotOpen(
                Note(
                    "pickles",
                    "{part} holds weights as pickles, which can run code when read. Convert to safetensors.",
                    part=here,
                )
            )
        for file in here.glob("*.safetensors"):
            try:
                with safe_open(file, "pt"):
                    pass  # opening checks the header against the size of the file
            except (SafetensorError, OSError) as error:
                raise CannotOpen(
                    Note(
                        "file_cut", "{file} is damaged or cut short ({error}). Fetch it again.", file=file, error=error
                    )
                ) from None
        for file in here.glob("*.safetensors.index.json"):
            for shard in set(_json(file).get("weight_map", {}).values()):
                if WEIGHTS.fullmatch(shard) and not (here / shard).is_file():
                    raise CannotOpen(
                        Note(
                            "file_missing",
                            "{file} is missing: the checkpoint is not complete. Fetch it again.",
                            file=here / shard,
                        )
                    )


def check_needs(folder: Path) -> None:
    """Refuse a whole checkpoint that needs a package that is not here."""
    index = _json(folder / "model_index.json")
    check_packages(index, [file.relative_to(folder).as_posix() for file in folder.rglob("*")])
    for part in parts_of(index):
        config = folder / part / "config.json"
        packed = _json(config).get("quantization_config") if config.is_file() else None
        if packed:
            method = str(packed.get("quant_method", "")).partition("_")[0]
            _installed(
                QUANTIZED.get(method, ""), Note("package_packs", "the weights of {part} are packed with it", part=part)
            )


def check_packages(index: dict[str, Any], files: Iterable[str]) -> None:
    """The same from a listing, before a download. files: all paths in the model's folder."""
    import diffusers

    name, files = str(index.get("_class_name", "")), set(files)
    _installed("accelerate", Note("package_loads", "Diffusers loads models with it"))
    if name.startswith(("Wan", "SkyReels")):
        _installed("ftfy", Note("package_cleans", "this model cleans its prompts with it"))
    for part in parts_of(index):
        tables = [f for f in files if f.startswith(f"{part}/") and f.endswith(".model")]
        if tables and f"{part}/tokenizer.json" not in files:
            for package in ("sentencepiece", "protobuf"):
                _installed(package, Note("package_reads", "the {part} of this model is read with it", part=part))
    if not hasattr(diffusers, name):
        raise CannotOpen(
            Note(
                "class",
                "This model is a {kind}, which Diffusers {version} does not have. "
                "Models with code of their own are not opened; a newer Diffusers may know it.",
                kind=name or "nameless pipeline",
                version=diffusers.__version__,
            )
        )


def _installed(package: str, why: Note) -> None:
    try:
        found = not package or importlib.util.find_spec(MODULES.get(package, package))
    except ModuleNotFoundError:  # not even what it would lie in
        found = None
    if not found:
        raise CannotOpen(
            Note(
                "package",
                "The package {package} is not installed: {why}. Do: pip install {package}",
                package=package,
                why=why,
            )
        )


def part_bytes(folder: Path, dtype: torch.dtype) -> dict[str, int]:
    """Bytes that each part's weights will take in memory, with their floats in `dtype`. Only headers are read."""
    parts = {}
    for part in parts_of(_json(folder / "model_index.json")):
        files = [file for file in (folder / part).glob("*.safetensors") if WEIGHTS.fullmatch(file.name)]
        parts[part] = sum(_header_bytes(file, dtype) for file in files)
    return parts


def _header_bytes(file: Path, dtype: torch.dtype) -> int:
    with open(file, "rb") as opened:
        header = json.loads(opened.read(int.from_bytes(opened.read(8), "little")))
    tensors = [tensor for name, tensor in header.items() if name != "__metadata__"]
    return sum(
        math.prod(t["shape"]) * (dtype.itemsize if t["dtype"] in FLOATS else BYTES.get(t["dtype"], 1)) for t in tensors
    )


def _json(file: Path) -> Any:
    try:
        return json.loads(file.read_text("utf-8"))
    except ValueError as error:
        raise CannotOpen(
            Note("file_damaged", "{file} is damaged ({error}). Fetch it again.", file=file, error=error)
        ) from None
