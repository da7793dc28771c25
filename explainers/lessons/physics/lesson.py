"""Physics: a parabola fitted to what falls; inside, between and outside of what the model saw; what it goes by."""

from explainers.kit.lesson import Act, Choice, Cut, Films, Lesson, Plot, Question, Table

lesson = Lesson(
    "physics",
    question=Question("less", "world", "more"),
    acts=[
        Act("bounce", prompt="a red ball bounces on the grass", step=-1, film="x0"),
        Act("unseen", prompt="a yellow ball bounces in the desert", step=-1, film="x0"),
        Act("heavy", start="gravity_above"),
        Act("slow", start="speed_below"),
        Act("rebound", prompt="a basketball misses and rebounds off the backboard on the grass", step=-1, film="x0"),
    ],
    controls=[
        Choice(
            "start",
            ("gravity_below", "gravity_within", "gravity_above", "speed_below", "speed_within", "speed_above"),
            "gravity_above",
        )
    ],
    pictures=[
        Plot("fall"),
        Table("falls", lens="tables"),
        Plot("gravities", lens="tables"),
        Plot("speeds", lens="tables"),
        Table("groups", lens="tables"),
        Films("thrown", lens="thrown_on", waits=True),
        Plot("thrown_on", waits=True),
        Plot("conflict", lens="tables"),
        Table("pairs", lens="tables"),
        Plot("across"),
        Table("rebounds", lens="tables"),
        Plot("seeds", waits=True),
    ],
    cuts=[Cut("alone", lens="fallen"), Cut("hasty", lens="fallen")],
    opens={"step": -1, "film": "x0", "view": "frames"},
)
