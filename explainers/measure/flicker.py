"""How steadily a film holds together: change that no motion explains, and a subject that becomes another.

    flicker(film)                        # (frames - 1,) mean change of a pixel beyond motion, 0..1
    flicker_map(film)                    # (frames - 1, rows, cols): where
    drift(reader.per_frame(film)["subject"])     # 0: the same thing in every frame, 1: nothing stays

A pixel's neighbourhood may come from anywhere nearby in the frame before (motion); what remains of the difference
after the best such move is flicker. A well-behaved rendered film has some 0.003, from edges between pixels.
"""

import numpy as np
import numpy.typing as npt
import torch
import torch.nn.functional as F
from torch import Tensor

from .film import as_film

REACH = 4.0  # units that something may move from frame to frame
PATCH = 5  # pixels across that must move together


def flicker_map(film: object) -> Tensor:
    x = as_film(film)
    frames, _, rows, cols = x.shape
    if frames < 2:
        return x.new_zeros(0, rows, cols)
    reach = round(REACH * rows / 64)
    before = F.pad(x[:-1], [reach] * 4, mode="replicate")
    best = x.new_full((frames - 1, 1, rows, cols), torch.inf)
    for dy in range(2 * reach + 1):
        for dx in range(2 * reach + 1):
            change = (x[1:] - before[:, :, dy : dy + rows, dx : dx + cols]).abs().mean(1, keepdim=True)
            best = torch.minimum(best, F.avg_pool2d(change, PATCH, 1, PATCH // 2, count_include_pad=False))
    return best[:, 0]


def flicker(film: object) -> npt.NDArray[np.float64]:
    return flicker_map(film).mean((1, 2)).double().numpy()


def drift(per_frame: npt.NDArray[np.float64]) -> float:
    """Mean distance (total variation) of each frame's reading (frames, options) from the film's own mean reading."""
    p = np.asarray(per_frame, float)
    return float(np.abs(p - p.mean(0)).sum(1).mean() / 2)
