"""What one generation is asked for.

request = Request("a red ball bouncing on grass", seed=7, steps=50, guidance=5.0)
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Request:
    """What to generate. None means: what this model does best (see `VideoModel.defaults`).

    All fields are plain JSON but `image` and `video`: uint8 pixels, (rows, cols, 3) and (frames, rows, cols, 3).
    """

    prompt: str = ""
    negative_prompt: str = ""
    seed: int = 0
    steps: int | None = None
    guidance: float | None = None
    height: int | None = None
    width: int | None = None
    frames: int | None = None
    fps: float | None = None
    scheduler: str | None = None  # a name from `model.schedulers`
    sound: bool | None = None  # None: if the model can
    image: Pixels | None = None  # image to video: the first frame
    video: Pixels | None = None  # video to video: what to start from
    keep: tuple[int, ...] = ()  # with `video`: latent frames of it that stay as they are, from the start
    strength: float | None = None  # with `video`: how much noise goes over it, 0 (none) to 1 (nothing of it is left)

    def json(self) -> dict[str, Any]:
        """The fields without pixels. `Request(**request.json())` is the same request but for the pixels."""
        return {f.name: getattr(self, f.name) for f in dataclasses.fields(self) if f.name not in ("image", "video")}

    @property
    def key(self) -> str:
        """Equal for equal requests, pixels included."""
        digest = hashlib.sha256(json.dumps(self.json(), sort_keys=True).encode())
        for pixels in (self.image, self.video):
            digest.update(b"none" if pixels is None else repr(pixels.shape).encode() + pixels.tobytes())
        return digest.hexdigest()[:16]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Request) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)
