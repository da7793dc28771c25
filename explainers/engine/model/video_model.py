"""An opened video model, and what it says about itself (opening.py opens one).

model.defaults          # a Request with the sizes, length, steps and guidance that suit it
model.vocabulary        # the words it knows, or None for a model that reads anything
model.schedulers        # names for Request.scheduler, its own first
model.has_sound
"""

from __future__ import annotations

import dataclasses
import inspect
import json
import threading
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import torch

from explainers.engine.model import schedulers
from explainers.engine.model.clone import DENOISERS
from explainers.engine.model.families import Family, Grid
from explainers.engine.request import Request
from explainers.note import Noted

EMBEDDED = Path(__file__).resolve().parents[3] / "assets" / "model"


class CannotOpen(Noted, RuntimeError):
    """A model that can't be opened; its note says why and what to do."""


@dataclass(eq=False)
class VideoModel:
    """An opened model. Runs may share it: each takes a private copy of the pipeline (see clone.py)."""

    name: str
    pipeline: Any
    family: Family
    folder: Path | None  # where it lies, if on this machine
    lock: threading.RLock = field(
        default_factory=threading.RLock, repr=False
    )  # for what can't be copied: text encoders
    shapes: dict[str, Any] = field(default_factory=dict, repr=False)  # what denoisers answer, by what they are given
    texts: dict[str, Any] = field(default_factory=dict, repr=False)  # prompts already encoded (see hooks.py)
    sought: bool = False  # whether seats that no row tells have been looked for

    @property
    def device(self) -> torch.device:
        return torch.device(getattr(self.pipeline, "_execution_device", self.pipeline.device))

    @property
    def denoiser(self) -> Any:
        return next(getattr(self.pipeline, n) for n in DENOISERS if getattr(self.pipeline, n, None) is not None)

    @property
    def has_sound(self) -> bool:
        parts = self.pipeline.components
        return parts.get("sound_tokenizer") is not None or "audio_vae" in parts

    @property
    def starts_from_image(self) -> bool:
        """Whether it can't do without a first picture."""
        image = self.parameters.get("image")
        needed = image is not None and image.default is inspect.Parameter.empty
        return needed or "ImageToVideo" in type(self.pipeline).__name__

    @cached_property
    def parameters(self) -> dict[str, inspect.Parameter]:
        """What the pipeline's call takes."""
        return dict(inspect.signature(type(self.pipeline).__call__).parameters)

    @cached_property
    def schedulers(self) -> tuple[str, ...]:
        return schedulers.names(self.pipeline.scheduler, self.pipeline)

    @cached_property
    def weights(self) -> str:
        """A fingerprint of the denoiser's weights, cheap: a few numbers of each tensor."""
        import hashlib

        digest = hashlib.sha256()
        for name, tensor in self.denoiser.state_dict().items():
            few = tensor.detach().flatten()[:: max(1, tensor.numel() // 16)][:16].float().cpu()
            digest.update(f"{name}{tuple(tensor.shape)}".encode() + few.numpy().tobytes())
        return digest.hexdigest()[:16]

    @cached_property
    def squeeze(self) -> tuple[int, int]:
        """(frames of the film per latent frame, pixels per latent cell along a side)."""
        config = getattr(getattr(self.pipeline, "vae", None), "config", {})
        names = ("vae_scale_factor_{}", "vae_{}_compression_ratio", "vae_{}_scale_factor")
        time = _first(self.pipeline, *(name.format("temporal") for name in names))
        space = _first(self.pipeline, *(name.format("spatial") for name in names), "vae_scale_factor")
        return int(time or config.get("scale_factor_temporal", 1)), int(space or config.get("scale_factor_spatial", 8))

    @cached_property
    def patch(self) -> tuple[int, int]:
        """(latent frames, latent cells along a side) of one token."""
        config = self.denoiser.config
        space = config.get("latent_patch_size", config.get("patch_size", 1))
        if isinstance(space, list | tuple):
            return int(space[0]), int(space[-1])
        return int(config.get("patch_size_t") or 1), int(space or 1)

    @cached_property
    def defaults(self) -> Request:
        """The request that suits the model: from `defaults.json` beside it, else from its pipeline's own defaults."""
        own: dict[str, Any] = {
            field: _default(self.parameters, *names)
            for field, names in ARGUMENTS.items()
            if field not in ("prompt", "negative_prompt", "image", "video", "sound", "strength")
        }
        if self.folder and (self.folder / "defaults.json").is_file():
            own |= json.loads((self.folder / "defaults.json").read_text("utf-8"))
        known = {f.name for f in dataclasses.fields(Request)}
        fallback: dict[str, Any] = {
            "steps": 30,
            "guidance": 5.0,
            "frames": 17,
            "height": 64,
            "width": 64,
            "fps": 8.0,
            "scheduler": self.schedulers[0],
            "sound": self.has_sound,
        }
        return Request(**fallback | {key: value for key, value in own.items() if value is not None and key in known})

    @cached_property
    def vocabulary(self) -> set[str] | None:
        """The words it knows, if it reads whole words only; None if its tokenizer can spell anything."""
        tokenizer = self.tokenizer
        backend = getattr(tokenizer, "backend_tokenizer", None)
        if backend is None or type(backend.model).__name__ != "WordLevel":
            return None
        return set(tokenizer.get_vocab()) - set(tokenizer.all_special_tokens)

    @property
    def tokenizer(self) -> Any:
        return _first(self.pipeline, "text_tokenizer", "tokenizer")

    def grid(self, request: Request) -> Grid:
        """Frames, rows and columns of the latent of a (fitted) request."""
        time, space = self.squeeze
        assert request.frames and request.height and request.width
        return (request.frames - 1) // time + 1, request.height // space, request.width // space

    def latent_frames(self, frames: int) -> list[int]:
        """For each frame of a film, the latent frame that holds it: the first has one of its own."""
        return [-(-frame // self.squeeze[0]) for frame in range(frames)]

    def patches(self, grid: Grid) -> Grid:
        """Frames, rows and columns of patches, the video's tokens, of a latent of that grid."""
        time, space = self.patch
        frames, rows, cols = grid
        return -(-frames // time), -(-rows // space), -(-cols // space)


# our field -> what pipelines call it
ARGUMENTS: dict[str, tuple[str, ...]] = {
    "prompt": ("prompt",),
    "negative_prompt": ("negative_prompt",),
    "steps": ("num_inference_steps",),
    "guidance": ("guidance_scale", "max_guidance_scale"),
    "height": ("height",),
    "width": ("width",),
    "frames": ("num_frames", "video_length", "frames"),
    "fps": ("fps", "frame_rate"),
    "sound": ("enable_sound",),
    "image": ("image",),
    "video": ("video",),
    "strength": ("strength",),
}


def _first(holder: Any, *names: str) -> Any:
    return next((getattr(holder, name) for name in names if getattr(holder, name, None) is not None), None)


def _default(parameters: dict[str, inspect.Parameter], *names: str) -> Any:
    for name in names:
        if name in parameters and parameters[name].default is not inspect.Parameter.empty:
            return parameters[name].default
    return None
