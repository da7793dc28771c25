"""A run that travels: what arrives is what left, within half precision, and it goes on from there."""

import json
from dataclasses import replace

import pytest
import torch
from safetensors.torch import save_file

from training import burst
from training.burst import ROOM
from training.codec.latents import part_of
from training.config import CONFIGS
from training.denoiser import model as models
from training.denoiser import transformer
from training.denoiser.optimizer import Optimizers
from training.run import unfinished
from training.run.average import Average
from training.run.run import read_log
from training.run.state import PIECE, load_state, save_state

TOY = replace(CONFIGS["toy"], transformer=replace(CONFIGS["toy"].transformer, samples=64, keep=()))


def cached(folder):
    """A cache of noise, with the words of real films."""
    (folder / "latents").mkdir(parents=True)
    g, scenes = torch.Generator().manual_seed(0), part_of(TOY, 0, 0, 16)
    films = {"latents": torch.randn(16, 8, 3, 4, 4, generator=g), "slices": torch.randn(16, 8, 5, generator=g)}
    save_file({k: v.half() for k, v in films.items()}, folder / "latents" / "0000.safetensors")
    (folder / "latents" / "0000.json").write_text(json.dumps([scenes.words(i) for i in range(16)]))


def trained(folder, samples: int):
    config = replace(TOY, transformer=replace(TOY.transformer, samples=samples))
    assert transformer.train(config, folder)
    return load_state(folder / "transformer" / "checkpoint")


@pytest.fixture
def run(tmp_path):
    cached(tmp_path / "run")
    return tmp_path / "run", trained(tmp_path / "run", 32)


def test_what_arrives_is_what_left_and_goes_on(run, tmp_path):
    folder, (state, meta) = run
    assert unfinished.pack(folder, tmp_path / "left", TOY, 10**9) == []
    cached(tmp_path / "there")
    assert unfinished.unpack(tmp_path / "left", tmp_path / "there", TOY) == ["transformer"]
    arrived, meta_there = load_state(tmp_path / "there" / "transformer" / "checkpoint")

    assert meta_there == meta and meta["step"] == 4
    for part in ("ema", "model"):
        was, now = state[part], arrived[part]
        was, now = (was["weights"], now["weights"]) if part == "ema" else (was, now)
        assert all((was[k] - now[k]).abs().max() <= 2**-11 * was[k].abs().max() + 1e-7 for k in was)
    assert arrived["ema"]["steps"] == state["ema"]["steps"]
    momentum, there = (s["optimizer"]["1"]["state"][0]["momentum_buffer"] for s in (state, arrived))
    assert (momentum - there).norm() < 2**-8 * momentum.norm() and there.norm() > 0
    assert read_log(tmp_path / "there" / "transformer" / "log.csv") == read_log(folder / "transformer" / "log.csv")

    here, _ = trained(folder, 64)
    there, meta = trained(tmp_path / "there", 64)
    assert meta["step"] == 8
    for k, v in here["ema"]["weights"].items():
        assert (v - there["ema"]["weights"][k]).norm() <= 0.01 * v.norm() + 1e-6


def test_what_does_not_fit_is_left_out_and_the_average_stands_for_it(run, tmp_path):
    folder, (state, _) = run
    average = sum(2 * v.numel() for v in state["ema"]["weights"].values())
    left_out = unfinished.pack(folder, tmp_path / "left", TOY, int(1.2 * average))
    assert left_out == ["transformer/model", "transformer/optimizer"]
    assert sum(f.stat().st_size for f in (tmp_path / "left").glob("*.bin")) < 1.4 * average
    unfinished.unpack(tmp_path / "left", tmp_path / "there", TOY)
    arrived, _ = load_state(tmp_path / "there" / "transformer" / "checkpoint")
    assert all(torch.equal(arrived["model"][k], v) for k, v in arrived["ema"]["weights"].items())
    assert "optimizer" not in arrived


def test_what_is_further_stays_and_what_is_of_another_config_is_refused(run, tmp_path):
    folder, _ = run
    unfinished.pack(folder, tmp_path / "left", TOY, 10**9)
    before, _ = trained(folder, 64)
    assert unfinished.unpack(tmp_path / "left", folder, TOY) == []
    assert torch.equal(
        load_state(folder / "transformer" / "checkpoint")[0]["model"]["norm.weight"], before["model"]["norm.weight"]
    )
    with pytest.raises(SystemExit, match="'toy', not of 'small'"):
        unfinished.unpack(tmp_path / "left", folder, CONFIGS["small"])


def test_a_pack_that_was_cut_short_leaves_the_one_before(run, tmp_path, monkeypatch):
    folder, _ = run
    unfinished.pack(folder, tmp_path / "left", TOY, 10**9)
    trained(folder, 64)

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(unfinished.os, "replace", full)
    with pytest.raises(OSError, match="space"):
        unfinished.pack(folder, tmp_path / "left", TOY, 10**9)
    monkeypatch.undo()
    unfinished.unpack(tmp_path / "left", tmp_path / "there", TOY)
    assert load_state(tmp_path / "there" / "transformer" / "checkpoint")[1]["step"] == 4
    assert unfinished.pack(folder, tmp_path / "left", TOY, 10**9) == []  # and the next one cleans up
    index = json.loads((tmp_path / "left" / unfinished.INDEX).read_text())
    assert {f.name for f in (tmp_path / "left").iterdir()} == {unfinished.INDEX, *index["files"]}


def test_the_biggest_run_that_is_meant_travels_in_four_files(tmp_path):
    """8.1 million numbers, with all that a run remembers; of eight files one is the index, one the sheet of films."""
    big = replace(TOY, transformer=replace(TOY.transformer, width=256, layers=6, heads=8))
    model = models.transformer(big)
    optimizer, average = Optimizers(model, 1e-3), Average(model, 0.99)
    for weights in model.parameters():
        weights.grad = torch.randn_like(weights)
    optimizer.step()
    state = {"model": model.state_dict(), "optimizer": optimizer.state_dict(), "ema": average.state_dict()}
    save_state(tmp_path / "run" / "transformer" / "checkpoint", state, {"step": 1, "seconds": 0.0})
    assert sum(w.numel() for w in model.parameters()) > 8_000_000
    assert unfinished.pack(tmp_path / "run", tmp_path / "left", big, ROOM) == []
    files = list((tmp_path / "left").glob("*.bin"))
    assert len(files) <= 4 and all(f.stat().st_size <= PIECE for f in files)


def test_a_burst_and_a_plain_training_go_on_from_each_other(run, tmp_path):
    folder, _ = run
    left = tmp_path / "left"
    unfinished.pack(folder, left, TOY, ROOM)  # as a burst leaves it
    cached(left)
    assert unfinished.unpack(left, left, TOY) == ["transformer"]  # as every stage begins
    further, _ = trained(left, 64)
    burst._arrive(left, tmp_path / "scratch", TOY)  # as the next burst begins
    arrived, meta = load_state(tmp_path / "scratch" / "transformer" / "checkpoint")
    assert meta["step"] == 8 and torch.equal(arrived["model"]["norm.weight"], further["model"]["norm.weight"])


def test_a_codec_is_further_when_its_decoder_is(tmp_path):
    for place, decoder in (("here", 0), ("there", 30)):
        state, meta = {"vae": {"w": torch.full((2,), float(decoder))}}, {"step": 0, "seconds": 0.0}
        meta |= {"decoder": decoder} if decoder else {}
        save_state(tmp_path / place / "picture-codec" / "checkpoint", state, meta)
    unfinished.pack(tmp_path / "there", tmp_path / "left", TOY, ROOM)
    assert unfinished.unpack(tmp_path / "left", tmp_path / "here", TOY) == ["picture-codec"]
    assert load_state(tmp_path / "here" / "picture-codec" / "checkpoint")[0]["vae"]["w"][0] == 30
