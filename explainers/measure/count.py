"""How many things there are in a film, whatever they are, where the place has no sun, moon or board (snow, grass).

    things(film)                  # 1: most of the frames show so many
    per_frame(film)               # (frames,) how many each shows

A thing is a spot of some size that differs from what its row of pixels mostly shows. Two that touch are one. On
rendered films with one subject, and with two side by side, tests/measure/test_count.py holds how often it is right.
"""

import numpy as np
import numpy.typing as npt
import torch
import torch.nn.functional as F
from torch import Tensor

from .film import as_film

STANDS_OUT = 0.16  # difference from its row, in any colour, from which on a pixel is no background
BRIDGE = 2  # units: spots less than two of these apart are one, or a ball with a stripe would be two things
THIN = 2  # units that are taken off all around: the line of the horizon is no thing
LEAST = 8.0  # units^2 that must be left
PART = 1 / 3  # of the biggest one: a tail is no thing


def things(film: object) -> int:
    return int(np.bincount(per_frame(film)).argmax())


def per_frame(film: object) -> npt.NDArray[np.int64]:
    x = as_film(film)
    unit = x.shape[2] / 64
    row = x.permute(1, 2, 0, 3).flatten(2).median(2).values[None, :, :, None]  # (1, 3, rows, 1), over all frames
    spots = ((x - row).abs().amax(1) > STANDS_OUT).float()[:, None]  # (frames, 1, rows, cols)
    solid = -_grown(-_grown(spots, BRIDGE * unit), (BRIDGE + THIN) * unit)[:, 0] > 0.5
    areas = [_areas(frame) for frame in solid]
    return np.array([sum(area >= max(LEAST * unit**2, PART * max(each)) for area in each) for each in areas])


def _grown(mask: Tensor, by: float) -> Tensor:
    pixels = max(1, round(by))
    return F.max_pool2d(mask, 2 * pixels + 1, 1, pixels)


def _areas(mask: Tensor) -> list[int]:
    """Pixels of each connected spot."""
    label = torch.where(mask, torch.arange(1.0, mask.numel() + 1).view(mask.shape), 0.0)
    while True:  # the biggest number flows through each spot
        wider = F.max_pool2d(label[None, None], 3, 1, 1)[0, 0] * mask
        if torch.equal(wider, label):
            return [int(n) for n in label[mask].unique(return_counts=True)[1]]
        label = wider
