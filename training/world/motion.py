"""How things move: from a batch of scenes to exact tracks, and to the moments at which something touches something.

    track = follow(scenes, frames=17)
    track.x, track.y               # (clips, frames) centre, in units
    track.contacts                 # (clips, contacts) times in frames, inf where there is none

A *unit* is 1/64 of the picture's height, a *frame* 1/8 of a second; so speeds are units a frame. Everything is
closed-form in time: the parabola is the parabola, not a simulation, and a contact is known between two frames.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from .scene import Scenes
from .words import MOTIONS

FPS = 8
GRAVITY = 0.30  # units / frame^2, the one value that the training world has
RESTITUTION = 0.80  # speed kept at the floor
BOARD_RESTITUTION = 0.75  # and at the backboard
STRIDE = 8.0  # frames from hoofbeat to the same hoofbeat
HOOFBEATS = (0.05, 0.40)  # when in a stride the hind and the fore pair land
FLOOR, HOOF, BOARD = 1, 2, 3  # kinds of contact
MAX_CONTACTS = 12


@dataclass
class Track:
    x: Tensor  # (clips, frames) centre of the subject, units
    y: Tensor  # (clips, frames) downwards
    radius: Tensor  # (clips, frames)
    angle: Tensor  # (clips, frames) radians, clockwise on screen
    stride: Tensor  # (clips, frames) phase of the legs in strides; 0 where they stand still
    contacts: Tensor  # (clips, contacts) frames, inf where unused
    impact: Tensor  # (clips, contacts) speed at the contact, units / frame
    kind: Tensor  # (clips, contacts) FLOOR, HOOF, BOARD, 0 where unused


def follow(scenes: Scenes, frames: int) -> Track:
    """The track of every scene over so many frames."""
    t = torch.arange(frames, device=scenes.x.device, dtype=torch.float64)
    return at(scenes, t.expand(len(scenes), -1), frames)


def at(scenes: Scenes, t: Tensor, frames: int) -> Track:
    """The track at any times ``t`` (clips, times) in frames; contacts up to ``frames``."""
    s = {name: value.double()[:, None] for name, value in scenes.numbers().items()}  # each (clips, 1)
    motion = scenes.motion[:, None]
    is_ = {name: motion == i for i, name in enumerate(MOTIONS)}
    zero = torch.zeros_like(t)

    along = s["direction"] * s["speed"] * t  # distance along x
    slides = is_["left"] | is_["right"] | is_["roll"] | is_["gallop"]
    falls = is_["bounce"] | is_["rebound"]
    floor = s["ground"] - s["radius"]  # height of a centre whose subject stands

    x = s["x"] + torch.where(slides, along, zero) + torch.where(is_["bounce"], s["drift"] * t, zero)
    y = floor.expand_as(t)
    radius = s["radius"].expand_as(t)
    angle, stride = zero, zero

    fall, times, speeds = _bounce(s["y"], s["fall"], floor, s["gravity"], t)
    y = torch.where(falls, fall, y)

    hit_board = (s["board"] - s["radius"] - s["x"]) / s["drift"].clamp(min=1e-9)  # when the ball's side touches it
    there, back = s["drift"] * t, BOARD_RESTITUTION * s["drift"] * (t - hit_board).clamp(min=0)
    x = torch.where(is_["rebound"], s["x"] + torch.minimum(there, s["drift"] * hit_board) - back, x)

    y = torch.where(is_["float"], s["y"] - s["speed"] * t, y)
    x = torch.where(is_["float"], s["x"] + 1.2 * (torch.sin(0.45 * t + s["phase"]) - torch.sin(s["phase"])), x)

    growing = s["radius"] * (0.40 + 0.60 * t / 16)
    radius = torch.where(is_["grow"], growing.clamp(max=20.0), radius)
    y = torch.where(is_["grow"], s["ground"] - radius, y)

    y = torch.where(is_["spin"], s["y"], y)
    angle = torch.where(is_["spin"], s["turn"] * t, angle)
    rolling = (x - s["x"]) / s["radius"]
    angle = torch.where(is_["roll"] | is_["bounce"] | is_["rebound"], rolling, angle)

    gait = is_["gallop"]
    stride = torch.where(gait, t / STRIDE + s["phase"] / (2 * math.pi), stride)
    y = torch.where(gait, y - 1.1 * (0.5 - 0.5 * torch.cos(4 * math.pi * stride)), y)

    contacts, impact, kind = _contacts(is_, s, times, speeds, hit_board, frames)
    return Track(*(v.float() for v in (x, y, radius, angle, stride, contacts, impact)), kind)


def _bounce(y0: Tensor, v0: Tensor, floor: Tensor, g: Tensor, t: Tensor, bounces: int = 6) -> tuple[Tensor, ...]:
    """Height at t, and times and speeds of the contacts, of a point thrown from y0 with v0 (downwards positive)."""
    first = (-v0 + torch.sqrt(v0**2 + 2 * g * (floor - y0).clamp(min=0))) / g  # (clips, 1)
    speed = v0 + g * first
    y = y0 + v0 * t + g * t**2 / 2
    times, speeds = [], []
    time = first
    for _ in range(bounces):
        times.append(time)
        speeds.append(speed)
        speed = RESTITUTION * speed
        since = t - time
        y = torch.where(since >= 0, floor - speed * since + g * since**2 / 2, y)
        time = time + 2 * speed / g
    return torch.minimum(y, floor), torch.cat(times, 1), torch.cat(speeds, 1)


def _contacts(is_, s, times, speeds, hit_board, frames: int) -> tuple[Tensor, Tensor, Tensor]:
    """All contacts in time order, padded to MAX_CONTACTS."""
    clips, device = len(times), times.device
    falls = is_["bounce"] | is_["rebound"]
    strides = torch.arange(-1, 7, device=device, dtype=torch.float64)[None]
    hooves = torch.cat([(strides + beat - s["phase"] / (2 * math.pi)) * STRIDE for beat in HOOFBEATS], 1)
    none = torch.tensor(math.inf, device=device, dtype=torch.float64)

    when = torch.cat(
        [
            torch.where(falls, times, none),
            torch.where(is_["gallop"], hooves, none),
            torch.where(is_["rebound"], hit_board, none),
        ],
        1,
    )
    impact = torch.cat([speeds, torch.full_like(hooves, 2.0), s["drift"].abs().expand(clips, 1)], 1)
    kind = torch.tensor([FLOOR] * times.shape[1] + [HOOF] * hooves.shape[1] + [BOARD], device=device)
    heard = (when >= 0) & (when < frames) & (impact > 0.4)  # below that it lies rather than bounces
    when = torch.where(heard, when, none)
    order = when.argsort(1)[:, :MAX_CONTACTS]
    when, impact = when.gather(1, order), impact.gather(1, order)
    kind = torch.where(torch.isinf(when), 0, kind.expand(clips, -1).gather(1, order))
    return when, torch.where(kind > 0, impact, 0.0), kind
