"""Real: the same pages over any model that Diffusers opens, and what differs in size, on one scale."""

from explainers.kit.lesson import Act, Lesson, Plot, Question, Table

lesson = Lesson(
    "real",
    question=Question("parameters", "tokens", "steps"),
    acts=[
        Act("fifty", steps=50, step=-1),
        Act("longer", frames=33, step=-1),
        Act("see", step=-1, film="x0", view="stack"),
    ],
    pictures=[Plot("scale"), Table("figures", lens="scale"), Table("opened")],
    opens={"step": -1, "film": "x0"},
    models=True,
)
