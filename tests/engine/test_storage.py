"""Recordings on disk: the same recording comes back, and nothing else does harm."""

from __future__ import annotations

import contextlib
import json
import struct
import tracemalloc

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from explainers.engine import (
    BadRecording,
    BlockFrames,
    Hold,
    Request,
    attention,
    branches,
    load_recording,
    record,
    replay,
    save_recording,
    wrap,
)
from explainers.engine.run import storage
from explainers.engine.run.machine import UNKNOWN
from tests.tiny_models import cosmos3


@pytest.fixture
def path(recording, tmp_path):
    save_recording(recording, tmp_path / "run.darkroom")
    return tmp_path / "run.darkroom"


def header(path) -> dict:
    raw = path.read_bytes()
    return json.loads(raw[8 : 8 + struct.unpack("<Q", raw[:8])[0]])


def rewrite(path, change) -> None:
    """The same file with something else in its JSON."""
    raw = path.read_bytes()
    size = struct.unpack("<Q", raw[:8])[0]
    head = json.loads(raw[8 : 8 + size])
    about = json.loads(head["__metadata__"]["darkroom"])
    change(about)
    head["__metadata__"]["darkroom"] = json.dumps(about)
    new = json.dumps(head).encode()
    new += b" " * (-len(new) % 8)
    path.write_bytes(struct.pack("<Q", len(new)) + new + raw[8 + size :])


def test_a_path_may_be_text(recording, tmp_path):
    save_recording(recording, str(tmp_path / "x"))
    assert torch.equal(load_recording(str(tmp_path / "x")).latent, recording.latent)


def test_it_comes_back(model, recording, path):
    again = load_recording(path)
    for mine, theirs in zip(
        recording.latents + recording.sound_latents, again.latents + again.sound_latents, strict=True
    ):
        assert torch.equal(mine, theirs)
    for name in (
        "request",
        "tokens",
        "notes",
        "sigmas",
        "timesteps",
        "planned",
        "weights",
        "calls",
        "x0_rule",
        "made_on",
    ):
        assert getattr(again, name) == getattr(recording, name), name
    for mine, theirs in zip(recording.steps, again.steps, strict=True):
        torch.testing.assert_close(mine.x0, theirs.x0, rtol=1e-4, atol=1e-4)
        torch.testing.assert_close(mine.velocity, theirs.velocity, rtol=1e-3, atol=1e-3)  # read off the latents
    one, two = branches(model, recording, 1), branches(model, again, 1)
    assert torch.equal(one.cond, two.cond) and torch.equal(one.sound_uncond, two.sound_uncond)
    assert torch.equal(replay(model, again, 1).finish().latent, recording.latent)


def test_notes_come_back_and_those_of_older_files_are_read(model, tmp_path):
    asked = Request("a {crimson} ball", steps=1, frames=9, height=50, width=64, guidance=float("nan"))
    recording = record(model, asked).finish()
    save_recording(recording, tmp_path / "x")
    assert len(recording.notes) >= 3 and load_recording(tmp_path / "x").notes == recording.notes
    sentences = [str(note) for note in recording.notes]
    rewrite(tmp_path / "x", lambda about: about.update(notes=sentences, version=2))
    assert [str(note) for note in load_recording(tmp_path / "x").notes] == sentences


def test_a_scheduler_that_remembers_goes_on_from_disk_as_it_would(model, tmp_path):
    asked = Request("a red ball", steps=6, frames=9, height=48, width=64, scheduler="unipc")
    recording = record(model, asked).finish()
    save_recording(recording, tmp_path / "x")
    assert torch.equal(replay(model, load_recording(tmp_path / "x"), 3).finish().latent, recording.latent)


def test_what_latents_do_not_tell_is_kept(model, recording, tmp_path):
    """A held region goes another way than the scheduler was handed; the file keeps that, in half precision."""
    run = replay(model, recording, prompt="a blue cat", cuts=[Hold(rows=(0, 1))]).finish()
    save_recording(run, tmp_path / "x")
    again = load_recording(tmp_path / "x")
    assert "velocities" in header(tmp_path / "x") and "sound_velocities" not in header(tmp_path / "x")
    for mine, theirs in zip(run.steps, again.steps, strict=True):
        torch.testing.assert_close(mine.velocity, theirs.velocity, rtol=2e-3, atol=2e-3)
    assert torch.equal(replay(model, again, 1, cuts=run.cuts).finish().latents[1], run.latents[1])


def test_files_of_the_first_version_open(model, recording, tmp_path, monkeypatch):
    """They held what every scheduler was handed."""
    with monkeypatch.context() as patch:
        patch.setattr(storage, "VERSION", 1)
        patch.setattr(
            storage, "_apart", lambda latents, sigmas: torch.full((len(sigmas), *latents[0].shape), torch.nan)
        )
        save_recording(recording, tmp_path / "x")
    assert header(tmp_path / "x")["velocities"]["dtype"] == "F16"
    again = load_recording(tmp_path / "x")
    assert torch.equal(branches(model, again, 1).cond, branches(model, recording, 1).cond)


def test_files_that_do_not_say_on_what_machine_they_were_made_open(path):
    rewrite(path, lambda about: about.pop("made_on"))
    assert load_recording(path).made_on == UNKNOWN


def test_cuts_and_pictures_come_along(model, recording, tmp_path):
    picture = np.random.default_rng(1).integers(0, 255, (48, 64, 3), np.uint8)
    asked = Request("a red ball", steps=2, frames=9, height=48, width=64, image=picture)
    cut = replay(model, record(model, asked).finish(), cuts=[BlockFrames(layers=range(1, 3))]).finish()
    save_recording(cut, tmp_path / "x")
    again = load_recording(tmp_path / "x")
    assert again.request == cut.request and np.array_equal(again.request.image, picture)
    assert [c.words for c in again.cuts] == [c.words for c in cut.cuts]
    there, here = attention(model, again, 1, 2), attention(model, cut, 1, 2)
    assert np.array_equal(there.video, here.video)


def test_fifty_steps_are_small(tmp_path):
    """At the size of the embedded model: 16 channels, 9 latent frames of 8 x 8, 20 slices of sound of 16 numbers."""
    model = wrap(cosmos3(channels=16, layers=2))
    recording = record(model, Request("a red ball", steps=50, frames=33, height=64, width=64, fps=40.0)).finish()
    assert recording.latent.shape == (16, 9, 8, 8)
    save_recording(recording, tmp_path / "x")
    assert (tmp_path / "x").stat().st_size < 2.5e6
    assert torch.equal(load_recording(tmp_path / "x").latent, recording.latent)


def test_another_models_recording_is_not_replayed(recording):
    other = wrap(cosmos3(layers=2))
    with pytest.raises(ValueError, match="not by"):
        branches(other, recording, 0)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "not a recording"),
        (b"GIF89a and so on", "not a recording"),
        (b"\x80\x04\x95" + b"cos\nsystem\n(S'x'\ntR.", "not a recording"),
        (struct.pack("<Q", 2**60) + b"{}", "not a recording"),
        (struct.pack("<Q", 100) + b'{"a": 1', "cut short"),
        (struct.pack("<Q", 8) + b"{}      ", "not a recording of this program"),
    ],
)
def test_foreign_files_are_named(tmp_path, content, said):
    (tmp_path / "x").write_bytes(content)
    with pytest.raises(BadRecording, match=said):
        load_recording(tmp_path / "x")


def test_missing_and_huge_files_are_named(path):
    from explainers.engine import load_recording

    with pytest.raises(BadRecording, match="no file"):
        load_recording(path.with_name("nothing"))
    with pytest.raises(BadRecording, match="MB"):
        load_recording(path, limit=1000)


def test_every_cut_short_file_is_named(path):
    whole = path.read_bytes()
    for share in (0.001, 0.01, 0.1, 0.5, 0.9, 0.999):
        path.write_bytes(whole[: int(len(whole) * share)])
        with pytest.raises(BadRecording):
            load_recording(path)


@pytest.mark.parametrize(
    "change",
    [
        lambda a: a.update(version=99),
        lambda a: a.update(version="1"),
        lambda a: a.pop("calls"),
        lambda a: a.update(calls=a["calls"][:-1]),
        lambda a: a["calls"][0][0].__setitem__(0, "__class__"),
        lambda a: a["calls"][0][0].__setitem__(2, 999),
        lambda a: a["calls"][0][0][3].clear(),
        lambda a: a.update(sigmas=["x"] * len(a["sigmas"])),
        lambda a: a.update(sigmas=a["sigmas"][1:]),
        lambda a: a.update(sigmas=[0.5] * len(a["sigmas"])),
        lambda a: a.update(sigmas=[]),
        lambda a: a.update(cuts=[{"cut": "Hold", "rows": "many"}, 3]),
        lambda a: a.update(x0_rule=[[1]]),
        lambda a: a.update(tokens=[["a"]]),
        lambda a: a.update(made_on="AVX2"),
        lambda a: a.update(made_on=["AVX2", "2.13.0", "cpu"]),
        lambda a: a.update(made_on=["AVX2", "2.13.0", "cpu", 1]),
        lambda a: a.update(made_on=["AVX2", "2.13.0", "cpu", "0" * 10_000]),
        lambda a: a.update(notes=[{"code": "x", "english": "{a:>99999999}", "values": {"a": "b"}}]),
        lambda a: a.update(notes=["x" * 10_000]),
        lambda a: a.update(request=[]),
        lambda a: a.update(templates=["[" * 100_000]),
        lambda a: a.update(templates=['{"full": null, "shape": [4000000000, 4000], "dtype": "float32"}'] * 9),
        lambda a: a.update(templates=['{"full": null, "shape": [2], "dtype": "load"}'] * 9),
        lambda a: a.update(templates=['{"latent": "latent", "copies": 99999999, "shape": [1], "dtype": "int8"}'] * 9),
        lambda a: a.update(templates=['{"tensor": "/etc/passwd"}'] * 9),
        lambda a: a.update(templates=['{"dtype": "hub"}'] * 9),
        lambda a: a.update(templates=['{"call": "os.system"}'] * 9),
    ],
)
def test_a_doctored_file_is_refused(path, change):
    rewrite(path, change)
    with pytest.raises(BadRecording):
        load_recording(path)


def laughs(about):
    """A small template, asked for very often: each step's calls would become a tree of their own."""
    one = '{"list": [' + ", ".join(['{"value": 0}'] * 1000) + "]}"
    about["templates"] = [one]
    about["calls"] = [[["transformer", "cond", 0, []]] * 10_000 for _ in about["calls"]]


def grows(about):
    """Many tensors in a call, each of a size that one may have."""
    node = '{"full": null, "shape": [4000000], "dtype": "float64"}'
    about["templates"] = ['{"list": [' + ", ".join([node] * 200) + "]}"] * 9
    about["calls"] = [[["transformer", "cond", 0, [0.0] * 200]] for _ in about["calls"]]


@pytest.mark.parametrize("change", [laughs, grows])
def test_a_small_file_never_becomes_large(path, change, monkeypatch):
    share = 0.1  # of what a file may ask for: counting memory makes reading slow
    monkeypatch.setattr(storage, "MOST_NODES", round(share * storage.MOST_NODES))
    rewrite(path, change)
    tracemalloc.start()
    with pytest.raises(BadRecording, match="more"):
        load_recording(path)
    assert tracemalloc.get_traced_memory()[1] < share * 200e6
    tracemalloc.stop()


def test_steps_without_numbers_are_not_counted_out(path):
    """A tensor of a billion times nothing takes no room in a file."""
    from safetensors.torch import load_file, save_file

    about = header(path)["__metadata__"]
    tensors = load_file(path)
    tensors["latents"] = torch.zeros(10**9, 0, 1, 1, 1)
    save_file(tensors, path, metadata=about)
    with pytest.raises(BadRecording, match="latents of shape"):
        load_recording(path)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.floats(0, 1, exclude_max=True), value=st.integers(0, 255))
def test_a_flipped_byte_never_does_more_than_refuse(path, at, value):
    whole = bytearray(path.read_bytes())
    size = 8 + struct.unpack("<Q", whole[:8])[0]
    whole[int(at * size)] = value  # in the header, where meaning is
    damaged = path.with_name("damaged")
    damaged.write_bytes(bytes(whole))
    with contextlib.suppress(BadRecording):
        load_recording(damaged)
