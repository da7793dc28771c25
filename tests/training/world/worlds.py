"""Scenes to test with, and where their subjects are, read off the pixels."""

from dataclasses import replace

import torch

from training.world import PLACES, render, spell
from training.world.places import backdrop
from training.world.render import SHADOW


def scene(subject="ball", colour="red", place="night", motion="bounce", seed=0, aspect=1.0, **fixed):
    """One scene, spelled out."""
    said = {"subject": subject, "colour": colour, "place": place, "motion": motion}
    return spell([said], seed, aspect, **fixed)


def centre_in_pixels(scenes, frames=17, size=64):
    """Centre of what is drawn, read off the pixels alone: (frames,) x and y.

    The same scene before two backgrounds: where the films differ less than the backgrounds do, something covers them;
    what takes no more than the darkest shadow does not count, and what lets no more than that through counts fully.
    """
    times, films, empty = torch.arange(frames).float(), [], []
    for place in ("sea", "sunset"):
        there = replace(scenes, place=torch.tensor([PLACES.index(place)]))
        films.append(render(there, frames, size, size)[0].double())
        empty.append(backdrop(there, times, size, size)[0].clamp(0, 1).double())
    through = (films[0] - films[1]).abs().sum(1) / (empty[0] - empty[1]).abs().sum(1).clamp(min=1e-3)
    cover = ((1 - through - SHADOW) / (1 - 2 * SHADOW)).clamp(0, 1)  # (frames, rows, cols)
    at = (torch.arange(size) + 0.5) * 64 / size
    total = cover.sum((1, 2))
    return (cover.sum(1) * at).sum(1) / total, (cover.sum(2) * at).sum(1) / total
