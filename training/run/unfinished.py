"""An unfinished run, small enough to travel: what one machine leaves for the next.

    python -m training save-unfinished --config medium     # runs/medium -> training/unfinished, at most 16 MB
    python -m training adopt --config medium                # and back, where no checkpoint is at hand

    pack(run, folder, config, most)     # checkpoints and curves of all stages -> a JSON and some files of bytes
    unpack(folder, run, config)         # the stages that are further there than here

Weights travel in half precision, what an optimizer remembers in bfloat16 (squares of gradients are smaller than half
precision can say), all of it as safetensors through zlib: an encoder that was computed is zeros for the most part. The
bytes are cut into files of at most 15 MiB, because some ways to move files refuse bigger ones. What does not fit is
left out, the least needed first: without the walking weights a run goes on from their average, and what an optimizer
remembered is learned again in some hundred steps.
"""

import json
import os
import zlib
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load, save
from torch import Tensor

from ..config import Config
from .run import read_log, write_log
from .state import PIECE, finish_swap, flatten, load_state, save_state, unflatten

HERE = Path(__file__).parents[1] / "unfinished"
SHIPPED = 16_000_000  # bytes that a repository may be asked to carry
INDEX = "unfinished.json"
NAME = "unfinished-{turn}-{number}.bin"
ROWS = 1_000  # of a curve
NEEDED = ("ema", "vae", "codec", "decoder", "model", "optimizer")  # parts of checkpoints; others come before the last


def pack(run: Path, folder: Path, config: Config, most: int, level: int = 0) -> list[str]:
    """Write what fits into ``most`` bytes; the names of what does not. ``level``: how hard zlib tries; 0 is at once."""
    found: dict[tuple[str, str], Any] = {}
    stages: dict[str, dict[str, Any]] = {}
    for checkpoint in sorted(run.glob("*/checkpoint")):
        state, meta = load_state(checkpoint)
        stages[checkpoint.parent.name] = {"meta": meta, "log": _thinned(read_log(checkpoint.parent / "log.csv"))}
        found |= {(checkpoint.parent.name, part): value for part, value in state.items()}

    parts: dict[str, dict[str, Any]] = {stage: {} for stage in stages}
    written, left_out = bytearray(), []
    for stage, part in sorted(found, key=_need):
        tensors: dict[str, Tensor] = {}
        tree = flatten(found[stage, part], "", tensors)
        squeezed = zlib.compress(save({path: _short(t, part) for path, t in tensors.items()}), level)
        if len(written) + len(squeezed) > most:
            left_out.append(f"{stage}/{part}")
            continue
        parts[stage][part] = {"tree": tree, "bytes": [len(written), len(written) + len(squeezed)]}
        written += squeezed

    folder.mkdir(parents=True, exist_ok=True)
    before = _index(folder)
    turn = 1 - before["turn"] if before else 0
    files = [NAME.format(turn=turn, number=number) for number in range(-(-len(written) // PIECE))]
    for number, file in enumerate(files):
        (folder / file).write_bytes(written[number * PIECE : (number + 1) * PIECE])
    scale = run / "scale.json"
    index = {
        "config": config.name,
        "turn": turn,
        "files": files,
        "scale": json.loads(scale.read_text("utf-8")) if scale.exists() else None,
        "stages": {stage: told | {"parts": parts[stage]} for stage, told in stages.items()},
    }
    new = folder / (INDEX + ".new")
    new.write_text(json.dumps(index))
    os.replace(new, folder / INDEX)  # from here on the new files count; killed before, the old ones do
    for old in folder.glob(NAME.format(turn="*", number="*")):
        if old.name not in files:
            old.unlink()
    return left_out


def unpack(folder: Path, run: Path, config: Config) -> list[str]:
    """Take up each stage that is further in ``folder`` than in ``run``; which ones."""
    index = _index(folder)
    if index is None:
        return []
    if index["config"] != config.name:
        raise SystemExit(f"{folder} holds a run of '{index['config']}', not of '{config.name}'; it stays as it is.")
    further = {stage: told for stage, told in index["stages"].items() if _far(told["meta"]) > _here(run / stage)}
    if not further:
        return []
    written = b"".join((folder / file).read_bytes() for file in index["files"])
    for stage, told in further.items():
        state = {}
        for part, kept in told["parts"].items():
            tensors = load(zlib.decompress(written[slice(*kept["bytes"])]))
            tensors = {path: t.float() if t.is_floating_point() else t for path, t in tensors.items()}
            state[part] = unflatten(kept["tree"], tensors)
        if "ema" in state and "model" not in state:
            state["model"] = state["ema"]["weights"]
        save_state(run / stage / "checkpoint", state, told["meta"])
        write_log(run / stage / "log.csv", told["log"])
    if index["scale"]:
        (run / "scale.json").write_text(json.dumps(index["scale"], indent=1))
    return list(further)


def _index(folder: Path) -> dict[str, Any] | None:
    return json.loads((folder / INDEX).read_text("utf-8")) if (folder / INDEX).exists() else None


def _far(meta: dict[str, Any]) -> int:
    """How far a stage has come; a codec goes on with its decoder, whose steps are counted apart."""
    return meta["step"] + meta.get("decoder", 0)


def _here(stage: Path) -> int:
    finish_swap(stage / "checkpoint")
    written = stage / "checkpoint" / "state.json"
    return _far(json.loads(written.read_text("utf-8"))["meta"]) if written.exists() else -1


def _need(place: tuple[str, str]) -> int:
    return NEEDED.index(place[1]) if place[1] in NEEDED else len(NEEDED) - 1


def _short(t: Tensor, part: str) -> Tensor:
    if not t.is_floating_point() or t.ndim == 0:  # counts of steps stay exact
        return t
    return t.to(torch.bfloat16 if part == "optimizer" else torch.float16)


def _thinned(rows: list[dict[str, float]]) -> list[dict[str, float]]:
    """As many rows as a plot shows, and each of those that looked at held-back films."""
    every = max(1, len(rows) // ROWS)
    return [row for i, row in enumerate(rows) if i % every == 0 or "held_back_picture" in row]
