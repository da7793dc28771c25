"""What the transformer is asked for: the velocity from noise to film, and the smaller terms of the loss.

Rectified flow: x_t = (1 - t) x0 + t eps, and the model learns v = eps - x0 from x_t, t and the words. Picture and
sound share one t and one sequence.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

from ..config import Transformer
from . import model as models
from .forward import velocity


def noise_levels(count: int, g: torch.Generator, shift: float) -> Tensor:
    """(count,) Half of them in the middle, where most is decided; half where the sampler's steps are.

    The middle alone leaves three in a hundred above 0.9, where the sampler takes nine of its 50 steps. After 640,000
    samples of it, gravity was off by 34 % in films from pure noise (144 balls), by 19 % in those that began as a
    rendered film noised to 0.85, by 12 % from 0.34 (36 balls each); codec alone 9 %.
    """
    middle = torch.sigmoid(torch.randn(count, generator=g, device=g.device) + 0.3)
    u = torch.rand(count, generator=g, device=g.device)
    visited = shift * u / (1 + (shift - 1) * u)
    return torch.where(torch.arange(count, device=g.device) % 2 == 0, middle, visited)


def loss(model, b: dict[str, Tensor], c: Transformer) -> tuple[Tensor, dict[str, Tensor]]:
    """What is to be made small, and its parts to look at."""
    t, noisy = b["t"].view(-1, 1, 1, 1, 1), ~b["given"][:, None, :, None, None]
    x_t = torch.where(noisy, (1 - t) * b["x0"] + t * b["eps"], b["x0"])
    s_t = (1 - t[..., 0, 0]) * b["s0"] + t[..., 0, 0] * b["eps_s"]
    hidden: list[Tensor] = []
    v, v_s = velocity(model, b["ids"], x_t, s_t, 1000 * b["t"], b["given"], models.squeeze(model), hidden)
    error = (v.float() - (b["eps"] - b["x0"])) * noisy
    told = {
        "picture": error.square().sum() / noisy.expand_as(error).sum(),
        "sound": (v_s.float() - (b["eps_s"] - b["s0"])).square().mean(),
    }
    total = told["picture"] + c.sound_weight * told["sound"]
    if c.change_weight:
        told["change"] = change(t * error)
        total = total + c.change_weight * told["change"]
    if c.align_weight:
        early, late = c.aligned
        told["aligned"] = alignment(hidden[early - 1], hidden[late - 1])
        total = total + c.align_weight * (1 - told["aligned"])
    return total, {name: value.detach() for name, value in told.items()}


def change(wrong: Tensor) -> Tensor:
    """How wrong the guess of the finished film *moves*: squared differences in time of its error t (v - (eps - x0)).

    Where all frames are wrong by the same it is nothing, and where the velocity is the mean of all that could be, as
    the plain loss wants it, it is least too.
    """
    return wrong.diff(dim=2).square().mean()  # (batch, channels, frames, rows, cols)


def alignment(early: Tensor, late: Tensor) -> Tensor:
    """Mean cosine between each token of an early layer and the same token later, which is held still (LayerSync)."""
    return F.cosine_similarity(early.float(), late.detach().float(), dim=-1).mean()  # (batch, tokens, width)
