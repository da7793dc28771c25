"""All frames of a film in one picture, row by row: one fetch, one decode, one texture.

webp(atlas(pixels(frames)), quality=90)          # frames: (frames, height, width, 3), in 0..1 or bytes
"""

from __future__ import annotations

import io
import math
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image


def columns(frames: int) -> int:
    return math.ceil(math.sqrt(frames))


def atlas(frames: NDArray[np.uint8], gutter: int = 0) -> Image.Image:
    """`gutter`: pixels around each frame that repeat its rim."""
    framed = np.pad(frames, ((0, 0), (gutter, gutter), (gutter, gutter), (0, 0)), mode="edge")
    count, height, width, _ = framed.shape
    cols = columns(count)
    sheet = np.zeros((math.ceil(count / cols), cols, height, width, 3), np.uint8)
    sheet.reshape(-1, height, width, 3)[:count] = framed
    rows = sheet.shape[0]
    return Image.fromarray(sheet.transpose(0, 2, 1, 3, 4).reshape(rows * height, cols * width, 3))


def webp(image: Image.Image, method: int = 3, **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, "WEBP", method=method, **options)
    return out.getvalue()


def pixels(frames: Any) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """Frames in 0..1, or already bytes, as bytes."""
    values = np.asarray(frames)
    if values.dtype == np.uint8:
        return values
    return (np.clip(np.nan_to_num(values), 0, 1) * 255 + 0.5).astype(np.uint8)
