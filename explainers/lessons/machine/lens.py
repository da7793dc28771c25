"""The whole path of one run, words to film: what each stop of it leaves, and how much there is of it.

way(run, model)["noise"]            # a few small pictures of that stop, uint8 (how many, rows, cols, 3)
way(run, model)["tokens"]           # how many cubes of space and time the film became
answer(run)["settled"]              # the step at which each frame is what it will be
"""

import dataclasses

import numpy as np
import torch

from explainers.engine import Patch, attention, branches, decode, evenly, preview, record
from explainers.measure.asked import asked
from explainers.measure.likeness import apart

SETTLED = 0.95  # correlation with the finished frame: it is what it will be
TOGETHER = 0.25  # of all steps: frames that settle within so few settle together; one after the other, they take all
IN_ORDER = 0.5  # correlation of the step at which a frame settles with its place in the film
CLOSE = 0.002  # two films are the same when their pixels are so near; a film that was shipped is not bitwise equal


def way(run, model):
    """Every stop between the prompt and the film, with its pictures and numbers."""
    request = run.request
    last = len(run.steps) - 1
    film = decode(model, run)
    yield 0.3
    middle = run.steps[last // 2]
    frames, rows, cols = model.patches(tuple(middle.latent.shape[1:]))
    look = attention(model, run, middle.index, query=Patch(frames // 2, rows // 2, cols // 2))
    yield 0.6
    cond, uncond = _pull(run, model, last // 4)
    guesses = [preview(model, run.steps[i].x0) for i in evenly(last + 1, 4)]
    at = len(film.frames) // 2
    heights = _heights(film.sound)
    return {
        "prompt": request.prompt,
        "words": sum(token.word is not None for token in run.tokens),
        "unknown": ", ".join(run.unknown),
        "noise": preview(model, run.latents[0])[evenly(len(film.frames), 3)],
        "seed": request.seed,
        "pixels": film.frames.size,
        "latents": run.latent.numel(),
        "squeeze": film.frames.size / run.latent.numel(),
        "cells": _cells(run.latent.numpy()),
        "cubes": _cubes(film.frames, frames, rows, cols),
        "tokens": frames * rows * cols,
        "looks": look.video / look.video.max(),
        "own": look.share["own frame"],
        "others": look.share["other frames"],
        "pull": float((cond - uncond).norm() / uncond.norm()) if uncond is not None else 0.0,
        "guidance": request.guidance,
        "guesses": np.stack([guess[at] for guess in guesses]),
        "steps": last + 1,
        "calls": sum(len(calls) for calls in run.calls),
        "film": film.frames[evenly(len(film.frames), 3)],
        "frames": len(film.frames),
        "seconds": len(film.frames) / film.fps,
        "took": sum(run.seconds),
        "heights": heights,
        "slices": 0 if run.sound_latent is None else run.sound_latent.shape[-1],
        "peak": float(heights.max(initial=0)),
    }


def answer(run):
    """In which order the frames become what they are in the finished film.

    A frame is settled from the step on from which the model's guess of it stays as like the finished one as SETTLED.
    """
    alike = torch.stack([_alike(step.x0, run.latent) for step in run.steps])  # (steps, frames)
    steps, frames = alike.shape
    settled = 1 + steps - (alike >= SETTLED).flip(0).cummin(0).values.sum(0)  # (frames,) counted from 1
    spread = int(settled.max() - settled.min())
    trend = torch.corrcoef(torch.stack([settled.float(), torch.arange(frames).float()]))[0, 1] if spread else 0.0
    order = "together" if spread <= TOGETHER * steps else "forward" if trend > IN_ORDER else "anyhow"
    return {
        "answer": order,
        "case": order,
        "step": torch.arange(1, steps + 1),
        "alike": alike.T,
        "settled": settled,
        "earliest": int(settled.min()),
        "latest": int(settled.max()),
        "steps": steps,
        "frames": run.request.frames,
    }


def again(run, model):
    """The same words made again, with the same seed and with the next one."""
    from explainers.measure.reader import Reader

    films = {}
    for done, seed in enumerate((run.request.seed, run.request.seed + 1)):
        made = record(model, dataclasses.replace(run.request, seed=seed))
        for step in made:
            yield (done + (step.index + 1) / len(run.steps)) / 2
        films[seed] = decode(model, made.recording, sound=False).frames
    first, (same, other) = decode(model, run, sound=False).frames, films.values()
    said, wanted = Reader.load().says(other), asked(run.request.prompt)
    return {
        "first": first,
        "again": same,
        "other": other,
        "seed": run.request.seed,
        "next": run.request.seed + 1,
        "same": apart(first, same),
        "apart": apart(first, other),
        "found": sum(said[kind] == name for kind, name in wanted.items()),
        "asked": len(wanted),
        "case": "same" if apart(first, same) < CLOSE else "other",
    }


def _alike(guess, finished):
    """Correlation of each frame with the finished one: (frames,)."""
    a, b = (x.transpose(0, 1).flatten(1) for x in (guess, finished))
    a, b = (x - x.mean(1, keepdim=True) for x in (a, b))
    return (a * b).sum(1) / (a.norm(dim=1) * b.norm(dim=1)).clamp(min=1e-9)


def _pull(run, model, step):
    """What the model answers with the prompt and without it."""
    both = branches(model, run, step)
    return both.cond, both.uncond


def _cells(latent):
    """Four channels of the latent's middle frame as grey pictures, each from its darkest to its brightest."""
    channels = latent[:4, latent.shape[1] // 2]  # (4, rows, cols)
    low, high = channels.min((1, 2), keepdims=True), channels.max((1, 2), keepdims=True)
    grey = (channels - low) / np.maximum(high - low, 1e-6)
    return np.repeat(grey[..., None], 3, axis=-1)


def _cubes(film, frames, rows, cols):
    """The first and the last frame with gaps where the patches end."""
    _, height, width, _ = film.shape
    cut = film[[0, -1]].astype(np.float32) / 255
    for row in range(1, rows):
        cut[:, height * row // rows] = 0
    for col in range(1, cols):
        cut[:, :, width * col // cols] = 0
    return cut


def _heights(sound, bins: int = 48):
    """The loudest swing in each of `bins` equal parts of the sound; empty without one."""
    if sound is None:
        return np.zeros(0)
    mono = np.abs(np.asarray(sound).reshape(len(sound), -1)).max(axis=1)
    return np.array([part.max() for part in np.array_split(mono, bins)])
