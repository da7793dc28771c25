"""A prompt with one of its words exchanged or left out.

names("a red ball bounces", "colour")            # "red"
exchanged("a red ball bounces", "colour")        # ("an orange ball bounces", "red", "orange")
without("a red ball bounces", "colour")          # "a ball bounces"
"""

import re

from explainers.engine import NotVisible
from explainers.measure.asked import spelt
from explainers.note import Note

WORLD = {  # what the reader calls it: how a prompt says it
    "subject": {name: name for name in ("ball", "cat", "boat", "horse", "mammoth", "star")},
    "colour": {name: name for name in ("red", "orange", "yellow", "green", "blue", "purple", "brown")},
    "place": {
        **{"snow": "in the snow", "grass": "on the grass", "sea": "at sea"},
        **{"desert": "in the desert", "night": "at night", "sunset": "at sunset"},
    },
    "motion": {
        **{"left": "moves left", "right": "moves right", "bounce": "bounces", "roll": "rolls"},
        **{"float": "floats up", "grow": "grows", "spin": "spins"},
    },
}


def names(prompt, kind):
    """What the prompt asks for, as the reader calls it; empty if it says nothing of that kind."""
    said = f" {prompt.lower()} "
    return next((name for name, phrase in WORLD[kind].items() if f" {phrase} " in said), "")


def exchanged(prompt, kind):
    """The prompt with the word of that kind replaced by the next one of the world: prompt, old, new."""
    there = list(WORLD[kind])
    old = names(prompt, kind)
    if not old:
        raise nothing(kind)
    new = there[(there.index(old) + 1) % len(there)]
    phrase = WORLD[kind][new]
    return spelt(re.sub(rf"\b{WORLD[kind][old]}\b", phrase, prompt.lower(), count=1)), old, new


def without(prompt, kind):
    old = names(prompt, kind)
    if not old:
        raise nothing(kind)
    gone = re.sub(rf"\b{WORLD[kind][old]}\b", "", prompt.lower(), count=1)
    return spelt(" ".join(gone.split()))


def nothing(kind):
    notes = {
        "subject": Note("no_subject", "This prompt names no subject that the model has learned."),
        "colour": Note("no_colour", "This prompt names no colour."),
        "place": Note("no_place", "This prompt names no place."),
        "motion": Note("no_motion", "This prompt names no motion."),
    }
    return NotVisible(notes[kind])
