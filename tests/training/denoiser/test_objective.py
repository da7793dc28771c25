"""What the transformer is asked for, against the formulas as they are written."""

from dataclasses import replace

import pytest
import torch
from diffusers import FlowMatchEulerDiscreteScheduler

from training.config import CONFIGS
from training.denoiser import objective
from training.denoiser.forward import batched
from training.denoiser.objective import alignment, change, loss, noise_levels


@pytest.mark.parametrize("shift", [2.0, 2.2])
def test_half_of_the_noise_levels_are_where_the_sampler_goes_and_half_in_the_middle(shift):
    """Against the stock scheduler's own levels, and against the normal distribution's quantiles."""
    levels = noise_levels(40_000, torch.Generator().manual_seed(0), shift)
    schedule = FlowMatchEulerDiscreteScheduler(shift=shift)
    schedule.set_timesteps(50)
    visited = schedule.sigmas[:-1].flip(0)  # (50,) rising
    quantiles = levels[1::2].quantile((torch.arange(50) + 0.5) / 50)
    assert (quantiles - visited).abs().max() < 0.02

    middle = levels[0::2].logit()
    shares = torch.tensor([0.1587, 0.5, 0.8413])  # below one spread under the mean, the mean, one spread above
    assert torch.allclose(middle.quantile(shares), torch.tensor([-0.7, 0.3, 1.3]), atol=0.04)


def test_the_published_schedule_is_the_one_that_was_trained_on(toy):
    assert toy.scheduler.config.shift == CONFIGS["toy"].transformer.shift


def test_change_is_the_squared_difference_from_frame_to_frame():
    wrong = torch.randn(2, 3, 4, 2, 2)
    by_hand = sum((wrong[:, :, f + 1] - wrong[:, :, f]).square().sum() for f in range(3)) / (2 * 3 * 3 * 2 * 2)
    assert torch.allclose(change(wrong), by_hand)
    assert change(wrong[:, :, :1].expand(-1, -1, 4, -1, -1)) == 0  # all frames wrong by the same


def test_alignment_is_a_cosine_and_only_the_early_layer_learns_from_it():
    early, late = torch.randn(2, 5, 8, requires_grad=True), torch.randn(2, 5, 8, requires_grad=True)
    by_hand = torch.stack(
        [(a @ b) / (a.norm() * b.norm()) for a, b in zip(early.view(-1, 8), late.view(-1, 8), strict=True)]
    ).mean()
    found = alignment(early, late)
    assert torch.allclose(found, by_hand, atol=1e-6)
    found.backward()
    assert early.grad.abs().max() > 0 and late.grad is None


@pytest.fixture
def example(toy):
    g = torch.Generator().manual_seed(0)
    c = CONFIGS["toy"]
    x0, s0 = torch.randn(3, c.picture.latent, 3, 4, 4, generator=g), torch.randn(3, c.sound.latent, 5, generator=g)
    return {
        "ids": torch.randint(4, 20, (3, c.transformer.words), generator=g),
        "x0": x0,
        "s0": s0,
        "eps": torch.randn(x0.shape, generator=g),
        "eps_s": torch.randn(s0.shape, generator=g),
        "t": torch.tensor([0.2, 0.5, 0.9]),
        "given": torch.tensor([[False] * 3, [True, False, False], [False] * 3]),
    }


def test_the_loss_is_the_velocitys_and_given_frames_are_not_asked_for(toy, example, monkeypatch):
    """A model that says v = 0 is wrong by eps - x0, everywhere but in the frame that it was given."""
    seen = {}

    def nothing(model, ids, x_t, s_t, t, given, squeeze, hidden):
        seen.update(x=x_t, s=s_t, t=t)
        hidden += [torch.ones(3, 2, 4)] * 4
        return torch.zeros_like(x_t), torch.zeros_like(s_t)

    monkeypatch.setattr(objective, "velocity", nothing)
    c = replace(CONFIGS["toy"].transformer, change_weight=0.3, align_weight=0.2, sound_weight=0.5)
    total, told = loss(toy.transformer, example, c)

    v = example["eps"] - example["x0"]
    asked = torch.ones_like(v)
    asked[1, :, 0] = 0
    picture, sound = (v**2 * asked).sum() / asked.sum(), (example["eps_s"] - example["s0"]).square().mean()
    guess = example["t"].view(-1, 1, 1, 1, 1) * v * asked  # how far the guess of the film is off
    moved = (guess[:, :, 1:] - guess[:, :, :-1]).square().mean()
    assert torch.allclose(told["picture"], picture) and torch.allclose(told["sound"], sound)
    assert torch.allclose(told["change"], moved) and torch.allclose(told["aligned"], torch.tensor(1.0))
    assert torch.allclose(total, picture + 0.5 * sound + 0.3 * moved)

    t = example["t"].view(-1, 1, 1, 1, 1)
    noisy = (1 - t) * example["x0"] + t * example["eps"]
    assert torch.equal(seen["x"][1, :, 0], example["x0"][1, :, 0])
    assert torch.allclose(seen["x"][1, :, 1:], noisy[1, :, 1:]) and torch.allclose(seen["x"][0], noisy[0])
    assert torch.allclose(seen["t"], 1000 * example["t"])


def test_the_aligned_layers_are_the_ones_that_are_named(toy, example):
    """The early one of two layers is pulled on, what comes after it is not."""
    c = replace(CONFIGS["toy"].transformer, align_weight=1.0, aligned=(1, 2), sound_weight=0.0)
    plain = replace(c, align_weight=0.0)

    def gradients(c):
        toy.transformer.zero_grad()
        loss(toy.transformer, example, c)[0].backward()
        return [layer.self_attn.add_v_proj.weight.grad.clone() for layer in toy.transformer.layers]

    with batched(toy.transformer):
        with_it, without = gradients(c), gradients(plain)
    assert not torch.allclose(with_it[0], without[0])
    assert torch.allclose(with_it[1], without[1], atol=1e-7)
