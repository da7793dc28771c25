"""The language of the world: which words there are, and captions from a small grammar.

    caption(scene, rng)            -> "on the lawn a crimson ball hops to the left from high up"
    VOCABULARY                     -> every word a caption can hold, sorted
    SUBJECTS.index("mammoth")      -> the number that the renderer knows the mammoth by

The first synonym of each list is the plain word; a caption with ``plain=True`` uses nothing else.
"""

import random
from collections.abc import Callable, Mapping

SUBJECTS = ["ball", "cat", "boat", "horse", "mammoth", "star"]
COLOURS = ["red", "orange", "yellow", "green", "blue", "purple", "brown"]
PLACES = ["snow", "grass", "sea", "desert", "night", "sunset"]
MOTIONS = ["left", "right", "bounce", "roll", "float", "grow", "spin", "gallop", "rebound"]

ATTRIBUTES: dict[str, list[str]] = {"subject": SUBJECTS, "colour": COLOURS, "place": PLACES, "motion": MOTIONS}

SYNONYMS: dict[str, dict[str, list[str]]] = {
    "subject": {
        "ball": ["ball"],
        "cat": ["cat", "kitten"],
        "boat": ["boat", "sailboat"],
        "horse": ["horse", "pony"],
        "mammoth": ["mammoth", "woolly mammoth"],
        "star": ["star"],
    },
    "colour": {
        "red": ["red", "crimson"],
        "orange": ["orange", "amber"],
        "yellow": ["yellow", "golden"],
        "green": ["green", "emerald"],
        "blue": ["blue", "azure"],
        "purple": ["purple", "violet"],
        "brown": ["brown", "chestnut"],
    },
    "place": {
        "snow": ["in the snow", "on the snow"],
        "grass": ["on the grass", "on the lawn"],
        "sea": ["at sea", "on the water"],
        "desert": ["in the desert", "on the sand"],
        "night": ["at night", "under the moon"],
        "sunset": ["at sunset", "in the evening"],
    },
    "motion": {
        "left": ["moves left", "moving left", "goes to the left"],
        "right": ["moves right", "moving right", "goes to the right"],
        "bounce": ["bounces", "bouncing", "hops"],
        "roll": ["rolls", "rolling"],
        "float": ["floats up", "floating up", "rises"],
        "grow": ["grows", "growing", "gets bigger"],
        "spin": ["spins", "spinning", "turns"],
        "gallop": ["gallops", "galloping", "runs"],
    },
}
WALK = {"left": ["walks left", "walking left"], "right": ["walks right", "walking right"], "": ["walks", "walking"]}
LEGGED = {"cat", "horse", "mammoth"}
SIZES = {"small": ["small", "little"], "big": ["big", "large"]}
PACES = {"slow": ["slowly"], "fast": ["quickly", "fast"]}
WAYS = {side: [f"to the {side}"] for side in ("left", "right")}  # of what rolls, gallops, or drifts as it bounces
HEIGHTS = {"high": ["high up"], "low": ["low down"]}  # where it spins, and from where it falls
STARTS = {"left": ["the left"], "right": ["the right"], "middle": ["the middle"]}
FACINGS = {side: [f"facing {side}"] for side in ("left", "right")}
PACED = {"left", "right", "roll", "float", "spin"}
FACES = LEGGED | {"boat"}
STAYS = {"float", "grow", "spin", "bounce"}  # starts on the left, rather than from it
DETAILS = ("size", "pace", "way", "height", "start", "facing")  # what a caption may say besides the four attributes
REBOUND = ["misses and rebounds off the backboard", "hits the backboard and bounces back"]
BASKETBALL = "basketball"


def caption(scene: Mapping[str, str], rng: random.Random, plain: bool = False, drop: float = 0.0) -> str:
    """One sentence for a scene given in words: subject, colour, place, motion, and any of DETAILS.

    ``drop`` is the chance to leave one of colour, place, motion unsaid, as people do.
    """
    choose = (lambda options: options[0]) if plain else rng.choice
    unsaid = rng.choice(["colour", "place", "motion"]) if rng.random() < drop else None
    place = "" if unsaid == "place" else choose(SYNONYMS["place"][scene["place"]])

    if scene["motion"] == "rebound":  # the ball of this event has a name of its own
        thing, motion = f"a {BASKETBALL}", choose(REBOUND)
    else:
        words = [choose(SYNONYMS["subject"][scene["subject"]])]
        if unsaid != "colour":
            words.insert(0, choose(SYNONYMS["colour"][scene["colour"]]))
        if scene.get("size"):
            words.insert(0, choose(SIZES[scene["size"]]))
        thing = f"{'an' if words[0][0] in 'aeo' else 'a'} {' '.join(words)}"
        motion = "" if unsaid == "motion" else " ".join(_motion(scene, rng, plain, choose))
        if scene.get("facing"):
            thing += " " + choose(FACINGS[scene["facing"]])

    said = [thing, motion, place]
    if not plain and place and rng.random() < 0.25:  # free word order
        said = [place, thing, motion]
    return " ".join(part for part in said if part)


def brief(scene: Mapping[str, str]) -> dict[str, str]:
    """The attributes, size and pace alone: a scene for a short sentence."""
    return {key: word for key, word in scene.items() if key not in DETAILS[2:]}


def _motion(scene: Mapping[str, str], rng: random.Random, plain: bool, choose: Callable) -> list[str]:
    """What it does, how fast, which way, from where."""
    said = [choose(_motion_phrases(scene, rng, plain))]
    falls, stays = scene["motion"] == "bounce", scene["motion"] in STAYS
    if scene.get("pace"):
        said.append(choose(PACES[scene["pace"]]))
    if scene.get("way"):
        said.append(choose(WAYS[scene["way"]]))
    if scene.get("height"):
        said.append(("from " if falls else "") + choose(HEIGHTS[scene["height"]]))
    if scene.get("start"):
        on = "from" if not stays else "in" if scene["start"] == "middle" else "on"
        said.append(f"{on} {choose(STARTS[scene['start']])}")
    return said


def _motion_phrases(scene: Mapping[str, str], rng: random.Random, plain: bool) -> list[str]:
    motion = scene["motion"]
    if not plain and scene["subject"] in LEGGED and motion in WALK and rng.random() < 0.4:
        return WALK[motion] if rng.random() < 0.6 else WALK[""]
    return SYNONYMS["motion"][motion]


def _vocabulary() -> list[str]:
    phrases = ["a an", "from in on", BASKETBALL, *REBOUND]
    for table in [*SYNONYMS.values(), WALK, SIZES, PACES, WAYS, HEIGHTS, STARTS, FACINGS]:
        for options in table.values():
            phrases += options
    return sorted({word for phrase in phrases for word in phrase.split()})


VOCABULARY = _vocabulary()
