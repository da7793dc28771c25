"""How much of a picture is fine detail: its power at every spatial frequency.

waves, power = power_spectrum(film.permute(0, 3, 1, 2))      # (waves,) across the shorter side, power of each
"""

import torch
from torch import Tensor


def power_spectrum(pictures: Tensor) -> tuple[Tensor, Tensor]:
    """Mean power per spatial frequency of (..., rows, cols), averaged over directions and over pictures.

    White noise of spread 1 has power 1 everywhere. The mean of a picture, wave 0, is left out.
    """
    rows, cols = pictures.shape[-2:]
    side = min(rows, cols)
    power = torch.fft.fft2(pictures).abs().square().flatten(0, -3).mean(0) / (rows * cols)  # (rows, cols)
    radius = torch.hypot(torch.fft.fftfreq(rows)[:, None], torch.fft.fftfreq(cols)[None]) * side
    ring = radius.round().long().clamp(max=side).flatten()
    sums = torch.bincount(ring, power.flatten(), side + 1)
    counts = torch.bincount(ring, minlength=side + 1).clamp(min=1)
    waves = torch.arange(1, side // 2 + 1)
    return waves, (sums / counts)[waves]
