"""What a run remembers, as files: nested dicts and lists of tensors and plain values, in a folder of small pieces.

    save_state(folder, {"model": model.state_dict(), "step": 7}, {"note": "any JSON"})
    state, meta = load_state(folder)

The new one is written beside the old one and then renamed, so that there always is a whole one, whatever kills the
writer; it is cut into pieces of at most 15 MiB, because some ways to move files refuse bigger ones.
"""

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from safetensors.torch import load_file, save_file
from torch import Tensor

PIECE = 15 * 2**20  # bytes


def flatten(value: Any, path: str, tensors: dict[str, Tensor]) -> dict[str, Any]:
    """What JSON can hold of a value; its tensors go into ``tensors``, by their path."""
    if isinstance(value, Tensor):
        tensors[path] = value.detach().cpu().contiguous()
        return {"tensor": path}
    if isinstance(value, dict):
        return {"dict": [[k, flatten(v, f"{path}/{k}", tensors)] for k, v in value.items()]}
    if isinstance(value, list | tuple):
        return {"list": [flatten(v, f"{path}/{i}", tensors) for i, v in enumerate(value)]}
    return {"value": value}


def unflatten(node: dict[str, Any], tensors: dict[str, Tensor]) -> Any:
    kind, value = next(iter(node.items()))
    if kind == "tensor":
        return tensors[value]
    if kind == "dict":
        return {k: unflatten(v, tensors) for k, v in value}
    if kind == "list":
        return [unflatten(v, tensors) for v in value]
    return value


def pieces(tensors: dict[str, Tensor], most: int = PIECE) -> Iterator[dict[str, Tensor]]:
    """The tensors in groups of at most so many bytes, in order."""
    piece: dict[str, Tensor] = {}
    for path, tensor in tensors.items():
        if piece and sum(t.nbytes for t in piece.values()) + tensor.nbytes > most:
            yield piece
            piece = {}
        piece[path] = tensor.clone()  # tied weights would otherwise share memory, which the format refuses
    yield piece


def save_state(folder: Path, state: Any, meta: dict[str, Any]) -> None:
    tensors: dict[str, Tensor] = {}
    tree = flatten(state, "", tensors)
    new, old = folder.with_name(folder.name + ".new"), folder.with_name(folder.name + ".old")
    shutil.rmtree(new, ignore_errors=True)
    try:
        new.mkdir(parents=True)
        number = 0
        for number, piece in enumerate(pieces(tensors), 1):
            save_file(piece, new / f"{number - 1:03}.safetensors")
        (new / "state.json").write_text(json.dumps({"tree": tree, "meta": meta, "pieces": number}))
    except BaseException:
        shutil.rmtree(new, ignore_errors=True)  # what is half written only takes the room of the next one
        raise
    shutil.rmtree(old, ignore_errors=True)
    if folder.exists():
        os.replace(folder, old)
    os.replace(new, folder)
    shutil.rmtree(old, ignore_errors=True)


def finish_swap(folder: Path) -> None:
    """Killed between the two renames: the whole new one, else the old one, takes its place."""
    if not folder.exists():
        for other in (folder.with_name(folder.name + ".new"), folder.with_name(folder.name + ".old")):
            if (other / "state.json").exists():
                os.replace(other, folder)
                return


def load_state(folder: Path) -> tuple[Any, dict[str, Any]]:
    written = json.loads((folder / "state.json").read_text("utf-8"))
    tensors: dict[str, Tensor] = {}
    for number in range(written["pieces"]):
        tensors |= load_file(folder / f"{number:03}.safetensors")
    return unflatten(written["tree"], tensors), written["meta"]
