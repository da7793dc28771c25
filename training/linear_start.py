"""Start the picture codec as the best linear code that there is, and let training bend it from there.

    start_linear(vae, films)             # films (clips, 3, frames, height, width) in -1..1

The principal components of blocks of 2 x 8 x 8 pixels, written into the convolutions: residual blocks begin as
nothing, the strided convolution projects, the upsampling convolution (which rearranges channels into pixels) puts
together again. The activation before each last convolution is made nearly linear by working around 1, where it is
smooth, and one channel stays at 1 to measure everything else against, because the norm before it divides all by one
number. Training from here begins where training from random numbers arrives after an hour.
"""

import torch
from diffusers import AutoencoderKLLTXVideo
from torch import Tensor

SWING = 0.15  # how far channels move around 1
SLOPE = 0.9277  # of SiLU at 1


def blocks(films: Tensor) -> Tensor:
    """(clips, 3, frames, height, width) -> (blocks, 3, 2, 8, 8); the first frame counts twice, as in the codec."""
    films = torch.cat([films[:, :, :1], films], 2)
    b, c, t, h, w = films.shape
    cut = films.view(b, c, t // 2, 2, h // 8, 8, w // 8, 8)
    return cut.permute(0, 2, 4, 6, 1, 3, 5, 7).reshape(-1, c, 2, 8, 8)


def principal(films: Tensor, count: int) -> tuple[Tensor, Tensor, Tensor]:
    """Mean block (3, 2, 8, 8), components (count, 3, 2, 8, 8) of unit length, spreads (count,)."""
    x = blocks(films).flatten(1).double()
    mean = x.mean(0)
    covariance = (x - mean).T @ (x - mean) / len(x)
    values, vectors = torch.linalg.eigh(covariance)
    parts = vectors.flip(1)[:, :count].T.float().view(count, 3, 2, 8, 8)
    return mean.float().view(3, 2, 8, 8), parts, values.flip(0)[:count].clamp(min=1e-8).sqrt().float()


def _patches(block: Tensor) -> Tensor:
    """(..., 3, 2, 8, 8) -> (..., 48, 2, 2, 2): channels as the codec's 4 x 4 patches order them; frame, row, column."""
    cut = block.unflatten(-1, (2, 4)).unflatten(-3, (2, 4))
    lead = cut.ndim - 6
    colour, frame, y, row, x, col = range(lead, lead + 6)
    return cut.permute(*range(lead), colour, col, row, frame, y, x).flatten(lead, lead + 2)


@torch.no_grad()
def start_linear(vae: AutoencoderKLLTXVideo, films: Tensor) -> None:
    width, z = vae.encoder.conv_in.out_channels, vae.config.latent_channels
    assert width > 48, "the linear start needs a channel for each number of a 4 x 4 patch, and one to spare"
    mean, parts, spread = principal(films, width - 1)
    scale = float(spread[:z].square().mean().sqrt())  # one size for all latents
    still = width - 1  # the channel that stays at 1

    for half in (vae.encoder, vae.decoder):
        for name, module in half.named_modules():
            if name.endswith("conv2"):  # of each residual block
                module.conv.weight.zero_()
                module.conv.bias.zero_()

    enc = vae.encoder
    first = enc.conv_in.conv
    first.weight[:48] = 0
    first.bias[:48] = 0
    for k in range(48):
        first.weight[k, k, 2, 1, 1] = 1  # this frame, this patch
    down = enc.down_blocks[0].downsamplers[0].conv
    gain = SWING / spread.view(-1, 1, 1, 1, 1)
    down.weight.zero_()
    down.bias.fill_(1)
    down.weight[:still, :48, 1:, 1:, 1:] = gain * _patches(parts)
    down.bias[:still] = 1 - SWING * (parts.flatten(1) @ mean.flatten()) / spread
    last = enc.conv_out.conv
    last.weight.zero_()
    last.bias.zero_()
    for j in range(z):
        size = float(spread[j]) / (SWING * SLOPE * scale)
        last.weight[j, j, 2, 1, 1] = size
        last.weight[j, still, 2, 1, 1] = -size
    last.bias[z] = -6.0  # log variance, which training does not use

    dec = vae.decoder
    begin = dec.conv_in.conv
    begin.weight[:z] = 0
    begin.bias[:z] = 0
    for j in range(z):
        begin.weight[j, j, 1, 1, 1] = 1
    up = dec.up_blocks[0].upsamplers[0].conv.conv
    weight = torch.zeros(width, 2, 2, 2, *up.weight.shape[1:])
    bias = torch.ones(width, 2, 2, 2)
    weight[:48, ..., :z, 1, 1, 1] = SWING * scale * _patches(parts[:z]).movedim(0, -1)
    bias[:48] += SWING * _patches(mean)
    up.weight.copy_(weight.flatten(0, 3))
    up.bias.copy_(bias.flatten())
    end = dec.conv_out.conv
    end.weight.zero_()
    end.bias.zero_()
    for k in range(48):
        end.weight[k, k, 1, 1, 1] = 1 / (SWING * SLOPE)
        end.weight[k, still, 1, 1, 1] = -1 / (SWING * SLOPE)
