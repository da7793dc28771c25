"""A linear code of films: principal components of softened blocks, found stage by stage, and used as one matrix.

    stages = components(films, soft=1.25, side=4, counts=[64, 71])      # to be written into a codec (linear_start.py)
    code = LinearCode.of(vae, soft=1.25)                                  # what that codec does to a block, read back
    latents = code.encode(films)           # equal to vae.encode(films), many times as fast
    code.weight[:, j]                      # the pattern that number j stands for

Films are (clips, 3, frames, height, width) in -1..1 here. A block is the pixels of one cell. The first frame has a
cell of its own, in which it stands as many times as another cell has frames.
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from diffusers import AutoencoderKLLTXVideo
from torch import Tensor

REACH = 4  # pixels that the Gaussian goes to either side: as far as the codec's first convolution sees in any case


def gaussian(soft: float) -> Tensor:
    """(2 * REACH + 1,) taps of sum 1; a single one for ``soft`` 0."""
    away = torch.arange(-REACH, REACH + 1).float()
    taps = torch.exp(-away.square() / (2 * soft**2)) if soft else (away == 0).float()
    return taps / taps.sum()


def softening(size: int, soft: float, grey: bool) -> Tensor:
    """(size, size): a row of pixels becomes a softer one. Beyond its ends is grey (0), or else nothing that counts."""
    at = torch.arange(size)
    away = at[:, None] - at + REACH
    inside = (away >= 0) & (away <= 2 * REACH)
    taps = torch.where(inside, gaussian(soft)[away.clamp(0, 2 * REACH)], 0.0)
    return taps if grey else taps / taps.sum(1, keepdim=True)


def soften(films: Tensor, soft: float, grey: bool = True) -> Tensor:
    down, across = (softening(size, soft, grey).to(films) for size in films.shape[-2:])
    return down @ films @ across.T


def patches(films: Tensor, side: int) -> Tensor:
    """(clips, 3, frames, height, width) -> (clips, 3 * side^2, frames, rows, cols), channels in the codec's order."""
    cut = films.unflatten(-1, (-1, side)).unflatten(-3, (-1, side))  # (clips, 3, frames, rows, r, cols, c)
    return cut.permute(0, 1, 6, 4, 2, 3, 5).flatten(1, 3)


def cubes(x: Tensor) -> Tensor:
    """(clips, channels, frames, rows, cols) -> (cubes of 2 x 2 x 2, channels, 2, 2, 2)"""
    x = torch.cat([x[:, :, :1], x], 2)
    cut = x.unflatten(4, (-1, 2)).unflatten(3, (-1, 2)).unflatten(2, (-1, 2))
    return cut.permute(0, 2, 4, 6, 1, 3, 5, 7).flatten(0, 3)


@dataclass
class Stage:
    mean: Tensor  # (channels, 2, 2, 2)
    parts: Tensor  # (count, channels, 2, 2, 2) of unit length
    spread: Tensor  # (count,)

    def __call__(self, x: Tensor) -> Tensor:
        """(clips, channels, frames, rows, cols) -> (clips, count, ...), a frame, row and column for each two."""
        bias = -(self.parts.flatten(1) @ self.mean.flatten())
        return F.conv3d(torch.cat([x[:, :, :1], x], 2), self.parts, bias, stride=2)


def principal(x: Tensor, count: int) -> Stage:
    """Of (cubes, channels, 2, 2, 2)."""
    flat = x.flatten(1)
    mean = flat.mean(0)
    covariance = ((flat - mean).T @ (flat - mean)).double() / len(flat)
    values, vectors = torch.linalg.eigh(covariance)
    parts = vectors.flip(1)[:, :count].T.float().unflatten(1, x.shape[1:])
    return Stage(mean.view(x.shape[1:]), parts, values.flip(0)[:count].clamp(min=1e-8).sqrt().float())


def components(films: Tensor, soft: float, side: int, counts: list[int]) -> list[Stage]:
    """Stage after stage, each of what the one before keeps. A stage that keeps a multiple of what the last one will
    leaves it what the whole block would have given: 72 of 384 numbers lose nothing of 64 of 3,072 (to 0.01 dB).

    Beyond the edge of these films is nothing, though the codec will see grey there: no component is spent on the dark
    rim that this gives, and sharp films come back better by 0.1 dB.
    """
    x, found = patches(soften(films, soft, grey=False), side), []
    for count in counts:
        found.append(principal(cubes(x), count))
        x = found[-1](x)
    return found


@dataclass
class LinearCode:
    """A codec's encoder without residual blocks, as the matrix that it is."""

    weight: Tensor  # (frames * 3 * size * size of a block, latent)
    bias: Tensor  # (latent,)
    soft: float
    squeeze: tuple[int, int, int]

    @classmethod
    @torch.no_grad()
    def of(cls, vae: AutoencoderKLLTXVideo, soft: float) -> "LinearCode":
        encoder, z = vae.encoder, vae.config.latent_channels
        t, s = vae.config.scale_factor_temporal, vae.config.scale_factor_spatial
        n = t * 3 * s * s
        device = encoder.conv_out.conv.weight.device
        one = torch.cat([torch.eye(n, device=device), torch.zeros(1, n, device=device)])  # each pixel alone, and none
        x = patches(one.view(-1, t, 3, s, s).transpose(1, 2), vae.config.patch_size)
        for block in encoder.down_blocks:
            conv = block.downsamplers[0].conv  # its last two taps along each side are the cube's own
            x = F.conv3d(x, conv.weight[:, : x.shape[1], 1:, 1:, 1:].float(), conv.bias.float(), stride=2)
        # (n + 1, channels, 1, 1, 1): then the norm, which the steady channel decides, and SiLU: half of what is small
        steady = conv.bias[-1].float()
        gain = x.shape[1] ** 0.5 / (2 * steady)
        last = encoder.conv_out.conv
        y = x[:, :-1].flatten(1) @ (gain * last.weight[:z, :-1, 2, 1, 1].float()).T + last.bias[:z].float()
        return cls(y[:-1] - y[-1], y[-1], soft, (t, s, s))

    def blocks(self, films: Tensor) -> Tensor:
        """-> (clips, frames, rows, cols, numbers of a block) of the softened films."""
        t, s, _ = self.squeeze
        x = soften(films, self.soft).transpose(1, 2)
        x = torch.cat([x[:, :1]] * (t - 1) + [x], 1)  # (clips, frames, 3, height, width)
        cut = x.unflatten(-1, (-1, s)).unflatten(-3, (-1, s)).unflatten(1, (-1, t))
        return cut.permute(0, 1, 4, 6, 2, 3, 5, 7).flatten(4)

    def encode(self, films: Tensor) -> Tensor:
        """-> (clips, latent, frames, rows, cols)"""
        return (self.blocks(films) @ self.weight + self.bias).movedim(-1, 1).contiguous()
