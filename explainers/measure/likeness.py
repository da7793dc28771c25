"""How far two films are apart, and how much they are alike.

change(film, other)        # (frames,) mean change of a pixel, 0..1, frame by frame
apart(film, other)         # its mean
alike(film, other)         # 1: the same film, whatever its brightness; 0: nothing in common
off(latent, finished)      # distance of two latents, as a share of the second one's size
"""

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from .film import as_film


def change(film: object, other: object) -> npt.NDArray[np.float32]:
    return (as_film(film) - as_film(other)).abs().mean((1, 2, 3)).numpy()


def apart(film: object, other: object) -> float:
    return float(change(film, other).mean())


def alike(film: object, other: object) -> float:
    """Correlation of what changes from place to place; 0 where a film is one colour."""
    flat = [(x - x.mean((2, 3), keepdim=True)).flatten() for x in map(as_film, (film, other))]
    return float(torch.nan_to_num(torch.corrcoef(torch.stack(flat)))[0, 1])


def off(latent: Tensor, finished: Tensor) -> float:
    return float((latent - finished).norm() / finished.norm().clamp(min=1e-9))
