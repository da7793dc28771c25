"""A lesson that uses every word of the vocabulary, over films that need no model."""

from explainers.kit.lesson import (
    Act,
    Choice,
    Cut,
    Films,
    FirstFrame,
    Index,
    Layer,
    Lesson,
    Plot,
    Question,
    Slider,
    Stations,
    Switch,
    Table,
    Text,
    Texts,
)

lesson = Lesson(
    "probe",
    question=Question("up", "down"),
    acts=[Act("go", step=0, level=0.9), Act("short", steps=3)],
    controls=[
        Slider("level", 0, 1, 0.1, start=0.5),
        Choice("space", ("pixels", "latents"), "pixels"),
        Switch("sorted"),
        Index("head", of="heads", all=True, start=None),
        Text("said", "a red ball"),
    ],
    pictures=[
        Plot("curve"),
        Table("rows"),
        Films("films"),
        Plot("slow", waits=True),
        Layer("near"),
        Layer("word_map"),
        Layer("change"),
        Stations("way"),
        Texts("spelt"),
        FirstFrame("first_frame"),
    ],
    cuts=[Cut("without", lens="difference"), Cut("apart", lens="apart", film=False)],
    opens={"step": -1},
)
