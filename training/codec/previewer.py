"""A look at a latent in a millisecond: the best linear map from cells to pixels.

    weights = fit(vae, config)    # {"weight": (frames * 3 * size^2 of a cell, channels seen, side, side), "bias": ...}

No training. A linear encoder is undone by one matrix, cell by cell: what that shows is the softened film itself. For
any other it is least squares over some films, and sees each cell, its eight neighbours, and the cells of the latent
frames before and after. The engine holds the few lines that use it (explainers/engine/codec.py).
"""

import torch
import torch.nn.functional as F
from torch import Tensor

from ..config import Config
from ..world import draw, render
from .linear_code import LinearCode
from .picture_codec import to_codec

FILMS = 96
RIDGE = 1e-3


def neighbourhood(latent: Tensor) -> Tensor:
    """(clips, channels, frames, rows, cols) -> (clips * frames, 3 * channels, rows, cols): before, now, after."""
    z = latent.transpose(1, 2)
    around = torch.cat([torch.cat([z[:, :1], z[:, :-1]], 1), z, torch.cat([z[:, 1:], z[:, -1:]], 1)], 2)
    return around.flatten(0, 1)


@torch.no_grad()
def fit(vae, config: Config) -> dict[str, Tensor]:
    """``vae`` with its scale already set; latents are taken at unit size, pixels in -1..1."""
    if config.picture.linear:
        return undone(LinearCode.of(vae, config.picture.soft), vae, config)
    time, size, _ = config.picture.squeeze
    mean = torch.tensor(vae.config.latents_mean).view(1, -1, 1, 1, 1)
    gram = target = 0.0
    for seed in range(0, FILMS, 16):
        x = to_codec(render(draw(16, 50_000 + seed), config.frames, config.height, config.width))
        z = (vae.encode(x).latent_dist.mode() - mean) / vae.config.latents_std[0]
        cells = F.unfold(neighbourhood(z), 3, padding=1)  # (clips * frames, channels * 9, cells)
        cells = F.pad(cells.transpose(1, 2), (0, 1), value=1.0).flatten(0, 1).double()  # with a one for the bias
        films = torch.cat([x[:, :, :1]] * (time - 1) + [x], 2).transpose(1, 2)  # (clips, frames, 3, height, width)
        pixels = F.pixel_unshuffle(films, size).unflatten(1, (-1, time))  # (clips, frames, time, 3 * 64, rows, cols)
        pixels = pixels.flatten(2, 3).flatten(3).transpose(2, 3).flatten(0, 2).double()
        gram = gram + cells.T @ cells
        target = target + cells.T @ pixels
    ridge = RIDGE * gram.diagonal().mean() * torch.eye(len(gram), dtype=torch.float64)
    weights = torch.linalg.solve(gram + ridge, target).float()  # (channels * 9 + 1, time * 3 * 64)
    weight = weights[:-1].T.reshape(weights.shape[1], -1, 3, 3).contiguous()
    return {"weight": weight.half(), "bias": weights[-1].half()}


def undone(code: LinearCode, vae, config: Config) -> dict[str, Tensor]:
    """What the numbers say, and of what they don't say, the mean over some films."""
    back = torch.linalg.pinv(code.weight.double()).float()  # (channels, numbers of a block)
    films = (
        render(draw(16, 50_000 + seed), config.frames, config.height, config.width) for seed in range(0, FILMS, 16)
    )
    block = torch.stack([code.blocks(to_codec(film)).flatten(0, 3).mean(0) for film in films]).mean(0)
    unsaid = block - (block @ code.weight) @ back
    mean = torch.tensor(vae.config.latents_mean)
    bias = unsaid + (mean - code.bias) @ back
    weight = (vae.config.latents_std[0] * back).T[:, :, None, None]
    return {"weight": weight.half().contiguous(), "bias": bias.half()}
