"""From this model to the big ones: the same six figures of each, ours counted now, theirs as they were published.

scale(run, model)["times"]["parameters"]         # how many times ours, for each of the big models
opened(run, model)                               # what the pages can see of the model that is open

Tokens and latents of the big models follow from the sizes that their makers publish, by the same formula as ours.
"""

import resource
from dataclasses import dataclass
from pathlib import Path

import torch

from explainers.engine import attention_sites, same_bits, token_counts

KINDS = ("parameters", "tokens", "latents", "steps", "seconds", "memory")
COMPARED = ("parameters", "tokens", "latents", "steps", "memory")  # seconds were not taken on the same machine
ENERGY = "arXiv 2509.19222"  # tables 2 and 4: settings, seconds on one H100
WAN = "github.com/Wan-Video/Wan2.1"
COG = "github.com/THUDM/CogVideo"


@dataclass(frozen=True)
class Big:
    name: str
    parameters: float  # of the denoiser
    film: tuple[int, int, int]  # frames, height, width
    squeeze: tuple[int, int]  # frames, pixels in one latent cell
    channels: int
    steps: int
    seconds: float  # on one H100, unless the source says otherwise
    memory: float | None  # bytes on the graphics card; None where nobody publishes it
    sources: str
    patch: int = 2  # latent cells along each side of a token

    @property
    def grid(self) -> tuple[int, int, int]:
        """Of the latent."""
        (frames, height, width), (time, space) = self.film, self.squeeze
        return (frames - 1) // time + 1, height // space, width // space

    @property
    def figures(self) -> dict[str, float | None]:
        frames, rows, cols = self.grid
        return {
            "parameters": self.parameters,
            "tokens": frames * -(-rows // self.patch) * -(-cols // self.patch),
            "latents": self.channels * frames * rows * cols,
            "steps": self.steps,
            "seconds": self.seconds,
            "memory": self.memory,
        }


BIG = (
    Big("Wan2.1-1.3B", 1.3e9, (81, 720, 1280), (4, 8), 16, 50, 410.0, 8.19e9, f"{WAN} (memory at 480p), {ENERGY}"),
    Big("CogVideoX-2B", 2e9, (49, 480, 720), (4, 8), 16, 50, 50.6, 18e9, f"{COG}, {ENERGY}"),
    Big("CogVideoX-5B", 5e9, (49, 480, 720), (4, 8), 16, 50, 124.0, 26e9, f"{COG}, {ENERGY}"),
    Big("Mochi-1", 10e9, (84, 480, 848), (6, 8), 12, 64, 263.0, 60e9, f"github.com/genmoai/mochi, {ENERGY}"),
    Big("HunyuanVideo", 13e9, (129, 720, 1280), (4, 8), 16, 50, 1904.08, 60e9, "github.com/Tencent/HunyuanVideo"),
    Big("Wan2.1-14B", 14e9, (81, 720, 1280), (4, 8), 16, 50, 1875.0, None, f"{WAN}, {ENERGY}"),
)


def scale(run, model):
    """Six figures of the model that is open and of the big ones, and how many times ours each is."""
    ours = _ours(run, model)
    big = {each.name: each.figures for each in BIG}
    times = {kind: {name: f[kind] / ours[kind] for name, f in big.items() if f[kind]} for kind in COMPARED}
    largest = max(BIG, key=lambda each: each.figures["tokens"])
    most = {kind: max(each.values()) for kind, each in times.items()}
    return {
        "kinds": list(KINDS),
        "ours": ours,
        "big": big,
        "times": times,
        "sources": {each.name: each.sources for each in BIG},
        "name": _name(model),
        "class": type(model.pipeline).__name__,
        **{f"most_{kind}": value for kind, value in most.items()},
        "millions": ours["parameters"] / 1e6,
        "case": "larger" if most["tokens"] > 1 else "smaller",
        "largest": largest.name,
        "films": {"ours": (run.request.frames, run.request.height, run.request.width), "largest": largest.film},
        "pairs": most["tokens"] ** 2,
    }


def answer(run, model):
    """Which of the three grows most on the way to the largest of them?"""
    found = scale(run, model)
    grown = {kind: found[f"most_{kind}"] for kind in ("parameters", "tokens", "steps")}
    most = max(grown, key=lambda kind: grown[kind])
    return {**found, "answer": most, "case": "longer" if most == "steps" else "larger"}


def opened(run, model):
    """The model that is open, as the pages see it: what they can show of it and what they can't."""
    sites = attention_sites(model, run)
    softmaxes = {(site.layer, site.kind) for site in sites}
    time, space = model.squeeze
    deep, side = model.patch
    frames, rows, cols = model.patches(tuple(run.latent.shape[1:]))
    return {
        "name": _name(model),
        "class": type(model.pipeline).__name__,
        "family": model.family.name,
        "layers": len({site.layer for site in sites}),
        "heads": max(site.heads for site in sites),
        "softmaxes": len(softmaxes),
        "together": int(any(len(site.key.words) and len(site.key.video) for site in sites)),
        "branches": len(run.calls[0]),
        "grid": f"{frames} x {rows} x {cols}",
        "cube": f"{time * deep} x {space * side} x {space * side}",
        "sound": int(run.sound_latent is not None),
        "whole_words": int(model.vocabulary is not None),
        "picture": int("image" in model.parameters),
        "keep": int("condition_frame_indexes_vision" in model.parameters),
        "schedulers": len(model.schedulers),
        "scrambles": int(bool(model.family.positions)),
    }


def _ours(run, model):
    counts = token_counts(model, run)
    return {
        "parameters": sum(p.numel() for p in model.denoiser.parameters()),
        "tokens": counts["patches"],
        "latents": run.latent.numel(),
        "steps": len(run.steps),
        "seconds": sum(run.seconds) if same_bits(model, run) else None,
        "memory": _memory(model),
    }


def _name(model):
    """A folder's own name: where it lies is nobody's business."""
    return Path(model.name).name if Path(model.name).is_dir() else model.name


def _memory(model):
    """The most that was held: on the graphics card, else by the process beside the page."""
    if model.device.type == "cuda":
        return torch.cuda.max_memory_allocated(model.device)
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
