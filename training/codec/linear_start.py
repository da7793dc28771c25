"""Start the picture codec as the best linear code that there is, and let training bend it from there.

    start_linear(vae, films, config)     # films (clips, 3, frames, height, width) in -1..1

The principal components of softened blocks, written into the convolutions. Residual blocks begin as nothing. The first
convolution softens, each strided one projects cubes of 2 x 2 x 2, each upsampling one (which rearranges channels into
pixels) puts them together again. Last comes a norm, which divides a place's channels by one number, and SiLU. Both are
all but linear here: one channel stands steady, so large beside the others that it alone decides what the norm divides
by; and what is small goes through SiLU as half of itself. Training from here begins where training from random
numbers arrives after an hour; an encoder without residual blocks stays as it is.

Nothing is lost by half precision: only the steady channel's size is large, and it is a power of two.
"""

import torch
from diffusers import AutoencoderKLLTXVideo
from torch import Tensor

from ..config import PictureCodec
from .linear_code import REACH, Stage, components, gaussian

STEADY = 2.0**15  # beside channels of size 1, in an encoder that stays linear: to 3 in 10,000
TRAINED = 64.0  # in one that learns, and in the decoder: large enough to begin with, small enough to bend


@torch.no_grad()
def start_linear(vae: AutoencoderKLLTXVideo, films: Tensor, c: PictureCodec) -> None:
    for half in (vae.encoder, vae.decoder):
        for name, module in half.named_modules():
            if name.endswith("conv2"):  # of each residual block
                module.conv.weight.zero_()
                module.conv.bias.zero_()
    between = [min(c.encoder, c.decoder)] * (len(vae.encoder.down_blocks) - 1)
    stages = components(films, c.soft, vae.config.patch_size, [*between, c.encoder - 1])
    scale = float(stages[-1].spread[: c.latent].square().mean().sqrt())  # one size for all latents
    _encode(vae, stages, c, scale)
    _decode(vae, stages, c, scale)


def _encode(vae: AutoencoderKLLTXVideo, stages: list[Stage], c: PictureCodec, scale: float) -> None:
    encoder, side = vae.encoder, vae.config.patch_size
    pixels = 3 * side**2
    assert c.encoder >= pixels and c.encoder > c.latent, "a channel for each number, and one to spare"
    first = encoder.conv_in.conv
    first.weight[:pixels] = 0
    first.bias[:pixels] = 0
    first.weight[:pixels, :pixels, 2] = _softening(c.soft, side)
    steady = STEADY if c.linear else TRAINED
    for i, (stage, block) in enumerate(zip(stages, encoder.down_blocks, strict=True)):
        down, last = block.downsamplers[0].conv, i == len(stages) - 1
        count, channels = stage.parts.shape[:2]
        unit = 1 / stage.spread if last else torch.ones_like(stage.spread)
        down.weight.zero_()
        down.bias.zero_()
        down.weight[:count, :channels, 1:, 1:, 1:] = unit.view(-1, 1, 1, 1, 1) * stage.parts
        down.bias[:count] = -unit * (stage.parts.flatten(1) @ stage.mean.flatten())
    down.bias[-1] = steady
    end = encoder.conv_out.conv
    end.weight.zero_()
    end.bias.zero_()
    for j in range(c.latent):
        end.weight[j, j, 2, 1, 1] = stages[-1].spread[j] / scale * 2 * steady / c.encoder**0.5
    end.bias[c.latent] = -6.0  # log variance, which training does not use


def _softening(soft: float, side: int) -> Tensor:
    """(3 * side^2, 3 * side^2, 3, 3): from a patch and the eight around it to the same patch, softer."""
    at = torch.arange(side)
    tap = torch.arange(3)
    away = (tap[:, None, None] - 1) * side + at - at[:, None]  # (tap, to, from)
    line = gaussian(soft)[(away + REACH).clamp(0, 2 * REACH)] * (away.abs() <= REACH)
    # channels are (colour, column, row) within the patch, as the codec orders them; upper case: from
    kernel = torch.einsum("kK,yrR,xcC->kcrKCRyx", torch.eye(3), line, line)
    return kernel.reshape(3 * side**2, 3 * side**2, 3, 3)


def _decode(vae: AutoencoderKLLTXVideo, stages: list[Stage], c: PictureCodec, scale: float) -> None:
    decoder, pixels = vae.decoder, 3 * vae.config.patch_size**2
    assert c.decoder >= c.latent and c.decoder > pixels, "a channel for each number, and one to spare"
    begin = decoder.conv_in.conv
    begin.weight[: c.latent] = 0
    begin.bias[: c.latent] = 0
    for j in range(c.latent):
        begin.weight[j, j, 1, 1, 1] = 1
    known, unit = c.latent, scale
    for stage, block in zip(reversed(stages), decoder.up_blocks, strict=True):
        up, channels = block.upsamplers[0].conv.conv, stage.parts.shape[1]
        known = min(known, len(stage.parts))
        weight = torch.zeros(c.decoder, 2, 2, 2, *up.weight.shape[1:])
        bias = torch.zeros(c.decoder, 2, 2, 2)
        weight[:channels, ..., :known, 1, 1, 1] = unit * stage.parts[:known].movedim(0, -1)
        bias[:channels] = stage.mean
        known, unit = channels, 1.0
        if channels == pixels:
            bias[-1] = TRAINED
        up.weight.copy_(weight.flatten(0, 3))
        up.bias.copy_(bias.flatten())
    end = decoder.conv_out.conv
    end.weight.zero_()
    end.bias.zero_()
    for k in range(pixels):
        end.weight[k, k, 1, 1, 1] = 2 * TRAINED / c.decoder**0.5
