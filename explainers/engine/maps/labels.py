"""What a map is, in words for a person: what is looked at, over what was taken the mean, and why there is none."""

from __future__ import annotations

from collections.abc import Collection
from functools import reduce

from explainers.engine.attention.token_layout import Axis, Site
from explainers.note import Note

NAMES = {
    "words": Note("side.words", "words"),
    "video": Note("side.patches", "patches"),
    "sound": Note("side.sound", "sound"),
}


def keys_said(key: Axis) -> str:
    names = {"words": "word", "video": "patch", "sound": "slice of sound"}
    return ", ".join(name for part, name in names.items() if getattr(key, part))


def mean_said(layers: list[int], heads: list[int], each: bool) -> str:
    if each:
        return ", for each layer and head"
    over = [f"{len(items)} {name}" for items, name in ((layers, "layers"), (heads, "heads")) if len(items) > 1]
    return f" (mean over {' and '.join(over)})" if over else ""


def why_not(denoiser: str, sites: list[Site], blind: list[str], side: str, keys: Collection[str]) -> Note:
    """Why there is no map from `side` to `keys`. blind: attention modules that ran and showed no softmax."""
    if sites:
        layers = {site.kind: [s.layer for s in sites if s.kind == site.kind] for site in sites}
        why = Note(
            "no_map",
            "No attention from {side} to {keys}. {denoiser} has: {layers}.",
            side=NAMES[side],
            keys=reduce(
                lambda one, other: Note("or", "{one} or {other}", one=one, other=other), [NAMES[key] for key in keys]
            ),
            denoiser=denoiser,
            layers="; ".join(sorted(f"{kind} in layers {_numbers(numbers)}" for kind, numbers in layers.items())),
        )
    else:
        why = Note(
            "no_softmax",
            "{denoiser} runs no softmax attention that can be watched, so there is no true map to show.",
            denoiser=denoiser,
        )
    if not blind:
        return why
    return Note(
        "blind",
        "{why} {blind} of its attentions show none (linear attention and flex kernels don't).",
        why=why,
        blind=len(blind),
    )


def _numbers(layers: list[int]) -> str:
    return f"{min(layers)} to {max(layers)}" if len(set(layers)) > 1 else str(layers[0])
