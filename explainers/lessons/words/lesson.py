"""Words: where each one is looked at, what it changes, and guidance, the distance between two predictions."""

from explainers.kit.lesson import HEADS, Act, Choice, Cut, Films, Layer, Lesson, Plot, Question

lesson = Lesson(
    "words",
    question=Question("new", "old", "neither"),
    acts=[
        Act("hover", word=1, film="x0"),
        Act("unguided", guidance=0.0, step=-1),
        Act("plain", guidance=1.0, step=-1),
        Act("loud", guidance=15.0, step=-1),
        Act("middle", step=6, kind="colour"),
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
    opens={"step": 4, "film": "x0"},
)
