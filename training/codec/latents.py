"""Stage 3, the latent cache: films of the world, encoded once, so that the transformer never waits for a renderer.

    python -m training latents --config small --minutes 10

Each film is kept as it is in latent space, scaled to unit size, in half precision, in files of 512 films.
"""

import json
import random
import shutil
import time
from pathlib import Path

import torch
from accelerate import PartialState
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor
from tqdm.auto import tqdm

from ..config import Config
from ..run.state import load_state
from ..world import COLOURS, PLACES, Scenes, draw, follow, held_out, listen, render, spell
from . import picture_codec, sound_codec

PIECE = 512  # films a file
HELD_BACK = PIECE // 2  # films of the first file that training does not touch: they measure the loss
CALIBRATION = 384  # films that set the scale


def load_codecs(folder: Path, config: Config):
    """The two trained codecs, sound scaled to unit size (the picture's scale stands in its config)."""
    scale = (
        json.loads((folder / "scale.json").read_text("utf-8"))
        if (folder / "scale.json").exists()
        else measure(folder, config)
    )
    vae, codec = _load(folder, config)
    picture_codec.set_scale(vae, scale["mean"], scale["std"])
    sound_codec.scale_latents(codec, 1 / scale["sound_std"])
    return vae, codec


def _load(folder: Path, config: Config):
    vae, codec = picture_codec.build(config), sound_codec.build(config)
    vae.load_state_dict(load_state(folder / "picture-codec" / "checkpoint")[0]["vae"])
    codec.load_state_dict(load_state(folder / "sound-codec" / "checkpoint")[0]["codec"])
    return vae.eval().requires_grad_(False), codec.eval().requires_grad_(False)


@torch.no_grad()
def measure(folder: Path, config: Config) -> dict:
    """Mean of each channel and one spread for all: to whiten each would make invisible detail cost like structure."""
    coder = Coder(config, *_load(folder, config))  # its codecs have no scale of their own yet
    films = [coder(draw(32, 10_000_019 * (config.seed + 1) + seed, config.world)) for seed in range(0, CALIBRATION, 32)]
    latents = torch.cat([v for v, _ in films])
    slices = torch.cat([s for _, s in films])
    mean = latents.mean((0, 2, 3, 4))
    std = (latents - mean.view(1, -1, 1, 1, 1)).square().mean().sqrt()
    scale = {"mean": mean.tolist(), "std": float(std), "sound_std": float(slices.square().mean().sqrt())}
    scale["channel_std"] = latents.std((0, 2, 3, 4)).tolist()  # to look at, not used
    scale["first_frame_std"] = float(latents[:, :, 0].std())
    (folder / "scale.json").write_text(json.dumps(scale, indent=1))
    return scale


class Coder:
    """Scenes -> latents (clips, channels, frames, rows, cols) and slices (clips, channels, slices) of unit scale.

    Films are rendered and encoded on the device that the codecs are on.
    """

    def __init__(self, config: Config, vae, codec):
        self.config, self.codec, self.device = config, codec, next(vae.parameters()).device
        self.encode = picture_codec.encoder(vae, config.picture)
        self.mean = torch.tensor(vae.config.latents_mean, device=self.device).view(1, -1, 1, 1, 1)
        self.std = vae.config.latents_std[0]

    @torch.no_grad()
    def __call__(self, scenes: Scenes) -> tuple[Tensor, Tensor]:
        c, scenes = self.config, scenes.to(self.device)
        track = follow(scenes, c.frames)
        film = render(scenes, c.frames, c.height, c.width, track)
        latents = self.encode(picture_codec.to_codec(film))
        slices = self.codec.encode(listen(scenes, track, c.frames)[:, None]).latent_dist.mode().float()
        return (latents - self.mean) / self.std, slices


def build(config: Config, folder: Path, minutes: float | None = None, world: str | None = None) -> bool:
    """Fill the cache; goes on with the first file that is missing."""
    deadline = time.monotonic() + minutes * 60 if minutes else float("inf")
    out = folder / ("latents" if world is None else f"latents-{world}")
    out.mkdir(parents=True, exist_ok=True)
    coder = Coder(config, *(m.to(PartialState().device) for m in load_codecs(folder, config)))
    pieces = max(1, config.transformer.films // PIECE) + (config.transformer.balls // PIECE if world is None else 0)
    per_piece = min(PIECE, config.transformer.films)
    clips = min(32, per_piece)
    for number in tqdm(range(pieces), desc="latents"):
        path = out / f"{number:04}.safetensors"
        if path.exists():
            continue
        if time.monotonic() > deadline:
            return False
        latents, slices, words = [], [], []
        for part in range(per_piece // clips):
            scenes = part_of(config, number, part, clips, world)
            v, s = coder(scenes)
            latents.append(v.half().cpu())
            slices.append(s.half().cpu())
            words += [scenes.words(i) for i in range(clips)]
        save_file({"latents": torch.cat(latents), "slices": torch.cat(slices)}, path.with_suffix(".new"))
        path.with_suffix(".json").write_text(json.dumps(words))
        shutil.move(path.with_suffix(".new"), path)
    return True


def part_of(config: Config, number: int, part: int, clips: int, world: str | None = None):
    """The scenes of one part of one file of the cache; the last files hold bouncing balls alone."""
    seed = 10_000_019 * (config.seed + 1) + CALIBRATION + number * 1000 + part
    if number >= max(1, config.transformer.films // PIECE):
        pairs = [(c, p) for c in COLOURS for p in PLACES if not held_out("ball", c, p, "bounce")]
        chosen = random.Random(seed).choices(pairs, k=clips)
        return spell([{"subject": "ball", "colour": c, "place": p, "motion": "bounce"} for c, p in chosen], seed)
    return draw(clips, seed=seed, world=world or config.world)


def kept_apart(films: int) -> int:
    """How many of the first file's films."""
    return min(HELD_BACK, films // 2)


class Cache:
    """All films in memory, in half precision: ``cache.batch(rng, 32)`` draws from those meant for training."""

    def __init__(self, folder: Path):
        self.folder, self.files = folder, []
        self.latents: Tensor  # (films, channels, frames, rows, cols)
        self.slices: Tensor  # (films, sound channels, slices)
        self.words: list[dict[str, str]] = []
        self.held_back = 0
        self.grow()
        if not self.files:
            raise SystemExit(f"{folder} holds no films; the stage latents makes them.")

    def grow(self) -> None:
        """Take in the files that have come since: training need not wait for the last of them."""
        for path in sorted(set(self.folder.glob("*.safetensors")) - set(self.files)):
            try:
                part, words = load_file(path), json.loads(path.with_suffix(".json").read_text("utf-8"))
            except (OSError, ValueError, SafetensorError) as error:
                raise SystemExit(
                    f"{path} is not whole ({error}); delete it, and the stage latents makes it again."
                ) from error
            same = not self.files or part["latents"].shape[1:] == self.latents.shape[1:]
            if not same or len(part["latents"]) != len(words):
                raise SystemExit(f"{path} does not belong to its folder's other films; delete it and make it again.")
            both = [(self.latents, self.slices)] if self.files else []
            both.append((part["latents"], part["slices"]))
            self.latents, self.slices = (torch.cat(parts) for parts in zip(*both, strict=True))
            self.words += words
            self.files.append(path)
            self.held_back = self.held_back or kept_apart(len(words))  # of the first file, however many there are yet

    def __len__(self) -> int:
        return len(self.words)

    def batch(self, rng: random.Random, films: int) -> list[int]:
        return [rng.randrange(self.held_back, len(self)) for _ in range(films)]
