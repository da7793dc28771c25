"""Limits: where the model fails, how often, and the same asked of the run on screen."""

from explainers.kit.lesson import Act, Choice, Cut, Films, Lesson, Plot, Question, Table

lesson = Lesson(
    "limits",
    question=Question("one", "two", "other"),
    acts=[
        Act("count", limit="two", prompt="a red ball moves left on the grass", step=-1),
        Act("long", limit="longer", step=-1),
        Act("wide", limit="wide", step=-1),
        Act("unknown", limit="unknown", step=-1),
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
    opens={"step": -1, "film": "x0"},
)
