"""Cost: everything counted and clocked on this run, how it grows, and what big models were measured to take."""

from explainers.kit.lesson import Cut, Lesson, Plot, Slider, Table
from explainers.kit.story import Look, Measured, Precisely, Predict, Without

lesson = Lesson(
    "cost",
    story=[
        Look("meter", lens="live", figure="running", cases=("counted", "estimated")),
        Predict("longer", "four", "more", "sixteen", figure="grown", cases=("four", "more", "sixteen")),
        Measured("twice", lens="twice", figure="both_ways", control="watts"),
        Without("half_steps", cases=("same", "other")),
        Measured("big", lens="published", figure="beside_big", control="watts"),
        Precisely("counted"),
    ],
    controls=[Slider("watts", 5, 700, 5, start=65)],
    pictures=[
        Table("bill"),
        Plot("parts", lens="bill"),
        Plot("course"),
        Plot("published"),
        Plot("growth", waits=True),
        Plot("pixels", waits=True),
        Plot("live", waits=True),
        Table("sources", lens="published"),
    ],
    cuts=[Cut("half_steps", lens="saved"), Cut("half_frames", lens="saved")],
)
