"""The families of pipelines that we know, one row each: how latents lie, and what stands where in each attention.

family_of(pipeline).name               # "cosmos3"
family.unpack(raw, grid)               # what the pipeline handles -> (channels, frames, rows, cols)
family.pack(latent)                    # and back, the same numbers

A seat says what one of the family's attentions looks from and at, in letters: w words, v video, s sound, in the order
in which they stand. A pipeline without a row is opened all the same: it gets GENERIC, whose seats are found by trying
(perturb.py).
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
    batch: str = "branch"  # what its batch axis runs over (see BATCH)


# An attention's batch axis runs over the branches of guidance, and in some models over more:
BATCH = {
    "branch": "one entry a branch, which holds all patches",
    "item": "branches one after the other, each in a softmax of its own",
    "frame": "one entry a branch and frame: attention within frames",
    "place": "one entry a branch and place: attention along time",
}


@dataclass(frozen=True)
class Family:
    name: str
    pipelines: tuple[str, ...] = ()  # class names
    seats: tuple[Seat, ...] = ()
    latent: str = "bcfhw"  # order of the axes; "bsc" is packed, one row a latent cell
    sound: str = ""  # order of the axes of the sound's latent: "cs" channels and slices, "sc"; "" without sound
    positions: str = ""  # the argument, or the part of the denoiser, that tells tokens where they are
    padded_left: bool = False  # the text's padding stands before the prompt
    fewest: int = 1  # steps that the pipeline can run
    side: int = 1  # what it wants height and width to be multiples of, whatever its codec
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

    def unpack_sound(self, raw: Tensor) -> Tensor:
        """(channels, slices)"""
        plain = raw.reshape(raw.shape[-2:])
        return plain.T.contiguous() if self.sound == "sc" else plain

    def pack_sound(self, sound: Tensor) -> Tensor:
        return sound.T.contiguous() if self.sound == "sc" else sound


GENERIC = Family("generic")

SELF_AND_CROSS = (Seat("attn1", "v", "v"), Seat("attn2", "v", "w"))
ALONG_TIME = r"(temporal_transformer_blocks\.\d+\.attn1|motion_modules\.\d+\.transformer_blocks\.\d+\.attn[12])"
APART = (Seat(ALONG_TIME, "v", "v", batch="place"), Seat("attn1", "v", "v", batch="frame"))
WORDS_PER_FRAME = (Seat("attn2", "v", "w", batch="frame"),)

FAMILIES = (
    Family(
        "cosmos3",
        ("Cosmos3OmniPipeline",),
        (Seat("self_attn", "w", "w", call=0), Seat("self_attn", "vs", "wvs", call=1)),
        sound="cs",
        positions="position_ids",
        blank="_encode_video",
    ),
    Family("wan", ("WanPipeline", "WanVideoToVideoPipeline"), SELF_AND_CROSS, positions="rope"),
    Family("wan-i2v", ("WanImageToVideoPipeline",), SELF_AND_CROSS, positions="rope"),
    Family("ltx", ("LTXPipeline",), SELF_AND_CROSS, latent="bsc", positions="rope", side=32),
    Family(
        "ltx2",
        ("LTX2Pipeline",),
        (
            *SELF_AND_CROSS,
            Seat("audio_attn1", "s", "s"),
            Seat("audio_attn2", "s", "w"),
            Seat("audio_to_video_attn", "v", "s"),
            Seat("video_to_audio_attn", "s", "v"),
        ),
        latent="bsc",
        sound="sc",
        positions="rope",
        padded_left=True,
    ),
    Family(
        "cogvideox",
        ("CogVideoXPipeline",),
        (Seat("attn1", "wv", "wv"),),
        latent="bfchw",
        positions="image_rotary_emb",
    ),
    Family(
        "hunyuan",
        ("HunyuanVideoPipeline",),
        (Seat(r"(single_)?transformer_blocks\.\d+\.attn", "vw", "vw"),),
        positions="rope",
    ),
    Family("sana", ("SanaVideoPipeline",), (Seat("attn2", "v", "w"),), positions="rope"),  # attn1 is linear: no map
    Family("mochi", ("MochiPipeline",), (Seat("attn1", "vw", "vw", batch="item"),), positions="rope", fewest=2),
    Family("animatediff", ("AnimateDiffPipeline",), APART + WORDS_PER_FRAME),
    Family("svd", ("StableVideoDiffusionPipeline",), APART, latent="bfchw"),  # its attn2 reads a picture, not words
    Family("latte", ("LattePipeline",), APART + WORDS_PER_FRAME),
)


def family_of(pipeline: Any) -> Family:
    name = type(pipeline).__name__
    return next((family for family in FAMILIES if name in family.pipelines), GENERIC)
