"""Learning: one film at every age of the model, what it learned from, and what it can't know."""

from explainers.kit.lesson import Act, Choice, Cut, Films, Lesson, Plot, Question

lesson = Lesson(
    "learning",
    question=Question("place", "colour", "subject", "motion"),
    acts=[
        Act("first", step=0, film="x0"),
        Act("late", step=-1, film="x0"),
        Act("pairs", kind="colour", world="seen"),
        Act("one_sided", kind="colour", world="skewed"),
        Act("horse", prompt="a horse moves right on the grass", step=-1),
        Act("pink", prompt="a pink dog moves right on the grass", step=-1),
    ],
    controls=[
        Choice("who", ("ball", "cat", "boat", "horse", "mammoth", "star"), "ball"),
        Choice("kind", ("colour", "place", "motion"), "colour"),
        Choice("world", ("seen", "skewed"), "seen"),
    ],
    pictures=[
        Films("guesses"),
        Plot("course"),
        Films("grown", waits=True),
        Plot("sure", lens="grown", waits=True),
        Films("clips"),
        Plot("together"),
        Plot("nearest"),
        Films("near", lens="nearest"),
        Plot("habits", waits=True),
    ],
    cuts=[Cut("skewed", lens="bent", plot=False), Cut("strange", lens="unheard", plot=False)],
    opens={"step": 0, "film": "x0"},
)
