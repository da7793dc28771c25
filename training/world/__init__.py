"""The rendered world that the model learns from: films with sound, captions, and everything that is true of them.

from training.world import draw, render, follow, listen, caption

scenes = draw(16, seed=1)                       # what happens: subjects, colours, places, motions, numbers
track = follow(scenes, frames=17)               # where everything is, and when it touches what
film = render(scenes, 17, 64, 64)               # (16, 17, 3, 64, 64) in 0..1
wave = listen(scenes, track, 17)                # (16, 17000) in -1..1 at 8 kHz
text = caption(scenes.words(0), random.Random(1))
"""

from .motion import BOARD_RESTITUTION, FPS, GRAVITY, RESTITUTION, Track, at, follow
from .render import render
from .scene import HELD_OUT, SUITS, Scenes, combinations, draw, held_out, spell
from .sound import PER_FRAME, RATE, listen
from .words import ATTRIBUTES, COLOURS, MOTIONS, PLACES, SUBJECTS, SYNONYMS, VOCABULARY, caption

__all__ = [
    "ATTRIBUTES",
    "BOARD_RESTITUTION",
    "COLOURS",
    "FPS",
    "GRAVITY",
    "HELD_OUT",
    "MOTIONS",
    "PER_FRAME",
    "PLACES",
    "RATE",
    "RESTITUTION",
    "SUBJECTS",
    "SUITS",
    "SYNONYMS",
    "VOCABULARY",
    "Scenes",
    "Track",
    "at",
    "caption",
    "combinations",
    "draw",
    "follow",
    "held_out",
    "listen",
    "render",
    "spell",
]
