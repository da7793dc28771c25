"""What the transformer is taught from."""

import torch
from diffusers import FlowMatchEulerDiscreteScheduler

from training.model import SHIFT
from training.transformer import noise_levels


def test_half_of_the_noise_levels_are_where_the_sampler_goes_and_half_in_the_middle():
    """Against the stock scheduler's own levels, and against the normal distribution's quantiles."""
    levels = noise_levels(40_000, torch.Generator().manual_seed(0))
    schedule = FlowMatchEulerDiscreteScheduler(shift=SHIFT)
    schedule.set_timesteps(50)
    visited = schedule.sigmas[:-1].flip(0)  # (50,) rising
    quantiles = levels[1::2].quantile((torch.arange(50) + 0.5) / 50)
    assert (quantiles - visited).abs().max() < 0.02

    middle = levels[0::2].logit()
    shares = torch.tensor([0.1587, 0.5, 0.8413])  # below one spread under the mean, the mean, one spread above
    assert torch.allclose(middle.quantile(shares), torch.tensor([-0.7, 0.3, 1.3]), atol=0.04)
