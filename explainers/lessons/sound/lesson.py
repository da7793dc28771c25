"""Sound: in one sequence with the picture, so the thud falls on the bounce; cut the tie and measure."""

from explainers.kit.lesson import HEADS, Cut, Layer, Lesson, Plot
from explainers.kit.story import Look, Measured, Precisely, Predict, Without

lesson = Lesson(
    "sound",
    story=[
        Look("thud", lens="timeline", figure="clock", cases=("together", "apart", "unheard", "none")),
        Predict("first", "film", "sound", "together", figure="settled", cases=("film", "sound", "together")),
        Look(
            "punctual",
            lens="heads",
            figure="own_moment",
            cases=("own", "anywhere"),
            step=24,
            view="frames",
            slice=9,
            layer=5,
            head=5,
        ),
        Without("untied", figure="late", cases=("drifts", "lost", "stays", "none"), seed=12),
        Measured("often", lens="seeds", figure="in_time", cases=("fewer", "as_many", "none")),
        Precisely("joint"),
    ],
    controls=[*HEADS],
    pictures=[
        Layer("listens"),
        Plot("timeline"),
        Plot("spectrogram"),
        Plot("lockstep"),
        Plot("tie", waits=True),
        Plot("seeds", waits=True),
    ],
    cuts=[Cut("untied", lens="offset")],
)
