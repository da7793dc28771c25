"""Recordings on disk: the same recording comes back, and nothing else does harm."""

from __future__ import annotations

import contextlib
import json
import struct
import time

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from explainers.engine import (
    BadRecording,
    BlockFrames,
    Recording,
    Request,
    attention,
    branches,
    preview,
    record,
    replay,
    wrap,
)
from tests.tiny_models import cosmos3


@pytest.fixture
def path(recording, tmp_path):
    recording.save(tmp_path / "run.darkroom")
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


def test_it_comes_back(model, recording, path):
    again = Recording.load(path)
    for mine, theirs in zip(
        recording.latents + recording.sound_latents, again.latents + again.sound_latents, strict=True
    ):
        assert torch.equal(mine, theirs)
    for name in ("request", "tokens", "notes", "sigmas", "timesteps", "planned", "weights", "calls", "x0_rule"):
        assert getattr(again, name) == getattr(recording, name), name
    for mine, theirs in zip(recording.steps, again.steps, strict=True):
        torch.testing.assert_close(mine.x0, theirs.x0, rtol=2e-3, atol=2e-3)  # half precision, to look at
    one, two = branches(model, recording, 1), branches(model, again, 1)
    assert torch.equal(one.cond, two.cond) and torch.equal(one.sound_uncond, two.sound_uncond)
    assert torch.equal(replay(model, again, 1).finish().latent, recording.latent)


def test_a_scheduler_that_remembers_goes_on_from_disk_as_it_would(model, tmp_path):
    asked = Request("a red ball", steps=6, frames=9, height=48, width=64, scheduler="unipc")
    recording = record(model, asked).finish()
    recording.save(tmp_path / "x")
    assert torch.equal(replay(model, Recording.load(tmp_path / "x"), 3).finish().latent, recording.latent)


def test_cuts_and_pictures_come_along(model, recording, tmp_path):
    picture = np.random.default_rng(1).integers(0, 255, (48, 64, 3), np.uint8)
    asked = Request("a red ball", steps=2, frames=9, height=48, width=64, image=picture)
    cut = replay(model, record(model, asked).finish(), cuts=[BlockFrames(layers=range(1, 3))]).finish()
    cut.save(tmp_path / "x")
    again = Recording.load(tmp_path / "x")
    assert again.request == cut.request and np.array_equal(again.request.image, picture)
    assert [c.words for c in again.cuts] == [c.words for c in cut.cuts]
    there, here = attention(model, again, 1, 2), attention(model, cut, 1, 2)
    assert np.array_equal(there.video, here.video)


def test_fifty_steps_are_small_and_open_at_once(tmp_path):
    """At the size of the embedded model: 16 channels, 9 latent frames of 8 x 8, 20 slices of sound of 16 numbers."""
    model = wrap(cosmos3(channels=16, layers=2))
    recording = record(model, Request("a red ball", steps=50, frames=33, height=64, width=64, fps=40.0)).finish()
    assert recording.latent.shape == (16, 9, 8, 8)
    recording.save(tmp_path / "x")
    assert (tmp_path / "x").stat().st_size < 3e6
    preview(model, recording.latent)
    start = time.process_time()
    preview(model, Recording.load(tmp_path / "x").latent)
    assert time.process_time() - start < 0.3


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
        Recording.load(tmp_path / "x")


def test_missing_and_huge_files_are_named(path):
    from explainers.engine.storage import load

    with pytest.raises(BadRecording, match="no file"):
        Recording.load(path.with_name("nothing"))
    with pytest.raises(BadRecording, match="MB"):
        load(path, limit=1000)


def test_every_cut_short_file_is_named(path):
    whole = path.read_bytes()
    for share in (0.001, 0.01, 0.1, 0.5, 0.9, 0.999):
        path.write_bytes(whole[: int(len(whole) * share)])
        with pytest.raises(BadRecording):
            Recording.load(path)


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
        lambda a: a.update(cuts=[{"cut": "Hold", "rows": "many"}, 3]),
        lambda a: a.update(x0_rule=[[1]]),
        lambda a: a.update(tokens=[["a"]]),
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
        Recording.load(path)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.floats(0, 1, exclude_max=True), value=st.integers(0, 255))
def test_a_flipped_byte_never_does_more_than_refuse(path, at, value):
    whole = bytearray(path.read_bytes())
    size = 8 + struct.unpack("<Q", whole[:8])[0]
    whole[int(at * size)] = value  # in the header, where meaning is
    damaged = path.with_name("damaged")
    damaged.write_bytes(bytes(whole))
    with contextlib.suppress(BadRecording):
        Recording.load(damaged)
