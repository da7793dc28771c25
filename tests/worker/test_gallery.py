"""The films that are shipped: what is on screen before the model is open."""

import json

from explainers.engine import load_recording, open_model
from explainers.web.service import GALLERY
from explainers.worker.films import gallery_recordings


def test_the_films_that_are_shipped_were_made_by_the_model_that_is_shipped():
    """Otherwise pages would say of each film that another model made it: `python -m explainers.worker.gallery`."""
    index = json.loads((GALLERY / "index.json").read_text("utf-8"))
    model = open_model("embedded")
    assert index["facts"]["weights"] == model.weights
    made = [load_recording(path) for path in gallery_recordings(GALLERY).values()]
    assert {run.weights for run in made} == {model.weights}
    assert all(run.complete for run in made)


def test_a_film_with_all_its_steps_is_soon_fetched():
    films = json.loads((GALLERY / "index.json").read_text("utf-8"))["films"]
    assert films[0]["settings"]["steps"] == 50
    for film in films:
        assert (GALLERY / film["pack"]).stat().st_size < 1_500_000
