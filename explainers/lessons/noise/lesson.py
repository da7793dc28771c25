"""Noise: one formula, any level at once; what drowns first on pixels, what the model still finds, and the way back."""

from explainers.kit.lesson import Cut, Films, Lesson, Plot, Slider
from explainers.kit.story import Look, Measured, Precisely, Predict, Without

lesson = Lesson(
    "noise",
    story=[
        Look("pour", lens="drowned", figure="poured", control="level"),
        Predict("jump", "leap", "walk", "same", cases=("same", "other")),
        Measured("first", lens="overtakes", figure="sizes", cases=("pixels", "both", "neither")),
        Measured("behind", lens="readable", figure="told"),
        Without("again", cut="back", cases=("same", "other"), level=0.8),
        Precisely("forward"),
    ],
    controls=[Slider("level", 0.05, 0.95, 0.05, start=0.5)],
    pictures=[
        Films("drowned"),
        Plot("overtakes"),
        Plot("jump"),
        Plot("readable", waits=True),
    ],
    cuts=[Cut("back", lens="regained"), Cut("half_noise", lens="faded")],
)
