"""How soon a film settles: the lesson that a new one is grown from, complete and small."""

from explainers.kit.lesson import Act, Cut, Lesson, Plot, Question, Slider

lesson = Lesson(
    "_template",
    question=Question("early", "middle", "late"),
    acts=[Act("first", step=0, film="x0"), Act("strict", share=0.1)],
    controls=[Slider("share", 0.05, 1, 0.05, start=0.5)],
    pictures=[Plot("settling")],
    cuts=[Cut("unguided", lens="apart", plot=False)],
    opens={"step": 0, "film": "x0"},
)
