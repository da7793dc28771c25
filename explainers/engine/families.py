"""The families of pipelines that we know, one row each: how their latents lie and what their arguments are called.

family_of(pipeline).name               # "cosmos3"
family.unpack(raw, grid)               # what the pipeline handles -> (channels, frames, rows, cols)
family.pack(latent)                    # and back, the same numbers

A pipeline without a row is opened all the same: it gets GENERIC, and its tokens are found by perturbation (tokens.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from torch import Tensor

Grid = tuple[int, int, int]  # frames, rows, cols of a latent


@dataclass(frozen=True)
class Family:
    name: str
    pipelines: tuple[str, ...] = ()  # class names
    latent: str = "bcfhw"  # order of the axes; "bsc" is packed, one row a latent cell
    sound: str = ""  # "cs": (channels, slices); "" if the family has none

    def unpack(self, raw: Tensor, grid: Grid) -> Tensor:
        """(channels, frames, rows, cols) of what the pipeline hands to its scheduler."""
        frames, rows, cols = grid
        if self.latent == "bsc":
            return raw.reshape(frames, rows, cols, -1).permute(3, 0, 1, 2).contiguous()
        if self.latent == "bfchw":
            return raw.reshape(frames, -1, rows, cols).transpose(0, 1).contiguous()
        return raw.reshape(-1, frames, rows, cols)

    def pack(self, latent: Tensor) -> Tensor:
        """The same numbers in the pipeline's order; the caller reshapes."""
        if self.latent == "bsc":
            return latent.permute(1, 2, 3, 0).contiguous()
        if self.latent == "bfchw":
            return latent.transpose(0, 1).contiguous()
        return latent


GENERIC = Family("generic")

FAMILIES = (Family("cosmos3", ("Cosmos3OmniPipeline",), sound="cs"),)


def family_of(pipeline: Any) -> Family:
    name = type(pipeline).__name__
    return next((family for family in FAMILIES if name in family.pipelines), GENERIC)
