"""Stage 6, publish: what training left becomes assets/model, which anybody opens without our code.

    python -m training publish --config small

    DiffusionPipeline.from_pretrained("assets/model")

Half precision, safetensors only. Beside the pipeline: ``previewer/`` (a linear look at latents), ``world.json`` (which
words there are, which pairs were held out) and ``learning/`` (weights along the way, in few bits each).
"""

import csv
import json
import shutil
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from ..codec import previewer
from ..codec.gate import judge
from ..codec.latents import load_codecs
from ..config import Config
from ..denoiser import model as models
from ..denoiser.sample import GUIDANCE, STEPS
from ..run.run import read_log
from ..run.state import load_state
from ..world import ATTRIBUTES, FPS, GRAVITY, HELD_OUT, RATE, SUITS, SYNONYMS, VOCABULARY
from .quantize import pack

LIMIT = 40_000_000  # bytes of assets/model
LEARNING_LIMIT = 12_000_000  # bytes of the weights along the way


def publish(config: Config, folder: Path, out: Path) -> None:
    vae, sound = load_codecs(folder, config)
    denoiser = models.transformer(config)
    state, meta = load_state(folder / "transformer" / "checkpoint")
    denoiser.load_state_dict(state["ema"]["weights"])
    samples = meta["step"] * config.transformer.batch

    pipeline = models.assemble(config, denoiser, vae, sound).to(torch.float16)
    new = out.with_name(out.name + ".new")
    shutil.rmtree(new, ignore_errors=True)
    pipeline.save_pretrained(new)
    _forget_scale_buffers(new / "vae" / "diffusion_pytorch_model.safetensors")

    (new / "previewer").mkdir()
    save_file(previewer.fit(vae.float(), config), new / "previewer" / "previewer.safetensors")
    world = {
        "attributes": ATTRIBUTES,
        "synonyms": SYNONYMS,
        "suits": {k: sorted(v) for k, v in SUITS.items()},
        "vocabulary": VOCABULARY,
        "held_out": {k: v for k, v in HELD_OUT.items() if k != "comment"},
        "size": {"height": config.height, "width": config.width, "frames": config.frames, "fps": FPS, "rate": RATE},
        "gravity": GRAVITY,
    }
    (new / "world.json").write_text(json.dumps(world, indent=1))
    # what the engine asks of this model where nobody says otherwise; steps and guidance may be tuned by hand
    own = {key: world["size"][key] for key in ("height", "width", "frames", "fps")}
    own |= {"steps": STEPS, "guidance": GUIDANCE}
    tuned = json.loads((out / "defaults.json").read_text("utf-8")) if (out / "defaults.json").exists() else {}
    own |= {key: tuned[key] for key in ("steps", "guidance") if key in tuned}
    (new / "defaults.json").write_text(json.dumps(own, indent=1))
    gate = judge(vae.float(), config)
    curve = read_log(folder / "transformer" / "log.csv")
    facts = {
        "config": config.name,
        "samples": samples,
        "seconds": round(meta["seconds"]),
        "parameters": {n: sum(p.numel() for p in m.parameters()) for n, m in
                       (("transformer", denoiser), ("picture codec", vae), ("sound codec", sound))},
        "codec": vars(gate),
    }  # fmt: skip
    (new / "training.json").write_text(json.dumps(facts, indent=1))
    _write_curve(curve, new / "training.csv")
    _along_the_way(folder / "transformer-kept", out / "learning", new / "learning", samples)
    if (folder / "reader" / "published").exists():
        shutil.copytree(folder / "reader" / "published", new / "reader")
    for path in out.glob("*"):  # what other stages wrote there
        if not (new / path.name).exists():
            (shutil.copytree if path.is_dir() else shutil.copy2)(path, new / path.name)

    size = sum(f.stat().st_size for f in new.rglob("*") if f.is_file())
    if size > LIMIT:
        raise SystemExit(f"{new} has {size / 1e6:.1f} MB, more than the {LIMIT / 1e6:.0f} MB that may be shipped.")
    shutil.rmtree(out, ignore_errors=True)
    new.rename(out)
    print(f"{out}: {size / 1e6:.1f} MB, {samples:,} samples, codec {gate}")


def _forget_scale_buffers(path: Path) -> None:
    """The codec's class keeps a scale of its own as buffers under the very names that the pipeline reads from its
    config; loading both trips over the clash. The config's are the ones in use."""
    weights = load_file(path)
    save_file({k: v for k, v in weights.items() if k not in {"latents_mean", "latents_std"}}, path, {"format": "pt"})


def _write_curve(rows: list[dict[str, float]], path: Path, points: int = 600) -> None:
    names = list(dict.fromkeys(k for r in rows for k in r))
    every = max(1, len(rows) // points)
    with open(path, "w", newline="", encoding="utf-8") as f:
        writer = csv.DictWriter(f, names)
        writer.writeheader()
        writer.writerows(r for i, r in enumerate(rows) if i % every == 0 or "held_back_picture" in r)


def _along_the_way(kept: Path, published: Path, out: Path, samples: int) -> None:
    """As many of the kept weights as fit, evenly spread, in few bits a weight.

    Those that were ``published`` before come along: who adopted a model to train it on has no others of its youth.
    """
    packed: dict[str, dict[str, Tensor]] = {p.stem: load_file(p) for p in sorted(published.glob("[0-9]*.safetensors"))}
    for path in sorted(kept.glob("*")):
        if 0 < int(path.name) < samples:
            packed[path.name] = pack(load_state(path)[0]["ema"])
    out.mkdir()
    while sum(t.nbytes for p in packed.values() for t in p.values()) > LEARNING_LIMIT:
        names = [*sorted(packed), f"{samples}"]
        ratio = {
            here: int(after) / int(before) for before, here, after in zip(names, names[1:], names[2:], strict=False)
        }
        packed.pop(min(ratio, key=lambda n: ratio[n]))  # the one between the closest neighbours; the ends stay
    for name, tensors in packed.items():
        save_file(tensors, out / f"{name}.safetensors")
