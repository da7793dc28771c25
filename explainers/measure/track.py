"""Where the subject of a film is, when it touches something, and how it falls. The background need not be known.

    path = centre(film)                  # any film: (frames, 3, rows, cols) in 0..1, or the engine's uint8 frames
    path.x, path.y, path.size            # (frames,) each; NaN in path.x, path.y where nothing is found
    contacts(path.y)                     # times in frames, between two frames too: [7.36]
    turns(path.x)                        # [(7.4, 2.1, 1.5)]: the same where it turns back, speeds before and after
    fall = free_fall(path.y)             # the parabola through the longest flight
    fall.gravity, fall.start, fall.end   # units / frame^2; NaN where no flight is long enough
    slope(path.x)                        # speed along it, units / frame: of the best straight line
    fall.curve                           # (frames,) heights of that parabola in its flight, NaN outside: to draw it

A *unit* is 1/64 of the film's height, so that gravity means the same at every size. y grows downwards.

On rendered films of 64 x 64 whose answers are known (tests/measure/test_track.py holds these): the centre of a ball is
found within 0.2 units (median; 0.7 in 19 of 20 frames), a contact within 0.15 frames, its gravity within 2 % (median).
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from .film import as_film

Numbers = npt.NDArray[np.float64]

STANDS_OUT = (0.06, 0.20)  # difference from the background at which a pixel begins to count, and counts fully
WINDOW = 22.0  # units: nothing bigger than twice this is looked for
TURNS = (
    (1.3, 2.0),
    (1.15, 1.0),
    (1.1, 0.7),
    (1.05, 0.5),
)  # radii, and units more, that it may cover
SHORTEST_FLIGHT = 5  # frames that a parabola is fitted to, at least
KINK = 0.8  # units / frame: a smaller jump of speed is not a contact
MOVES = 0.2  # units / frame: what is slower stands still
REACH = 4  # frames on either side of a contact that decide when it was


@dataclass
class Path:
    x: Numbers  # (frames,) centre, units
    y: Numbers  # (frames,) downwards
    size: Numbers  # (frames,) radius of a disc of the same area
    mask: Tensor  # (frames, rows, cols) how much of each pixel is subject, 0..1


@dataclass
class Fall:
    gravity: float  # units / frame^2
    start: float  # of the flight that was looked at, frames
    end: float
    curve: Numbers  # (frames,)
    error: float  # root mean square distance of the track from the parabola, units


def centre(film: object) -> Path:
    """The middle of what stands out against its background, followed from frame to frame.

    The background is what each pixel shows while the subject is elsewhere, or what its row shows; where the subject is
    follows from the background: so the two are found in turns.
    """
    x = as_film(film)
    _, _, rows, cols = x.shape
    unit = rows / 64
    across, down = (torch.arange(cols) + 0.5) / unit, (torch.arange(rows) + 0.5) / unit

    rest = x - x.median(3, keepdim=True).values  # skies and soils are one colour along a row, and may fade in time
    mask = _salience(rest)
    still = (rest.amax(0) - rest.amin(0)).amax(0) < STANDS_OUT[0]  # suns and hills, but also the core of what spins
    where = _follow(mask * torch.where(still, 0.3, 1.0), across, down, WINDOW)
    for wide, more in TURNS:
        apart = torch.hypot(across[None, None] - where[:, :1, None], down[None, :, None] - where[:, 1:, None])
        radius = _radius(mask * (apart < WINDOW), unit).view(-1, 1, 1)
        background = _background(x, free=apart >= wide * radius + more)
        mask = _filled(_salience(x - background) * (apart < 1.3 * radius + 2))
        where = _follow(mask, across, down, WINDOW, where)
    found = (mask.sum((1, 2)) / unit**2 > 12).numpy()  # less than this is noise
    xy = where.double().numpy()
    xy[~found] = np.nan
    return Path(xy[:, 0], xy[:, 1], _radius(mask, unit).double().numpy(), mask)


def _background(x: Tensor, free: Tensor) -> Tensor:
    """What would be seen without the subject, from the pixels that are free of it: (frames, 3, rows, cols)."""
    frames, _, _, cols = x.shape
    see = free[:, None].float()
    row = torch.where(free[:, None], x, torch.nan).nanmedian(3, keepdim=True).values.nan_to_num()
    seen = (x - row) * see
    t, c = torch.arange(frames), torch.arange(cols)
    in_time = torch.exp(-(t[:, None] - t).abs() / 3.0)
    along = torch.exp(-(c[:, None] - c).abs() * 16 / cols)
    total, weight = (torch.einsum("ft,tchw->fchw", in_time, v) for v in (seen, see))
    total, weight = (v + 0.01 * torch.einsum("fchw,wv->fchv", v, along) for v in (total, weight))
    return row + total / weight.clamp(min=1e-6)


def _salience(difference: Tensor) -> Tensor:
    low, high = STANDS_OUT
    return ((difference.abs().amax(1) - low) / (high - low)).clamp(0, 1)  # (frames, rows, cols)


def _filled(mask: Tensor) -> Tensor:
    """With what it encloses on all four sides: a stripe may be as pale as the sky behind the ball."""
    sides = [mask.cummax(d).values for d in (1, 2)] + [mask.flip(d).cummax(d).values.flip(d) for d in (1, 2)]
    return torch.stack(sides).amin(0)  # nowhere less than the mask itself


def _radius(mask: Tensor, unit: float) -> Tensor:
    return (mask.sum((1, 2)) / torch.pi).sqrt() / unit


def _follow(mask: Tensor, across: Tensor, down: Tensor, window: float, start: Tensor | None = None) -> Tensor:
    """Mean of the mask within a window around itself: (frames, 2). Begins at the median, which a sun pulls little."""

    def median(weight: Tensor, place: Tensor) -> Tensor:
        share = weight.cumsum(1) / weight.sum(1, keepdim=True).clamp(min=1e-6)
        return place[(share < 0.5).sum(1).clamp(max=len(place) - 1)]

    where = start if start is not None else torch.stack([median(mask.sum(1), across), median(mask.sum(2), down)], 1)
    for narrower in (1.0, 0.9, 0.8, 0.8):
        apart = torch.hypot(across[None, None] - where[:, :1, None], down[None, :, None] - where[:, 1:, None])
        near = mask * (apart < window * narrower)
        total = near.sum((1, 2)).clamp(min=1e-6)
        where = torch.stack([(near.sum(1) * across).sum(1) / total, (near.sum(2) * down).sum(1) / total], 1)
    return where


def contacts(track: Numbers) -> list[float]:
    """Times at which a coordinate's speed jumps upwards (for y: a bounce off the floor; for x: use ``-x`` or ``x``).

    Around each local maximum: a parabola whose slope may jump at one moment, with one curvature on both sides. The
    moment that leaves the least error is the contact, if the jump is big enough to be one.
    """
    y = np.asarray(track, float)
    found = []
    for k in range(1, len(y) - 1):
        if not (y[k] >= y[k - 1] and y[k] > y[k + 1]):
            continue
        left, right = max(0, k - REACH), min(len(y), k + REACH + 1)
        t, heights = np.arange(left, right, dtype=float), y[left:right]
        if len(t) < 6 or not np.isfinite(heights).all():
            continue
        fits = [(*_kink(t, heights, moment), moment) for moment in np.arange(k - 1, k + 1.01, 0.05)]
        _, jump, moment = min(fits)
        if jump < -KINK:
            found.append(float(moment))
    return found


def slope(track: Numbers) -> float:
    """Of the best straight line; NaN where fewer than three frames are known."""
    x = np.asarray(track, float)
    known = np.isfinite(x)
    if known.sum() < 3:
        return float("nan")
    return float(np.polyfit(np.arange(len(x))[known], x[known], 1)[0])


def turns(track: Numbers) -> list[tuple[float, float, float]]:
    """Contacts off which a coordinate goes back: when, its speed towards them, its speed away from them.

    A jolt of what stands still, or a contact after which it goes on the same way, is none.
    """
    x = np.asarray(track, float)
    t = np.arange(len(x))
    found = []
    for at in contacts(x):
        before, after = slope(x[(t <= at) & (t > at - 5)]), slope(x[(t >= at) & (t < at + 5)])
        if before > MOVES and after < 0:
            found.append((at, before, -after))
    return found


def _kink(t: Numbers, y: Numbers, moment: float) -> tuple[float, float]:
    """Error and jump of slope of the best parabola with a kink at that moment."""
    since = t - moment
    terms = np.stack([np.ones_like(t), since, since**2 / 2, since.clip(min=0)], 1)
    best = np.linalg.lstsq(terms, y, rcond=None)[0]
    return float(np.square(terms @ best - y).sum()), float(best[3])


def free_fall(y: Numbers, touches: list[float] | None = None) -> Fall:
    """The best parabola through the longest flight: between contacts, or between a contact and an end of the film."""
    y = np.asarray(y, float)
    t = np.arange(len(y), dtype=float)
    edges = [0.0, *(contacts(y) if touches is None else touches), float(len(y) - 1)]
    start, end = max(pairwise(edges), key=lambda edge: edge[1] - edge[0])
    use = (t >= start) & (t <= end) & np.isfinite(y)
    curve = np.full(len(y), np.nan)
    if use.sum() < SHORTEST_FLIGHT:
        return Fall(np.nan, start, end, curve, np.nan)
    terms = np.stack([np.ones_like(t), t, t**2 / 2], 1)
    best = np.linalg.lstsq(terms[use], y[use], rcond=None)[0]
    curve[use] = (terms @ best)[use]
    return Fall(float(best[2]), start, end, curve, float(np.sqrt(np.mean((curve - y)[use] ** 2))))
