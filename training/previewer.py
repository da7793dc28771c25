"""A look at a latent in a millisecond: the best linear map from a neighbourhood of cells to pixels.

    weights = fit(vae, config)               # {"weight": (2 * 3 * 8 * 8, 3 * channels, 3, 3), "bias": ...}

No training: least squares over some films. It sees each cell, its eight neighbours, and the cells of the latent frames
before and after; the engine holds the few lines that use it (explainers/engine/decode.py).
"""

import torch
import torch.nn.functional as F
from torch import Tensor

from .config import Config
from .picture_codec import SQUEEZE, to_codec
from .world import draw, render

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
    time, size, _ = SQUEEZE
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
