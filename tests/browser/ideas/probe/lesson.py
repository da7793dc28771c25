"""A lesson that uses every word of the vocabulary, over films that need no model."""

from explainers.kit.lesson import (
    Choice,
    Cut,
    Films,
    FirstFrame,
    Index,
    Layer,
    Lesson,
    Plot,
    Slider,
    Stations,
    Switch,
    Table,
    Text,
    Texts,
)
from explainers.kit.story import Look, Measured, Precisely, Predict, Without

lesson = Lesson(
    "probe",
    story=[
        Predict("guess", "up", "down", cases=("much", "little")),
        Look(
            "line",
            lens="curve",
            figure="line",
            over="along",
            control="level",
            step=0,
            level=0.9,
            view="frames",
            patch=(0, 1, 2),
        ),
        Measured("shares", lens="rows", figure="shares", control="space", step=3, film="noisy"),
        Look("table", picture="rows", sorted=True),
        Measured("both", lens="films", figure="both"),
        Look("race", beside={"steps": 1}),
        Without("without", step=2, level=0.2),
        Measured("cat", lens="curve", figure="told", prompt="a blue cat floats up slowly", seed=5, steps=3, step=1),
        Without("counted", cut="apart", said="a blue cat"),
        Measured("slowly", lens="slow", control="level"),
        Precisely("exactly", word=1),
    ],
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
)

KEPT = (
    "guess",
    "shares",
    "without",
)  # cards whose answers the server has from before; the others are measured when read
