"""A training that several processes share: each sees films of its own, and all of them move as one."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from training.codec.latents import part_of
from training.config import CONFIGS
from training.denoiser import model as models
from training.run.state import load_state

ROOT = Path(__file__).parents[3]
RANK = """
import sys
from pathlib import Path
from accelerate import PartialState
PartialState(cpu=True)  # by itself it lets several processes share graphics cards alone
from training.config import CONFIGS
from training.denoiser import transformer
assert transformer.train(CONFIGS["toy"], Path(sys.argv[1]))
"""


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


@pytest.mark.slow
def test_two_processes_end_in_the_same_weights(tmp_path):
    toy, g = CONFIGS["toy"], torch.Generator().manual_seed(0)
    films = {"latents": torch.randn(16, 8, 3, 4, 4, generator=g), "slices": torch.randn(16, 8, 5, generator=g)}
    (tmp_path / "latents").mkdir()
    save_file(films, tmp_path / "latents" / "0000.safetensors")
    scenes = part_of(toy, 0, 0, 16)
    (tmp_path / "latents" / "0000.json").write_text(json.dumps([scenes.words(i) for i in range(16)]))

    shared = {"WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(free_port()), "OMP_NUM_THREADS": "1"}
    ranks = [
        subprocess.Popen(
            [sys.executable, "-c", RANK, str(tmp_path)],
            cwd=ROOT,
            env=os.environ | shared | {"RANK": str(rank), "LOCAL_RANK": str(rank), "LOCAL_WORLD_SIZE": "2"},
        )
        for rank in range(2)
    ]
    assert [rank.wait(timeout=200) for rank in ranks] == [0, 0]

    first, second = (load_state(tmp_path / name / "checkpoint") for name in ("transformer", "transformer-1"))
    assert first[1]["step"] == second[1]["step"] == toy.transformer.samples // toy.transformer.batch
    start = models.transformer(toy).state_dict()
    for name, weights in first[0]["model"].items():
        assert torch.equal(weights, second[0]["model"][name])
    assert any(not torch.equal(start[name], weights) for name, weights in first[0]["model"].items())
