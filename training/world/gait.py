"""How a subject carries itself while it moves: where its feet are, how its body rises, how far it leans.

    walk(stride)                   # Gait: legs swing in diagonal pairs, the body bobs
    gallop(stride, reach)          # Gait: leaps; the fore pair lands first, then the hind pair
    stands(star, angle)            # how far its centre is above the ground, in radii

``stride`` counts strides; all lengths are radii of the subject, who faces right; y grows downwards and the sole of a
foot that stands is at y = 1. Feet are placed on the ground first and the body above them, so that a foot that stands
does not sink or slip when the body bobs or leans.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

STRIDE = {"walk": 8.0, "gallop": 12.0}  # frames
HIPS = (-0.54, -0.36, 0.14, 0.34)  # x of the legs: hind pair, fore pair
PAIR = (0.0, 0.5, 0.5, 0.0)  # of a stride, by which a walking leg is late: diagonal ones go together
LANDS = (0.2, 0.2, 0.0, 0.0)  # of a stride, at which a galloping leg lands
STANCE = 0.3  # of a gallop's stride is spent on the ground
BOB, STEP, LIFT = 0.09, 0.30, 0.20  # of a walk
LEAN, REACH, TUCK = 0.20, 0.36, 0.30  # of a gallop
TIP = 1.10  # radius of the star's tips


@dataclass
class Gait:
    rise: Tensor  # (...) of the body
    lean: Tensor  # (...) radians, nose down
    feet: Tensor  # (..., 4, 2) soles, seen from the body


def still(like: Tensor) -> Gait:
    zero = torch.zeros_like(like)
    hips = torch.tensor(HIPS, device=like.device, dtype=like.dtype).expand(*like.shape, 4)
    return Gait(zero, zero, torch.stack([hips, torch.ones_like(hips)], -1))


def walk(stride: Tensor) -> Gait:
    phase = 2 * math.pi * (stride[..., None] - stride.new_tensor(PAIR))  # (..., 4)
    along = STEP * torch.cos(phase)  # backwards while it stands, for half of a stride
    lift = LIFT * (-torch.sin(phase)).clamp(min=0)
    rise = BOB * torch.sin(2 * math.pi * stride) ** 2
    return _above(rise, torch.zeros_like(rise), along, lift)


def gallop(stride: Tensor, height: Tensor) -> Gait:
    """``height`` of the leap's top: the body's way is a parabola from where it leaves the ground to where it lands."""
    down, flown = _leap(stride)
    rise = 4 * height * flown * (1 - flown)
    lean = LEAN * torch.where(flown > 0, -torch.cos(math.pi * flown), torch.cos(math.pi * down))
    down, flown = _leap(stride[..., None] - stride.new_tensor(LANDS))  # of each leg
    along = REACH * torch.where(flown > 0, -torch.cos(math.pi * flown), torch.cos(math.pi * down))
    lift = TUCK * torch.sin(math.pi * flown) + rise[..., None]  # in the air they go with the body
    return _above(rise, lean, along, lift)


def _leap(stride: Tensor) -> tuple[Tensor, Tensor]:
    """Shares of the stance and of the flight that have passed; a stride begins as it lands."""
    s = torch.remainder(stride, 1)
    return (s / STANCE).clamp(max=1), ((s - STANCE) / (1 - STANCE)).clamp(min=0)


def _above(rise: Tensor, lean: Tensor, along: Tensor, lift: Tensor) -> Gait:
    """Feet so far from their hips and above the ground, as seen from a body that has risen and leans."""
    x = along + along.new_tensor(HIPS)
    y = 1 - lift + rise[..., None]
    cos, sin = torch.cos(lean)[..., None], torch.sin(lean)[..., None]
    return Gait(rise, lean, torch.stack([cos * x + sin * y, cos * y - sin * x], -1))


def stands(star: Tensor, angle: Tensor) -> Tensor:
    """A ball stands on its rim and an animal on its feet, one radius down; a star on the lower of its tips."""
    fifth = 2 * math.pi / 5
    aside = (torch.remainder(angle, fifth) - fifth / 2).abs()  # of the tip that is lowest
    return torch.where(star, TIP * torch.cos(aside), 1.0)
