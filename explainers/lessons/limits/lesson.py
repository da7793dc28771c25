"""Limits: where the model fails, how often, and the same asked of the run on screen."""

from explainers.kit.lesson import Choice, Cut, Films, Lesson, Plot, Table
from explainers.kit.story import Look, Measured, Precisely, Predict

lesson = Lesson(
    "limits",
    story=[
        Predict("two", "one", "two", "other"),
        Measured("six", lens="six", figure="six", prompt="a red ball and an orange cat bouncing in the snow"),
        Look(
            "dog",
            lens="instead",
            figure="instead",
            cases=("same", "other"),
            prompt="a red dog bounces in the snow",
        ),
        Measured("sizes", lens="sizes", figure="sizes", cases=("small", "large", "both", "neither")),
        Measured("bias", lens="leans", figure="leans", cases=("more", "even", "less")),
        Look("mark"),
        Precisely("beyond"),
    ],
    controls=[
        Choice(
            "limit",
            ("two", "both", "side", "detail", "long", "longer", "wide", "large", "small", "unknown"),
            "two",
        )
    ],
    pictures=[Plot("rates"), Table("failures"), Films("tries", waits=True)],
    cuts=[Cut("pushed", lens="broken", plot=False)],
)
