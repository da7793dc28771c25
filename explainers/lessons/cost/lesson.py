"""Cost: everything counted and clocked on this run, how it grows, and what big models were measured to take."""

from explainers.kit.lesson import Act, Cut, Lesson, Plot, Question, Slider, Table

lesson = Lesson(
    "cost",
    question=Question("four", "more", "sixteen"),
    acts=[
        Act("few", steps=4, step=-1),
        Act("many", steps=50, step=-1),
        Act("short", frames=9, step=-1),
        Act("laptop", watts=30),
        Act("desktop", watts=150),
    ],
    controls=[Slider("watts", 5, 700, 5, start=65)],
    pictures=[
        Table("bill"),
        Plot("parts", lens="bill"),
        Plot("course"),
        Plot("published"),
        Plot("growth", waits=True),
        Plot("clock", lens="growth", waits=True),
        Plot("pixels", waits=True),
        Plot("live", waits=True),
        Table("sources", lens="published"),
    ],
    cuts=[Cut("half_steps", lens="saved"), Cut("half_frames", lens="saved")],
    opens={"step": -1, "film": "x0"},
)
