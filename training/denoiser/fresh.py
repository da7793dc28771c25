"""Films rendered where they are needed, some new ones between any two steps; nothing is ever written to a disk.

    films = Fresh(config, encode, device, seen=0)      # encode: scenes -> latents, slices
    examples = Examples(config, films, device)

A ring of films lies on the device. Each is drawn some four times, with another caption and other noise, before a new
one takes its place. Scenes and captions are made by other processes, so that the one that drives the device only
renders and encodes.
"""

import itertools
import os
import random
from collections.abc import Callable

import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from ..codec.latents import PIECE, kept_apart, part_of
from ..config import Config
from ..world import COLOURS, PLACES, Scenes, draw, held_out, spell
from .examples import Captions, Stored

DRAWN = 4  # times that a film is shown, and captions that it has
RING = 8_192  # films
CHUNK = {"cuda": 256}  # films rendered at once; elsewhere 32
FIRST_SEED = 2**40  # far from every seed of a cache: what is held back there is held back here

Encode = Callable[[Scenes], tuple[Tensor, Tensor]]


class Chunks(Dataset):
    """Scenes and what is said of them, (films, captions, words), by number."""

    def __init__(self, config: Config, size: int):
        self.config, self.size, self.captions = config, size, Captions(config)
        c = config.transformer
        self.balls = c.balls / (c.films + c.balls)  # share of chunks of bouncing balls alone

    def __getitem__(self, number: int) -> tuple[Scenes, Tensor]:
        seed = FIRST_SEED + 10_000_019 * (self.config.seed + 1) + number
        rng = random.Random(seed)
        if rng.random() < self.balls:
            pairs = [(c, p) for c in COLOURS for p in PLACES if not held_out("ball", c, p, "bounce")]
            chosen = rng.choices(pairs, k=self.size)
            scenes = spell([{"subject": "ball", "colour": c, "place": p, "motion": "bounce"} for c, p in chosen], seed)
        else:
            scenes = draw(self.size, seed=seed, world=self.config.world)
        said = [[self.captions(scenes.words(i), rng) for _ in range(DRAWN)] for i in range(self.size)]
        return scenes, torch.tensor(said)


class Fresh:
    def __init__(self, config: Config, encode: Encode, device: torch.device, seen: int):
        """``seen``: how many films training was shown before; it goes on with others."""
        self.encode, self.device = encode, device
        room = min(RING, config.transformer.films)
        self.chunk = min(CHUNK.get(device.type, 32), room)
        self.room = room // self.chunk * self.chunk
        workers = min(8, (os.cpu_count() or 2) - 2) if device.type == "cuda" else 0
        first = seen // (DRAWN * self.chunk)
        self.chunks = iter(
            DataLoader(
                Chunks(config, self.chunk), batch_size=None, sampler=itertools.count(first), num_workers=max(0, workers)
            )
        )
        self.made, self.drawn = 0, 0
        self.ring: tuple[Tensor, Tensor, Tensor] | None = None
        self.kept = _held_back(config, encode)

    def draw(self, rng: random.Random, count: int) -> tuple[Tensor, Tensor, Tensor]:
        self.drawn += count
        while self.made * DRAWN < self.drawn:  # a film for every four that are drawn, from the very first on
            self._render()
        g = torch.Generator(self.device).manual_seed(rng.randrange(2**62))
        films = torch.randint(min(self.made, self.room), (count,), generator=g, device=self.device)
        said = torch.randint(DRAWN, (count,), generator=g, device=self.device)
        latents, slices, ids = self.ring
        return latents[films].float(), slices[films].float(), ids[films, said]

    def held_back(self, rng: random.Random, count: int) -> tuple[Tensor, Tensor, Tensor]:
        return self.kept.held_back(rng, count)

    def _render(self) -> None:
        """The next chunk, in the place of the oldest."""
        scenes, ids = next(self.chunks)
        latents, slices = self.encode(scenes.to(self.device))
        new = latents.half(), slices.half(), ids.to(self.device)
        if self.ring is None:
            self.ring = tuple(v.new_zeros(self.room, *v.shape[1:]) for v in new)
        at = self.made % self.room
        for old, fresh in zip(self.ring, new, strict=True):
            old[at : at + self.chunk] = fresh
        self.made += self.chunk


class _Kept:
    """The first films of what would be the cache, in memory."""

    def __init__(self, latents: Tensor, slices: Tensor, words: list[dict[str, str]]):
        self.latents, self.slices, self.words, self.held_back = latents, slices, words, len(words)


def _held_back(config: Config, encode: Encode) -> Stored:
    """The very films that a cache would hold back, so that the loss on them means the same everywhere."""
    films, clips = kept_apart(min(PIECE, config.transformer.films)), min(32, config.transformer.films)
    parts = [part_of(config, 0, part, clips) for part in range(-(-films // clips))]
    encoded = [encode(scenes) for scenes in parts]
    latents, slices = (torch.cat([e[i].half().cpu() for e in encoded])[:films] for i in range(2))
    return Stored(config, _Kept(latents, slices, [scenes.words(i) for scenes in parts for i in range(clips)][:films]))
