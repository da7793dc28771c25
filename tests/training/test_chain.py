"""The whole chain at toy size, killed at a random moment and resumed, and opened again by stock classes alone."""

import json
import os
import random
import subprocess
import sys
import time
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
import torch

ROOT = Path(__file__).parents[2]
ENV = os.environ | {"HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1"}


def training(*words: object, **options) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-m", "training", *map(str, words)], cwd=ROOT, env=ENV, text=True, **options
    )


def test_without_a_stage_it_names_them_all():
    told, _ = training(stdout=subprocess.PIPE).communicate(timeout=60)
    from training.__main__ import STAGES

    assert all(stage in told for stage in STAGES)


@pytest.mark.slow
@pytest.mark.timeout(400)
@pytest.mark.parametrize("config", ["toy", "toy-medium"])
def test_the_chain_survives_a_kill_and_opens_with_stock_classes(config, tmp_path):
    runs, out = tmp_path / "runs", tmp_path / "model"
    chain = ("all", "--config", config, "--folder", runs, "--out", out, "--threads", 1)
    first = training(*chain)
    time.sleep(random.Random(os.getpid()).uniform(8, 40))  # wherever this hits, the next call must go on
    first.kill()
    first.wait()
    assert training(*chain).wait(timeout=300) == 0

    opened = subprocess.run(
        [sys.executable, "-c", OPEN.format(out=str(out))],
        env=ENV,
        capture_output=True,
        text=True,
        cwd=tmp_path,
        timeout=120,
    )
    assert opened.returncode == 0, opened.stderr
    seen = json.loads(opened.stdout.splitlines()[-1])
    assert seen["classes"] == ["Cosmos3OmniPipeline", "Cosmos3OmniTransformer", "AutoencoderKLLTXVideo"]
    assert seen["film"] == [5, 32, 32, 3] and seen["finite"]
    assert seen["samples"] == 5 * 1000
    assert not list(out.rglob("*.bin")) and not list(out.rglob("*.pkl"))


OPEN = """
import json, torch
from diffusers import DiffusionPipeline
p = DiffusionPipeline.from_pretrained({out!r}, dtype=torch.float32, local_files_only=True)
p.set_progress_bar_config(disable=True)
size = dict(height=32, width=32, num_frames=5, fps=8)
made = p("a red ball", **size, num_inference_steps=2, enable_sound=True, output_type="np")
print(json.dumps(dict(
    classes=[type(p).__name__, type(p.transformer).__name__, type(p.vae).__name__],
    film=list(made.video.shape), finite=bool(torch.isfinite(made.sound).all()), samples=made.sound.shape[-1])))
"""


def test_an_interrupted_run_ends_in_the_same_weights(tmp_path, monkeypatch):
    """Bit for bit, or resuming would quietly train another model."""
    from training.codec import picture_codec
    from training.config import CONFIGS
    from training.run.run import Run
    from training.run.state import load_state

    toy = CONFIGS["toy"]
    short = replace(toy, picture=replace(toy.picture, crops=8, films=4))  # two steps on crops, two on films
    torch.set_num_threads(1)
    monkeypatch.setattr(picture_codec, "Run", partial(Run, every=0.0))  # a checkpoint after every step
    assert picture_codec.train(short, tmp_path / "whole")

    real = picture_codec.batch

    def batch(config, step, cropped, device):
        if step == 3:
            raise KeyboardInterrupt
        return real(config, step, cropped, device)

    monkeypatch.setattr(picture_codec, "batch", batch)
    with pytest.raises(KeyboardInterrupt):
        picture_codec.train(short, tmp_path / "cut")
    monkeypatch.setattr(picture_codec, "batch", real)
    assert picture_codec.train(short, tmp_path / "cut")

    whole, _ = load_state(tmp_path / "whole" / "picture-codec" / "checkpoint")
    cut, _ = load_state(tmp_path / "cut" / "picture-codec" / "checkpoint")
    assert all(torch.equal(whole["vae"][k], cut["vae"][k]) for k in whole["vae"])
