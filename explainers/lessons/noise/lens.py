"""What noise does to a film: at any level, in one jump, on pixels and on latents.

drowned(run, model, level=0.7)["pixels"]      # (frames, height, width, 3) in 0..1
overtakes(run, model)["level"]                # the sigma at which noise becomes stronger, per spatial frequency

One formula everywhere, that of flow models: x_t = (1 - sigma) * x0 + sigma * eps. Pixels are brought to mean 0 and
spread 1 first, as the codec's latents are, so that one sigma means the same share of noise on both.
"""

import math

import torch

from explainers.engine import decode, evenly, replay
from explainers.measure.asked import KINDS
from explainers.measure.spectrum import power_spectrum

HOPS = 100  # small steps to compare one jump with
CLEAR = 0.1  # levels that are so far apart are told apart
ALIKE = 0.8  # correlation of two latents that show much the same film
SAME = 0.01  # shares of the film that are so near to each other are the same
TRIES = 2  # noises to average over where a reader looks


def drowned(run, model, *, level):
    """The film with noise put on its pixels, and with noise put on its latent and then decoded."""
    film = _pixels(run, model)  # (frames, height, width, 3)
    middle, spread = film.mean(), film.std()
    x0 = (film - middle) / spread
    x_t = (1 - level) * x0 + level * _noise(x0, seed=1)
    z_t = (1 - level) * run.latent + level * _noise(run.latent, seed=1)
    return {
        "film": film.numpy(),
        "pixels": (x_t * spread + middle).numpy(),
        "latents": decode(model, run, z_t, sound=False).frames,
        "level": level,
        "spread": float(run.latent.std()),
    }


def overtakes(run, model):
    """The level at which noise becomes as strong as the film: where (1 - sigma)^2 P = sigma^2, P the film's power."""
    film, latent = _views(run, model)
    waves, power = power_spectrum(film)
    cells, cell_power = power_spectrum(latent)
    level, cell_level = (p.sqrt() / (1 + p.sqrt()) for p in (power, cell_power))
    gap, cell_gap = (float(each[0] - each[-1]) for each in (level, cell_level))
    return {
        "waves": waves,
        "level": level,
        "cells": cells,
        "cell_level": cell_level,
        "coarse": float(level[0]),
        "fine": float(level[-1]),
        "coarse_latent": float(cell_level[0]),
        "fine_latent": float(cell_level[-1]),
        "case": "neither" if gap < CLEAR else "pixels" if cell_gap < gap / 2 else "both",
    }


def answer(run, model, *, level):
    """Whether a jump to a level and a walk there leave equally much of the film."""
    found = jump(run, model, level=level)
    more = found["left_walked"] - found["left_jumped"]
    less = "same" if abs(more) < SAME else "leap" if more > 0 else "walk"
    return {**found, "answer": less, "case": "same" if less == "same" else "other"}


def jump(run, model, *, level):
    """One jump to a level, and a walk of many small steps to the same level: what is left, what was put on."""
    x0 = _unit(_pixels(run, model)).flatten()  # (numbers,)
    jumped = (1 - level) * x0 + level * _noise(x0, seed=1)
    again = (1 - level) * x0 + level * _noise(x0, seed=2)
    walked, at = x0, 0.0
    for hop in range(1, HOPS + 1):
        to = level * hop / HOPS
        fade = (1 - to) / (1 - at)  # what this hop leaves of film and noise alike
        fresh = math.sqrt(to**2 - (fade * at) ** 2)  # noise that is missing at the new level
        walked, at = fade * walked + fresh * _noise(x0, seed=100 + hop), to
    edges = torch.linspace(-4, 4, 41)
    counts = [torch.histogram((x - (1 - level) * x0) / level, edges)[0] for x in (jumped, walked)]
    width = float(edges[1] - edges[0])
    return {
        "value": (edges[1:] + edges[:-1]) / 2,
        "jumped": counts[0] / len(x0) / width,
        "walked": counts[1] / len(x0) / width,
        "hops": HOPS,
        "level": level,
        "left_jumped": float(jumped @ x0 / (x0 @ x0)),
        "left_walked": float(walked @ x0 / (x0 @ x0)),
        "apart": _apart(jumped, walked),
        "apart_twice": _apart(jumped, again),
    }


def readable(run, model):
    """Up to which level place, colour, subject and motion can be told: by a reader that looks at the drowned film,
    and by the same reader looking at what the model, given no words, guesses behind the noise.

    The truth is what the reader says of the finished film.
    """
    from explainers.measure.reader import Reader

    reader = Reader.load()
    truth = reader.says(decode(model, run, sound=False).frames)
    steps = evenly(len(run.steps), 8)
    eye, guess = torch.zeros(2, len(KINDS), len(steps))
    for column, step in enumerate(steps):
        for seed in range(TRIES):
            z_t, sound = _jumped(run, run.sigmas[step], seed)
            for into, latent in ((eye, z_t), (guess, _guess(run, model, step, z_t, sound))):
                read = reader.read(decode(model, run, latent, sound=False).frames)
                into[:, column] += torch.tensor([float(read[kind][truth[kind]]) for kind in KINDS]) / TRIES
            yield (column + (seed + 1) / TRIES) / len(steps)
    levels = [run.sigmas[step] for step in steps]
    last = {kind: _until(levels, guess[row]) for row, kind in enumerate(KINDS)}
    by_eye = {f"{kind}_eye": _until(levels, eye[row]) for row, kind in enumerate(KINDS)}
    sure = min(reader.accuracy[kind] for kind in KINDS)  # of rendered films that it never saw
    return (
        {"level": levels, "eye": eye, "guess": guess, "kinds": list(KINDS), "tries": TRIES, "sure": sure}
        | last
        | by_eye
    )


def back(run, model, *, level):
    """Drown the finished film in one jump, with noise it has never seen, and let the model develop it from there."""
    step = min(range(len(run.sigmas)), key=lambda i: abs(run.sigmas[i] - level))
    latent, sound = _jumped(run, run.sigmas[step], seed=run.request.seed + 1)
    other = replay(model, run, from_step=step, latent=latent, sound_latent=sound)
    yield from other
    return other.recording


def regained(run, other, model):
    """How near the film that came back is to the one that was drowned."""
    step = next((i for i, (a, b) in enumerate(zip(run.latents, other.latents, strict=True)) if not a.equal(b)), 0)
    a, b = _pixels(run, model), _pixels(other, model)
    both = torch.stack([run.latent.flatten(), other.latent.flatten()])
    alike = float(torch.corrcoef(both)[0, 1])
    return {
        "level": run.sigmas[min(step, len(run.sigmas) - 1)],
        "steps": len(run.sigmas) - step,
        "apart": float((a - b).abs().mean()),
        "alike": alike,
        "case": "same" if alike > ALIKE else "other",
        "frame": torch.arange(1, len(a) + 1),
        "per_frame": (a - b).abs().mean((1, 2, 3)),
    }


def half_noise(run, model):
    """Start from the same noise, but half as strong as the formula says and as the model is told."""
    sound = run.sound_latents[0] / 2 if run.sound_latents else None
    other = replay(model, run, latent=run.latents[0] / 2, sound_latent=sound)
    yield from other
    return other.recording


def faded(run, other, model):
    """What half the noise costs: power of details of every size in both films, and their contrast."""
    a, b = _pixels(run, model), _pixels(other, model)
    (waves, before), (_, after) = (power_spectrum(_rows_last(x - x.mean())) for x in (a, b))
    small = waves > waves[-1] / 4
    return {
        "waves": waves,
        "before": before,
        "after": after,
        "detail": float(after[small].sum() / before[small].sum()),
        "contrast": float(b.std() / a.std()),
        "apart": float((a - b).abs().mean()),
    }


def _pixels(run, model):
    return torch.from_numpy(decode(model, run, sound=False).frames).float() / 255  # (frames, height, width, 3)


def _views(run, model):
    """Film and latent as stacks of pictures, mean 0 and spread 1."""
    return _unit(_rows_last(_pixels(run, model))), _unit(run.latent)


def _unit(x):
    return (x - x.mean()) / x.std().clamp(min=1e-6)


def _rows_last(film):
    return film.permute(0, 3, 1, 2)  # (frames, 3, height, width)


def _noise(like, seed):
    return torch.randn(like.shape, generator=torch.Generator().manual_seed(seed))


def _apart(a, b):
    """Kolmogorov and Smirnov's distance: the largest gap between the two shares of numbers below any value."""
    both = torch.cat([a, b]).sort().values
    below = [torch.searchsorted(x.sort().values, both, right=True) / len(x) for x in (a, b)]
    return float((below[0] - below[1]).abs().max())


def _jumped(run, sigma, seed):
    """The finished picture and sound, drowned to a level in one jump."""
    picture = (1 - sigma) * run.latent + sigma * _noise(run.latent, seed)
    if run.sound_latent is None:
        return picture, None
    return picture, (1 - sigma) * run.sound_latent + sigma * _noise(run.sound_latent, seed + 1)


def _guess(run, model, step, latent, sound):
    """What the model guesses behind the noise when nobody tells it the words."""
    other = replay(model, run, from_step=step, prompt="", guidance=1.0, latent=latent, sound_latent=sound)
    return other.first().x0


def _until(levels, right):
    """The highest level at which the reader is still more right than wrong; 0 where it never is."""
    return max((level for level, share in zip(levels, right.tolist(), strict=True) if share > 0.5), default=0.0)
