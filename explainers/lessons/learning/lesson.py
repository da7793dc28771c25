"""Learning: one film at every age of the model, what it learned from, whether it copies, and what it can't know."""

from explainers.kit.lesson import Choice, Cut, Films, Lesson, Plot, Slider
from explainers.kit.story import Look, Measured, Precisely, Predict, Without

lesson = Lesson(
    "learning",
    story=[
        Predict("first", "place", "colour", "subject", "motion", figure="learned", cases=("place", "other")),
        Look("age", lens="aged", figure="young", control="age", age=3),
        Measured("copy", lens="nearest", figure="neighbours", cases=("no", "copy")),
        Without("strange", cases=("same", "other")),
        Measured("pairs", lens="pairs", figure="together_or_not", cases=("even", "worse")),
        Precisely("training"),
    ],
    controls=[
        Slider("age", 1, 6, 1, start=3),
        Choice("who", ("ball", "cat", "boat", "horse", "mammoth", "star"), "ball"),
        Choice("kind", ("colour", "place", "motion"), "colour"),
    ],
    pictures=[
        Films("guesses"),
        Plot("course"),
        Films("grown", waits=True),
        Plot("sure", lens="grown", waits=True),
        Films("clips"),
        Plot("together"),
        Films("near", lens="nearest"),
    ],
    cuts=[Cut("strange", lens="unheard", plot=False)],
)
