"""The whole machine on one page: from words to film, all frames at once, and every part with its own page."""

from explainers.kit.lesson import Lesson, Stations
from explainers.kit.story import Look, Measured, Precisely, Predict

lesson = Lesson(
    "machine",
    story=[
        Look("hello"),
        Predict("order", "forward", "together", "anyhow", figure="settling", cases=("forward", "together", "anyhow")),
        Look("guess", step=5),
        Measured("seed", lens="again", figure="seeds", cases=("same", "other")),
        Look("way", picture="way"),
        Precisely("model"),
    ],
    pictures=[Stations("way")],
)
