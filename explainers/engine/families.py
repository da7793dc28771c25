"""The families of pipelines that we know, one row each: how latents lie, and what stands where in each attention.

family_of(pipeline).name               # "cosmos3"
family.unpack(raw, grid)               # what the pipeline handles -> (channels, frames, rows, cols)
family.pack(latent)                    # and back, the same numbers

A seat says what one of the family's attentions looks from and at, in letters: w words, v video, s sound, in the order
in which they stand. A pipeline without a row is opened all the same: it gets GENERIC, whose seats are guessed from
lengths, and perturb.py finds out for certain.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from torch import Tensor

Grid = tuple[int, int, int]  # frames, rows, cols


@dataclass(frozen=True)
class Seat:
    module: str  # end of the attention module's name, as a regular expression
    query: str  # what stands along the queries: letters of "wvs"
    key: str
    call: int | None = None  # which of the module's softmaxes in one run of it, if it has several
    batch: str = "branch"  # what the batch axis runs over: "branch", "frame" (then branch), "place" (then branch)


@dataclass(frozen=True)
class Family:
    name: str
    pipelines: tuple[str, ...] = ()  # class names
    seats: tuple[Seat, ...] = ()
    latent: str = "bcfhw"  # order of the axes; "bsc" is packed, one row a latent cell
    sound: bool = False
    positions: str = ""  # the argument, or the part of the denoiser, that tells tokens where they are
    blank: str = ""  # method that encodes an empty film when no picture is given, only to multiply it by zero

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

FAMILIES = (
    Family(
        "cosmos3",
        ("Cosmos3OmniPipeline",),
        (Seat("self_attn", "w", "w", call=0), Seat("self_attn", "vs", "wvs", call=1)),
        sound=True,
        positions="position_ids",
        blank="_encode_video",
    ),
)


def family_of(pipeline: Any) -> Family:
    name = type(pipeline).__name__
    return next((family for family in FAMILIES if name in family.pipelines), GENERIC)
