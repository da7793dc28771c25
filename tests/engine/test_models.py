"""Opening: the real thing opens, damaged things are refused by name, a moved hooks is named."""

from __future__ import annotations

import json

import pytest
import torch
import torch.nn.functional as F

from explainers.engine import CannotOpen, Request, open_model, preview, record, unknown_words, wrap
from explainers.engine.model.clone import cloned
from explainers.engine.model.selftest import LibraryMoved, check_hooks
from explainers.engine.model.video_model import EMBEDDED
from tests.tiny_models import cosmos3


@pytest.fixture
def copy(folder, tmp_path):
    """Links to all files, so that one can be replaced."""
    for file in folder.rglob("*"):
        if file.is_file():
            link = tmp_path / file.relative_to(folder)
            link.parent.mkdir(exist_ok=True)
            link.symlink_to(file)
    return tmp_path


def replace(path, content: bytes) -> None:
    path.unlink()
    path.write_bytes(content)


def test_a_folder_opens_and_runs(folder):
    model = open_model(folder)
    assert model.device.type in ("cpu", "cuda", "mps") and model.family.name == "cosmos3" and model.has_sound
    assert {"ball", "mammoth"} < model.vocabulary and "<pad>" not in model.vocabulary
    assert record(model, Request("a red ball", steps=1, frames=5, height=32, width=32)).finish().complete


def test_defaults_beside_the_model_count(copy):
    (copy / "defaults.json").write_text('{"steps": 7, "frames": 9, "height": 48, "width": 64, "nonsense": 1}')
    recording = record(open_model(copy), Request("a red ball")).finish()
    assert len(recording.steps) == 7 and recording.latent.shape[1:] == (3, 6, 8)


def test_a_pipeline_without_a_part_for_sound_makes_none():
    pipeline = cosmos3()
    pipeline.register_modules(sound_tokenizer=None)
    model = wrap(pipeline)
    assert not model.has_sound and model.defaults.sound is False
    recording = record(model, Request("a ball", steps=1, frames=5, height=32, width=32, sound=True)).finish()
    assert recording.complete and not recording.sound_latents
    assert [note.code for note in recording.notes] == ["no_sound"]


def test_half_precision_on_disk_is_computed_in_full(copy):
    from safetensors.torch import load_file, save_file

    path = copy / "transformer" / "diffusion_pytorch_model.safetensors"
    half = {name: tensor.half() for name, tensor in load_file(path).items()}
    path.unlink()
    save_file(half, path)
    model = open_model(copy, device="cpu")
    assert model.denoiser.dtype == torch.float32
    assert (
        record(model, Request("a ball", steps=1, frames=5, height=32, width=32)).finish().latent.dtype == torch.float32
    )


@pytest.mark.parametrize(
    ("part", "content", "said"),
    [
        ("model_index.json", b"{", "damaged"),
        ("vae/config.json", b"not json", "damaged"),
        ("vae/diffusion_pytorch_model.safetensors", b"\x10\x00\x00\x00\x00\x00\x00\x00{}", "damaged or cut short"),
    ],
)
def test_a_damaged_checkpoint_is_refused_by_name(copy, part, content, said):
    replace(copy / part, content)
    with pytest.raises(CannotOpen, match=said) as refused:
        open_model(copy)
    assert part in str(refused.value)


def test_cut_short_missing_and_pickled_parts_are_refused(copy, folder, tmp_path):
    weights = copy / "transformer" / "diffusion_pytorch_model.safetensors"
    whole = weights.read_bytes()
    replace(weights, whole[: len(whole) // 2])
    with pytest.raises(CannotOpen, match=r"transformer.*cut short"):
        open_model(copy)
    replace(weights, whole)
    weights.rename(weights.with_suffix(".bin"))
    with pytest.raises(CannotOpen, match="pickles"):
        open_model(copy)
    for file in (copy / "scheduler").iterdir():
        file.unlink()
    weights.with_suffix(".bin").rename(weights)
    with pytest.raises(CannotOpen, match=r"scheduler is missing"):
        open_model(copy)
    with pytest.raises(CannotOpen, match="model_index"):
        open_model(tmp_path.parent)


def test_without_network_a_hub_name_says_so():
    with pytest.raises(CannotOpen, match=r"(?i)some-one/no-such-model"):
        open_model("some-one/no-such-model")


def test_previews_come_from_the_previewer_beside_the_codec(copy):
    from safetensors.torch import save_file

    torch.manual_seed(0)
    (copy / "previewer").mkdir()
    weights = {"weight": torch.randn(4 * 3 * 64, 8 * 3, 3, 3) * 0.05, "bias": torch.zeros(4 * 3 * 64)}
    save_file(weights, copy / "previewer" / "previewer.safetensors")
    latent = torch.randn(8, 3, 6, 8)
    shown = preview(open_model(copy), latent)
    assert shown.shape == (9, 48, 64, 3)
    # frame 5 is the first of latent frame 2: which pixel it is made of, by hand
    around = torch.cat([latent[:, 1], latent[:, 2], latent[:, 2]])[None]
    out = F.conv2d(around, weights["weight"], padding=1)[0].reshape(4, 3, 8, 8, 6, 8)
    value = ((out[0, 1, 5, 6, 2, 3] / 2 + 0.5) * 255).round().clamp(0, 255)
    assert shown[5, 2 * 8 + 5, 3 * 8 + 6, 1] == int(value)


def test_unknown_words_and_their_neighbours(folder):
    model = open_model(folder)
    found = unknown_words(model, "a red bal bounces, on the gras!")
    assert list(found) == ["bal", "gras"] and found["bal"][0] == "ball" and found["gras"][0] == "grass"
    assert unknown_words(model, "A Red BALL.") == {}


def test_a_cloned_copy_shares_numbers_and_nothing_else():
    pipeline = cosmos3()
    clone = cloned(pipeline)
    for name in ("transformer", "vae", "sound_tokenizer"):
        one, two = getattr(pipeline, name), getattr(clone, name)
        assert one is not two
        pairs = zip(one.named_parameters(), two.named_parameters(), strict=True)
        assert all(a is b for (_, a), (_, b) in pairs)
    clone.transformer.layers[0].register_forward_hook(lambda *_: 1 / 0)
    clone.scheduler.set_timesteps(3)
    assert not pipeline.transformer.layers[0]._forward_hooks and len(pipeline.scheduler.timesteps) != 3


@pytest.mark.parametrize(
    ("module", "name", "said"),
    [
        ("diffusers.models.attention_dispatch", "dispatch_attention_fn", "dispatch_attention_fn"),
        ("diffusers.models.attention_processor", "Attention", "Attention"),
    ],
)
def test_a_library_that_moved_is_named(monkeypatch, module, name, said):
    import importlib

    monkeypatch.delattr(importlib.import_module(module), name)
    with pytest.raises(LibraryMoved, match=said):
        check_hooks(cosmos3())


def test_a_kernel_or_a_scheduler_that_moved_is_named(monkeypatch):
    pipeline = cosmos3()
    check_hooks(pipeline)
    with monkeypatch.context() as patch:
        plain = F.scaled_dot_product_attention
        patch.setattr(F, "scaled_dot_product_attention", lambda *a, **k: plain(*a, **k))
        import diffusers.models.attention_dispatch as dispatch

        patch.setattr(dispatch.torch.nn.functional, "scaled_dot_product_attention", plain)
        check_hooks(pipeline)
    monkeypatch.setattr(type(pipeline.scheduler), "step", lambda self, output, t, latent: None)
    with pytest.raises(LibraryMoved, match=r"step no longer takes model_output, sample, timestep"):
        check_hooks(pipeline)


def test_the_embedded_model_opens_and_runs_without_network(monkeypatch):
    import socket

    monkeypatch.setattr(socket.socket, "connect", lambda *_: pytest.fail("asked the network"))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: pytest.fail("asked the network for a name"))
    monkeypatch.setenv("HF_HUB_OFFLINE", "0")
    model = open_model()
    assert record(model, Request("a red ball bounces", steps=1)).finish().complete
    assert model.family.name == "cosmos3" and model.vocabulary and model.has_sound
    size = sum(file.stat().st_size for file in EMBEDDED.rglob("*") if file.is_file())
    assert size <= 40e6
    index = json.loads((EMBEDDED / "model_index.json").read_text("utf-8"))
    assert index["_class_name"] == "Cosmos3OmniPipeline"
