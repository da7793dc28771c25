"""One stage of training as a folder: it resumes after being killed at any moment, and shows how it is doing.

    with Run(folder, minutes=10) as run:
        run.resume(model=model, optimizer=optimizer)      # does nothing the first time
        for step in run.steps(total):                     # goes on where it was; stops when the minutes are over
            ...
            run.log(loss=loss)                            # a row in log.csv, a number beside the bar
    run.finished                                          # did it get to the total?

A checkpoint is written beside the old one and then renamed, so that there always is a whole one; it is cut into
pieces of at most 15 MiB, because not every way home takes bigger files.
"""

import csv
import json
import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from tqdm.auto import tqdm

PIECE = 15 * 2**20  # bytes
EVERY = 60.0  # seconds between checkpoints


class Run:
    def __init__(self, folder: Path, minutes: float | None = None, every: float = EVERY):
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.deadline = time.monotonic() + minutes * 60 if minutes else float("inf")
        self.every = every
        self.step = 0
        self.finished = False
        self.parts: dict[str, Any] = {}
        self.rows: list[dict[str, float]] = []
        self.started = time.monotonic()
        self.seconds_before = 0.0  # spent in earlier lives

    def __enter__(self) -> "Run":
        return self

    def __exit__(self, error, *_) -> None:
        if error is None:
            self.save()

    def resume(self, **parts: Any) -> None:
        """Bring modules, optimizers, generators (anything with a state_dict) back to where they were.

        What the checkpoint does not hold, as one that was adopted holds no optimizer, stays as it is.
        """
        self.parts = parts
        _finish_swap(self.folder / "checkpoint")
        if (self.folder / "checkpoint" / "state.json").exists():
            state, meta = load_state(self.folder / "checkpoint")
            for name, part in parts.items():
                if name in state:
                    part.load_state_dict(state[name])
            self.step, self.seconds_before = meta["step"], meta["seconds"]

    def steps(self, total: int) -> Iterator[int]:
        saved = time.monotonic()
        with tqdm(total=total, initial=self.step, desc=self.folder.name, mininterval=5.0) as self.bar:
            while self.step < total and time.monotonic() < self.deadline:
                yield self.step
                self.step += 1
                self.bar.update()
                if time.monotonic() - saved > self.every:
                    self.save()
                    saved = time.monotonic()
        self.finished = self.step >= total

    def log(self, **row: float) -> None:
        self.rows.append({"step": self.step + 1, "seconds": round(self.seconds, 1)} | row)
        self.bar.set_postfix({k: f"{v:.4g}" for k, v in row.items()}, refresh=False)

    @property
    def seconds(self) -> float:
        return self.seconds_before + time.monotonic() - self.started

    def save(self) -> None:
        state = {name: part.state_dict() for name, part in self.parts.items()}
        save_state(self.folder / "checkpoint", state, {"step": self.step, "seconds": self.seconds})
        self._write_log()

    def _write_log(self) -> None:
        path, rows, self.rows = self.folder / "log.csv", self.rows, []
        if not rows:
            return
        old = read_log(path)
        old = [r for r in old if r["step"] < rows[0]["step"]]  # what a killed run had logged past its checkpoint
        names = list(dict.fromkeys(k for r in old + rows for k in r))
        with open(path.with_suffix(".new"), "w", newline="", encoding="utf-8") as f:
            writer = csv.DictWriter(f, names)
            writer.writeheader()
            writer.writerows(old + rows)
        os.replace(path.with_suffix(".new"), path)


def read_log(path: Path) -> list[dict[str, float]]:
    if not path.exists():
        return []
    with open(path, newline="", encoding="utf-8") as f:
        return [{k: float(v) for k, v in row.items() if v} for row in csv.DictReader(f)]


def save_state(folder: Path, state: Any, meta: dict[str, Any]) -> None:
    """Nested dicts and lists of tensors and plain values -> a folder of safetensors pieces and one JSON."""
    tensors: dict[str, torch.Tensor] = {}

    def plain(value: Any, path: str) -> Any:
        if isinstance(value, torch.Tensor):
            tensors[path] = value.detach().cpu().contiguous()
            return {"tensor": path}
        if isinstance(value, dict):
            return {"dict": [[k, plain(v, f"{path}/{k}")] for k, v in value.items()]}
        if isinstance(value, list | tuple):
            return {"list": [plain(v, f"{path}/{i}") for i, v in enumerate(value)]}
        return {"value": value}

    tree = plain(state, "")
    new = folder.with_name(folder.name + ".new")
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(parents=True)
    piece: dict[str, torch.Tensor] = {}
    number = 0
    for path, tensor in tensors.items():
        if piece and sum(t.nbytes for t in piece.values()) + tensor.nbytes > PIECE:
            save_file(piece, new / f"{number:03}.safetensors")
            piece, number = {}, number + 1
        piece[path] = tensor.clone()  # tied weights would otherwise share memory, which the format refuses
    save_file(piece, new / f"{number:03}.safetensors")
    (new / "state.json").write_text(json.dumps({"tree": tree, "meta": meta, "pieces": number + 1}))
    old = folder.with_name(folder.name + ".old")
    shutil.rmtree(old, ignore_errors=True)
    if folder.exists():
        os.replace(folder, old)
    os.replace(new, folder)
    shutil.rmtree(old, ignore_errors=True)


def _finish_swap(folder: Path) -> None:
    """Killed between the two renames: the whole new one, else the old one, takes its place."""
    if not folder.exists():
        for other in (folder.with_name(folder.name + ".new"), folder.with_name(folder.name + ".old")):
            if (other / "state.json").exists():
                os.replace(other, folder)
                return


def load_state(folder: Path) -> tuple[Any, dict[str, Any]]:
    written = json.loads((folder / "state.json").read_text("utf-8"))
    tensors: dict[str, torch.Tensor] = {}
    for number in range(written["pieces"]):
        tensors |= load_file(folder / f"{number:03}.safetensors")

    def back(node: dict[str, Any]) -> Any:
        kind, value = next(iter(node.items()))
        if kind == "tensor":
            return tensors[value]
        if kind == "dict":
            return {k: back(v) for k, v in value}
        if kind == "list":
            return [back(v) for v in value]
        return value

    return back(written["tree"]), written["meta"]
