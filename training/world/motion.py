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

from .gait import LANDS, STANCE, STRIDE, gallop, stands, still, walk
from .scene import Scenes
from .words import LEGGED, MOTIONS, SUBJECTS

FPS = 8
GRAVITY = 0.30  # units / frame^2, the one value that the training world has
RESTITUTION = 0.80  # speed kept at the floor
BOARD_RESTITUTION = 0.75  # and at the backboard
ROCK, SWAY = 0.14, 0.42  # radians by which a boat rocks and a star goes from one foot to the other
SWING = 8.0  # frames that this takes
BIGGEST = 22.0  # radius at which growing ends, units
FLOOR, HOOF, BOARD = 1, 2, 3  # kinds of contact
MAX_CONTACTS = 12


@dataclass
class Track:
    x: Tensor  # (clips, frames) centre of the subject, units
    y: Tensor  # (clips, frames) downwards
    radius: Tensor  # (clips, frames)
    angle: Tensor  # (clips, frames) radians, clockwise on screen
    feet: Tensor  # (clips, frames, 4, 2) soles as seen from the body, radii
    height: Tensor  # (clips, frames) of the lowest point above the ground, units
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
    who = scenes.subject[:, None]
    star, boat, ball = (who == SUBJECTS.index(name) for name in ("star", "boat", "ball"))
    legged = torch.isin(who, torch.tensor([SUBJECTS.index(name) for name in sorted(LEGGED)], device=who.device))

    x = s["x"] + torch.where(slides, along, zero) + torch.where(is_["bounce"], s["drift"] * t, zero)
    hit_board = (s["board"] - s["radius"] - s["x"]) / s["drift"].clamp(min=1e-9)  # when the ball's side touches it
    there, back = s["drift"] * t, BOARD_RESTITUTION * s["drift"] * (t - hit_board).clamp(min=0)
    x = torch.where(is_["rebound"], s["x"] + torch.minimum(there, s["drift"] * hit_board) - back, x)
    x = torch.where(is_["float"], s["x"] + 1.2 * (torch.sin(0.45 * t + s["phase"]) - torch.sin(s["phase"])), x)

    radius = s["radius"].expand_as(t)
    radius = torch.where(is_["grow"], (radius * (0.40 + 0.60 * t / 16)).clamp(max=BIGGEST), radius)

    # What has feet lands on them; a ball turns as far as it goes, through the air too.
    walks = (is_["left"] | is_["right"]) & legged
    swing = torch.sin(2 * math.pi * t / SWING + s["phase"])
    angle = torch.where(is_["spin"], s["turn"] * t, zero)
    angle = torch.where(is_["roll"] | (falls & ball), (x - s["x"]) / s["radius"], angle)
    angle = torch.where((is_["left"] | is_["right"]) & boat, ROCK * swing, angle)
    angle = torch.where((is_["left"] | is_["right"]) & star, SWAY * swing, angle)

    flight = (1 - STANCE) * STRIDE["gallop"]  # frames; who leaps is as heavy as who falls
    gait, legs = still(t), s["phase"] / (2 * math.pi)
    for mine, other in (
        (walks, walk(t / STRIDE["walk"] + legs)),
        (is_["gallop"], gallop(t / STRIDE["gallop"] + legs, s["gravity"] * flight**2 / 8 / s["radius"])),
    ):
        gait.rise, gait.lean = torch.where(mine, other.rise, gait.rise), torch.where(mine, other.lean, gait.lean)
        gait.feet = torch.where(mine[..., None, None], other.feet, gait.feet)
    angle = angle + s["direction"] * gait.lean

    foot = stands(star, torch.where(is_["spin"], zero, angle)) * radius
    y = s["ground"] - foot - gait.rise * radius
    fall, times, speeds = _bounce(s["y"], s["fall"], s["ground"] - foot[:, :1], s["gravity"], t)
    y = torch.where(falls, fall, y)
    y = torch.where(is_["float"], s["y"] - s["speed"] * t, y)
    y = torch.where(is_["spin"], s["y"], y)
    height = s["ground"] - foot - y

    contacts, impact, kind = _contacts(is_, s, times, speeds, hit_board, frames)
    numbers = (x, y, radius, angle, gait.feet, height, contacts, impact)
    return Track(*(v.float() for v in numbers), kind)


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
    landed = [(strides + beat - s["phase"] / (2 * math.pi)) * STRIDE["gallop"] for beat in sorted({*LANDS})]
    hooves = torch.cat(landed, 1)
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
