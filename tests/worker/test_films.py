"""The pictures of a film's steps: each at its own place, and the guess by the words alone."""

import numpy as np
import pytest

from explainers.engine import branches, preview, replay
from explainers.kit.lesson import finish
from explainers.viewer.pack import read_pack
from explainers.worker.jobs import Develop, MakeCut
from explainers.worker.model_process import ModelProcess
from explainers.worker.settings import Settings
from tests.viewer.test_pack import frame

STEPS, CUT = 5, 3
ASKED = Settings("a red ball bounces in the snow", seed=7, steps=STEPS, guidance=4.0, frames=9)


@pytest.fixture(scope="module")
def process(tmp_path_factory):
    return ModelProcess("embedded", gallery=tmp_path_factory.mktemp("none"))


@pytest.fixture(scope="module")
def made(process):
    pack = finish(process.work(Develop(ASKED))).pack
    return process.films.kept(ASKED.key), pack


def told(model, run, step):
    """A film of what the branch with the words says, by the plain formula of a flow."""
    return preview(model, run.latents[step] - run.sigmas[step] * branches(model, run, step).cond)


def shown(pack, step, number=4):
    return frame(*read_pack(pack), step, "x0", number).astype(float)


def near(picture, film, number=4):
    return np.abs(picture - np.asarray(film)[number]).mean() < 4  # of 255: WebP


def test_what_is_shown_as_the_guess_has_no_push_in_it(process, made):
    run, pack = made
    model = process.films.model
    for step in (0, 2):
        assert near(shown(pack, step), told(model, run, step))
    assert not near(shown(pack, 0), preview(model, run.steps[0].x0))  # the guided one


def test_a_kept_film_is_shown_as_when_it_was_made(process, made):
    again = finish(process.work(Develop(ASKED))).pack
    assert all(np.abs(shown(again, step) - shown(made[1], step)).max() < 2 for step in range(STEPS))


def test_every_step_of_a_cut_stands_at_its_place(process, made):
    run, _ = made
    cut = MakeCut(ASKED, "words", "swapped", {"kind": "colour", "step": CUT})
    pack = finish(process.work(cut)).pack
    model, other = process.films.model, replay(
        process.films.model, run, from_step=CUT, prompt="an orange ball bounces in the snow"
    ).finish()  # fmt: skip
    for step in range(STEPS - 1):  # the last one is the finished film
        assert near(shown(pack, step), told(model, other, step))
    assert np.abs(shown(pack, 1) - shown(made[1], 1)).max() < 2  # before the cut, nothing is other
