"""All stages in so many minutes, at toy size on a processor: killed once, gone on with, handed to a plain training."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch

from training import burst
from training.config import CONFIGS
from training.denoiser import fast
from training.denoiser import model as models
from training.denoiser.fast import best_batch, compiled
from training.run import unfinished

ROOT = Path(__file__).parents[2]
ENV = os.environ | {"HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1"}


def training(*words: object) -> subprocess.Popen:
    command = [sys.executable, "-m", "training", *map(str, words), "--threads", "1"]
    return subprocess.Popen(command, cwd=ROOT, env=ENV, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def steps(folder: Path) -> dict[str, int]:
    index = folder / unfinished.INDEX
    stages = json.loads(index.read_text())["stages"] if index.exists() else {}
    return {stage: told["meta"]["step"] for stage, told in stages.items()}


@pytest.mark.slow
@pytest.mark.timeout(500)
def test_a_burst_is_killed_and_goes_on_here_and_there(tmp_path):
    out = tmp_path / "left"
    call = ("burst", "--config", "toy-medium", "--minutes", 1.2, "--out", out)
    first = training(*call)
    until = time.monotonic() + 120
    while time.monotonic() < until and "picture-codec" not in steps(out):
        time.sleep(0.1)
    first.kill()  # while it writes the next, or trains
    first.communicate()
    assert "picture-codec" in steps(out)

    began = time.monotonic()
    second = training(*call)
    told, _ = second.communicate(timeout=200)
    assert second.returncode == 0, told
    assert "goes on with picture-codec" in told and "batch:" in told
    assert time.monotonic() - began < 90
    done = steps(out)
    assert done["transformer"] >= CONFIGS["toy"].transformer.samples // CONFIGS["toy"].transformer.batch
    files = [f for f in out.rglob("*") if f.is_file()]
    assert len(files) <= 8 and all(f.stat().st_size <= 15 * 2**20 for f in files)
    assert {f.parent for f in files} == {out} and (out / "sheet.png").exists()
    assert not list(out.rglob("*.new"))


def test_the_plan_gives_what_is_left_to_what_is_left(tmp_path, monkeypatch):
    """A stage that is done early leaves its minutes to the others; all of them end before the time does."""
    now = [0.0]
    monkeypatch.setattr(burst.time, "monotonic", lambda: now[0])
    given = {}

    def stage(name, takes):
        def train(config, run, minutes):
            given[name] = minutes
            now[0] += 60 * min(minutes, takes)
            return takes <= minutes

        return train

    wanted = {"a": (1, 0.0), "b": (3, 99.0), "c": (1, 99.0)}  # shares, and minutes that each would take
    stages = [burst.Stage(name, share, stage(name, takes)) for name, (share, takes) in wanted.items()]
    monkeypatch.setattr(burst, "plan", lambda *_, **__: stages)
    monkeypatch.setattr(burst, "_leave", lambda *_: None)
    monkeypatch.setattr(burst, "_show", lambda *_: None)
    burst.burst(CONFIGS["toy"], tmp_path / "out", until=600.0)
    left = (600 - burst.EARLY) / 60 * (1 - burst.SHOWN)
    assert given["a"] == pytest.approx(left / 5) and given["b"] == pytest.approx(left * 3 / 4)
    assert given["c"] == pytest.approx(left / 4) and now[0] <= 60 * left + 1e-6


def test_the_batch_grows_while_it_gains_and_fits(monkeypatch):
    def machine(seconds):
        now = [0.0]
        monkeypatch.setattr(fast.time, "perf_counter", lambda: now[0])

        def step(films):
            now[0] += seconds(films)

        return step

    assert best_batch(machine(lambda n: n / 10), 16)[0] == 16  # a processor: twice the films, twice the time
    assert best_batch(machine(lambda n: max(1.0, n / 64)), 16)[0] == 64  # a device that is full at 64

    def fits(n):
        if n > 128:
            raise torch.OutOfMemoryError
        return 1.0

    batch, speeds = best_batch(machine(fits), 16)
    assert batch == 128 and speeds == {16: 16, 32: 32, 64: 64, 128: 128}


def test_a_compiler_that_fails_is_a_line_and_no_more():
    model = models.transformer(CONFIGS["toy"])

    def once():
        assert model.layers[0]._compiled_call_impl is not None
        raise RuntimeError("no compiler here\nand much more")

    assert compiled(model, once) == "not compiled (no compiler here)"
    assert all(layer._compiled_call_impl is None for layer in model.layers)
