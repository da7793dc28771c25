"""Denoising: guess the whole film, go a little way there, guess again; and why one jump is not enough."""

from explainers.kit.lesson import Act, Choice, Cut, Films, Lesson, Plot, Question, Slider

lesson = Lesson(
    "denoising",
    question=Question("static", "blur", "film"),
    acts=[
        Act("first", step=0, film="x0"),
        Act("noise", step=0, film="noisy"),
        Act("middle", step=8, film="x0"),
        Act("one", steps=1, step=-1, film="x0"),
        Act("many", steps=50, step=-1, film="x0"),
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
    opens={"step": 0, "film": "x0"},
)
