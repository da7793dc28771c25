"""Start: nobody says that the path through the noise must begin at its beginning."""

from explainers.kit.lesson import Choice, Cut, Films, FirstFrame, Lesson, Plot, Slider
from explainers.kit.story import Look, Measured, Precisely, Predict, Without

lesson = Lesson(
    "start",
    story=[
        Look("draw", picture="first_frame"),
        Predict("remixed", "little", "half", "most", figure="won", cases=("little", "half", "most")),
        Without("from_picture", cases=("parts", "same")),
        Without("cameo", cases=("holds", "spills"), where="left"),
        Measured("goes_on", lens="longer", figure="joined", cases=("smooth", "jumps")),
        Precisely("beginnings"),
    ],
    controls=[
        Slider("strength", 0.1, 1.0, 0.1, start=0.6),
        Choice("where", ("left", "right", "top", "bottom"), "left"),
    ],
    pictures=[
        FirstFrame("first_frame"),
        Films("begins"),
        Plot("places", lens="begins"),
        Films("remixes", lens="kept", waits=True),
        Plot("kept", waits=True),
        Films("longer", waits=True),
        Plot("joint", lens="longer", waits=True),
    ],
    cuts=[Cut("remix", lens="changed"), Cut("from_picture", lens="changed"), Cut("cameo", lens="held")],
)
