"""The whole path of one run, words to film: what each stop of it leaves, and how much there is of it.

way(run, model)["noise"]            # a few small pictures of that stop, uint8 (how many, rows, cols, 3)
way(run, model)["tokens"]           # how many cubes of space and time the film became
"""

import numpy as np

from explainers.engine import Patch, attention, branches, decode, evenly, preview


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


def answer(run, model):
    """How many numbers of film stand behind one number that the model works on."""
    film = decode(model, run, sound=False)
    squeeze = film.frames.size / run.latent.numel()
    size = "all" if squeeze < 3 else "tenth" if squeeze < 20 else "fewer"
    return {"answer": size, "pixels": film.frames.size, "latents": run.latent.numel(), "squeeze": squeeze}


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
