"""Recordings on disk: one safetensors file whose metadata holds the rest as JSON. No pickle, nothing is run.

save(recording, path)
recording = load(path)                  # BadRecording, with a note for a person, if it is not one

Kept exact: the latents, and what the denoiser was given. What Euler's scheduler was handed is not kept at all: it is
how far two latents are apart, over the noise between them, and `replay` computes it again. Where that does not hold (a
step in which somebody changed the latent) it is kept in half precision, and where a scheduler remembers it exactly. So
50 steps of the embedded model take 2 MB. Nothing is packed, so that a file is as large as what it becomes; one from a
stranger is checked before anything is built from it: sizes, shapes, names.
"""

from __future__ import annotations

import dataclasses
import json
import math
import os
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from explainers.engine.attention.cuts import CUTS, cut_from
from explainers.engine.model.clone import DENOISERS
from explainers.engine.request import Request
from explainers.engine.run.machine import machine_from
from explainers.engine.run.recording import Call, Recording, Token
from explainers.note import Note, Noted, note_from
from explainers.provenance import RECORDING, source_of

VERSION = 3  # 1 kept what every scheduler was handed; 1 and 2 have notes in English alone, and may not name a machine
LARGEST = 2**30  # bytes of a file that we open
LONGEST_JSON = 2**22  # a thousand steps take a tenth of it
MOST_STEPS = 10_000
MOST_NODES = 400_000  # of all calls' arguments together
PLAIN = ("family", "model", "weights", "prediction", "unknown", "timesteps", "sigmas", "x0_rule", "seconds")
SERIES = ("latents", "velocities", "sound_latents", "sound_velocities")
LATENTS = {"velocities": "latents", "sound_velocities": "sound_latents"}
CLOSE = 1e-3  # half precision's own error, of numbers about 1
DTYPES = {"float32", "float16", "bfloat16", "float64", "int64", "int32", "int16", "int8", "uint8", "bool"}


class BadRecording(Noted, ValueError):
    """Not a recording, or not a whole one; its note says what is wrong with it."""


def save_recording(recording: Recording, path: str | Path) -> None:
    from safetensors.torch import save_file

    r, path = recording, Path(path)
    exact = r.request.scheduler != "euler" or r.prediction != "velocity"  # others remember what they were handed
    tensors = {f"given/{name}": tensor.contiguous() for name, tensor in r.tensors.items()}
    for name in SERIES:
        series = getattr(r, name)
        if not series:
            continue
        stacked = torch.stack(series).contiguous()
        if "velocities" in name and not exact:
            apart = _apart(getattr(r, LATENTS[name]), r.sigmas)
            if torch.allclose(apart, stacked.float(), rtol=CLOSE, atol=CLOSE):
                continue
            stacked = _half(stacked)
        tensors[name] = stacked
    for name in ("image", "video"):
        pixels = getattr(r.request, name)
        if pixels is not None:
            tensors[name] = torch.from_numpy(pixels).contiguous()
    templates: list[str] = []
    about = {name: getattr(r, name) for name in PLAIN} | {
        "version": VERSION,
        "request": r.request.json(),
        "notes": [note.json() for note in r.notes],
        "tokens": [[t.text, t.index, t.word, t.raw] for t in r.tokens],
        "planned": r.planned,
        "made_on": dataclasses.astuple(r.made_on),
        "cuts": [cut.json() for cut in r.cuts],
        "calls": [[_folded(call, templates) for call in calls] for calls in r.calls],
        "templates": templates,
    }
    text = json.dumps(about, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    half_done = path.with_name(path.name + ".part")  # a file that is there is a whole one
    save_file(tensors, half_done, metadata={"darkroom": text, RECORDING: source_of(r.request)})
    os.replace(half_done, path)


def _apart(latents: list[Tensor], sigmas: list[float]) -> Tensor:
    """What Euler's scheduler was handed at each step: x_next = x + (sigma_next - sigma) * v, solved for v."""
    along = torch.tensor([*sigmas, 0.0], dtype=torch.float64).diff()
    x = torch.stack(latents).double()
    return (x.diff(dim=0) / along.view(-1, *[1] * (x.ndim - 1))).float()


def _half(tensor: Tensor) -> Tensor:
    half = tensor.half()
    return half if tensor.dtype == torch.float32 and bool(half.isfinite().all()) else tensor


def _folded(call: Call, templates: list[str]) -> list[Any]:
    """Calls differ from step to step in few numbers: the tree without them is written once."""
    numbers: list[float] = []

    def pull(node: Any) -> Any:
        if isinstance(node, dict):
            if "full" in node:
                numbers.append(node["full"])
                return node | {"full": None}
            return {key: pull(value) for key, value in node.items()}
        return [pull(item) for item in node] if isinstance(node, list) else node

    text = json.dumps(pull(call.arguments), allow_nan=False)
    if text not in templates:
        templates.append(text)
    return [call.denoiser, call.branch, templates.index(text), numbers]


def load_recording(path: str | Path, limit: int = LARGEST) -> Recording:
    from safetensors import SafetensorError, safe_open

    path = Path(path)
    if not path.is_file():
        raise BadRecording(Note("no_file", "There is no file {file}.", file=path))
    size = path.stat().st_size
    if size > limit:
        raise BadRecording(
            Note(
                "recording_large",
                "{name} has {size:.0f} MB; recordings up to {most:.0f} MB are opened.",
                name=path.name,
                size=size / 2**20,
                most=limit / 2**20,
            )
        )
    with open(path, "rb") as file:
        start = file.read(9)
    header = int.from_bytes(start[:8], "little")
    if len(start) < 9 or start[8:] != b"{" or header > LONGEST_JSON:
        raise BadRecording(Note("recording_other", "{name} is not a recording of this program.", name=path.name))
    if header + 8 > size:
        raise BadRecording(Note("recording_cut", "{name} is cut short. Copy or download it again.", name=path.name))
    try:
        with safe_open(path, "pt") as opened:
            text = (opened.metadata() or {}).get("darkroom")
            if text is None:
                raise BadRecording(
                    Note(
                        "recording_tensors",
                        "{name} holds tensors, but is not a recording of this program.",
                        name=path.name,
                    )
                )
            about = json.loads(text)
            tensors = {name: opened.get_tensor(name) for name in opened.keys()}  # noqa: SIM118  (not a dict)
    except SafetensorError as error:
        raise BadRecording(
            Note(
                "recording_damaged",
                "{name} is damaged or cut short ({error}). Copy or download it again.",
                name=path.name,
                error=error,
            )
        ) from None
    except (ValueError, RecursionError) as error:
        if isinstance(error, BadRecording):
            raise
        raise BadRecording(
            Note(
                "recording_about",
                "What {name} says about itself can't be read: {error}.",
                name=path.name,
                error=type(error).__name__,
            )
        ) from None
    if not isinstance(about, dict) or not isinstance(about.get("version"), int):
        raise BadRecording(Note("recording_other", "{name} is not a recording of this program.", name=path.name))
    if about["version"] > VERSION:
        raise BadRecording(
            Note(
                "recording_newer",
                "{name} was written by a newer version (format {format}; this is {own}).",
                name=path.name,
                format=about["version"],
                own=VERSION,
            )
        )
    try:
        return _build(about, tensors)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, RecursionError, OverflowError) as error:
        raise BadRecording(
            Note("recording_torn", "{name} does not hold together: {error}", name=path.name, error=error)
        ) from None


def _build(about: dict[str, Any], tensors: dict[str, Tensor]) -> Recording:
    given = {name.removeprefix("given/"): t for name, t in tensors.items() if name.startswith("given/")}
    for name in SERIES:  # before anything is made for each step
        if name in tensors and not (tensors[name].numel() and len(tensors[name]) <= MOST_STEPS + 1):
            raise ValueError(f"{name} of shape {tuple(tensors[name].shape)}")
    series = {name: list(tensors[name].unbind(0)) if name in tensors else [] for name in SERIES}
    for name, latents in LATENTS.items():
        if series[latents] and not series[name]:
            steps = [float(sigma) for sigma in about["sigmas"]][: len(series[latents]) - 1]
            if len(set(steps)) == len(series[latents]) - 1 > 0 and 0.0 not in steps:
                series[name] = list(_apart(series[latents], steps).unbind(0))
        series[name] = [v.to(series["latents"][0].dtype) for v in series[name]]
    fields = {f.name for f in dataclasses.fields(Request)}
    asked: dict[str, Any] = {k: v for k, v in about["request"].items() if k in fields}
    asked["keep"] = tuple(asked.get("keep", ()))
    asked |= {name: tensors[name].numpy() for name in ("image", "video") if name in tensors}
    plain: dict[str, Any] = {name: about[name] for name in PLAIN} | series
    plain["x0_rule"] = [(float(a), float(b)) for a, b in about["x0_rule"]]
    recording = Recording(
        request=Request(**asked),
        notes=[note_from(told) for told in about["notes"]],
        tokens=[Token(str(text), int(i), word, *map(str, raw)) for text, i, word, *raw in about["tokens"]],
        cuts=[cut_from(cut) for cut in about["cuts"] if cut["cut"] in CUTS],
        made_on=machine_from(about.get("made_on")),
        tensors=given,
        **plain,
    )
    recording._planned = int(about["planned"])
    _check(recording)
    most = 64 * max(2**16, *(t.numel() for t in (recording.latents[0], *given.values())))
    templates = [json.loads(text) for text in about["templates"]]
    if len(about["calls"]) != len(recording.velocities):
        raise ValueError("steps and calls differ in number")
    nodes = [MOST_NODES]
    for calls in about["calls"]:
        made = []
        for denoiser, branch, template, numbers in calls:
            if denoiser not in DENOISERS or not isinstance(branch, str):
                raise ValueError(f"no denoiser {denoiser!r} with branch {branch!r}")
            left = list(numbers)
            made.append(
                Call(denoiser, branch, _unfolded(templates[template], left, recording, most, nodes, [4 * most]))
            )
        recording.calls.append(made)
    return recording


def _check(r: Recording) -> None:
    steps = len(r.velocities)
    if not r.latents or len(r.latents) != steps + 1:
        raise ValueError("latents and steps differ in number")
    if r.latents[0].ndim != 4 or (steps and r.velocities[0].shape != r.latents[0].shape):
        raise ValueError("a latent needs the axes channels, frames, rows, columns")
    if r.sound_velocities and (len(r.sound_latents) != steps + 1 or r.sound_latents[0].ndim != 2):
        raise ValueError("sound does not fit the steps")
    for name in ("timesteps", "sigmas", "x0_rule", "seconds"):
        values = getattr(r, name)
        if len(values) != steps:
            raise ValueError(f"{name} and steps differ in number")
    if not all(math.isfinite(float(n)) for n in (*r.timesteps, *r.sigmas, *r.seconds)):
        raise ValueError("a time that is no number")
    if not all(isinstance(t, str) for t in (r.family, r.model, r.weights, r.prediction, r.request.prompt)):
        raise ValueError("a text that is no text")


def _unfolded(node: Any, numbers: list[float], r: Recording, most: int, nodes: list[int], room: list[int]) -> Any:
    """The tree with its numbers back, after a look at everything that memory or names would be taken from.

    most: numbers in one tensor; nodes: that may still be made for this file; room: numbers left in this call.
    """

    def again(child: Any) -> Any:
        return _unfolded(child, numbers, r, most, nodes, room)

    nodes[0] -= 1
    if nodes[0] < 0:
        raise ValueError("calls with more arguments than any model has")
    if not isinstance(node, dict) or not node:
        raise ValueError("a call that is no tree")
    kind = next(iter(node))
    if "shape" in node:
        shape = node["shape"]
        if not all(isinstance(n, int) and n >= 0 for n in shape) or math.prod(shape) > most:
            raise ValueError(f"a tensor of shape {shape} in a call")
        room[0] -= math.prod(shape)
        if room[0] < 0:
            raise ValueError("a call that takes more memory than its film")
        if node["dtype"] not in DTYPES:
            raise ValueError(f"no number format {node['dtype']!r}")
    if kind in ("list", "tuple"):
        return {kind: [again(item) for item in node[kind]]}
    if kind == "dict":
        return {kind: {str(key): again(item) for key, item in node[kind].items()}}
    if kind == "full":
        return {"full": numbers.pop(0), "shape": node["shape"], "dtype": node["dtype"]}
    if kind == "tensor" and node[kind] in r.tensors:
        return {"tensor": node[kind]}
    if kind == "dtype" and node[kind] in DTYPES:
        return {"dtype": node[kind]}
    if kind == "value" and (node[kind] is None or isinstance(node[kind], bool | int | float | str)):
        return {"value": node[kind]}
    if kind == "latent" and node[kind] in ("latent", "sound"):
        held = r.latents[0] if node[kind] == "latent" else r.sound_latents[0]
        if node["copies"] * held.numel() == math.prod(node["shape"]):
            return dict(node)
    raise ValueError(f"a call holds {kind!r}, which can't be read")
