"""The gate between codec and transformer: what the codec loses, no transformer can bring back.

    python -m training gate --config small

On clips it never saw: decibels over all pixels, over moving pixels, and the gravity of a bouncing ball read off the
reconstruction by the same tracker that reads it off the original.
"""

from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor

from ..config import Config
from ..world import draw, follow, render, spell
from ..world.places import backdrop
from .picture_codec import moving, reconstruct

MUST = {"psnr": 33.0, "psnr_moving": 24.0, "gravity_error": 0.05}


@dataclass
class Gate:
    psnr: float
    psnr_moving: float
    gravity: float  # median of what the reconstruction says, over what the original says
    gravity_error: float

    @property
    def passed(self) -> bool:
        return (
            self.psnr >= MUST["psnr"]
            and self.psnr_moving >= MUST["psnr_moving"]
            and self.gravity_error <= MUST["gravity_error"]
        )


def decibels(error: Tensor) -> float:
    """Of squared errors on a scale of 0..1."""
    return float(-10 * error.mean().log10())


def centre(film: Tensor, empty: Tensor) -> tuple[Tensor, Tensor]:
    """Where is what differs from the empty scene? (clips, frames) x and y in units."""
    height, width = film.shape[-2:]
    weight = ((film - empty).abs().amax(2) - 0.12).clamp(min=0)  # (clips, frames, height, width)
    weight = weight / weight.sum((-2, -1), keepdim=True).clamp(min=1e-6)
    y = (torch.arange(height, device=film.device) + 0.5) * 64 / height
    x = (torch.arange(width, device=film.device) + 0.5) * 64 / height
    return (weight.sum(-2) * x).sum(-1), (weight.sum(-1) * y).sum(-1)


def free_fall(y: Tensor, contacts: Tensor) -> Tensor:
    """Twice the square term of the parabola through each clip's longest flight: (clips,) units / frame^2, or nan."""
    frames = torch.arange(y.shape[1], dtype=torch.float64)
    found = []
    for heights, touches in zip(y.double().cpu(), contacts.double().cpu(), strict=True):
        edges = [0.0, *[float(c) for c in touches if c < y.shape[1]], float(y.shape[1])]
        start, end = max(pairwise(edges), key=lambda e: e[1] - e[0])
        use = (frames >= start) & (frames <= end)
        if use.sum() < 5:
            found.append(float("nan"))
            continue
        t = frames[use]
        terms = torch.stack([torch.ones_like(t), t, t**2 / 2], 1)
        found.append(float(torch.linalg.lstsq(terms, heights[use, None]).solution[2]))
    return torch.tensor(found)


@torch.no_grad()
def judge(vae, config: Config, clips: int = 48, seed: int = 90_001) -> Gate:
    device = next(vae.parameters()).device
    scenes = draw(clips, seed).to(device)
    film = render(scenes, config.frames, config.height, config.width)
    again = torch.cat([reconstruct(vae, f) for f in film.split(8)])
    error = (film - again).square()
    moves = moving(film).expand_as(film)

    balls = [{"subject": "ball", "colour": c, "place": p, "motion": "bounce"} for c in ("red", "blue", "green") for p in
             ("snow", "grass", "sea", "night")]  # fmt: skip
    fall = spell(balls * 2, seed).to(device)
    track = follow(fall, config.frames)
    true = render(fall, config.frames, config.height, config.width, track)
    empty = backdrop(fall, torch.arange(config.frames, device=device).float(), config.height, config.width)
    back = torch.cat([reconstruct(vae, f) for f in true.split(8)])
    g_true, g_back = (free_fall(centre(f, empty)[1], track.contacts) for f in (true, back))
    ratio = (g_back / g_true)[torch.isfinite(g_back / g_true)]
    return Gate(decibels(error), decibels(error[moves]), float(ratio.median()), float((ratio - 1).abs().median()))
