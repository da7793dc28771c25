"""A film as tokens: little cubes of space and time. How many, in which order, and what happens when they are moved.

sequence(run, model)["cubes"]                  # 144
rearranged(latent, model, "shuffle")           # the same cubes, in other places
mended(run, model, how="shuffle", step=5)      # shuffle them while the film develops, and let the model go on
"""

import dataclasses

import numpy as np
import torch

from explainers.engine import Request, ScrambleTokens, decode, record, replay, token_counts
from explainers.measure import likeness

DROPPED = 0.25  # share of cubes that are taken out
TORN = 1.2  # times the seams of the film as it was, from which on it counts as torn
TRIES = 3  # steps that are timed, of which the quickest counts: others use the machine too
LONGER, SHORT = 3, 10  # how many times as long a film is made to see whether it repeats, and in how many steps
AGAIN = 0.3  # likeness of two distant frames, beyond what lies between them, from which on a film repeats


def sequence(run, model):
    """What stands in the model's one sequence, from its own table of tokens."""
    seats = _seats(model, run)
    frames, rows, cols = seats["grid"]
    film = run.request.frames * run.request.height * run.request.width
    time, space = model.squeeze
    deep, wide = model.patch
    return {
        **{name: seats[name] for name in ("words", "cubes", "slices", "total")},
        "frames": frames,
        "rows": rows,
        "cols": cols,
        "cells": deep * wide**2,
        "numbers": run.latent.shape[0] * deep * wide**2,
        "pixels": film // seats["cubes"],
        "film": film,
        "cube_frames": time * deep,
        "cube_side": space * wide,
    }


def answer(run, model):
    """What one token of the film is."""
    found = sequence(run, model)
    kind = "cube"
    if found["cubes"] == found["film"]:
        kind = "pixel"
    elif found["rows"] * found["cols"] == 1:
        kind = "frame"
    return {"answer": kind, **found}


def exploded(run, model):
    """The film with gaps where its cubes end: between them in space, and a blink at their last frame."""
    film = decode(model, run, sound=False).frames.astype(np.float32) / 255  # (frames, height, width, 3)
    frames, rows, cols = model.patches(tuple(run.latent.shape[1:]))
    count, height, width, _ = film.shape
    pieces = film.reshape(count, rows, height // rows, cols, width // cols, 3)
    gap = max(1, height // rows // 8)
    apart = np.pad(pieces, ((0, 0), (0, 0), (gap, gap), (0, 0), (gap, gap), (0, 0)))
    deep = -(-run.latent.shape[1] // frames)  # latent frames in one cube
    layer = [at // deep for at in model.latent_frames(count)]  # of cubes, that a frame lies in
    blink = [f + 1 == count or layer[f + 1] != layer[f] for f in range(count)]  # last frame of its cubes
    side = apart.shape[2]
    exploded = apart.reshape(count, rows * side, -1, 3)
    exploded[blink] *= 0.35
    return {
        "film": exploded,
        "layers": frames,
        "rows": rows,
        "cols": cols,
        "cubes": frames * rows * cols,
        "side": height // rows,
        "deep": max(layer.count(at) for at in set(layer)),
    }


def counts(run, model):
    """Cubes, slices and words of films of other shapes and lengths, each read off the token table of one real step."""
    asked = run.request
    films = [(length, *shape) for shape in _shapes(asked) for length in _lengths(asked, model)]
    found = []
    for done, (length, height, width) in enumerate(films):
        request = Request(asked.prompt, steps=1, guidance=1.0, frames=length, height=height, width=width, fps=asked.fps)
        first = record(model, request).finish()
        seats = _seats(model, first)
        size = f"{first.request.width} x {first.request.height}"
        found.append({"size": size, "frames": first.request.frames, **seats, "pairs": seats["total"] ** 2})
        yield (done + 1) / len(films)
    columns = {name: [row[name] for row in found] for name in found[0]}
    square = [row for row in found if row["size"] == found[0]["size"]]
    return {
        **columns,
        "usual": asked.frames,
        "small": min(row["cubes"] for row in found if row["frames"] == asked.frames),
        "large": max(row["cubes"] for row in found if row["frames"] == asked.frames),
        "short": square[0]["frames"],
        "long": square[-1]["frames"],
        "cubes_short": square[0]["cubes"],
        "cubes_long": square[-1]["cubes"],
        "times": square[-1]["cubes"] / square[0]["cubes"],
        "times_pairs": square[-1]["pairs"] / square[0]["pairs"],
    }


def twice(run, model):
    """A film and one of twice its length: cubes, pairs of tokens, and the time of a step, taken in one go."""
    asked, time = run.request, model.squeeze[0] * model.patch[0]
    lengths = [asked.frames, 1 + 2 * (asked.frames - 1) // time * time]
    seats, seconds = [], [[], []]
    for done in range(TRIES):
        for at, frames in enumerate(lengths):  # in turns, so that what else the machine does slows both
            made = record(model, dataclasses.replace(asked, frames=frames, steps=2)).finish()
            seconds[at].append(made.seconds[-1])  # the first one prepares things
            seats += [_seats(model, made)] if not done else []
            yield (2 * done + at + 1) / (2 * TRIES)
    short, long = (min(each) for each in seconds)
    return {
        "frames": lengths[0],
        "longer": lengths[1],
        "length": lengths[1] / lengths[0],
        "cubes": seats[1]["cubes"] / seats[0]["cubes"],
        "pairs": (seats[1]["total"] / seats[0]["total"]) ** 2,
        "seconds": long / short,
    }


def repeats(run, model):
    """A film of several times the length: how alike are two of its frames, by how far they are apart?

    Compared is what changes in the film; what stands still in all frames is alike anyway.
    """
    asked, time = run.request, model.squeeze[0] * model.patch[0]
    frames = 1 + LONGER * (asked.frames - 1) // time * time
    made = record(model, dataclasses.replace(asked, frames=frames, steps=SHORT))
    for step in made:
        yield (step.index + 1) / SHORT
    film = decode(model, made.recording, sound=False).frames
    alike = _echo(film)
    low = int(alike[: asked.frames].argmin())  # least alike within the length it usually has
    peak = low + int(alike[low:].argmax())
    return {
        "apart": list(range(1, len(alike) + 1)),
        "alike": alike,
        "frames": frames,
        "usual": asked.frames,
        "low_at": low + 1,
        "low": float(alike[low]),
        "peak_at": peak + 1,
        "peak": float(alike[peak]),
        "case": "repeats" if alike[peak] > alike[low] + AGAIN else "goes_on",
    }


def jumbled(run, model, *, how):
    """The finished film with its cubes shuffled, dropped or repeated, and nothing done about it."""
    latent = rearranged(run.latent, model, how)
    return {"film": decode(model, run, latent, sound=False).frames}


def mended(run, model, *, how, step):
    """The same done to the film in the making, at the step on screen; from there the model goes on."""
    other = replay(model, run, from_step=step, latent=rearranged(run.latents[step], model, how))
    yield from other
    return other.recording


def lost(run, model):
    """The cubes stay where they are, but the model is told wrong places for them, at every step."""
    other = replay(model, run, cuts=[ScrambleTokens(seed=1)])
    yield from other
    return other.recording


def seams(run, other, model):
    """How much stronger a film changes across the borders of its cubes than inside them: 1 is no seam at all."""
    a = decode(model, run, sound=False).frames
    b = other["film"] if isinstance(other, dict) else decode(model, other, sound=False).frames
    before, after = (_seams(film, run, model) for film in (a, b))
    return {
        "where": list(before),
        "before": list(before.values()),
        "after": list(after.values()),
        "space_before": before["space"],
        "space": after["space"],
        "time_before": before["time"],
        "time": after["time"],
        "apart": likeness.apart(a, b),
        "case": "torn" if after["space"] > TORN * before["space"] else "whole",
    }


def rearranged(latent, model, how):
    """The latent with its cubes shuffled, a part of them dropped (set to the mean), or a part repeated next door."""
    pieces, grid = _cut(latent, model)  # (cubes, …)
    generator = torch.Generator().manual_seed(1)
    order = torch.randperm(len(pieces), generator=generator)
    some = order[: round(DROPPED * len(pieces))]
    moved = pieces.clone()
    if how == "shuffle":
        moved = pieces[order]
    elif how == "drop":
        moved[some] = pieces.mean(0)
    else:
        moved[some] = pieces[(some + 1) % len(pieces)]
    return _joined(moved, grid, latent)


def _cut(latent, model):
    """(cubes, channels, latent frames, rows, cols of one cube), in the model's order, and the grid of cubes."""
    frames, rows, cols = grid = model.patches(tuple(latent.shape[1:]))
    channels, deep, high, wide = latent.shape
    if deep % frames or high % rows or wide % cols:
        raise ValueError(f"a latent of {tuple(latent.shape)} is not whole cubes of {grid}")
    cut = latent.reshape(channels, frames, deep // frames, rows, high // rows, cols, wide // cols)
    return cut.permute(1, 3, 5, 0, 2, 4, 6).flatten(0, 2), grid


def _joined(pieces, grid, latent):
    cut = pieces.unflatten(0, grid)  # (frames, rows, cols, channels, …)
    return cut.permute(3, 0, 4, 1, 5, 2, 6).reshape(latent.shape)


def _echo(film):
    """Mean likeness of two frames that are 1, 2, … apart, up to two thirds of the film: -1..1."""
    moving = film.astype(np.float32) - film.mean(0, dtype=np.float32)
    flat = moving.reshape(len(film), -1)
    flat = flat / np.linalg.norm(flat, axis=1, keepdims=True).clip(1e-6)
    every = flat @ flat.T
    return np.array([np.diagonal(every, apart).mean() for apart in range(1, 1 + 2 * len(film) // 3)])


def _seats(model, run):
    """Words, cubes and slices in one sequence, all of them together, and the grid of cubes."""
    counts = token_counts(model, run)
    parts = {"words": counts["words"], "cubes": counts["patches"], "slices": counts["slices"]}
    return {**parts, "total": sum(parts.values()), "grid": model.patches(tuple(run.latent.shape[1:]))}


def _seams(film, run, model):
    """Change across the borders of cubes, over change across borders of cells inside a cube, in space and in time.

    Cells are compared with cells, so that seams of the codec itself don't count.
    """
    x = film.astype(np.float32) / 255  # (frames, height, width, 3)
    frames, rows, cols = model.patches(tuple(run.latent.shape[1:]))
    _, deep, high, wide = run.latent.shape
    at = np.array(model.latent_frames(len(x)))  # latent frame of every frame
    down, across = np.arange(x.shape[1]) * high // x.shape[1], np.arange(x.shape[2]) * wide // x.shape[2]
    spatial = [_ratio(x, 1, down, high // rows), _ratio(x, 2, across, wide // cols)]
    return {"space": float(np.mean(spatial)), "time": _ratio(x, 0, at, deep // frames)}


def _ratio(film, axis, cell, size):
    """Mean change at the borders of cubes of `size` cells along one axis, over the mean change at those inside.

    Change from the half cell before to the half cell after: a codec that blends neighbours hides an edge, not that.
    """
    begins = [i for i in range(1, len(cell)) if cell[i] != cell[i - 1]]
    reach = max(1, min(np.bincount(cell)) // 2)
    border = [i for i in begins if cell[i] // size != cell[i - 1] // size]
    inside = [i for i in begins if i not in border]
    if not inside:  # a cube of one cell: compared with what lies inside the cell
        inside = [i for i in range(reach, len(cell) - reach + 1) if i not in begins]
    if not border or not inside:
        return 1.0
    x = np.moveaxis(film, axis, 0)

    def change(at):
        return np.mean([np.abs(x[i - reach : i].mean(0) - x[i : i + reach].mean(0)).mean() for i in at])

    return float(change(border) / max(change(inside), 1e-6))


def _lengths(asked, model):
    time = model.squeeze[0]
    return sorted({1 + (asked.frames - 1) // time * time * part // 2 for part in (1, 2, 4)})


def _shapes(asked):
    height, width = asked.height, asked.width
    return [(height, width), (height, width * 3 // 2 // 16 * 16), (height * 3 // 2 // 16 * 16, width)]
