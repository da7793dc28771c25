"""How the codec squeezes a film, what survives, and what one cell of its latent stands for.

squeeze(run, model)["factor"]                  # numbers of film per number of latent
survives(run, model)["moving"]                 # PSNR on the pixels that move, in dB
reach(run, model, patch=(4, 2, 1))["spots"]    # pixels that one damaged cell changes, over all frames
"""

import dataclasses
import math

import numpy as np
import torch

from explainers.engine import decode, encode, poked, record, replay
from explainers.measure.rendered import arrays, clips

SEEN = 3 / 255  # a change of a pixel that counts
MOVING = 0.04  # a pixel moves when it differs so much from the frame before or after


def squeeze(run, model):
    """Numbers and bytes, before and after, of picture and sound."""
    film = decode(model, run)
    sound = run.sound_latent
    wave = 0 if film.sound is None else film.sound.size
    slices = 0 if sound is None else sound.numel()
    return {
        "film": film.frames.size,
        "latent": run.latent.numel(),
        "wave": wave,
        "slices": slices,
        "factor": film.frames.size / run.latent.numel(),
        "sound_factor": wave / slices if slices else 0.0,
        "film_bytes": film.frames.nbytes,  # one byte a number
        "latent_bytes": run.latent.half().nbytes,  # two
        "cells": " x ".join(str(n) for n in run.latent.shape[1:]),
        "channels": run.latent.shape[0],
        "frames_per_cell": model.squeeze[0],
        "pixels_per_cell": model.squeeze[1],
    }


def survives(run, model):
    """A film through the codec and back: what is the same, what is not.

    The film is a rendered one that never met the codec, where the kit has one of this size; else the film on screen.
    """
    original, source = _untouched(run, model)
    return {"source": source, **_compared(original, _through(model, run, original))}


def channels(run, model):
    """All channels of the latent as little pictures, each in its own range: (frames, rows, cols), -1..1."""
    latent = run.latent  # (channels, frames, rows, cols)
    count, _, rows, cols = latent.shape
    wide = math.ceil(math.sqrt(count))
    spread = latent.flatten(1).std(1)
    sheet = torch.full((-(-count // wide) * wide, *latent.shape[1:]), torch.nan)
    sheet[:count] = (latent - latent.mean((1, 2, 3), keepdim=True)) / (3 * spread.clamp(min=1e-6).view(-1, 1, 1, 1))
    large = sheet.repeat_interleave(4, 2).repeat_interleave(4, 3)
    large = torch.nn.functional.pad(large, (1, 1, 1, 1), value=torch.nan)
    tiled = large.unflatten(0, (-1, wide)).permute(2, 0, 3, 1, 4)  # (frames, tile rows, rows, tile cols, cols)
    film = tiled.flatten(3, 4).flatten(1, 2)
    return {
        "sheet": film[model.latent_frames(run.request.frames)],
        "count": count,
        "rows": rows,
        "cols": cols,
        "strongest": float(spread.max()),
        "weakest": float(spread.min()),
        "spread": spread,
    }


def reach(run, model, *, patch):
    """Other noise in one cell of the latent, in the middle of a patch: which pixels change, and in which frames."""
    deep, wide = model.patch
    frame, row, col = (at * size + size // 2 for at, size in zip(patch, (deep, wide, wide), strict=True))
    return _footprint(run, model, (frame, row, col))


def answer(run, model):
    """How far the damage of the middle cell of the film goes."""
    found = _footprint(run, model, _middle(run))
    far = "all" if found["share"] > 0.5 else "block" if found["spots"] <= 1.2 * found["own"] else "around"
    return {"answer": far, **{name: found[name] for name in ("spots", "own", "touched", "frames", "share", "across")}}


def damaged(run, model, *, frame):
    """The film with one cell of its latent damaged: the one in the middle of the frame on screen."""
    where = _middle(run, model.latent_frames(run.request.frames)[frame])
    return {"film": decode(model, run, _poke(run, where), sound=False).frames}


def damage(run, other, model, *, frame):
    """Pixels that one damaged cell changed, frame by frame."""
    frame_of = model.latent_frames(run.request.frames)
    found = _changed(decode(model, run, sound=False).frames, other["film"])
    return {**found, "own": frame_of.count(frame_of[frame]) * model.squeeze[1] ** 2}


def thinner(run, model, *, kept):
    """The film with only the strongest channels of its latent kept, the others replaced by their mean."""
    return {"film": decode(model, run, _thinned(run.latent, kept), sound=False).frames}


def thinned(run, other, model, *, kept):
    """What is lost with every channel that is taken away."""
    film = decode(model, run, sound=False).frames
    count = run.latent.shape[0]
    counts = sorted({max(1, round(count ** (i / 8))) for i in range(8)})  # closer together where it matters
    loss = []
    for few in counts:
        loss.append(_psnr(film, decode(model, run, _thinned(run.latent, few), sound=False).frames))
        yield few / count
    here = _psnr(film, other["film"])
    return {"few": counts, "psnr": loss, "here": here, "kept": min(kept, count), "channels": count}


def walk(run, model, *, between):
    """Three ways between the film on screen and the next seed's: mix pixels, mix latents, mix the noise they came from
    and develop the mixture."""
    request = dataclasses.replace(run.request, seed=run.request.seed + 1)
    there = record(model, request)
    yield from there
    other = there.recording
    t = between * math.pi / 2  # on an arc: a straight mix of two noises is weaker than noise
    noise = math.cos(t) * run.latents[0] + math.sin(t) * other.latents[0]
    sound = math.cos(t) * run.sound_latents[0] + math.sin(t) * other.sound_latents[0] if run.sound_latents else None
    developed = replay(model, run, latent=noise, sound_latent=sound)
    yield from developed
    a, b = _film(model, run), _film(model, other)
    films = {
        "pixels": (1 - between) * a + between * b,
        "latents": _film(model, run, (1 - between) * run.latent + between * other.latent),
        "noise": _film(model, developed.recording),
    }
    ends = (_sharpness(a) + _sharpness(b)) / 2
    sharp = {f"{name}_sharp": _sharpness(film) / ends for name, film in films.items()}
    apart = float(np.abs(films["pixels"] - films["latents"]).mean())
    return {
        "from": a,
        "to": b,
        **films,
        **sharp,
        "between": between,
        "apart": apart,
        "ends": float(np.abs(a - b).mean()),
    }


def _through(model, run, film):
    return decode(model, run, encode(model, film), sound=False).frames


def _untouched(run, model):
    """The rendered clip whose words are most like the prompt's; the film on screen where none is of its size."""
    film = decode(model, run, sound=False).frames
    words = set(run.request.prompt.lower().split())
    for clip in sorted(clips(), key=lambda clip: -len(words & set(clip["prompt"].split()))):
        frames = arrays(clip)["frames"]  # (frames, height, width, 3) uint8
        if frames.shape == film.shape:
            return frames, "rendered"
    return film, "screen"


def _compared(before, after):
    a, b = before.astype(np.float32) / 255, after.astype(np.float32) / 255
    moves = _moving(a)
    error = np.square(a - b).mean(-1)  # (frames, height, width)
    count = moves.sum((1, 2))
    per_moving = [_db(e[m].mean()) if m.any() else None for e, m in zip(error, moves, strict=True)]
    return {
        "original": before,
        "back": after,
        "difference": np.clip(4 * np.abs(a - b), 0, 1),
        "frame": list(range(1, len(a) + 1)),
        "all": _db(error.mean()),
        "moving": _db(error[moves].mean()) if moves.any() else _db(error.mean()),
        "per_frame": [_db(e.mean()) for e in error],
        "per_moving": per_moving,
        "moves": float(count.sum() / moves.size),
        "off": float(np.abs(a - b).mean()),
    }


def _moving(film):
    change = np.abs(np.diff(film, axis=0)).max(-1) > MOVING  # (frames - 1, height, width)
    still = np.zeros_like(change[:1])
    return np.concatenate([still, change]) | np.concatenate([change, still])


def _psnr(a, b):
    return _db(np.square((a.astype(np.float32) - b.astype(np.float32)) / 255).mean())


def _db(error):
    return float(-10 * np.log10(max(float(error), 1e-10)))


def _film(model, run, latent=None):
    return decode(model, run, latent, sound=False).frames.astype(np.float32) / 255


def _sharpness(film):
    """Mean step between neighbouring pixels."""
    return float(np.abs(np.diff(film, axis=1)).mean() + np.abs(np.diff(film, axis=2)).mean())


def _middle(run, frame=None):
    frames, rows, cols = run.latent.shape[1:]
    return (frames // 2 if frame is None else frame), rows // 2, cols // 2


def _poke(run, where):
    frame, row, col = where
    return poked(run.latent, frames=[frame], rows=[row], cols=[col], seed=1)


def _thinned(latent, kept):
    strongest = latent.flatten(1).std(1).argsort(descending=True)
    thin = latent.mean((1, 2, 3), keepdim=True).expand_as(latent).clone()
    thin[strongest[:kept]] = latent[strongest[:kept]]
    return thin


def _footprint(run, model, where):
    before = decode(model, run, sound=False).frames
    found = _changed(before, decode(model, run, _poke(run, where), sound=False).frames)
    frames, rows, cols = model.patches(tuple(run.latent.shape[1:]))
    change = torch.from_numpy(found["change"])  # (frames, height, width)
    cells = torch.nn.functional.adaptive_avg_pool2d(change, (rows, cols)) * change[0].numel() / (rows * cols)
    patches = torch.zeros(frames, rows, cols)
    deep = -(-run.latent.shape[1] // frames)  # latent frames in one patch
    frame_of = model.latent_frames(run.request.frames)
    patches.index_add_(0, torch.tensor(frame_of) // deep, cells)
    own = frame_of.count(where[0]) * model.squeeze[1] ** 2
    return {**found, "own": own, "patches": patches / patches.sum().clamp(min=1e-9)}


def _changed(before, after):
    change = np.abs(before.astype(np.float32) - after.astype(np.float32)).max(-1) / 255  # (frames, height, width)
    seen = change > SEEN
    per_frame = seen.sum((1, 2))
    ever = np.argwhere(seen.any(0))
    return {
        "change": change,
        "peak": change.max(0),
        "frame": list(range(1, len(change) + 1)),
        "per_frame": per_frame,
        "spots": int(per_frame.sum()),
        "share": float(seen.mean()),
        "touched": int((per_frame > 0).sum()),
        "frames": len(change),
        "across": int((np.ptp(ever, axis=0) + 1).max()) if len(ever) else 0,
        "strongest": float(change.max()),
    }
