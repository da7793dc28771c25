"""The places, as soft gradients: calm on purpose, so that a small model spends itself on what moves.

backdrop(scenes, times, height, width)     # (clips, frames, 3, height, width) in 0..1
"""

import torch
from torch import Tensor

from .scene import Scenes
from .words import MOTIONS, PLACES

# top of the sky, sky at the horizon, ground at the horizon, ground at the bottom
PAINT = {
    "snow": ((0.58, 0.70, 0.86), (0.84, 0.89, 0.95), (0.98, 0.985, 1.0), (0.86, 0.90, 0.96)),
    "grass": ((0.36, 0.66, 0.94), (0.74, 0.88, 0.98), (0.50, 0.76, 0.34), (0.28, 0.58, 0.24)),
    "sea": ((0.50, 0.74, 0.92), (0.86, 0.93, 0.98), (0.22, 0.50, 0.78), (0.06, 0.22, 0.50)),
    "desert": ((0.50, 0.75, 0.90), (0.97, 0.90, 0.74), (0.93, 0.78, 0.50), (0.82, 0.62, 0.34)),
    "night": ((0.03, 0.04, 0.16), (0.14, 0.18, 0.42), (0.16, 0.22, 0.30), (0.10, 0.14, 0.20)),
    "sunset": ((1.0, 0.86, 0.40), (1.0, 0.95, 0.66), (0.34, 0.22, 0.26), (0.22, 0.13, 0.18)),
}
DUSK = ((0.84, 0.36, 0.18), (1.0, 0.58, 0.22))  # where the sunset's sky has gone after 16 frames
SUN = {"sunset": (1.0, 0.98, 0.84), "night": (0.95, 0.94, 0.82), "desert": (1.0, 0.98, 0.86)}


def backdrop(scenes: Scenes, times: Tensor, height: int, width: int) -> Tensor:
    device = scenes.x.device
    unit = height / 64
    y = ((torch.arange(height, device=device) + 0.5) / unit).view(1, 1, 1, -1, 1)
    x = ((torch.arange(width, device=device) + 0.5) / unit).view(1, 1, 1, 1, -1)
    t = times.to(device).view(1, -1, 1, 1, 1)
    per_clip = lambda v: v.view(-1, 1, 1, 1, 1)  # noqa: E731
    horizon, phase = per_clip(scenes.horizon), per_clip(scenes.phase)
    place = per_clip(scenes.place)

    paint = torch.tensor([PAINT[p] for p in PLACES], device=device)[scenes.place]  # (clips, 4, 3)
    sky0, sky1, soil0, soil1 = (paint[:, i, None, :, None, None] for i in range(4))
    fade = (t / 16).clamp(0, 1) * (place == PLACES.index("sunset"))
    dusk = torch.tensor(DUSK, device=device)
    sky0 = sky0 + (dusk[0].view(1, 1, 3, 1, 1) - sky0) * fade
    sky1 = sky1 + (dusk[1].view(1, 1, 3, 1, 1) - sky1) * fade

    def coverage(distance: Tensor) -> Tensor:  # of a pixel, from a distance in units
        return (0.5 - distance * unit).clamp(0, 1)

    sky = sky0 + (sky1 - sky0) * (y / horizon).clamp(0, 1)
    sun = torch.zeros(len(scenes), 3, device=device)
    lit = torch.zeros(len(scenes), device=device)
    for name, colour in SUN.items():
        here = scenes.place == PLACES.index(name)
        sun[here], lit[here] = torch.tensor(colour, device=device), 1.0
    across = x.amax() * (0.2 + 0.6 * per_clip((scenes.phase * 7.3).frac()))
    down = 11.0 + 8.0 * fade
    disc = coverage(torch.hypot(x - across, y - down) - 5.5) * per_clip(lit)
    sky = sky + (sun[:, None, :, None, None] - sky) * disc

    rolling = (place != PLACES.index("sea")) * 1.6 * torch.sin(0.07 * x + phase)
    waves = (place == PLACES.index("sea")) * 0.9 * torch.sin(0.28 * x + phase - 0.35 * t)
    land = coverage(horizon + rolling + waves - y)
    soil = soil0 + (soil1 - soil0) * ((y - horizon) / (64 - horizon)).clamp(0, 1)
    crest = 0.35 * coverage((y - horizon - 8.0 - 0.9 * torch.sin(0.24 * x + 2 * phase - 0.35 * t)).abs() - 0.7)
    soil = soil + (1 - soil) * crest * (place == PLACES.index("sea"))
    picture = sky + (soil - sky) * land

    court = per_clip(scenes.motion == MOTIONS.index("rebound"))
    board = per_clip(scenes.board)
    pole = coverage(torch.maximum((x - board - 4.5).abs() - 0.9, 14.0 - y))
    plate = coverage(torch.maximum((x - board - 1.3).abs() - 1.3, (y - 21.0).abs() - 10.5))
    rim = coverage(torch.maximum((x - board + 4.5).abs() - 4.0, (y - 31.5).abs() - 0.7))
    for mask, colour in [(pole, (0.35, 0.36, 0.40)), (plate, (0.97, 0.97, 0.97)), (rim, (0.86, 0.24, 0.16))]:
        picture = picture + (torch.tensor(colour, device=device).view(1, 1, 3, 1, 1) - picture) * mask * court
    return picture
