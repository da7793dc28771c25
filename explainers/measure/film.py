"""One form for films, whoever made them: ``as_film(anything)`` -> float tensor (frames, 3, rows, cols) in 0..1."""

import numpy as np
import torch
from torch import Tensor


def as_film(film: object) -> Tensor:
    """Takes that form itself, or the engine's uint8 frames (frames, rows, cols, 3)."""
    x = film if isinstance(film, Tensor) else torch.from_numpy(np.ascontiguousarray(film))
    x = x.detach().cpu()
    if x.dtype == torch.uint8:
        x = x.float() / 255
    if x.ndim != 4 or 3 not in (x.shape[1], x.shape[3]):
        raise ValueError(f"a film is (frames, 3, rows, cols) or (frames, rows, cols, 3), not {tuple(x.shape)}")
    return (x if x.shape[1] == 3 else x.permute(0, 3, 1, 2)).float()
