"""Real: the same pages over any model that Diffusers opens, and what differs in size, on one scale."""

from explainers.kit.lesson import Lesson, Plot, Table
from explainers.kit.story import Look, Measured, Precisely, Predict

lesson = Lesson(
    "real",
    story=[
        Predict("most", "parameters", "tokens", "steps", cases=("larger", "longer")),
        Measured("parameters", lens="scale", figure="parameters"),
        Measured("films", lens="scale", figure="films", cases=("larger", "smaller")),
        Look("same", lens="opened", view="stack", grid=True),
        Precisely("scaling"),
    ],
    pictures=[Plot("scale"), Table("figures", lens="scale"), Table("opened")],
    models=True,
)
