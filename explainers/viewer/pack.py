"""A film's whole development as one small binary pack, for the viewer.

    facts = Film(id="…", frames=17, fps=8, width=64, height=64, total=50, grid=Grid(5, 8, 8, frame_of), words=words)
    steps = [PackStep(sigma, x0=frames_uint8, noisy=latent_uint8) for …]
    pack = film_pack(facts, steps, maps=[MapBank("word", {"patches": values}, label="…", normalised="…")])

While a run is going on: `film_pack(facts, [])` first, then `step_pack(facts, index, step)` for each step as it comes.
The format is written down in viewer/README.md. Only numpy and Pillow: whoever makes the numbers has done so already.
"""

from __future__ import annotations

import base64
import io
import json
import struct
import wave
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explainers.viewer.atlas import atlas, columns, webp

MAGIC = b"DRK1"
# A film of 50 steps is to be on a phone in seconds: 1.5 MB, of which maps and sound take up to 0.3. Each picture gets
# an equal share. Smooth ones never need theirs and stay sharp; pure noise is squeezed hard, where nobody can see it.
PICTURES = 1_200_000  # bytes
GUTTER = 2  # pixels around each frame: lossy WebP blurs colour, and rims would take on that of the next frame
QUALITIES = (90, 75, 55, 35, 15, 5)  # of WebP, tried from the best down until a picture keeps to its share

Frames = NDArray[np.uint8]  # (frames, height, width, 3)


@dataclass(frozen=True)
class Grid:
    """The patches of a film. `frame_of[f]` is the latent frame that film frame `f` was decoded from."""

    frames: int
    rows: int
    cols: int
    frame_of: Sequence[int]


@dataclass(frozen=True)
class Word:
    text: str
    known: bool = True


@dataclass(frozen=True)
class Film:
    """What stays the same through a film's development. `total` is the number of steps that there will be."""

    id: str
    frames: int
    fps: float
    width: int
    height: int
    total: int
    title: str = ""
    grid: Grid | None = None
    words: Sequence[Word] = ()
    slices: int = 0  # of the sound, that can be picked


@dataclass(frozen=True)
class PackStep:
    """One step: the guess of the finished film, the noisy latent as a picture, and the sound as guessed by then.

    A kind of picture has either a frame for each film frame or one for each latent frame. Give the noisy latent at its
    own size: it is kept without loss and in a few bytes, while pixels of pure noise can't be squeezed.
    """

    sigma: float
    x0: Frames | None = None
    noisy: Frames | None = None
    peaks: NDArray[np.uint8] | None = None  # loudness, (bins,)
    sound: bytes | None = None  # a WAV file


@dataclass(frozen=True)
class MapBank:
    """Answers to all questions of one kind, so that the finished film needs no server.

    `tiles` maps what the heat lies over ("patches", "words", "sound") to values of shape (steps, questions, *shape),
    where shape is that of the patch grid, the words or the slices. `steps` are the indices of the film's steps;
    without it the one map holds for all of them.
    """

    what: str  # "patch", "word", "sound" or "map"
    tiles: Mapping[str, NDArray[Any]]
    label: str
    normalised: str
    unit: str = "%"
    name: str = ""
    steps: Sequence[int] | None = None


@dataclass
class _Blobs:
    """Bytes laid one behind the other; `add` returns their place."""

    parts: list[bytes] = field(default_factory=list)
    size: int = 0

    def add(self, data: bytes) -> list[int]:
        place = [self.size, len(data)]
        self.parts.append(data)
        self.size += len(data)
        return place


def film_pack(film: Film, steps: Sequence[PackStep], maps: Sequence[MapBank] = (), mime: str = "audio/wav") -> bytes:
    """The pack of a whole film; without steps, what the viewer has to know while they are still being made."""
    blobs = _Blobs()
    header = {
        "id": film.id,
        "title": film.title,
        "frames": film.frames,
        "fps": film.fps,
        "width": film.width,
        "height": film.height,
        "total": film.total,
        "kinds": _kinds(film, steps[0]) if steps else {},
        "steps": [_entry(film, step, blobs) for step in steps],
        "grid": None
        if film.grid is None
        else {
            "frames": film.grid.frames,
            "rows": film.grid.rows,
            "cols": film.grid.cols,
            "frame_of": [int(f) for f in film.grid.frame_of],
        },
        "words": [{"text": word.text, "known": word.known} for word in film.words],
        "sound": {"slices": film.slices, "mime": mime},
        "maps": [_bank(bank, blobs) for bank in maps],
    }
    return write_pack(header, blobs.parts)


def step_pack(film: Film, index: int, step: PackStep) -> bytes:
    """One step of a film that is still being made, for the viewer's growing list of `steps`."""
    blobs = _Blobs()
    entry = _entry(film, step, blobs)
    return write_pack({"id": film.id, "index": index, "kinds": _kinds(film, step), **entry}, blobs.parts)


def read_pack(pack: bytes) -> tuple[dict[str, Any], memoryview]:
    """The header of a pack and its blobs; `blobs[offset : offset + length]` is what a place points at."""
    if pack[:4] != MAGIC:
        raise ValueError("this is not a pack of the viewer")
    (length,) = struct.unpack("<I", pack[4:8])
    return json.loads(pack[8 : 8 + length]), memoryview(pack)[8 + length :]


def map_answer(
    ask: int,
    tiles: Mapping[str, NDArray[Any]],
    *,
    label: str,
    normalised: str,
    unit: str = "%",
    text: str = "",
) -> tuple[dict[str, Any], list[bytes]]:
    """The viewer's question number `ask` answered: a message and its binary buffers.

    `tiles` maps "patches", "words", "sound" to values of the shape of the grid, the words, the slices.
    """
    described: list[dict[str, Any]] = []
    buffers: list[bytes] = []
    for over, values in tiles.items():
        tile, ranges = quantise(values, keep=0)
        lo, hi = ranges.tolist()
        described.append({"over": over, "shape": list(values.shape), "lo": lo, "hi": hi, "buffer": len(buffers)})
        buffers.append(tile.tobytes())
    message = {"kind": "map", "id": ask, "label": label, "normalised": normalised, "unit": unit, "text": text}
    return {**message, "tiles": described}, buffers


def without_buffers(message: Mapping[str, Any], buffers: Sequence[bytes]) -> dict[str, Any]:
    """The same answer for a host that can only send JSON: tiles as base64."""
    tiles = []
    for tile in message["tiles"]:
        data = base64.b64encode(buffers[tile["buffer"]]).decode("ascii")
        tiles.append({**{key: value for key, value in tile.items() if key != "buffer"}, "data": data})
    return {**message, "tiles": tiles}


def quantise(values: NDArray[Any], keep: int) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """Values as bytes between their own `lo` and `hi`, apart for each entry of the first `keep` axes: bytes, (…, 2).

    `lo` is 0 unless something is negative, so that colours compare by ratio and weak maps don't look strong.
    """
    values = np.asarray(values, np.float32)
    axes = tuple(range(keep, values.ndim))
    lo = np.minimum(values.min(axis=axes, keepdims=True), 0)
    hi = np.maximum(values.max(axis=axes, keepdims=True), 0)
    span = np.where(hi > lo, hi - lo, 1)
    ranges = np.stack([lo.squeeze(axes), hi.squeeze(axes)], axis=-1)
    return np.rint((values - lo) / span * 255).astype(np.uint8), ranges.astype(np.float32)


def wav(samples: NDArray[Any], rate: int) -> bytes:
    """A mono waveform of floats in -1..1 as a 16-bit WAV file."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())
    return out.getvalue()


def peaks(samples: NDArray[Any], bins: int = 256) -> NDArray[np.uint8]:
    """The largest swing of a waveform in each of `bins` equal parts, 255 at full scale."""
    edges = np.linspace(0, len(samples), bins + 1).astype(int)[:-1]
    loudest = np.maximum.reduceat(np.abs(samples), edges)
    return (np.clip(loudest, 0, 1) * 255).astype(np.uint8)


def _pictures(step: PackStep) -> dict[str, Frames]:
    return {kind: frames for kind, frames in (("x0", step.x0), ("noisy", step.noisy)) if frames is not None}


def _image(film: Film, frames: Frames, share: float) -> bytes:
    """The best WebP within `share` bytes, or else the smallest there is."""
    if _is_latent(film, frames):  # looked at cell by cell: lossy squeezing would smear each into its neighbours
        return webp(atlas(frames, 0), lossless=True)
    sheet = atlas(frames, GUTTER)
    for quality in QUALITIES:
        image = webp(sheet, quality=quality)
        if len(image) <= share:
            break
    return image


def _is_latent(film: Film, frames: Frames) -> bool:
    return bool(frames.shape[2] * 2 < film.width)


def _kinds(film: Film, step: PackStep) -> dict[str, dict[str, Any]]:
    kinds = {}
    for kind, frames in _pictures(step).items():
        count, height, width, _ = frames.shape
        frame_of = None
        if count != film.frames:
            if film.grid is None or count != film.grid.frames:
                raise ValueError(f"{kind} has {count} frames, neither those of the film nor those of the patch grid")
            frame_of = [int(f) for f in film.grid.frame_of]
        kinds[kind] = {
            "mime": "image/webp",
            "width": width,
            "height": height,
            "frames": count,
            "cols": columns(count),
            "gutter": 0 if _is_latent(film, frames) else GUTTER,
            "crisp": _is_latent(film, frames),
            "frame_of": frame_of,
        }
    return kinds


def _entry(film: Film, step: PackStep, blobs: _Blobs) -> dict[str, Any]:
    pictures = _pictures(step)
    share = PICTURES / (max(film.total, 1) * max(len(pictures), 1))
    images = {kind: blobs.add(_image(film, frames, share)) for kind, frames in pictures.items()}
    entry: dict[str, Any] = {"sigma": round(float(step.sigma), 5), "images": images}
    if step.peaks is not None:
        entry["peaks"] = blobs.add(step.peaks.tobytes())
    if step.sound is not None:
        entry["sound"] = blobs.add(step.sound)
    return entry


def _bank(bank: MapBank, blobs: _Blobs) -> dict[str, Any]:
    tiles = []
    for over, values in bank.tiles.items():
        if values.shape[0] != len(bank.steps or [0]):
            raise ValueError(f"{values.shape[0]} maps over steps for steps {bank.steps}")
        data, ranges = quantise(values, keep=2)
        place = {"at": blobs.add(data.tobytes()), "ranges": blobs.add(ranges.astype("<f4").tobytes())}
        tiles.append({"over": over, "shape": list(values.shape[2:]), **place})
    words = {
        "what": bank.what,
        "name": bank.name,
        "label": bank.label,
        "normalised": bank.normalised,
        "unit": bank.unit,
    }
    return {**words, "steps": None if bank.steps is None else [int(s) for s in bank.steps], "tiles": tiles}


def write_pack(header: Mapping[str, Any], parts: Sequence[bytes]) -> bytes:
    """The way back from `read_pack`."""
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 4)
    return b"".join([MAGIC, struct.pack("<I", len(text)), text, *parts])
