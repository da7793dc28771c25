"""Noise: one formula, any level at once; fine detail drowns first, and in latents nearly all at the same level."""

from explainers.kit.lesson import Act, Cut, Films, Lesson, Plot, Question, Slider

lesson = Lesson(
    "noise",
    question=Question("fine", "coarse", "together"),
    acts=[
        Act("static", step=0, film="noisy"),
        Act("little", level=0.2),
        Act("drown", level=0.9),
    ],
    controls=[Slider("level", 0.05, 0.95, 0.05, start=0.5)],
    pictures=[
        Films("drowned"),
        Plot("spectrum"),
        Plot("overtakes"),
        Plot("jump"),
        Plot("readable", waits=True),
    ],
    cuts=[Cut("back", lens="regained"), Cut("half_noise", lens="faded")],
    opens={"step": 0, "film": "noisy"},
)
