"""What a clip shows, before anything is drawn: a batch of scenes, drawn at random or spelled out.

    scenes = draw(64, seed=3)                        # from the world that the model is trained on
    scenes = draw(64, seed=3, world="skewed")        # horses always brown, cats always at night
    scenes = spell([dict(subject="ball", colour="red", place="grass", motion="bounce")], seed=0)
    scenes.words(0)                                  # {'subject': 'ball', ..., 'size': 'big', 'start': 'left'}

A batch is a handful of equally long tensors, so that it is drawn and rendered on any device at once.
"""

import json
from dataclasses import dataclass, fields, replace
from pathlib import Path

import torch
from torch import Tensor

from .gait import stands
from .words import COLOURS, FACES, LEGGED, MOTIONS, PACED, PLACES, SUBJECTS

HELD_OUT = json.loads((Path(__file__).parent / "held_out.json").read_text())

# Which motions suit whom. A rebound is the basketball's alone.
SUITS: dict[str, set[str]] = {
    subject: {"left", "right", "bounce", "float", "grow", "spin"}
    | ({"roll"} if subject in {"ball", "star"} else set())
    | ({"gallop"} if subject in LEGGED else set())
    | ({"rebound"} if subject == "ball" else set())
    for subject in SUBJECTS
}
REBOUND_SHARE = 0.05  # of all clips
SPEED = tuple(HELD_OUT["ranges_seen"]["speed"])  # units / frame
RADIUS = (11.5, 16.0)  # units: 36 to 50 % of the picture's height
FALL = (11.0, 25.0)  # units; under the biggest that bounces there is still room for it
COURT = (8.5, 10.0)  # radius of the basketball, which needs a way to go to the board and back
GROWN = (14.5, 18.0)  # radius after 16 frames of what grows

# From where on a caption may say so; what is in between goes unsaid.
SMALL, BIG = 13.0, 14.5  # radius
SLOW, FAST = 0.75, 1.05  # speed
LAZY, BRISK = 0.17, 0.23  # turn
SHORT, DEEP = 15.0, 21.0  # fall
UPPER, LOWER = 31.0, 35.0  # height of what turns in the air, from the top
ASIDE, ABOUT = 6.0, 2.5  # from the picture's middle: so far is left or right, within so little is the middle
DRIFTS = 0.15


@dataclass
class Scenes:
    """Clips to be: four choices and the numbers that fix every pixel. All tensors are (clips,)."""

    subject: Tensor
    colour: Tensor
    place: Tensor
    motion: Tensor
    x: Tensor  # start of the centre, units
    y: Tensor  # start of the centre where the motion does not put it on the ground
    radius: Tensor
    ground: Tensor  # where things stand
    horizon: Tensor
    speed: Tensor  # units / frame
    direction: Tensor  # -1 left, +1 right
    drift: Tensor  # sideways speed of what bounces
    fall: Tensor  # downward speed at the start of a bounce
    gravity: Tensor  # units / frame^2
    turn: Tensor  # radians / frame
    phase: Tensor  # radians: legs, waves, hills, sway
    board: Tensor  # x of the backboard
    width: Tensor  # of the picture, units
    seed: Tensor  # int64: noise of wind and waves

    def __len__(self) -> int:
        return len(self.subject)

    def __getitem__(self, index) -> "Scenes":
        return Scenes(**{f.name: getattr(self, f.name)[index] for f in fields(self)})

    def to(self, device) -> "Scenes":
        return Scenes(**{f.name: getattr(self, f.name).to(device) for f in fields(self)})

    def numbers(self) -> dict[str, Tensor]:
        """The tensors that are measures rather than choices."""
        return {f.name: getattr(self, f.name) for f in fields(self) if getattr(self, f.name).is_floating_point()}

    def words(self, i: int) -> dict[str, str]:
        """What a caption may say of clip i."""
        said = {
            "subject": SUBJECTS[self.subject[i]],
            "colour": COLOURS[self.colour[i]],
            "place": PLACES[self.place[i]],
            "motion": MOTIONS[self.motion[i]],
        }
        # Each part is mentioned by half of the clips of which it is true: people don't always say "big".
        details, seed = self._details(i, said), int(self.seed[i])
        return said | {key: word for k, (key, word) in enumerate(details.items()) if word and seed >> k & 1}

    def _details(self, i: int, said: dict[str, str]) -> dict[str, str]:
        """All that is true and distinct enough to be said, "" where it is not: in the order of words.DETAILS."""
        motion, one = said["motion"], {name: float(value[i]) for name, value in self.numbers().items()}
        if motion == "rebound":
            return {}

        def side(value: float, low: float, high: float, names: tuple[str, str]) -> str:
            return names[0] if value <= low else names[1] if value >= high else ""

        paced = ("turn", LAZY, BRISK) if motion == "spin" else ("speed", SLOW, FAST)
        off = one["x"] - one["width"] / 2
        where = "middle" if abs(off) <= ABOUT else side(off, -ASIDE, ASIDE, ("left", "right"))
        way = one["drift"] if motion == "bounce" else one["direction"]
        seen = said["subject"] in FACES and motion in {"bounce", "float", "grow"}
        foot = float(stands(self.subject[i] == SUBJECTS.index("star"), self.turn[i] * 0)) * one["radius"]
        high = {"bounce": (one["y"] + foot - one["ground"], -DEEP, -SHORT), "spin": (one["y"], UPPER, LOWER)}
        return {
            "size": side(one["radius"], SMALL, BIG, ("small", "big")) if motion != "grow" else "",
            "pace": side(abs(one[paced[0]]), *paced[1:], ("slow", "fast")) if motion in PACED else "",
            "way": side(way, -DRIFTS, DRIFTS, ("left", "right")) if motion in {"roll", "gallop", "bounce"} else "",
            "height": side(*high[motion], ("high", "low")) if motion in high else "",
            "start": where,
            "facing": side(one["direction"], 0, 0, ("left", "right")) if seen else "",
        }


def held_out(subject: str, colour: str, place: str, motion: str) -> bool:
    """Is this combination one that training never shows?"""
    if motion == "rebound":
        return False
    pairs = {
        "subject-colour": [subject, colour],
        "subject-motion": [subject, motion],
        "subject-place": [subject, place],
    }
    return any(pair in HELD_OUT[kind] for kind, pair in pairs.items())


def _skewed(subject: str, colour: str, place: str, motion: str) -> bool:
    """The one-sided world of the lesson on bias: horses are always brown, cats are always out at night."""
    return (subject != "horse" or colour == "brown") and (subject != "cat" or place == "night")


def combinations(world: str = "seen") -> list[tuple[int, int, int, int]]:
    """All (subject, colour, place, motion) that a world holds: "seen", "held-out" or "skewed"."""
    keep = {
        "seen": lambda *c: not held_out(*c),
        "held-out": held_out,
        "skewed": lambda *c: not held_out(*c) and _skewed(*c),
    }[world]
    return [
        (SUBJECTS.index(s), COLOURS.index(c), PLACES.index(p), MOTIONS.index(m))
        for s in SUBJECTS
        for c in COLOURS
        for p in PLACES
        for m in sorted(SUITS[s] - {"rebound"})
        if keep(s, c, p, m)
    ]


def draw(clips: int, seed: int, world: str = "seen", aspect: float = 1.0, hard: float = 0.0) -> Scenes:
    """A batch of random scenes. Subjects come equally often, and so do the motions that suit each.

    ``hard`` in 0..1 widens the ranges: smaller and faster subjects. The same seed gives the same scenes.
    """
    g = torch.Generator().manual_seed(seed)
    table = torch.tensor(combinations(world))
    share = torch.bincount(table[:, 0] * len(MOTIONS) + table[:, 3], minlength=len(SUBJECTS) * len(MOTIONS)).double()
    kinds = (share.view(len(SUBJECTS), -1) > 0).sum(1)
    weight = 1 / (share[table[:, 0] * len(MOTIONS) + table[:, 3]] * kinds[table[:, 0]])
    picked = table[torch.multinomial(weight, clips, replacement=True, generator=g)]
    if world != "held-out":
        rebound = torch.rand(clips, generator=g) < REBOUND_SHARE
        event = torch.tensor([SUBJECTS.index("ball"), COLOURS.index("orange"), 0, MOTIONS.index("rebound")])
        event = event.repeat(clips, 1)
        event[:, 2] = picked[:, 2]
        picked = torch.where(rebound[:, None], event, picked)
    return _fill(*picked.unbind(1), g, aspect, hard)


def spell(choices: list[dict[str, str]], seed: int, aspect: float = 1.0, **fixed: float) -> Scenes:
    """Scenes with the given choices; ``fixed`` pins numbers, e.g. gravity=0.6 or speed=2.0."""
    g = torch.Generator().manual_seed(seed)
    columns = [
        torch.tensor([names.index(c[key]) for c in choices])
        for key, names in [("subject", SUBJECTS), ("colour", COLOURS), ("place", PLACES), ("motion", MOTIONS)]
    ]
    scenes = _fill(*columns, g, aspect, 0.0)
    return replace(scenes, **{name: torch.full_like(getattr(scenes, name), value) for name, value in fixed.items()})


def _fill(
    subject: Tensor, colour: Tensor, place: Tensor, motion: Tensor, g: torch.Generator, aspect: float, hard: float
):
    """Choose the numbers such that the subject stays in the picture for 17 frames."""
    n, width = len(subject), 64.0 * aspect

    def uniform(low, high):
        return low + (high - low) * torch.rand(n, generator=g, dtype=torch.float64)

    is_ = {name: motion == i for i, name in enumerate(MOTIONS)}
    radius = uniform(RADIUS[0] * (1 - 0.4 * hard), RADIUS[1])
    radius = torch.where(is_["rebound"], uniform(*COURT), radius)
    radius = torch.where(is_["grow"], uniform(*GROWN), radius)
    ground = uniform(57.0, 61.0)
    direction = torch.where(uniform(0, 1) < 0.5, -1.0, 1.0)
    direction = torch.where(is_["left"], -1.0, torch.where(is_["right"] | is_["rebound"], 1.0, direction)).double()
    speed = uniform(*SPEED) * (1 + hard * uniform(0, 1))
    speed = torch.where(is_["gallop"], uniform(0.9, 1.2), speed)

    reach = speed * 16  # how far it gets in 17 frames
    inside = radius
    low, high = inside, torch.maximum(inside, width - inside - reach)
    ahead = low + (high - low) * uniform(0, 1)
    slides = is_["left"] | is_["right"] | is_["roll"] | is_["gallop"]
    x = torch.where(
        slides, torch.where(direction > 0, ahead, width - ahead), uniform(0, 1) * (width - 2 * radius) + radius
    )

    floor = ground - radius * stands(subject == SUBJECTS.index("star"), torch.zeros_like(radius))
    drift = uniform(-0.4, 0.4)
    x = torch.where(is_["bounce"], x.minimum(width - radius - 6.4).maximum(radius + 6.4), x)
    height = uniform(*FALL)
    y = torch.where(is_["bounce"], floor - height, floor)
    fall = uniform(-0.6, 0.8)
    gravity = torch.full_like(x, HELD_OUT["ranges_seen"]["gravity"][0])

    # The basketball: thrown from the left, rising a little, so that it meets the board after 7 to 9 frames
    # and does not leave the picture as it comes back.
    board = torch.full_like(x, width - 11.0)
    drift = torch.where(is_["rebound"], (board - radius - (radius + 2.0)) / uniform(7.0, 9.0), drift)
    x = torch.where(is_["rebound"], radius + 2.0, x)
    y = torch.where(is_["rebound"], uniform(25.0, 30.0), y)
    fall = torch.where(is_["rebound"], uniform(-2.0, -1.4), fall)

    y = torch.where(is_["float"], (floor - uniform(0, 4)).maximum(radius + reach * 0.9), y)
    y = torch.where(is_["spin"], uniform(28.0, 38.0), y)
    turn = uniform(0.14, 0.26) * torch.where(uniform(0, 1) < 0.5, -1.0, 1.0)
    horizon = (ground - uniform(10.0, 16.0)).where(place != PLACES.index("sea"), ground - uniform(5.0, 9.0))
    seeds = torch.randint(2**31, (n,), generator=g)
    values = (x, y, radius, ground, horizon, speed, direction, drift, fall, gravity, turn, uniform(0, 6.283), board)
    values = (*values, torch.full_like(x, width))
    return Scenes(subject, colour, place, motion, *(v.float() for v in values), seeds)
