"""Attention: every cube looks at all others before it changes; and what breaks when frames can't see each other."""

from explainers.kit.lesson import HEADS, Cut, Layer, Lesson, Plot
from explainers.kit.story import Look, Measured, Precisely, Predict, Without

BALL = (4, 2, 2)  # the cube that holds most of the ball, half-way through the film

lesson = Lesson(
    "attention",
    story=[
        Predict("most", "own", "others", "words", "sound", figure="shares", view="frames"),
        Look("cube", lens="again", cases=("finds", "misses", "elsewhere"), step=24, view="frames", patch=BALL),
        Without("apart", cases=("another", "same"), step=2),
        Measured("heads", lens="survey", figure="kinds", step=8),
        Measured("explains", lens="silenced", figure="brightest", cases=("yes", "no"), step=8),
        Precisely("fetched"),
    ],
    controls=[*HEADS],
    pictures=[
        Layer("look"),
        Plot("by_layer"),
        Plot("frames"),
        Plot("course", waits=True),
        Plot("survey", waits=True),
        Plot("tracks", waits=True),
    ],
    cuts=[Cut("apart", lens="harm"), Cut("scrambled", lens="harm"), Cut("muted", lens="harm")],
)
