"""The subjects, as signed distance functions: how far is a point from the silhouette, negative inside.

    for layer in SHAPES["cat"](p, feet): layer.distance, layer.paint
    covered(distance, unit)                   # how much of each pixel, 0..1

``p`` is (..., 2) in the subject's own space: x to the right (everybody faces right), y down, the silhouette within
about [-1, 1], feet at y = 1; ``feet`` (..., 4, 2) is where the soles are (gait.py). Distances make edges that are
smooth at any size, with no sprite to store. Each subject is to be known by its outline alone.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from .gait import HIPS, TIP

EDGE = 2.0  # units from outside to inside: some three pixels at 128, for a codec dies of sharp edges
BODY = None  # painted in the colour that the caption names
INK, IVORY, CLOTH, ROSE, WOOD = (
    (0.10, 0.09, 0.12),
    (1.0, 0.97, 0.88),
    (1.0, 0.97, 0.90),
    (0.95, 0.55, 0.58),
    (0.36, 0.25, 0.18),
)


@dataclass
class Layer:
    distance: Tensor
    paint: tuple[float, float, float] | None  # BODY or a fixed colour
    opacity: float = 1.0
    shade: float = 1.0  # of what is farther away


def covered(distance: Tensor, unit: float, edge: float = EDGE) -> Tensor:
    """Of a pixel, whose own width comes on top of the edge's: so a film is the same at any size. Distance in units."""
    inside = (0.5 - distance / math.hypot(edge, 1 / unit)).clamp(0, 1)
    return inside * inside * (3 - 2 * inside)


def circle(p: Tensor, x: float, y: float, r: float) -> Tensor:
    return torch.hypot(p[..., 0] - x, p[..., 1] - y) - r


def ellipse(p: Tensor, x: float, y: float, rx: float, ry: float, tilt: float = 0.0) -> Tensor:
    """First-order distance: exact on the outline, good enough beside it."""
    dx, dy = p[..., 0] - x, p[..., 1] - y
    if tilt:
        c, s = math.cos(tilt), math.sin(tilt)
        dx, dy = c * dx + s * dy, c * dy - s * dx
    k = torch.hypot(dx / rx, dy / ry)
    slope = torch.hypot(dx / rx**2, dy / ry**2)
    return k * (k - 1) / slope.clamp(min=1e-4)


def limb(p: Tensor, a, b, r: float) -> Tensor:
    """A thick line from a to b; either end may be a tensor that moves."""
    ax, ay, bx, by = (torch.as_tensor(v, device=p.device, dtype=p.dtype) for v in (*a, *b))
    px, py, bx, by = p[..., 0] - ax, p[..., 1] - ay, bx - ax, by - ay
    h = ((px * bx + py * by) / (bx * bx + by * by)).clamp(0, 1)
    return torch.hypot(px - h * bx, py - h * by) - r


def polygon(p: Tensor, corners: list[tuple[float, float]]) -> Tensor:
    """Convex polygon: the farthest of its edges' half-planes."""
    turns = sum(ax * by - bx * ay for (ax, ay), (bx, by) in zip(corners, corners[1:] + corners[:1], strict=True))
    inside = 1.0 if turns > 0 else -1.0  # which side of the edges is in
    far = []
    for (ax, ay), (bx, by) in zip(corners, corners[1:] + corners[:1], strict=True):
        length = math.hypot(bx - ax, by - ay)
        far.append(((p[..., 0] - ax) * (by - ay) - (p[..., 1] - ay) * (bx - ax)) * inside / length)
    return torch.stack(far).amax(0)


def join(*distances: Tensor, soft: float = 0.0) -> Tensor:
    """Union; with ``soft`` the parts grow together like clay."""
    d = distances[0]
    for e in distances[1:]:
        if soft:
            h = (0.5 + 0.5 * (e - d) / soft).clamp(0, 1)
            d = e + (d - e) * h - soft * h * (1 - h)
        else:
            d = torch.minimum(d, e)
    return d


def _legs(p: Tensor, feet: Tensor, top: float, r: float, near: bool) -> Tensor:
    """The two legs of one side, from hip to foot."""
    parts = []
    for i in (0, 2) if near else (1, 3):
        x, y = (feet[..., i, axis, None, None] for axis in (0, 1))
        parts.append(limb(p, (HIPS[i], top), (x, y - r), r))
    return join(*parts)


def _eye(p: Tensor, x: float, y: float, r: float = 0.11) -> Layer:
    return Layer(circle(p, x, y, r), INK)


def ball(p: Tensor, feet: Tensor) -> list[Layer]:
    """A beach ball: its broad sectors show at a glance whether it turns."""
    disc = circle(p, 0, 0, 1.0)
    third = 2 * math.pi / 3
    aside = (torch.remainder(torch.atan2(p[..., 0], -p[..., 1]) + third / 2, third) - third / 2).abs()
    sector = torch.hypot(p[..., 0], p[..., 1]) * torch.sin((aside - 0.42).clamp(-1.5, 1.5))
    return [Layer(disc, BODY), Layer(torch.maximum(sector, disc + 0.13), CLOTH)]


def basketball(p: Tensor, feet: Tensor) -> list[Layer]:
    disc = circle(p, 0, 0, 1.0)
    seams = join(p[..., 0].abs(), p[..., 1].abs(), circle(p, -1.15, 0, 0.8).abs(), circle(p, 1.15, 0, 0.8).abs()) - 0.07
    return [Layer(disc, BODY), Layer(torch.maximum(seams, disc + 0.06), INK, 0.85)]


def cat(p: Tensor, feet: Tensor) -> list[Layer]:
    """Two pointed ears, a round face, a tail held high."""
    head = circle(p, 0.48, -0.34, 0.44)
    ears = join(
        polygon(p, [(0.08, -0.42), (0.10, -1.06), (0.50, -0.66)]),
        polygon(p, [(0.46, -0.66), (0.88, -1.06), (0.90, -0.40)]),
    )
    tail = join(limb(p, (-0.58, 0.30), (-0.88, -0.16), 0.11), limb(p, (-0.88, -0.16), (-0.70, -0.78), 0.11))
    trunk = ellipse(p, -0.12, 0.30, 0.60, 0.33)
    return [
        Layer(_legs(p, feet, 0.40, 0.12, near=False), BODY, shade=0.75),
        Layer(join(join(trunk, head, soft=0.15), ears, tail, _legs(p, feet, 0.40, 0.12, near=True)), BODY),
        Layer(ellipse(p, 0.54, -0.14, 0.22, 0.13), CLOTH),
        Layer(join(circle(p, 0.34, -0.40, 0.11), circle(p, 0.70, -0.40, 0.11)), INK),
    ]


def horse(p: Tensor, feet: Tensor) -> list[Layer]:
    """A long neck, a long head, long legs; mane and tail dark."""
    trunk = ellipse(p, -0.12, 0.10, 0.60, 0.28)
    neck = limb(p, (0.26, 0.02), (0.54, -0.60), 0.19)
    head = limb(p, (0.54, -0.70), (0.90, -0.42), 0.16)
    ear = polygon(p, [(0.38, -0.76), (0.46, -1.10), (0.62, -0.80)])
    tail = join(limb(p, (-0.66, 0.0), (-0.90, 0.20), 0.12), limb(p, (-0.90, 0.20), (-0.94, 0.60), 0.10))
    mane = join(limb(p, (0.36, -0.80), (0.20, -0.44), 0.13), limb(p, (0.20, -0.44), (0.04, -0.16), 0.11))
    return [
        Layer(_legs(p, feet, 0.18, 0.105, near=False), BODY, shade=0.75),
        Layer(join(mane, tail), INK, 0.85),
        Layer(join(join(trunk, neck, head, soft=0.12), ear, _legs(p, feet, 0.18, 0.105, near=True)), BODY),
        _eye(p, 0.60, -0.66, 0.09),
    ]


def mammoth(p: Tensor, feet: Tensor) -> list[Layer]:
    """A hump and a domed head, a trunk, and a tusk as long as its face."""
    hump = ellipse(p, -0.26, -0.06, 0.70, 0.56)
    head = ellipse(p, 0.36, -0.50, 0.36, 0.44)
    fringe = ellipse(p, -0.20, 0.32, 0.66, 0.32)  # the wool that hangs down
    trunk = join(
        limb(p, (0.60, -0.36), (0.78, 0.22), 0.15),
        limb(p, (0.78, 0.22), (0.72, 0.66), 0.12),
        limb(p, (0.72, 0.66), (0.94, 0.74), 0.11),
    )
    tusk = join(limb(p, (0.46, 0.02), (0.64, 0.38), 0.10), limb(p, (0.64, 0.38), (1.04, 0.26), 0.08))
    return [
        Layer(_legs(p, feet, 0.30, 0.165, near=False), BODY, shade=0.75),
        Layer(join(join(hump, head, fringe, trunk, soft=0.12), _legs(p, feet, 0.30, 0.165, near=True)), BODY),
        Layer(ellipse(p, 0.10, -0.40, 0.17, 0.28), INK, 0.25),  # ear
        Layer(tusk, IVORY),
        _eye(p, 0.50, -0.52, 0.10),
    ]


def boat(p: Tensor, feet: Tensor) -> list[Layer]:
    """A hull with a high bow, a big sail and a small one before it."""
    hull = polygon(p, [(-0.86, 0.40), (-0.66, 1.0), (0.56, 1.0), (1.06, 0.26)])
    mast = limb(p, (0.0, -1.0), (0.0, 0.45), 0.06)
    main = polygon(p, [(-0.08, 0.24), (-0.84, 0.24), (-0.08, -1.0)])
    jib = polygon(p, [(0.14, 0.16), (0.76, 0.10), (0.14, -0.84)])
    return [Layer(mast, WOOD), Layer(main, CLOTH), Layer(join(hull, jib), BODY)]


def star(p: Tensor, feet: Tensor) -> list[Layer]:
    """Five points and a smile."""
    angle = torch.atan2(p[..., 0], -p[..., 1])
    fifth = 2 * math.pi / 5
    folded = (torch.remainder(angle + fifth / 2, fifth) - fifth / 2).abs()
    r = torch.hypot(p[..., 0], p[..., 1])
    x, y = r * torch.cos(folded), r * torch.sin(folded)  # the edge runs from the tip to the notch
    tip, notch = (TIP, 0.0), (0.56 * math.cos(fifth / 2), 0.56 * math.sin(fifth / 2))
    ex, ey = notch[0] - tip[0], notch[1] - tip[1]
    body = ((x - tip[0]) * ey - (y - tip[1]) * ex) / math.hypot(ex, ey)
    return [
        Layer(body, BODY),
        Layer(join(circle(p, -0.20, -0.10, 0.11), circle(p, 0.20, -0.10, 0.11)), INK),
        Layer(ellipse(p, 0.0, 0.20, 0.20, 0.10), ROSE),
    ]


SHAPES: dict[str, Callable[[Tensor, Tensor], list[Layer]]] = {
    "ball": ball,
    "cat": cat,
    "boat": boat,
    "horse": horse,
    "mammoth": mammoth,
    "star": star,
    "basketball": basketball,
}
