"""What goes wrong in a long training: one sentence each, and the last whole checkpoint stays."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from training.codec.latents import Cache, part_of
from training.config import CONFIGS
from training.denoiser import transformer
from training.denoiser.forward import fused
from training.run import run as runs
from training.run.run import Run
from training.run.state import load_state

TOY = replace(CONFIGS["toy"], transformer=replace(CONFIGS["toy"].transformer, samples=96, keep=()))
ROOT = Path(__file__).parents[2]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A cache to learn from; a checkpoint after every step."""
    monkeypatch.setattr(transformer, "Run", partial(Run, every=0.0))
    (tmp_path / "latents").mkdir()
    g, scenes = torch.Generator().manual_seed(0), part_of(TOY, 0, 0, 16)
    films = {"latents": torch.randn(16, 8, 3, 4, 4, generator=g), "slices": torch.randn(16, 8, 5, generator=g)}
    save_file({k: v.half() for k, v in films.items()}, tmp_path / "latents" / "0000.safetensors")
    (tmp_path / "latents" / "0000.json").write_text(json.dumps([scenes.words(i) for i in range(16)]))
    return tmp_path


def interrupt(monkeypatch, broken) -> None:
    """``broken(step, batch)`` sees, and may change, every batch that is learned from."""
    real = transformer.Examples.__call__

    def call(self, step, count=None, held_back=False):
        batch = real(self, step, count, held_back)
        return batch if held_back else broken(step, batch)

    monkeypatch.setattr(transformer.Examples, "__call__", call)


def checkpoint(folder):
    return load_state(folder / "transformer" / "checkpoint")


def sentence(error) -> str:
    said = str(error.value)
    assert "\n" not in said and "Traceback" not in said
    return said


def test_an_interrupted_training_ends_in_the_same_weights(folder, monkeypatch):
    monkeypatch.setattr(transformer, "_faster", lambda *_: fused)  # the choice may differ between two runs
    assert transformer.train(TOY, folder)
    whole, _ = checkpoint(folder)
    (folder / "transformer").rename(folder / "whole")

    def cut(step, batch):
        if step == 7:
            raise KeyboardInterrupt
        return batch

    with monkeypatch.context() as here:
        interrupt(here, cut)
        with pytest.raises(KeyboardInterrupt):
            transformer.train(TOY, folder)
    assert checkpoint(folder)[1]["step"] == 7
    assert transformer.train(TOY, folder)
    resumed, meta = checkpoint(folder)
    assert meta["step"] == 12
    for part in ("model", "ema"):
        a, b = (s[part] if part == "model" else s[part]["weights"] for s in (whole, resumed))
        assert all(torch.equal(a[k], b[k]) for k in a)


def test_a_checkpoint_of_another_config(folder):
    transformer.train(TOY, folder)
    before, _ = checkpoint(folder)
    wider = replace(TOY, transformer=replace(TOY.transformer, width=64))
    with pytest.raises(SystemExit) as error:
        transformer.train(wider, folder)
    assert "another config" in sentence(error)
    assert torch.equal(checkpoint(folder)[0]["model"]["norm.weight"], before["model"]["norm.weight"])


def test_a_checkpoint_that_cannot_be_read(folder):
    transformer.train(TOY, folder)
    piece = folder / "transformer" / "checkpoint" / "000.safetensors"
    piece.write_bytes(piece.read_bytes()[:5000])
    with pytest.raises(SystemExit) as error:
        transformer.train(TOY, folder)
    assert "can't be read" in sentence(error)
    assert piece.stat().st_size == 5000


@pytest.mark.parametrize("spoil", ["cut", "no words", "another size"])
def test_a_cache_half_written(folder, spoil):
    path = folder / "latents" / "0001.safetensors"
    whole = (folder / "latents" / "0000.safetensors").read_bytes()
    words = (folder / "latents" / "0000.json").read_text()
    path.write_bytes(whole[: len(whole) // 2] if spoil == "cut" else whole)
    if spoil == "another size":
        save_file({"latents": torch.zeros(16, 4, 3, 4, 4).half(), "slices": torch.zeros(16, 8, 5).half()}, path)
    if spoil != "no words":
        path.with_suffix(".json").write_text(words)
    with pytest.raises(SystemExit) as error:
        Cache(folder / "latents")
    assert "0001" in sentence(error) and "again" in str(error.value)


FULL = """
import resource, signal, sys
from pathlib import Path
import torch
from training.run.run import Run
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
model = torch.nn.Linear(300, 300)
with Run(Path(sys.argv[1]), every=0.0) as run:
    run.resume(model=model)
    for step in run.steps(3):
        if step == 2:  # from here on no file may have more than so many bytes
            resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="limits of a process are Unix's")
def test_a_disk_that_fills(tmp_path):
    """By the system's own refusal to write on, through the real writer of weights."""
    ran = subprocess.run(
        [sys.executable, "-c", FULL, str(tmp_path / "stage")], cwd=ROOT, capture_output=True, text=True, timeout=100
    )
    assert ran.returncode == 1 and "could not be written at step" in ran.stderr and "Traceback" not in ran.stderr
    state, meta = load_state(tmp_path / "stage" / "checkpoint")
    assert meta["step"] == 2 and state["model"]["weight"].shape == (300, 300)
    assert os.listdir(tmp_path / "stage") == ["checkpoint"]  # and nothing half written takes up room


def test_a_device_that_vanishes(folder, monkeypatch):
    def gone(step, batch):
        if step == 5:
            raise torch.AcceleratorError("CUDA error: unspecified launch failure\nCompile with ...")
        return batch

    interrupt(monkeypatch, gone)
    with pytest.raises(SystemExit) as error:
        transformer.train(TOY, folder)
    assert "the device is gone at step 5" in sentence(error) and "goes on from it" in str(error.value)
    assert checkpoint(folder)[1]["step"] == 5


def nan_at(*steps):
    def spoiled(step, batch):
        if step in steps:
            batch["x0"][0, 0, 0, 0, 0] = float("nan")
        return batch

    return spoiled


def finite(folder) -> bool:
    state, _ = checkpoint(folder)
    return all(v.isfinite().all() for v in [*state["model"].values(), *state["ema"]["weights"].values()])


def test_a_nan_in_a_batch_is_left_out_and_counted(folder, monkeypatch):
    interrupt(monkeypatch, nan_at(4, 6, 9))
    assert transformer.train(TOY, folder)
    assert finite(folder) and checkpoint(folder)[1]["skipped"] == 3 and checkpoint(folder)[1]["caution"] == 1


def test_three_in_a_row_go_back_and_are_more_careful(folder, monkeypatch, capsys):
    interrupt(monkeypatch, nan_at(4, 5, 6))
    assert transformer.train(TOY, folder)
    assert finite(folder) and checkpoint(folder)[1]["caution"] == 0.5
    assert "no number in 3 steps in a row, at step 6; back to the weights of step 6" in capsys.readouterr().out


def test_going_back_takes_the_weights_of_the_checkpoint(tmp_path):
    model = torch.nn.Linear(2, 2)
    with Run(tmp_path, every=1e9) as run:
        run.resume(model=model)
        run.save()
        saved = model.weight.detach().clone()
        for step in run.steps(5):
            torch.nn.init.constant_(model.weight, float(step))
            run.usable(float("nan") if step in (1, 2, 3) else 1.0)
            if step == 3:
                assert torch.equal(model.weight, saved)


def test_numbers_that_never_come_back_end_the_run(folder, monkeypatch):
    interrupt(monkeypatch, nan_at(*range(3, 100)))
    longer = replace(TOY, transformer=replace(TOY.transformer, samples=800))
    with pytest.raises(SystemExit) as error:
        transformer.train(longer, folder)
    assert "no number" in sentence(error) and finite(folder)
    assert runs.RETURNS == 3


def test_before_the_first_checkpoint_there_is_nothing_to_go_back_to(folder, monkeypatch):
    monkeypatch.setattr(transformer, "Run", partial(Run, every=1e9))
    interrupt(monkeypatch, nan_at(0, 1, 2))
    with pytest.raises(SystemExit) as error:
        transformer.train(TOY, folder)
    assert "no checkpoint yet" in sentence(error)
