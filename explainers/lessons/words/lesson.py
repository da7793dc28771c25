"""Words: where each one is looked at, what it changes, and guidance, the distance between two predictions."""

from explainers.kit.lesson import HEADS, Choice, Cut, Films, Layer, Lesson, Plot
from explainers.kit.story import Measured, Precisely, Predict, Without

COLOUR = 1  # which word of “a red ball bounces in the snow” it is

lesson = Lesson(
    "words",
    story=[
        Predict("swap", "new", "old", "neither", cases=("new", "old", "neither"), step=24),
        Without("tap", cut="dropped", cases=("gone", "stays"), step=0, word=COLOUR, kind="colour"),
        Measured("pulls", lens="pulls", figure="effects", cases=("same", "other"), step=4),
        Measured("guidance", lens="pushed", figure="pushes", cases=("alike", "varied")),
        Measured("order", lens="order", figure="orders", cases=("unknown", "still", "gone")),
        Measured("never", lens="never", figure="unlearned", cases=("something", "nothing")),
        Precisely("multiplied"),
    ],
    controls=[
        Choice("kind", ("colour", "subject", "place", "motion"), "colour"),
        *HEADS,
    ],
    pictures=[
        Layer("looked"),
        Layer("listens"),
        Layer("gap"),
        Films("both_guesses"),
        Films("maps"),
        Films("pulled", lens="pulls"),
        Plot("pulls"),
        Plot("distance", waits=True),
        Films("strengths", waits=True),
        Plot("obeyed", lens="strengths", waits=True),
        Plot("too_late", waits=True),
    ],
    cuts=[Cut("swapped", lens="turned"), Cut("dropped", lens="turned")],
)
