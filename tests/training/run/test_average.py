"""The average of the weights is Diffusers' own, and a bigger step counts for as many as it is worth."""

import pytest
import torch
from diffusers.training_utils import EMAModel

from training.run.average import Average


@pytest.fixture
def g():
    return torch.Generator().manual_seed(0)


def test_step_by_step_it_is_diffusers_ema_model(g):
    model = torch.nn.Linear(3, 3)
    average, theirs = Average(model, 0.7), EMAModel(model.parameters(), decay=0.7)
    theirs.optimization_step = 1  # its very first step only copies the weights, which both have done already
    for _ in range(40):  # young ones forget faster, up to the twentieth
        for p in model.parameters():
            torch.nn.init.normal_(p, generator=g)
        average.update(model)
        theirs.step(model.parameters())
        for (name, _), there in zip(model.named_parameters(), theirs.shadow_params, strict=True):
            assert torch.allclose(average.weights[name], there, atol=1e-6)


def test_the_average_is_a_running_mean_that_begins_young(g):
    model = torch.nn.Linear(3, 3)
    average = Average(model, 0.8)
    expected, steps = model.weight.detach().clone(), 0
    for taken in (1, 1, 4, 1):
        torch.nn.init.normal_(model.weight, generator=g)
        average.update(model, taken)
        steps += taken
        decay = min(0.8, (1 + steps) / (10 + steps)) ** taken
        expected = decay * expected + (1 - decay) * model.weight.detach()
    assert torch.allclose(average.weights["weight"], expected, atol=1e-6)

    again = Average(torch.nn.Linear(3, 3), 0.8)
    again.load_state_dict(average.state_dict())
    assert again.steps == 7 and torch.equal(again.weights["weight"], average.weights["weight"])
