"""How soon a film settles: the lesson that a new one is grown from, complete and small."""

from explainers.kit.lesson import Cut, Lesson, Plot, Slider
from explainers.kit.story import Precisely, Predict, Without

lesson = Lesson(
    "_template",
    story=[
        Predict("half", "early", "middle", "late", figure="way"),
        Without("unguided"),
        Precisely("trajectory"),
    ],
    controls=[Slider("share", 0.05, 1, 0.05, start=0.5)],
    pictures=[Plot("settling")],
    cuts=[Cut("unguided", lens="apart", plot=False)],
)
