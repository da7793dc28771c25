"""Latents: the film squeezed by a measured factor; what one cell moves, what is lost first, who made the flicker."""

from explainers.kit.lesson import Cut, Films, Layer, Lesson, Plot, Slider
from explainers.kit.story import Look, Measured, Precisely, Predict, Without

lesson = Lesson(
    "latents",
    story=[
        Predict("damage", "block", "around", "all", cases=("block", "around", "all")),
        Look("press", lens="reach", figure="moved", grid=True, patch=(2, 2, 2), frame=4),
        Measured("squeeze", lens="squeeze", figure="to_scale"),
        Measured("lost", lens="survives", figure="there_and_back", cases=("fine", "even")),
        Measured("flicker", lens="flickered", figure="steadiness", cases=("codec", "model", "nobody")),
        Without("harder", cut="thinner", cases=("fine", "even"), kept=4),
        Precisely("autoencoder"),
    ],
    controls=[Slider("kept", 1, 16, 1, start=4), Slider("between", 0.0, 1.0, 0.1, start=0.5)],
    pictures=[
        Plot("squeeze"),
        Films("survives"),
        Plot("loss", lens="survives"),
        Films("channels"),
        Layer("reach"),
        Plot("footprint", lens="reach"),
        Films("walk", waits=True),
    ],
    cuts=[Cut("damaged", lens="damage"), Cut("thinner", lens="thinned")],
)
