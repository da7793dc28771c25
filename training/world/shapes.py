"""The subjects, as signed distance functions: how far is a point from the silhouette, negative inside.

    for layer in SHAPES["cat"](p, stride): layer.distance, layer.paint

``p`` is (..., 2) in the subject's own space: x to the right (everybody faces right), y down, the silhouette within
about [-1, 1], feet at y = 1. Distances make edges that are smooth at any size, with no sprite to store.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

BODY = None  # painted in the colour that the caption names
INK, IVORY, CLOTH, ROSE, WOOD = (
    (0.10, 0.09, 0.12),
    (1.0, 0.97, 0.88),
    (0.98, 0.98, 0.98),
    (0.95, 0.6, 0.6),
    (0.4, 0.28, 0.2),
)


@dataclass
class Layer:
    distance: Tensor
    paint: tuple[float, float, float] | None  # BODY or a fixed colour
    opacity: float = 1.0


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


def _legs(p: Tensor, stride: Tensor, xs: list[float], top: float, r: float, swing: float) -> Tensor:
    """Legs that end at y = 1 - r, swinging with the stride; hind pair first, the fore pair a beat behind."""
    parts = []
    for i, x in enumerate(xs):
        beat = 2 * math.pi * (stride - (0.05, 0.15, 0.40, 0.50)[i])
        moving = (stride != 0).to(p.dtype)
        dx = -swing * torch.sin(beat) * moving
        lift = 0.16 * (0.5 - 0.5 * torch.cos(beat)) * moving  # a foot is down once a stride, on its beat
        parts.append(limb(p, (x, top), (x + dx, 1 - r - lift), r))
    return join(*parts)


def ball(p: Tensor, stride: Tensor) -> list[Layer]:
    disc = circle(p, 0, 0, 0.98)
    band = torch.maximum(p[..., 1].abs() - 0.2, disc + 0.1)
    return [Layer(disc, BODY), Layer(band, CLOTH), Layer(ellipse(p, -0.36, -0.5, 0.2, 0.15), CLOTH, 0.8)]


def basketball(p: Tensor, stride: Tensor) -> list[Layer]:
    disc = circle(p, 0, 0, 0.98)
    seams = join(p[..., 0].abs(), p[..., 1].abs(), circle(p, -1.15, 0, 0.8).abs(), circle(p, 1.15, 0, 0.8).abs()) - 0.06
    return [Layer(disc, BODY), Layer(torch.maximum(seams, disc + 0.06), INK, 0.85)]


def cat(p: Tensor, stride: Tensor) -> list[Layer]:
    head = circle(p, 0.50, -0.34, 0.40)
    ears = join(
        polygon(p, [(0.16, -0.45), (0.20, -0.98), (0.52, -0.62)]),
        polygon(p, [(0.50, -0.62), (0.84, -0.98), (0.86, -0.42)]),
    )
    tail = join(limb(p, (-0.60, 0.30), (-0.86, -0.10), 0.10), limb(p, (-0.86, -0.10), (-0.72, -0.55), 0.10))
    trunk = ellipse(p, -0.10, 0.28, 0.62, 0.36)
    legs = _legs(p, stride, [-0.55, -0.30, 0.12, 0.36], 0.40, 0.12, 0.22)
    return [
        Layer(join(join(trunk, head, soft=0.15), ears, tail, legs), BODY),
        Layer(join(circle(p, 0.38, -0.40, 0.085), circle(p, 0.68, -0.40, 0.085)), INK),
        Layer(ellipse(p, 0.55, -0.20, 0.17, 0.10), CLOTH, 0.9),
    ]


def horse(p: Tensor, stride: Tensor) -> list[Layer]:
    trunk = ellipse(p, -0.14, 0.10, 0.58, 0.29)
    neck = limb(p, (0.28, 0.02), (0.58, -0.56), 0.19)
    head = limb(p, (0.60, -0.66), (0.88, -0.40), 0.15)
    ear = polygon(p, [(0.46, -0.76), (0.54, -1.02), (0.66, -0.76)])
    legs = _legs(p, stride, [-0.58, -0.40, 0.12, 0.30], 0.20, 0.095, 0.34)
    tail = join(limb(p, (-0.66, 0.0), (-0.86, 0.20), 0.10), limb(p, (-0.86, 0.20), (-0.90, 0.52), 0.09))
    mane = join(limb(p, (0.42, -0.72), (0.22, -0.42), 0.11), limb(p, (0.22, -0.42), (0.08, -0.16), 0.09))
    return [
        Layer(join(join(trunk, neck, head, soft=0.12), ear, legs), BODY),
        Layer(join(mane, tail), INK, 0.75),
        Layer(circle(p, 0.64, -0.62, 0.06), INK),
    ]


def mammoth(p: Tensor, stride: Tensor) -> list[Layer]:
    hump = ellipse(p, -0.22, -0.12, 0.68, 0.58)
    head = ellipse(p, 0.42, -0.42, 0.36, 0.42)
    fringe = ellipse(p, -0.20, 0.30, 0.66, 0.34)  # the wool that hangs down
    trunk = join(limb(p, (0.70, -0.30), (0.84, 0.20), 0.13), limb(p, (0.84, 0.20), (0.78, 0.62), 0.11))
    legs = _legs(p, stride, [-0.66, -0.38, 0.06, 0.30], 0.30, 0.16, 0.20)
    tusk = join(limb(p, (0.56, 0.02), (0.68, 0.36), 0.075), limb(p, (0.68, 0.36), (0.98, 0.40), 0.06))
    return [
        Layer(join(join(hump, head, fringe, soft=0.12), trunk, legs), BODY),
        Layer(ellipse(p, 0.20, -0.34, 0.15, 0.24), INK, 0.22),  # ear
        Layer(tusk, IVORY),
        Layer(circle(p, 0.54, -0.46, 0.07), INK),
    ]


def boat(p: Tensor, stride: Tensor) -> list[Layer]:
    hull = polygon(p, [(-0.98, 0.42), (-0.66, 1.0), (0.66, 1.0), (0.98, 0.42)])
    mast = limb(p, (0.0, -0.98), (0.0, 0.45), 0.05)
    sails = join(
        polygon(p, [(0.10, 0.26), (0.84, 0.26), (0.10, -0.92)]),
        polygon(p, [(-0.66, 0.26), (-0.10, 0.26), (-0.10, -0.66)]),
    )
    return [Layer(mast, WOOD), Layer(sails, CLOTH), Layer(hull, BODY)]


def star(p: Tensor, stride: Tensor) -> list[Layer]:
    angle = torch.atan2(p[..., 0], -(p[..., 1] - 0.05))
    fifth = 2 * math.pi / 5
    folded = (torch.remainder(angle + fifth / 2, fifth) - fifth / 2).abs()
    r = torch.hypot(p[..., 0], p[..., 1] - 0.05)
    x, y = r * torch.cos(folded), r * torch.sin(folded)  # the edge runs from the tip (1, 0) to the notch
    tip, notch = (1.04, 0.0), (0.52 * math.cos(fifth / 2), 0.52 * math.sin(fifth / 2))
    ex, ey = notch[0] - tip[0], notch[1] - tip[1]
    body = ((x - tip[0]) * ey - (y - tip[1]) * ex) / math.hypot(ex, ey)
    return [
        Layer(body - 0.02, BODY),
        Layer(join(circle(p, -0.17, -0.06, 0.085), circle(p, 0.17, -0.06, 0.085)), INK),
        Layer(ellipse(p, 0.0, 0.22, 0.14, 0.07), ROSE),
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
