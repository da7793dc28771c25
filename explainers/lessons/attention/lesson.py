"""Attention: every cube looks at all others before it changes; and what breaks when frames can't see each other."""

from explainers.kit.lesson import HEADS, Act, Cut, Layer, Lesson, Plot, Question, Table

lesson = Lesson(
    "attention",
    question=Question("own", "others", "words", "sound"),
    acts=[
        Act("click", view="frames", patch=(4, 2, 2), film="x0"),
        Act("block", view="stack", patch=(4, 2, 2)),
        Act("early", step=0),
        Act("late", step=-1),
        Act("head", layer=0, head=0),
        Act("every", layer=None, head=None),
        Act("before", step=2),
    ],
    controls=[*HEADS],
    pictures=[
        Layer("look"),
        Plot("by_layer"),
        Plot("frames"),
        Plot("course", waits=True),
        Plot("survey", waits=True),
        Plot("over_time", lens="survey", waits=True),
        Plot("over_space", lens="survey", waits=True),
        Plot("tracks", waits=True),
        Table("compare", waits=True),
    ],
    cuts=[Cut("apart", lens="harm"), Cut("scrambled", lens="harm"), Cut("muted", lens="harm")],
    opens={"step": 8, "film": "x0", "view": "frames", "grid": True},
)
