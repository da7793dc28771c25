"""The whole machine on one page: from words to film, every part with its own page."""

from explainers.kit.lesson import Act, Lesson, Question, Stations

lesson = Lesson(
    "machine",
    question=Question("all", "tenth", "fewer"),
    acts=[
        Act("static", step=0, film="x0"),
        Act("given", film="noisy", step=0),
        Act("finished", film="x0", step=-1),
        Act("block", view="stack"),
    ],
    pictures=[Stations("way")],
    opens={"step": -1, "film": "x0"},
)
