"""Start: nobody says that the path through the noise must begin at its beginning."""

from explainers.kit.lesson import Act, Choice, Cut, Films, FirstFrame, Lesson, Plot, Question, Slider

lesson = Lesson(
    "start",
    question=Question("little", "half", "most"),
    acts=[
        Act("noise", step=0, film="noisy"),
        Act("whisper", strength=0.2),
        Act("storm", strength=0.9),
        Act("left", where="left"),
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
    opens={"step": -1, "film": "x0"},
)
