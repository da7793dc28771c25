"""Patches: little cubes of space and time are the tokens; told wrong places, they become a film of pieces."""

from explainers.kit.lesson import Choice, Cut, Films, Lesson, Plot
from explainers.kit.story import Look, Measured, Precisely, Predict, Without

lesson = Lesson(
    "patches",
    story=[
        Predict("into", "pixel", "cube", "frame"),
        Look("cubes", lens="sequence", view="stack", grid=True),
        Without("lost", cases=("torn", "whole")),
        Measured("twice", lens="twice", figure="growth"),
        Measured("shapes", lens="counts", figure="sizes"),
        Measured("repeats", lens="repeats", figure="likeness", cases=("repeats", "goes_on")),
        Precisely("address"),
    ],
    controls=[Choice("how", ("shuffle", "drop", "repeat"), "shuffle")],
    pictures=[Films("exploded"), Plot("sequence"), Plot("counts", waits=True)],
    cuts=[Cut("jumbled", lens="seams"), Cut("mended", lens="seams"), Cut("lost", lens="seams")],
)
