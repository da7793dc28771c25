"""From scenes to films: (clips, frames, 3, height, width) in 0..1, anti-aliased, on whatever device the scenes are on.

film = render(draw(16, seed=1), frames=17, height=64, width=64)

A subject is lit from where the sun or the moon is, and throws a soft shadow straight down: wider and paler, the higher
it is.
"""

import torch
from torch import Tensor

from .motion import Track, follow
from .places import backdrop, sun, tint
from .scene import Scenes
from .shapes import BODY, SHAPES, covered
from .words import COLOURS, MOTIONS, SUBJECTS

PAINT = {
    "red": (0.87, 0.13, 0.16),
    "orange": (0.98, 0.52, 0.08),
    "yellow": (1.0, 0.84, 0.12),
    "green": (0.09, 0.55, 0.26),
    "blue": (0.13, 0.30, 0.88),
    "purple": (0.55, 0.22, 0.75),
    "brown": (0.52, 0.30, 0.15),
}
OUTLINE = 1.2  # units of darker rim, so that yellow shows on sand and blue on sea
SHADOW = 0.30  # how dark it is where something stands
WIDER = 24.0  # units above the ground at which a shadow is twice as wide, and a quarter as dark


def render(scenes: Scenes, frames: int, height: int, width: int, track: Track | None = None) -> Tensor:
    """``track`` only if it is known already."""
    track = track or follow(scenes, frames)
    times = torch.arange(frames, device=scenes.x.device, dtype=torch.float32)
    film = backdrop(scenes, times, height, width)
    event = scenes.motion == MOTIONS.index("rebound")
    for i, name in enumerate([*SUBJECTS, "basketball"]):
        mine = event if name == "basketball" else (scenes.subject == i) & ~event
        index = mine.nonzero().flatten()
        if len(index):
            film[index] = _draw(film[index], name, scenes[index], _pick(track, index))
    return film.clamp(0, 1)


def _pick(track: Track, index: Tensor) -> Track:
    return Track(**{name: value[index] for name, value in vars(track).items()})


def _draw(film: Tensor, name: str, scenes: Scenes, track: Track) -> Tensor:
    height, width = film.shape[-2:]
    unit = height / 64
    y = (torch.arange(height, device=film.device) + 0.5) / unit
    x = (torch.arange(width, device=film.device) + 0.5) / unit
    at = lambda v: v[:, :, None, None]  # noqa: E731 (clips, frames) -> (clips, frames, 1, 1)
    each = lambda v: v[:, None, :, None, None]  # noqa: E731 (clips, 3) -> (clips, 1, 3, 1, 1)
    dx, dy = x[None, None, None, :] - at(track.x), y[None, None, :, None] - at(track.y)

    wide = 1 + track.height.clamp(min=0) / WIDER
    across = dx / at(0.85 * wide * track.radius)
    down = (y[None, None, :, None] - scenes.ground[:, None, None, None] - 0.3) / at(0.17 * wide * track.radius)
    film *= 1 - (at(SHADOW / wide**2) * torch.exp(-(across**2)) * torch.exp(-(down**2)))[:, :, None]

    cos, sin = torch.cos(at(track.angle)), torch.sin(at(track.angle))
    facing = scenes.direction[:, None, None, None]
    p = torch.stack([(cos * dx + sin * dy) * facing, cos * dy - sin * dx], -1) / at(track.radius)[..., None]

    colour = torch.tensor([PAINT[c] for c in COLOURS], device=film.device)[scenes.colour]  # (clips, 3)
    side = ((sun(scenes)[:, None] - track.x) / 40).clamp(-0.7, 0.7)  # of the light
    lit = 1.0 + (0.17 * (at(side / track.radius) * dx - 0.8 * dy / at(track.radius))).clamp(-0.25, 0.12)
    for layer in SHAPES[name](p, track.feet):
        distance = layer.distance * at(track.radius)  # in units
        cover = covered(distance, unit) * layer.opacity  # (clips, frames, height, width)
        if layer.paint is BODY:
            shade = lit * (1 - 0.45 * covered(-distance - OUTLINE, unit)) * layer.shade
            paint = each(colour * tint(scenes)) * shade[:, :, None]
        else:
            paint = each(torch.tensor(layer.paint, device=film.device) * tint(scenes)).expand_as(film)
        film.lerp_(paint, cover[:, :, None].expand_as(film))
    return film
