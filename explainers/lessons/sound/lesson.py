"""Sound: in one sequence with the picture, so the thud falls on the bounce; cut the tie and measure."""

from explainers.kit.lesson import HEADS, Act, Cut, Layer, Lesson, Plot, Question

lesson = Lesson(
    "sound",
    question=Question("film", "sound", "together"),
    acts=[
        Act("bounce", prompt="a red ball bounces on the grass", step=-1, film="x0"),
        Act("early", step=0, film="x0"),
        Act("slice", step=4, slice=8, view="frames"),
        Act("sea", prompt="a blue boat moves right at sea", step=-1, film="x0"),
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
    opens={"step": -1, "film": "x0", "view": "frames"},
)
