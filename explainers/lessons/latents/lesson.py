"""Latents: the film squeezed by a measured factor; what survives, and what one cell of it stands for."""

from explainers.kit.lesson import Act, Cut, Films, Layer, Lesson, Plot, Question, Slider

lesson = Lesson(
    "latents",
    question=Question("block", "around", "all"),
    acts=[
        Act("cells", film="noisy", step=-1, grid=True),
        Act("poke", film="x0", step=-1, frame=7, patch=(4, 2, 2)),
        Act("half", between=0.5),
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
    opens={"step": -1, "film": "x0"},
)
