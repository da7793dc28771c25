"""One stage of training as a folder: it resumes after being killed at any moment, and shows how it is doing.

    with Run(folder, minutes=10) as run:
        run.resume(model=model, optimizer=optimizer)      # does nothing the first time
        for step in run.steps(total):                     # goes on where it was; stops when the minutes are over
            ...
            if not run.usable(norm):                       # no number: this step is left out
                continue
            run.log(loss=loss)                            # a row in log.csv, a number beside the bar
    run.finished                                          # did it get to the total?

Whatever goes wrong, the last whole checkpoint stays, and one sentence says what happened.
"""

import csv
import math
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from tqdm.auto import tqdm

from .state import finish_swap, load_state, save_state

EVERY = 60.0  # seconds between checkpoints
IN_A_ROW = 3  # steps without a number, until the run goes back
RETURNS = 3  # so often at most


class Run:
    def __init__(
        self, folder: Path, minutes: float | None = None, every: float = EVERY, saved: Callable[[], None] | None = None
    ):
        """``saved`` is called after every checkpoint."""
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.checkpoint = self.folder / "checkpoint"
        self.deadline = time.monotonic() + minutes * 60 if minutes else float("inf")
        self.every, self.saved = every, saved
        self.step = self.stride = 0
        self.finished = False
        self.parts: dict[str, Any] = {}
        self.rows: list[dict[str, float]] = []
        self.started = time.monotonic()
        self.seconds_before = 0.0  # spent in earlier lives
        self.skipped = self.in_a_row = self.returns = 0
        self.caution = 1.0  # what rates are multiplied with: less after having gone back

    def __enter__(self) -> "Run":
        return self

    def __exit__(self, kind, error, *_) -> None:
        if error is None:
            self.save()
        elif isinstance(error, torch.AcceleratorError) or "CUDA error" in str(error):
            reason = str(error).splitlines()[0]
            raise SystemExit(f"{self.folder}: the device is gone at step {self.step} ({reason}); {self._stands()}")

    @property
    def new(self) -> bool:
        """Is there nothing to go on from?"""
        finish_swap(self.checkpoint)
        return not (self.checkpoint / "state.json").exists()

    def resume(self, **parts: Any) -> None:
        """Bring modules, optimizers, generators (anything with a state_dict) back to where they were.

        What the checkpoint does not hold, as one that was adopted holds no optimizer, stays as it is.
        """
        self.parts = parts
        if self.new:
            return
        meta = self._load()
        self.step, self.seconds_before = meta["step"], meta["seconds"]
        self.skipped, self.caution = meta.get("skipped", 0), meta.get("caution", 1.0)

    def _load(self) -> dict[str, Any]:
        try:
            state, meta = load_state(self.checkpoint)
        except (OSError, ValueError, SafetensorError) as error:
            raise SystemExit(f"{self.checkpoint} can't be read ({error}): take it away to begin anew.") from error
        for name, part in self.parts.items():
            if name in state:
                try:
                    part.load_state_dict(state[name])
                except (RuntimeError, ValueError, KeyError) as error:
                    raise SystemExit(
                        f"{self.checkpoint} was written under another config: its {name} does not fit this one's; it "
                        "stays as it is."
                    ) from error
        return meta

    def steps(self, total: int, stride: int = 1) -> Iterator[int]:
        """``stride``: how many steps are taken at once, on a device that is faster with bigger batches."""
        self.stride = stride
        saved = time.monotonic()
        with tqdm(total=total, initial=self.step, desc=self.folder.name, mininterval=5.0) as self.bar:
            while self.step < total and time.monotonic() < self.deadline:
                yield self.step
                self.step += stride
                self.bar.update(stride)
                if time.monotonic() - saved > self.every:
                    self.save()
                    saved = time.monotonic()
        self.finished = self.step >= total

    def usable(self, size: float) -> bool:
        """Is this a number? If not, the step must be left out; after a few of them in a row everything goes back.

        Weights, optimizer and averages go back to the checkpoint, the count of steps does not: the same batches would
        end in the same place.
        """
        if math.isfinite(size):
            self.in_a_row = 0
            return True
        self.skipped += 1
        self.in_a_row += 1
        if self.in_a_row < IN_A_ROW:
            return False
        self.in_a_row = 0
        self.returns += 1
        said = f"{self.folder}: no number in {IN_A_ROW} steps in a row, at step {self.step}; "
        if self.returns > RETURNS or self.new:
            raise SystemExit(said + self._stands())
        at = self._load()["step"]
        self.caution /= 2
        tqdm.write(said + f"back to the weights of step {at}, at {self.caution:g} of the rate.")
        return False

    def _stands(self) -> str:
        return (
            "there is no checkpoint yet."
            if self.new
            else "the last checkpoint stands, and the same command goes on from it."
        )

    def log(self, **row: float) -> None:
        if self.skipped:
            row["skipped"] = self.skipped
        self.rows.append({"step": self.step + self.stride, "seconds": round(self.seconds, 1)} | row)
        self.bar.set_postfix({k: f"{v:.4g}" for k, v in row.items()}, refresh=False)

    @property
    def seconds(self) -> float:
        return self.seconds_before + time.monotonic() - self.started

    def save(self) -> None:
        state = {name: part.state_dict() for name, part in self.parts.items()}
        meta = {"step": self.step, "seconds": self.seconds, "skipped": self.skipped, "caution": self.caution}
        try:
            save_state(self.checkpoint, state, meta)
            self._write_log()
        except (OSError, SafetensorError) as error:
            raise SystemExit(
                f"{self.checkpoint} could not be written at step {self.step} ({error}); {self._stands()}"
            ) from error
        if self.saved:
            self.saved()

    def _write_log(self) -> None:
        path, rows, self.rows = self.folder / "log.csv", self.rows, []
        if not rows:
            return
        old = read_log(path)
        old = [r for r in old if r["step"] < rows[0]["step"]]  # what a killed run had logged past its checkpoint
        write_log(path, old + rows)


def read_log(path: Path) -> list[dict[str, float]]:
    if not path.exists():
        return []
    with open(path, newline="", encoding="utf-8") as f:
        return [{k: float(v) for k, v in row.items() if v} for row in csv.DictReader(f)]


def write_log(path: Path, rows: list[dict[str, float]]) -> None:
    names = list(dict.fromkeys(k for r in rows for k in r))
    with open(path.with_suffix(".new"), "w", newline="", encoding="utf-8") as f:
        writer = csv.DictWriter(f, names)
        writer.writeheader()
        writer.writerows(rows)
    os.replace(path.with_suffix(".new"), path)
