"""What a prompt asks for, in the words that the reader answers with.

asked("on the lawn a crimson ball hops")["place"]      # "grass"; and "subject", "colour", "motion"
asked("a dog")                                # {}: nothing in it is a word of the world
spelt("a orange cat and an red ball")         # "an orange cat and a red ball"

The world's words and what they stand for are in assets/model/world.json.
"""

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

WORLD = Path(__file__).resolve().parents[2] / "assets" / "model" / "world.json"
KINDS = ("place", "colour", "subject", "motion")  # of what is asked for, and of what a reader sees
WALK = {"walks left": "left", "walking left": "left", "walks right": "right", "walking right": "right"}


def asked(prompt: str, synonyms: Mapping[str, Mapping[str, list[str]]] | None = None) -> dict[str, str]:
    """The first of each kind that the prompt names."""
    text = " ".join(re.findall(r"\w+", prompt.lower()))
    found = {}
    for kind, names in (synonyms or _synonyms()).items():
        phrases = [(phrase, name) for name, several in names.items() for phrase in several]
        phrases += list(WALK.items()) if kind == "motion" else []
        places = [(m.start(), name) for phrase, name in phrases if (m := re.search(rf"\b{phrase}\b", text))]
        if places:
            found[kind] = min(places)[1]
    if "backboard" in text.split():  # the one event, whose ball has a colour of its own
        found |= {"subject": "ball", "colour": "orange", "motion": "rebound"}
    return found


def spelt(prompt: str) -> str:
    """A before consonants, an before vowels: a word was exchanged."""
    return re.sub(r"\ban?(?= (\w))", lambda m: "an" if m[1] in "aeio" else "a", prompt)


@cache
def _synonyms() -> dict[str, dict[str, list[str]]]:
    found: dict[str, dict[str, list[str]]] = json.loads(WORLD.read_text("utf-8"))["synonyms"]
    return found
