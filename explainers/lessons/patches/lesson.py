"""Patches: little cubes of space and time are the tokens; move them about and see what the model can mend."""

from explainers.kit.lesson import Act, Choice, Cut, Films, Lesson, Plot, Question

lesson = Lesson(
    "patches",
    question=Question("pixel", "cube", "frame"),
    acts=[
        Act("grid", view="film", grid=True, step=-1, film="x0"),
        Act("stack", view="stack", step=-1, film="x0"),
        Act("early", step=1, how="shuffle"),
    ],
    controls=[Choice("how", ("shuffle", "drop", "repeat"), "shuffle")],
    pictures=[Films("exploded"), Plot("sequence"), Plot("counts", waits=True), Plot("repair", waits=True)],
    cuts=[Cut("jumbled", lens="seams"), Cut("mended", lens="seams"), Cut("lost", lens="seams")],
    opens={"step": -1, "film": "x0", "grid": True},
)
