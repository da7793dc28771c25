"""Text: hiding takes the place of noise; unhide step by step, in any order, and count the right sentences."""

from explainers.kit.lesson import Choice, Cut, Layer, Lesson, Plot, Slider, Table, Text, Texts
from explainers.kit.story import Look, Measured, Precisely, Predict

lesson = Lesson(
    "text",
    story=[
        Look("appear", lens="written", picture="written"),
        Predict("once", "most", "half", "few"),
        Look("hide", lens="hidden", picture="hidden"),
        Measured("orders", lens="many", figure="orders", cases=("free", "tied")),
        Look("gaps", lens="written", picture="written", text="a ___ ball ___ in the snow", control="text"),
        Precisely("masked"),
    ],
    controls=[
        Text("text"),
        Slider("looks", 1, 16, 1, start=16),
        Choice("order", ("any", "sure", "left"), "any"),
    ],
    pictures=[
        Texts("hidden"),
        Texts("written"),
        Plot("odds", lens="written"),
        Table("several"),
        Layer("doubt"),
        Plot("many", waits=True),
        Plot("wrongs", lens="many", waits=True),
    ],
    cuts=[Cut("at_once", lens="at_once", film=False)],
)
