"""From scenes to films: (clips, frames, 3, height, width) in 0..1, anti-aliased, on whatever device the scenes are on.

film = render(draw(16, seed=1), frames=17, height=64, width=64)
"""

import torch
from torch import Tensor

from .motion import Track, follow
from .places import backdrop
from .scene import Scenes
from .shapes import BODY, SHAPES
from .words import COLOURS, MOTIONS, PLACES, SUBJECTS

PAINT = {
    "red": (0.85, 0.17, 0.19),
    "orange": (0.95, 0.52, 0.12),
    "yellow": (0.98, 0.84, 0.22),
    "green": (0.16, 0.62, 0.28),
    "blue": (0.18, 0.38, 0.86),
    "purple": (0.56, 0.26, 0.74),
    "brown": (0.58, 0.35, 0.18),
}
OUTLINE = 0.7  # units of darker rim, so that yellow shows on sand and blue on sea
NIGHT_LIGHT = 0.94


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
    dx, dy = x[None, None, None, :] - at(track.x), y[None, None, :, None] - at(track.y)
    cos, sin = torch.cos(at(track.angle)), torch.sin(at(track.angle))
    facing = scenes.direction[:, None, None, None]
    p = torch.stack([(cos * dx + sin * dy) * facing, cos * dy - sin * dx], -1) / at(track.radius)[..., None]

    colour = torch.tensor([PAINT[c] for c in COLOURS], device=film.device)[scenes.colour]  # (clips, 3)
    light = torch.where(scenes.place == PLACES.index("night"), NIGHT_LIGHT, 1.0)
    for layer in SHAPES[name](p, at(track.stride)):
        distance = layer.distance * at(track.radius)  # in units
        cover = (0.5 - distance * unit).clamp(0, 1) * layer.opacity  # (clips, frames, height, width)
        if layer.paint is BODY:
            rim = (0.5 + (distance + OUTLINE) * unit).clamp(0, 1)
            shade = (1.06 - 0.22 * (dy / at(track.radius) + 0.4).clamp(-0.6, 1.4)) * (1 - 0.5 * rim)
            paint = colour[:, None, :, None, None] * shade[:, :, None]
        else:
            paint = torch.tensor(layer.paint, device=film.device).view(1, 1, 3, 1, 1)
        film = film + (paint * light.view(-1, 1, 1, 1, 1) - film) * cover[:, :, None]
    return film
