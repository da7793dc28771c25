"""Every number that decides what is trained. Nothing outside this file knows the size of anything.

config = CONFIGS["small"]            # what two CPU cores train in some ten hours
CONFIGS["large"]                     # what twenty minutes of a big accelerator train
CONFIGS["toy"]                       # the whole chain in three minutes, to test that it runs
"""

from dataclasses import dataclass, field, replace


@dataclass(frozen=True)
class PictureCodec:
    base: int = 64  # channels
    latent: int = 16  # numbers in one cell of latent space
    batch: int = 8
    linear_films: int = 192  # from which the linear start is computed
    crops: int = 72_000  # crops around what moves, first: four times as many steps a second
    crop: int = 40
    crop_frames: int = 9
    films: int = 6_000  # then whole films
    rate: float = 1e-3
    decoder_batches: int = 12_000  # then the decoder alone
    decoder_rate: float = 5e-4
    noise: float = 0.06  # on the latents in training, as a share of their size


@dataclass(frozen=True)
class SoundCodec:
    base: int = 8
    latent: int = 32  # numbers in one slice of sound
    samples: int = 48_000
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


SMALL = Config("small")
CONFIGS: dict[str, Config] = {
    "small": SMALL,
    "large": replace(
        SMALL,
        name="large",
        height=96,
        width=96,
        picture=PictureCodec(base=96, batch=64, crops=1_000_000, crop=64, films=200_000, decoder_batches=20_000),
        sound=SoundCodec(base=12, samples=400_000, batch=64),
        transformer=Transformer(
            width=320, layers=10, heads=10, films=400_000, balls=40_960, samples=4_000_000, batch=512, ema=0.999
        ),
    ),
    "toy": Config(
        "toy",
        height=32,
        width=32,
        frames=5,
        picture=PictureCodec(
            base=56, latent=8, linear_films=16, batch=4, crops=16, crop=16, crop_frames=5, films=8, decoder_batches=4
        ),
        sound=SoundCodec(base=4, latent=8, samples=16, frames=4, batch=4),
        transformer=Transformer(width=32, layers=2, heads=2, films=16, balls=0, samples=32, batch=8, keep=(0, 16)),
        skewed=Skewed(films=16, samples=16),
        text=Text(width=32, layers=2, heads=2, samples=128, batch=32),
    ),
}
