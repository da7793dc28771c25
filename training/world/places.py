"""The places, as soft gradients: calm on purpose, so that a small model spends itself on what moves.

    backdrop(scenes, times, height, width)     # (clips, frames, 3, height, width) in 0..1
    light(scenes)                              # where it comes from and what it tints

Every place has its own air, far hills, ground, light, and one thing that stands there; pale all of them, so that each
of the seven colours stands out before each of the six places. Only the sea and the sunset change with time: the other
places are painted once a film.
"""

from collections.abc import Callable

import torch
from torch import Tensor

from .scene import Scenes
from .shapes import covered
from .words import MOTIONS, PLACES

# top of the sky, sky at the horizon, far hills, ground at the horizon, ground at the bottom
PAINT = {
    "snow": ((0.52, 0.69, 0.90), (0.80, 0.88, 0.96), (0.78, 0.86, 0.95), (0.97, 0.98, 1.0), (0.86, 0.91, 0.97)),
    "grass": ((0.44, 0.74, 0.97), (0.80, 0.93, 0.99), (0.74, 0.90, 0.86), (0.68, 0.87, 0.48), (0.48, 0.74, 0.36)),
    "sea": ((0.55, 0.79, 0.95), (0.91, 0.96, 0.97), (0.80, 0.90, 0.93), (0.42, 0.78, 0.84), (0.16, 0.54, 0.70)),
    "desert": ((0.58, 0.82, 0.93), (0.98, 0.94, 0.84), (0.94, 0.83, 0.68), (0.98, 0.88, 0.68), (0.89, 0.74, 0.52)),
    "night": ((0.04, 0.05, 0.19), (0.17, 0.21, 0.45), (0.11, 0.15, 0.33), (0.19, 0.27, 0.38), (0.12, 0.18, 0.27)),
    "sunset": ((1.0, 0.86, 0.40), (1.0, 0.93, 0.74), (0.80, 0.62, 0.62), (0.58, 0.45, 0.52), (0.40, 0.29, 0.40)),
}
DUSK = ((0.84, 0.40, 0.18), (1.0, 0.74, 0.58))  # where the sunset's sky has gone after 16 frames
SUN = {"sunset": (1.0, 0.98, 0.84), "night": (0.95, 0.94, 0.82), "desert": (1.0, 0.98, 0.86)}
TINT = {"night": (0.92, 0.95, 1.0), "sunset": (1.0, 0.95, 0.90)}  # of the light; white elsewhere
CHANGES = ("sea", "sunset")


def sun(scenes: Scenes) -> Tensor:
    """Where the light comes from, seen or not: (clips,) x in units."""
    return scenes.width * (0.15 + 0.7 * (scenes.phase * 7.3).frac())


def tint(scenes: Scenes) -> Tensor:
    """(clips, 3)"""
    return torch.tensor([TINT.get(p, (1.0, 1.0, 1.0)) for p in PLACES], device=scenes.x.device)[scenes.place]


def backdrop(scenes: Scenes, times: Tensor, height: int, width: int) -> Tensor:
    times = times.to(scenes.x.device)
    changes = torch.isin(scenes.place, torch.tensor([PLACES.index(p) for p in CHANGES], device=times.device))
    picture = torch.empty(len(scenes), len(times), 3, height, width, device=times.device)
    picture[changes] = _paint(scenes[changes], times, height, width)
    picture[~changes] = _paint(scenes[~changes], times[:1], height, width)
    return picture


def _paint(scenes: Scenes, times: Tensor, height: int, width: int) -> Tensor:
    device, unit = times.device, height / 64
    y = ((torch.arange(height, device=device) + 0.5) / unit).view(1, 1, 1, -1, 1)
    x = ((torch.arange(width, device=device) + 0.5) / unit).view(1, 1, 1, 1, -1)
    t = times.view(1, -1, 1, 1, 1)
    horizon, phase, place = (v.view(-1, 1, 1, 1, 1) for v in (scenes.horizon, scenes.phase, scenes.place))
    at_sea, evening = place == PLACES.index("sea"), place == PLACES.index("sunset")

    paint = torch.tensor([PAINT[p] for p in PLACES], device=device)[scenes.place]  # (clips, 5, 3)
    sky0, sky1, far, soil0, soil1 = (paint[:, i, None, :, None, None] for i in range(5))
    fade = (t / 16).clamp(0, 1) * evening
    dusk = torch.tensor(DUSK, device=device).view(2, 1, 1, 3, 1, 1)
    sky0, sky1 = (sky + (late - sky) * fade for sky, late in zip((sky0, sky1), dusk, strict=True))
    picture = sky0 + (sky1 - sky0) * (y / horizon).clamp(0, 1)
    picture = picture.expand(-1, len(times), -1, -1, width).contiguous()

    def lay(mask: Tensor, colour: Tensor) -> None:  # (clips, frames, 1, height, width), (clips, 1, 3, 1, 1)
        picture.lerp_(colour.expand_as(picture), mask.expand(-1, len(times), -1, -1, -1))

    shines = torch.tensor([SUN.get(p, (0.0, 0.0, 0.0)) for p in PLACES], device=device)[scenes.place]
    disc = torch.hypot(x - sun(scenes).view_as(phase), y - 11.0 - 8.0 * fade) - 6.0
    shade = torch.hypot(x - sun(scenes).view_as(phase) - 3.5, y - 9.0) - 5.5  # makes a crescent of the moon
    disc = torch.where(place == PLACES.index("night"), torch.maximum(disc, -shade), disc)
    lay(covered(disc, unit) * (shines.sum(1) > 0).view_as(phase), shines[:, None, :, None, None])
    hills = 3.5 + 2.0 * torch.sin(0.11 * x + 3.1 * phase) + 1.2 * torch.sin(0.053 * x + phase)
    lay(covered(horizon - hills - y, unit), far)
    for name, (colour, shape) in STANDS.items():
        mine = (scenes.place == PLACES.index(name)).nonzero().flatten()
        if len(mine):
            mask = torch.zeros(len(scenes), 1, 1, height, width, device=device)
            mask[mine] = shape(x, y, horizon[mine], phase[mine], unit)
            lay(mask, torch.tensor(colour, device=device).view(1, 1, 3, 1, 1))

    rolling = torch.where(at_sea, 0.9 * torch.sin(0.28 * x + phase - 0.35 * t), 1.6 * torch.sin(0.07 * x + phase))
    soil = soil0 + (soil1 - soil0) * ((y - horizon) / (64 - horizon)).clamp(0, 1)
    crest = (y - horizon - 8.0 - 0.9 * torch.sin(0.24 * x + 2 * phase - 0.35 * t)).abs() - 0.7
    soil = soil + (1 - soil) * 0.3 * covered(crest, unit) * at_sea
    picture.lerp_(soil.expand_as(picture), covered(horizon + rolling - y, unit).expand(-1, len(times), -1, -1, -1))

    court = (scenes.motion == MOTIONS.index("rebound")).nonzero().flatten()
    if len(court):
        board = scenes.board[court].view(-1, 1, 1, 1, 1)
        pole = torch.maximum((x - board - 4.5).abs() - 1.1, 14.0 - y)
        plate = torch.maximum((x - board - 1.6).abs() - 1.6, (y - 21.0).abs() - 11.0)
        rim = torch.maximum((x - board + 5.0).abs() - 4.5, (y - 32.0).abs() - 1.0)
        built = picture[court]
        for part, paint in [(pole, (0.42, 0.43, 0.48)), (plate, (0.97, 0.97, 0.97)), (rim, (0.86, 0.24, 0.16))]:
            built += (torch.tensor(paint, device=device).view(1, 1, 3, 1, 1) - built) * covered(part, unit)
        picture[court] = built
    return picture


# What stands in a place: a mask from x, y, the horizon and the phase, in units.


def _clouds(x: Tensor, y: Tensor, horizon: Tensor, phase: Tensor, unit: float) -> Tensor:
    where = x.amax() * (0.2 + 0.6 * (phase * 3.7).frac())
    puffs = [
        torch.hypot((x - where - dx) / 1.3, y - 11 - dy) - r for dx, dy, r in ((-6, 1, 4), (0, -1, 5.5), (7, 1, 4))
    ]
    return 0.25 * covered(torch.stack(puffs).amin(0), unit, edge=4.0)


def _firs(x: Tensor, y: Tensor, horizon: Tensor, phase: Tensor, unit: float) -> Tensor:
    trees = []
    for place, tall in ((0.13, 15.0), (0.31, 10.0), (0.83, 13.0)):
        middle = x.amax() * ((place + phase / 6.283) % 1)
        trees.append(torch.maximum((x - middle).abs() - 0.36 * (y - horizon + tall), horizon - tall - y))
    return 0.8 * covered(torch.stack(trees).amin(0), unit)


def _stars(x: Tensor, y: Tensor, horizon: Tensor, phase: Tensor, unit: float) -> Tensor:
    shine = 0.0
    for i in range(7):
        across, down = x.amax() * ((0.618 * i + phase) % 1), 5 + 26 * (0.414 * i * i + 0.3 * phase) % 26
        shine = shine + covered(torch.hypot(x - across, y - down) - 0.5, unit)
    return 0.6 * shine.clamp(max=1)


STANDS: dict[str, tuple[tuple[float, float, float], Callable[..., Tensor]]] = {
    "grass": ((1.0, 1.0, 1.0), _clouds),
    "snow": ((0.66, 0.78, 0.88), _firs),
    "night": ((0.90, 0.92, 1.0), _stars),
}
