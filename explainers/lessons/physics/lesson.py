"""Physics: a parabola fitted to what falls; inside, between and outside of what the model saw; what it goes by."""

from explainers.kit.lesson import Choice, Cut, Films, Lesson, Plot, Table
from explainers.kit.story import Look, Measured, Precisely, Predict, Without

lesson = Lesson(
    "physics",
    story=[
        Look("parabola", lens="fall", figure="flight", over="flown", cases=("parabola", "none"), view="frames"),
        Predict("gravity", "less", "world", "more", figure="flights", over="flown_both"),
        Measured("verdict", lens="verdict", figure="verdict", cases=("well", "roughly", "no")),
        Measured("outside", lens="outside", figure="side_by_side", cases=("keeps", "habit", "neither")),
        Without("alone", figure="two_ways", over="both_tracks", cases=("lost", "falls", "none")),
        Precisely("law"),
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
        Films("thrown", lens="thrown_on", waits=True),
        Plot("thrown_on", waits=True),
        Plot("conflict", lens="tables"),
        Table("pairs", lens="tables"),
        Plot("across"),
        Table("rebounds", lens="tables"),
        Plot("seeds", waits=True),
    ],
    cuts=[Cut("alone", lens="fallen")],
)
