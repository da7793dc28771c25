"""Denoising: guess the whole film, go a little way there, guess again; and why one jump is not enough."""

from explainers.kit.lesson import Choice, Cut, Films, Lesson, Plot, Slider
from explainers.kit.story import Look, Measured, Precisely, Predict, Without

lesson = Lesson(
    "denoising",
    story=[
        Predict("first", "static", "blur", "film", step=0, film="noisy"),
        Look("race", beside={"steps": 1, "guidance": 1.0}),
        Measured("average", lens="average", figure="averaged", cases=("average", "other"), step=0),
        Without("jump", cases=("less", "as_much"), step=8),
        Measured("open", lens="futures", figure="fan", cases=("narrows", "stays")),
        Measured("spent", lens="halfway", figure="stopped", cases=("more", "less")),
        Precisely("velocity", step=8),
    ],
    controls=[
        Choice("where", ("left", "top", "middle", "beginning"), "left"),
        Slider("amount", 0.1, 1.0, 0.1, start=1.0),
    ],
    pictures=[
        Films("given_and_guess"),
        Plot("way"),
        Films("ladder", waits=True),
        Plot("closer", lens="ladder", waits=True),
        Plot("straight", lens="way"),
        Plot("path", waits=True),
        Plot("decided", waits=True),
    ],
    cuts=[Cut("jump", lens="missed"), Cut("poke", lens="spread")],
)
