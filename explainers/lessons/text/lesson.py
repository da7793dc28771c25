"""Text: hiding takes the place of noise; unhide step by step, in any order, and count the right sentences."""

from explainers.kit.lesson import (
    Act,
    Choice,
    Cut,
    Layer,
    Lesson,
    Plot,
    Question,
    Slider,
    Table,
    Text,
    Texts,
)

lesson = Lesson(
    "text",
    question=Question("most", "half", "few"),
    acts=[
        Act("nothing", text="", looks=16, order="any"),
        Act("once", text="", looks=1),
        Act("infill", text="a ___ ball ___ on the snow", looks=8, order="any"),
        Act("onward", text="a woolly mammoth ...", looks=16, order="left"),
        Act("word", word=1),
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
        Plot("unlike", lens="many", waits=True),
    ],
    cuts=[Cut("at_once", lens="at_once", film=False)],
    opens={"step": -1, "film": "x0"},
)
