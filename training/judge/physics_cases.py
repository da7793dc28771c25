"""What the page on physics asks of the model: films by their words, and films by their beginning too.

    cases("begun-gravity", 48)      # the same ones every time: words, a seed, and a scene whose first frames are given

What each kind is for stands in physics.py.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import torch

from ..world import ATTRIBUTES, HELD_OUT, PLACES, Scenes, caption, combinations, held_out, spell

FILMS = {"falls-seen": 24, "falls-unseen": 24, "begun-gravity": 48, "begun-speed": 48, "pairs-seen": 18}
FILMS |= {"pairs-colour": 18, "pairs-motion": 18, "pairs-place": 18, "rebound": 20}
CONFLICTS = ("colour", "size", "speed", "side", "shape")
FILMS |= {f"conflict-{name}": 12 for name in CONFLICTS}
SEED = 850_000
TOLD = 4  # latent frames that a beginning has: 7 frames of the film
SIZES = {"small": 12.0, "big": 15.5}  # radii, units
PACES = {"slow": 0.65, "fast": 1.15}  # units / frame
PAIRED = ("colour", "motion", "place")  # each with a subject


@dataclass(frozen=True)
class Case:
    text: str
    seed: int
    words: dict[str, str]  # subject, colour, place, motion that the text asks for
    scene: Scenes | None = None  # one, whose first frames the film begins with
    about: dict[str, Any] | None = None  # what is known of it, written into its row


def cases(kind: str, count: int) -> list[Case]:
    """The same ones every time."""
    rng = random.Random(f"{SEED} {kind}")
    name, _, part = kind.partition("-")
    made: Callable[[int], Case] = {
        "falls": lambda i: _told(rng, i, "held-out" if part == "unseen" else "seen", lambda w: w["motion"] == "bounce"),
        "pairs": lambda i: _told(rng, i, "seen" if part == "seen" else "held-out", lambda w: _only(part, w)),
        "begun": lambda i: _begun(rng, i, part, i * 3 // count),
        "conflict": lambda i: _conflict(rng, i, part),
        "rebound": lambda i: _plain({**_ball("orange", PLACES[i % len(PLACES)]), "motion": "rebound"}, i),
    }[name]
    return [made(i) for i in range(count)]


def _told(rng: random.Random, i: int, world: str, fits: Callable[[dict[str, str]], bool]) -> Case:
    """Words alone; subjects come equally often."""
    names = list(ATTRIBUTES)
    there = [{n: ATTRIBUTES[n][k] for n, k in zip(names, c, strict=True)} for c in combinations(world)]
    there = [words for words in there if fits(words)]
    subject = rng.choice(sorted({words["subject"] for words in there}))
    return _plain(rng.choice([words for words in there if words["subject"] == subject]), i)


def _only(part: str, words: dict[str, str]) -> bool:
    """Is this pair, and no other, one that training never showed?"""
    unseen = [kind for kind in PAIRED if [words["subject"], words[kind]] in _never(kind)]
    return part == "seen" or unseen == [part]


def _never(kind: str) -> list[list[str]]:
    return HELD_OUT[f"subject-{kind}"]


def _plain(words: dict[str, str], i: int, **more: Any) -> Case:
    return Case(caption(words, random.Random(0), plain=True), SEED + i, words, **more)


def _ball(colour: str, place: str) -> dict[str, str]:
    return {"subject": "ball", "colour": colour, "place": place}


def _some_ball(rng: random.Random, motion: str) -> dict[str, str]:
    fits = [(c, p) for c in ATTRIBUTES["colour"] for p in PLACES if not held_out("ball", c, p, motion)]
    return {**_ball(*rng.choice(fits)), "motion": motion}


def _begun(rng: random.Random, i: int, what: str, third: int) -> Case:
    """A clip of the world with a gravity or speed of its own: below, within and above what training showed."""
    low, high = HELD_OUT["ranges_held_out"][what]
    bounds = (low, HELD_OUT["ranges_seen"][what], high)[third]
    true = rng.uniform(*bounds)
    words = _some_ball(rng, "bounce" if what == "gravity" else rng.choice(["left", "right"]))
    scene = spell([words], SEED + i, **{what: true})
    if what == "speed":  # one that fast stays in the picture only from its edge on
        edge = scene.radius + 2
        scene = replace(scene, x=torch.where(scene.direction > 0, edge, 64 - edge))
    return _plain(words, i, scene=scene, about={"true": true, "group": ("below", "within", "above")[third]})


def _conflict(rng: random.Random, i: int, what: str) -> Case:
    """A ball (or another) that moves to one side, and words that say the same but for one thing."""
    shown = _some_ball(rng, rng.choice(["left", "right"]))
    said, about, pinned = dict(shown), {}, {}
    if what in ("colour", "shape"):
        key = "colour" if what == "colour" else "subject"
        others = [o for o in ATTRIBUTES[key] if o != shown[key] and not held_out(**{**shown, key: o})]
        said[key] = rng.choice(others)
        about = {"shown": shown[key], "said": said[key]}
    elif what == "side":
        said["motion"] = {"left": "right", "right": "left"}[shown["motion"]]
        about = {"shown": shown["motion"], "said": said["motion"]}
    else:
        key, values, pin = ("size", SIZES, "radius") if what == "size" else ("pace", PACES, "speed")
        is_, says = rng.sample(list(values), 2)
        said[key], pinned[pin] = says, values[is_]
        about = {"shown": is_, "said": says}
    return _plain(said, i, scene=spell([shown], SEED + i, **pinned), about=about)
