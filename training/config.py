"""Every number that decides what is trained. Nothing outside this file knows the size of anything.

config = CONFIGS["medium"]           # the second model: 128 x 128, an encoder that is computed, a decoder that learns
CONFIGS["small"]                     # the first model: 64 x 64, what two CPU cores train in some ten hours
CONFIGS["toy"], CONFIGS["toy-medium"]  # either whole chain in minutes, to test that it runs
"""

from dataclasses import dataclass, field, replace


@dataclass(frozen=True)
class PictureCodec:
    squeeze: tuple[int, int, int] = (2, 8, 8)  # frames, rows and columns of pixels that become one cell
    latent: int = 16  # numbers in one cell of latent space
    soft: float = 0.0  # pixels: spread of the Gaussian through which the encoder sees a film
    encoder: int = 64  # channels
    encoder_blocks: tuple[int, ...] = (1, 2)  # residual ones, stage by stage and at the end; without any it is linear
    decoder: int = 64
    decoder_blocks: tuple[int, ...] = (1, 2)  # in the order of the encoder's
    batch: int = 8
    linear_films: int = 192  # from which the linear start is computed
    crops: int = 72_000  # crops around what moves, first: four times as many steps a second
    crop: int = 40
    crop_frames: int = 9
    films: int = 6_000  # then whole films
    rate: float = 1e-3
    decoder_batches: int = 12_000  # then the decoder alone
    decoder_rate: float = 5e-4
    decoder_ema: float = 0.999
    noise: float = 0.06  # on the latents in training, as a share of their size

    @property
    def linear(self) -> bool:
        """Is the encoder a matrix, computed rather than trained?"""
        return not any(self.encoder_blocks)


@dataclass(frozen=True)
class SoundCodec:
    base: int = 8
    latent: int = 32  # numbers in one slice of sound
    samples: int = 48_000  # none: the published one is taken
    frames: int = 5  # of a clip at a time
    batch: int = 16
    rate: float = 1e-3
    noise: float = 0.05


@dataclass(frozen=True)
class Transformer:
    width: int = 192
    layers: int = 6
    heads: int = 6
    patch: int = 2  # latent cells along each side of a cube
    words: int = 16  # tokens of a caption, padded
    films: int = 30_720  # latents kept in the cache
    balls: int = 6_144  # and so many of bouncing balls: all of gravity and most thuds, in two films of a hundred else
    samples: int = 960_000  # films seen, in all
    batch: int = 32
    rate: float = 1.2e-3
    muon: float = 1.0  # rate inside the layers, as a multiple of the edges'
    decay: float = 0.01  # of the weights inside the layers
    warmup: int = 150  # steps
    ema: float = 0.9995
    warm: bool = False  # begin from the weights that were shipped, as far as they fit
    shift: float = 2.0  # of the schedule: how long to stay where the picture is still mostly noise
    drop_caption: float = 0.1
    first_frame: float = 0.1  # share of samples that are given their first latent frame: image to video
    sound_weight: float = 0.8
    change_weight: float = 0.0  # of the loss on how wrong the guess moves
    align_weight: float = 0.0  # of the cosine between an early layer and a later one
    aligned: tuple[int, int] = (2, 4)  # which, counted from 1
    keep: tuple[int, ...] = (
        0,
        2_000,
        8_000,
        24_000,
        60_000,
        120_000,
        180_000,
        240_000,
        320_000,
        380_000,
        450_000,
        520_000,
    )  # samples at which the lesson looks


@dataclass(frozen=True)
class Text:
    width: int = 96
    layers: int = 4
    heads: int = 4
    places: int = 16  # words of a caption, empty places counted
    samples: int = 160_000  # captions seen
    batch: int = 128
    rate: float = 2e-3


@dataclass(frozen=True)
class Skewed:
    """The second model of the lesson on learning: trained on in a one-sided world."""

    films: int = 1_024
    samples: int = 12_000
    rate: float = 6e-4
    warmup: int = 20
    ema: float = 0.98


@dataclass(frozen=True)
class Config:
    name: str
    height: int = 64
    width: int = 64
    frames: int = 17
    seed: int = 0
    world: str = "seen"
    picture: PictureCodec = field(default_factory=PictureCodec)
    sound: SoundCodec = field(default_factory=SoundCodec)
    transformer: Transformer = field(default_factory=Transformer)
    text: Text = field(default_factory=Text)
    skewed: Skewed = field(default_factory=Skewed)

    @property
    def toy(self) -> bool:
        """Only to see that it runs: whatever is judged, is judged on a handful of films."""
        return self.name.startswith("toy")


SMALL = Config("small")
SOFT = PictureCodec(  # computed in a minute: crops and films of its training are none
    squeeze=(4, 16, 16),
    latent=64,
    soft=1.25,
    encoder=72,
    encoder_blocks=(0, 0, 0),
    decoder=64,
    decoder_blocks=(0, 2, 1),
    batch=4,
    linear_films=128,
    crops=0,
    films=0,
    crop=64,
    decoder_batches=30_000,
    noise=0.05,
)
MEDIUM = Transformer(  # as wide as what was shipped, so that all of it fits; one that stands still can be grown
    patch=1,
    words=24,
    batch=16,
    rate=1.5e-3,
    warmup=300,
    ema=0.99975,
    decay=0.0,
    warm=True,
    shift=2.2,  # the square root of a film's 20,480 numbers over 4,096 (arXiv 2510.11690)
    align_weight=0.2,  # LayerSync's own (arXiv 2510.12581)
)
TOY_CODEC = {"latent": 8, "linear_films": 16, "batch": 4, "crop_frames": 5, "decoder_batches": 4}
TOY = Config(
    "toy",
    height=32,
    width=32,
    frames=5,
    picture=PictureCodec(**TOY_CODEC, encoder=56, decoder=56, crops=16, crop=16, films=8),
    sound=SoundCodec(base=4, latent=8, samples=16, frames=4, batch=4),
    transformer=Transformer(width=32, layers=2, heads=2, films=16, balls=0, samples=32, batch=8, keep=(0, 16)),
    skewed=Skewed(films=16, samples=16),
    text=Text(width=32, layers=2, heads=2, samples=128, batch=32),
)
CONFIGS: dict[str, Config] = {
    "small": SMALL,
    "medium": Config(
        "medium",
        height=128,
        width=128,
        picture=SOFT,
        sound=SoundCodec(samples=0),
        transformer=MEDIUM,
    ),
    "toy": TOY,
    "toy-medium": replace(
        TOY,
        name="toy-medium",
        picture=replace(SOFT, **TOY_CODEC, encoder=56, decoder=56, crop=32),
        transformer=replace(TOY.transformer, patch=1, change_weight=0.1, align_weight=0.2, aligned=(1, 2)),
    ),
}
