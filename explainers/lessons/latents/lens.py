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
from explainers.measure.film import as_film
from explainers.measure.flicker import flicker
from explainers.measure.rendered import arrays, clips
from explainers.measure.spectrum import power_spectrum

CLEAR = 0.1  # shares that are so far apart are told apart
NO_POWER, STILL = 1e-3, 1e-4  # what rounding to 255 levels leaves of detail, and of flicker
GAP = 8  # dots between a film and its latent
STEADY = 1.2  # times the flicker of a rendered film: as good as none
SEEN = 3 / 255  # a change of a pixel that counts
MOVING = 0.04  # a pixel moves when it differs so much from the frame before or after


def squeeze(run, model):
    """Numbers and bytes, before and after, of picture and sound."""
    film = decode(model, run)
    sound = run.sound_latent
    wave = 0 if film.sound is None else film.sound.size
    slices = 0 if sound is None else sound.numel()
    frame_of = model.latent_frames(len(film.frames))
    shown = min(1, frame_of[-1])  # the first has a latent frame of its own
    held = film.frames[[frame for frame, at in enumerate(frame_of) if at == shown]]
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
        "dots": _dots(held, run.latent[:, shown]),
        "held": len(held),
        "frames": len(film.frames),
        "groups": run.latent.shape[1] - 1,
        "frames_per_cell": model.squeeze[0],
        "pixels_per_cell": model.squeeze[1],
    }


def survives(run, model):
    """A film through the codec and back: what is the same, what is not.

    The film is a rendered one that never met the codec, where the kit has one of this size; else the film on screen.
    """
    original, source = _untouched(run, model)
    back = _through(model, run, original)
    left = _left(original, back)
    case = "fine" if left["fine"] < left["coarse"] - CLEAR else "even"
    return {"source": source, **left, "case": case, **_compared(original, back)}


def flickered(run, model):
    """Flicker and fine detail of a rendered film, of the same through the codec, and of the film on screen."""
    original, _ = _untouched(run, model)
    films = {
        "original": original,
        "codec": _through(model, run, original),
        "model": decode(model, run, sound=False).frames,
    }
    shakes = {name: float(flicker(film).mean()) for name, film in films.items()}
    detail = {name: _power(film)[1] for name, film in films.items()}
    by_codec, by_model = shakes["codec"] - shakes["original"], shakes["model"] - shakes["codec"]
    case = "nobody" if shakes["model"] <= STEADY * shakes["original"] else "codec" if by_codec > by_model else "model"
    return {
        **{f"flicker_{name}": _times(value, shakes["original"], STILL) for name, value in shakes.items()},
        **{f"detail_{name}": _times(value, detail["original"], NO_POWER) for name, value in detail.items()},
        "case": case,
    }


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
    return {
        "answer": far,
        "case": far,
        **{name: found[name] for name in ("spots", "own", "touched", "frames", "share", "across")},
    }


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
    left = _left(film, other["film"])
    return {
        "few": counts,
        "psnr": loss,
        "here": _psnr(film, other["film"]),
        "kept": min(kept, count),
        "channels": count,
        "case": "fine" if left["fine"] < left["coarse"] - CLEAR else "even",
        **left,
    }


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
    off = np.abs(a - b).mean(-1)
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
        "off": float(off.mean()),
        "times": _times(off[moves].mean(), off[~moves].mean(), 0) if 0 < moves.mean() < 1 else 1.0,
    }


def _times(after, before, nothing):
    """How many times as much; 1 where there was nothing to speak of."""
    return float(after / before) if before > nothing else 1.0


def _power(film):
    """Power of the big shapes of a film, and of its finest detail: an eighth and the last half of its waves."""
    x = as_film(film)
    waves, power = power_spectrum(x - x.mean((2, 3), keepdim=True))
    return float(power[waves <= waves[-1] / 8].sum()), float(power[waves > waves[-1] / 2].sum())


def _left(before, after):
    """How much of both another film has right: 1 less the power of the error, by the power that there was."""
    shares = zip(_power(before), _power(as_film(before) - as_film(after)), strict=True)
    coarse, fine = (max(0.0, 1 - wrong / power) if power > NO_POWER else 1.0 for power, wrong in shares)
    return {"coarse": coarse, "fine": fine}


def _dots(film, latent):
    """Every number of some frames, and of the latent frame that holds them, as a dot of the same size: (1, …, 3).

    A frame's three colours stand beside each other, its fellows below; the latent's channels are four to a row.
    """
    frames, height, width, _ = film.shape
    count, rows, cols = latent.shape
    low, high = latent.amin((1, 2), keepdim=True), latent.amax((1, 2), keepdim=True)
    grey = ((latent - low) / (high - low).clamp(min=1e-6)).numpy()
    across = min(4, count)
    down = -(-count // across)
    right = 3 * width + GAP
    sheet = np.full((max(frames * height, down * rows), right + across * cols, 3), 0.35, np.float32)
    for frame, colour in np.ndindex(frames, 3):
        place = np.s_[frame * height : (frame + 1) * height, colour * width : (colour + 1) * width]
        sheet[place] = 0
        sheet[(*place, colour)] = film[frame, ..., colour] / 255
    for channel in range(count):
        top, left = channel // across * rows, right + channel % across * cols
        sheet[top : top + rows, left : left + cols] = grey[channel][..., None]
    return sheet[None]


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
    after = decode(model, run, _poke(run, where), sound=False).frames
    found = _changed(before, after)
    frames, rows, cols = model.patches(tuple(run.latent.shape[1:]))
    change = torch.from_numpy(found["change"])  # (frames, height, width)
    cells = torch.nn.functional.adaptive_avg_pool2d(change, (rows, cols)) * change[0].numel() / (rows * cols)
    patches = torch.zeros(frames, rows, cols)
    deep = -(-run.latent.shape[1] // frames)  # latent frames in one patch
    frame_of = model.latent_frames(run.request.frames)
    patches.index_add_(0, torch.tensor(frame_of) // deep, cells)
    own = frame_of.count(where[0]) * model.squeeze[1] ** 2
    return {**found, "damaged": after, "own": own, "patches": patches / patches.sum().clamp(min=1e-9)}


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
