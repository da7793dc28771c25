"""What a model lacks (room, packages, network) is found before minutes are lost, and said. Each lack is simulated."""

from __future__ import annotations

import importlib.util
import json
import shutil
from types import SimpleNamespace

import pytest
import torch

from explainers.engine import CannotOpen, Request, open_model, record
from explainers.engine.model import hub, memory, opening
from explainers.engine.model.checkpoint import check_needs, part_bytes

GB = 10**9
PARTS = {"transformer": 3 * GB, "text_encoder": 11 * GB, "vae": GB // 2}


@pytest.fixture
def unloaded(monkeypatch):
    """Fails the test if anything is loaded."""
    monkeypatch.setattr(opening, "_load", lambda *_: pytest.fail("loaded before the lack was found"))


# --- room


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_the_size_told_from_headers_is_the_size_in_memory(folder, dtype):
    told = part_bytes(folder, dtype)
    pipeline = open_model(folder, device="cpu", dtype=dtype).pipeline
    for part in ("transformer", "vae", "sound_tokenizer"):
        state = getattr(pipeline, part).state_dict().values()
        held = sum(t.numel() * t.element_size() for t in state)
        # Diffusers keeps some norms in full precision whatever is asked for
        assert told[part] == held if dtype == torch.float32 else told[part] <= held < 1.1 * told[part]


def test_copies_in_another_precision_are_not_counted(folder, tmp_path):
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    weights = tmp_path / "vae" / "diffusion_pytorch_model.safetensors"
    shutil.copy(weights, weights.with_name("diffusion_pytorch_model.fp16.safetensors"))
    assert part_bytes(tmp_path, torch.float32) == part_bytes(folder, torch.float32)


@pytest.mark.parametrize(
    ("device", "free", "ram", "placed"),
    [
        ("cpu", 64 * GB, 64 * GB, "whole"),
        ("cuda", 24 * GB, 64 * GB, "whole"),
        ("cuda:1", 16 * GB, 64 * GB, "parts"),  # the text encoder fits beside nothing else
        ("mps", 24 * GB, 24 * GB, "whole"),
        ("cpu", None, None, "whole"),  # a system that doesn't tell
    ],
)
def test_where_a_model_is_placed(device, free, ram, placed):
    assert memory.placement(PARTS, device, free, ram) == placed


@pytest.mark.parametrize(
    ("device", "free", "ram", "said"),
    [
        ("cpu", 8 * GB, 8 * GB, r"The model takes 14.5 GB of memory, and 8.0 GB are free"),
        ("cuda", 80 * GB, 8 * GB, r"takes 14.5 GB of memory, and 8.0 GB"),
        ("cuda", 8 * GB, 64 * GB, r"The model \(text_encoder\) takes 13.8 GB of cuda memory.* 8.0 GB are free"),
        ("mps", 16 * GB, 64 * GB, r"The model takes 18.1 GB of mps memory"),
    ],
)
def test_too_little_room_is_said_in_gigabytes(device, free, ram, said):
    with pytest.raises(CannotOpen, match=said):
        memory.placement(PARTS, device, free, ram, "The model")


def test_too_little_memory_is_found_before_loading(folder, monkeypatch, unloaded):
    monkeypatch.setattr(memory, "free_memory", lambda device: 100_000)
    with pytest.raises(CannotOpen, match="memory"):
        open_model(folder, device="cpu")


@pytest.mark.parametrize(("free", "done"), [(10**12, "to cuda"), (None, "to cuda"), (1_000_000, "offload to cuda")])
def test_a_small_gpu_gets_parts(folder, monkeypatch, free, done):
    """The GPU is faked: what is asked of the pipeline, and that it is asked with the model's own sizes."""
    sizes, asked = part_bytes(folder, torch.float16), []
    if free == 1_000_000:  # room for the largest part with its fifth to spare, not for all of them
        free = int(1.3 * max(sizes.values()))
        assert free < sum(sizes.values())
    monkeypatch.setattr(memory, "free_memory", lambda device: 10**12 if device == "cpu" else free)
    pipeline = SimpleNamespace(
        components={},
        to=lambda device: asked.append(f"to {device}"),
        enable_model_cpu_offload=lambda device: asked.append(f"offload to {device}"),
    )
    monkeypatch.setattr(opening, "_load", lambda *_: pipeline)
    monkeypatch.setattr(opening, "check_hooks", lambda _: None)
    open_model(folder, device="cuda", dtype=torch.float16)
    assert asked == [done]


def test_a_gpu_is_chosen_with_the_precision_that_it_computes_in(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda: False)
    assert (opening._best_device(), opening._best_dtype("cuda")) == ("cuda", torch.float16)
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda: True)
    assert opening._best_dtype("cuda") == torch.bfloat16
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: True)
    assert (opening._best_device(), opening._best_dtype("mps")) == ("mps", torch.float16)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    assert (opening._best_device(), opening._best_dtype("cpu")) == ("cpu", torch.float32)


def test_free_memory_is_that_of_the_machine_or_its_container(monkeypatch, tmp_path):
    free = memory.free_memory("cpu")
    assert free and free > 100_000_000
    for name, text in (("max", "5000000"), ("now", "2000000")):
        (tmp_path / name).write_text(text)
    monkeypatch.setattr(memory, "LIMITS", (tmp_path / "max", tmp_path / "now"))
    assert memory.free_memory("cpu") == 3_000_000
    (tmp_path / "max").write_text("max")
    assert memory.free_memory("cpu") > 100_000_000


# --- packages


@pytest.fixture
def without(monkeypatch):
    """A machine on which a package is not installed."""

    def take_away(package):
        plain = importlib.util.find_spec
        gone = lambda name, *rest: None if name.partition(".")[0] == package else plain(name, *rest)  # noqa: E731
        monkeypatch.setattr(importlib.util, "find_spec", gone)

    return take_away


def test_without_accelerate_nothing_opens_and_it_is_named(folder, without, unloaded):
    without("accelerate")
    with pytest.raises(CannotOpen, match=r"package accelerate is not installed.*pip install accelerate"):
        open_model(folder)


def of_class(folder, name, **parts):
    """A folder that says it is a pipeline of this class, with more parts."""
    index = json.loads((folder / "model_index.json").read_text("utf-8"))
    (folder / "model_index.json").write_text(json.dumps(index | {"_class_name": name} | parts))


def test_packages_of_a_kind_of_model_are_named(folder, tmp_path, without, unloaded):
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    of_class(tmp_path, "WanPipeline")
    check_needs(tmp_path)
    without("ftfy")
    with pytest.raises(CannotOpen, match="package ftfy"):
        open_model(tmp_path)


@pytest.mark.parametrize("package", ["sentencepiece", "protobuf"])
def test_packages_of_a_tokenizer_are_named(folder, tmp_path, package, monkeypatch, unloaded):
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    of_class(tmp_path, "LTXPipeline", tokenizer=["transformers", "T5Tokenizer"])
    (tmp_path / "tokenizer").mkdir()
    (tmp_path / "tokenizer" / "spiece.model").write_bytes(b"")
    module = {"protobuf": "google.protobuf"}.get(package, package)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == module else object())
    with pytest.raises(CannotOpen, match=f"package {package} is not installed: the tokenizer"):
        open_model(tmp_path)
    (tmp_path / "tokenizer" / "tokenizer.json").write_text("{}")  # read without either
    check_needs(tmp_path)


def test_packages_of_packed_weights_are_named(folder, tmp_path, without, unloaded):
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    config = tmp_path / "transformer" / "config.json"
    packed = {"quantization_config": {"quant_method": "bitsandbytes_4bit"}}
    config.write_text(json.dumps(json.loads(config.read_text("utf-8")) | packed))
    without("bitsandbytes")
    with pytest.raises(CannotOpen, match="bitsandbytes is not installed: the weights of transformer"):
        open_model(tmp_path)


def test_a_pipeline_that_is_not_known_here_is_named(folder, tmp_path, unloaded):
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    of_class(tmp_path, "TomorrowPipeline")
    with pytest.raises(CannotOpen, match=r"TomorrowPipeline, which Diffusers [0-9.]+ does not have"):
        open_model(tmp_path)


# --- the hub


NAME = "some-one/some-model"


@pytest.fixture
def online(monkeypatch, tmp_path, folder):
    """A hub that lists and hands out the tiny model; `files` may be changed, `asked` tells what was asked."""
    monkeypatch.setenv("HF_HUB_OFFLINE", "0")
    files = {f.relative_to(folder).as_posix(): f.stat().st_size for f in folder.rglob("*") if f.is_file()}
    asked = []

    def listing(name):
        asked.append("listing")
        return files

    monkeypatch.setattr(hub, "_listing", listing)
    monkeypatch.setattr(hub, "_index", lambda name, files: json.loads((folder / "model_index.json").read_text("utf-8")))
    monkeypatch.setattr(hub, "_download", lambda name: asked.append("download") or str(folder))
    return SimpleNamespace(files=files, asked=asked)


def test_a_hub_name_is_looked_at_then_downloaded_then_opened(online):
    model = open_model(NAME, device="cpu")
    assert online.asked == ["listing", "download"] and model.name == NAME
    assert record(model, Request("a ball", steps=1, frames=5, height=32, width=32)).finish().complete


@pytest.mark.parametrize("lack", ["disk", "memory", "pickles", "package"])
def test_what_is_lacking_is_found_before_the_download(online, monkeypatch, without, lack):
    weights = "transformer/diffusion_pytorch_model.safetensors"
    if lack == "disk":
        online.files[weights] = 10**18
        said = r"download of 1000000000.\d GB, and .* free on the disk"
    elif lack == "memory":
        online.files[weights] = 40 * GB
        monkeypatch.setattr(hub, "free_memory", lambda device: 8 * GB)
        monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=10**15))
        said = r"download of 40.0 GB and takes at least 40.0 GB of memory; 8.0 GB are free. Nothing was downloaded"
    elif lack == "pickles":
        online.files["transformer/diffusion_pytorch_model.bin"] = online.files.pop(weights)
        said = "pickles alone.*Nothing was downloaded"
    else:
        without("accelerate")
        said = "pip install accelerate"
    with pytest.raises(CannotOpen, match=said):
        open_model(NAME, device="cpu")
    assert online.asked == ["listing"]


def refusal(name):
    from huggingface_hub import errors

    made = getattr(errors, name)
    if name == "OfflineModeIsEnabled":
        return made("offline")
    if name == "HfHubHTTPError":
        return made.__bases__[0]("[Errno -2] Name or service not known")  # what a missing network raises
    return made(name, response=SimpleNamespace(headers={}, request=None))


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (lambda: refusal("OfflineModeIsEnabled"), "network does not answer"),
        (lambda: refusal("HfHubHTTPError"), "network does not answer.*Name or service not known"),
        (lambda: TimeoutError("timed out"), "network does not answer.*timed out"),
        (lambda: refusal("RepositoryNotFoundError"), "no model on the hub named some-one/some-model"),
        (lambda: refusal("GatedRepoError"), "accept its terms"),
    ],
)
def test_a_hub_that_does_not_answer_is_said_plainly(online, monkeypatch, error, said):
    def fail(name):
        raise error()

    monkeypatch.setattr(hub, "_listing", fail)
    with pytest.raises(CannotOpen, match=said):
        open_model(NAME)


def test_a_download_that_is_cut_off_is_said_plainly(online, monkeypatch):
    def cut(name):
        raise ConnectionResetError("reset by peer")

    monkeypatch.setattr(hub, "_download", cut)
    with pytest.raises(CannotOpen, match="network does not answer: reset by peer"):
        open_model(NAME)


def test_offline_nothing_is_asked(online, monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(CannotOpen, match=r"no complete model of that name lies on this machine; HF_HUB_OFFLINE"):
        open_model(NAME)
    with pytest.raises(CannotOpen, match="neither a folder here nor a name on the hub"):
        open_model("no/such/folder")
    assert online.asked == []


def test_what_lies_here_already_is_not_asked_for(online, monkeypatch, folder, tmp_path):
    import huggingface_hub

    index = str(folder / "model_index.json")
    monkeypatch.setattr(huggingface_hub, "try_to_load_from_cache", lambda name, file: index)
    assert open_model(NAME, device="cpu").folder == folder and online.asked == []
    shutil.copytree(folder, tmp_path / "half", ignore=shutil.ignore_patterns("*.safetensors"))
    shutil.rmtree(tmp_path / "half" / "vae")
    index = str(tmp_path / "half" / "model_index.json")  # an earlier download that was cut off
    open_model(NAME, device="cpu")
    assert online.asked == ["listing", "download"]
