"""The front page against films whose frames settle in a known order."""

from dataclasses import replace

import pytest
import torch

from explainers.engine import decode
from explainers.kit.lesson import finish
from explainers.kit.sentences import Words
from explainers.lessons.machine import lens, picture
from tests.lessons.readers import BlueReader

WORDS = Words.of("machine")
STEPS = 20


class Guessed:
    """A step of which a lens sees the guess alone."""

    def __init__(self, x0):
        self.x0 = x0


class Settling:
    """A run whose frames are noise until each one's own step, counted from 1, and finished from then on."""

    def __init__(self, at):
        noise = torch.Generator().manual_seed(0)
        self.latent = torch.randn(4, len(at), 8, 8, generator=noise)
        self.steps = []
        for step in range(1, STEPS + 1):
            guess = torch.randn(self.latent.shape, generator=noise)
            there = torch.tensor([step >= own for own in at])
            guess[:, there] = self.latent[:, there]
            self.steps.append(Guessed(guess))
        self.request = type("Request", (), {"frames": len(at)})


@pytest.mark.parametrize(
    ("at", "order"),
    [
        ([8, 9, 7, 8, 8], "together"),
        ([8, 8, 8, 8, 8], "together"),
        ([2, 6, 10, 14, 18], "forward"),
        ([18, 3, 14, 6, 10], "anyhow"),
        ([18, 14, 10, 6, 2], "anyhow"),
    ],
)
def test_the_order_is_that_in_which_frames_settle(at, order):
    found = lens.answer(Settling(at))
    assert found["settled"].tolist() == at
    assert (found["answer"], found["case"]) == (order, order)
    assert (found["earliest"], found["latest"], found["steps"]) == (min(at), max(at), STEPS)
    first = picture.settling(found, WORDS).lines[WORDS("settling.first")]
    assert (first[: at[0] - 1] < lens.SETTLED).all() and first[at[0] - 1 :] == pytest.approx(1.0)


def test_a_frame_that_is_lost_again_has_not_settled():
    run = Settling([3, 3])
    run.steps[9].x0[:, 0] = torch.randn(4, 8, 8, generator=torch.Generator().manual_seed(1))
    assert lens.answer(run)["settled"].tolist() == [11, 3]


def test_a_straight_path_settles_at_once(run):
    """The perfect guess is the finished film from the first step on."""
    found = lens.answer(run)
    assert found["answer"] == "together" and found["earliest"] == found["latest"] == 1


def test_the_same_seed_makes_the_same_film(model, run, monkeypatch):
    from explainers.engine import record

    monkeypatch.setattr("explainers.measure.reader.Reader", BlueReader)
    plain = record(model, run.request).finish()
    found = finish(lens.again(plain, model))
    assert (found["same"], found["case"], found["next"]) == (0.0, "same", run.request.seed + 1)
    assert found["apart"] > 0 and found["asked"] == 4
    other = record(model, replace(run.request, seed=run.request.seed + 1)).finish()
    assert (found["other"] == decode(model, other, sound=False).frames).all()
    assert len(picture.seeds(found, WORDS).films) == 3
    assert finish(lens.again(run, model))["case"] == "other"  # its film is not what this seed makes
