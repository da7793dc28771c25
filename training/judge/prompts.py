"""What the judge asks for: the same sentences and seeds at every evaluation.

asked("seen", 120)                # 120 prompts whose pairs training showed
asked("held-out", 120)            # 120 with a pair that it never showed
asked("balls", 36)                # bouncing balls, for gravity and thuds
sheet()                           # the 24 of the contact sheet
"""

import random
from dataclasses import dataclass

from ..world import COLOURS, PLACES, caption, draw, held_out

SEEDS = {"seen": 810_001, "held-out": 820_001, "balls": 830_001}


@dataclass(frozen=True)
class Asked:
    words: dict[str, str]  # subject, colour, place, motion
    text: str
    seed: int


def asked(kind: str, count: int) -> list[Asked]:
    """Every second one in the plainest words, the others as people say it."""
    rng = random.Random(SEEDS[kind])
    if kind == "balls":
        pairs = [(c, p) for c in COLOURS for p in PLACES if not held_out("ball", c, p, "bounce")]
        said = [
            {"subject": "ball", "colour": c, "place": p, "motion": "bounce"} for c, p in rng.sample(pairs, len(pairs))
        ]
        said = [said[i % len(said)] for i in range(count)]
    else:
        scenes = draw(count, SEEDS[kind], kind)
        names = ("subject", "colour", "place", "motion")
        said = [{name: scenes.words(i)[name] for name in names} for i in range(count)]
    return [Asked(words, _sentence(words, rng, plain=i % 2 == 0), SEEDS[kind] + i) for i, words in enumerate(said)]


def _sentence(words: dict[str, str], rng: random.Random, plain: bool) -> str:
    text = caption(words, rng, plain=plain)
    side = {"left", "right"} & {words["motion"]}
    return (
        text if side <= set(text.split()) else caption(words, rng, plain=True)
    )  # "walks" alone would leave the side open


SHEET = """
red ball grass bounce, brown horse desert gallop, blue boat sea right, purple star night spin
orange cat grass left, brown mammoth snow right, green ball snow roll, yellow star sunset float
orange ball grass rebound, brown horse sunset gallop, purple ball sea bounce, green boat night float
red cat desert bounce, blue mammoth sunset grow, yellow boat sea left, orange star grass roll
purple cat night right, green horse grass left, brown cat night grow, blue ball night bounce
red mammoth snow left, yellow horse snow bounce, blue star desert bounce, purple mammoth snow right
"""


def sheet() -> list[Asked]:
    """24 films that show the whole world; the last has a pair (purple mammoth) that training never showed."""
    films = [film.split() for line in SHEET.split("\n") if line for film in line.split(",")]
    said = [dict(zip(("colour", "subject", "place", "motion"), film, strict=True)) for film in films]
    return [Asked(w, caption(w, random.Random(0), plain=True), 840_001 + i) for i, w in enumerate(said)]
