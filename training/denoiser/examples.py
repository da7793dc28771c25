"""What one step learns from: films in latent space, what is said of them, and the noise that is mixed in.

    examples = Examples(config, Stored(config, Cache(folder)), device)     # or Fresh(config, codecs, device)
    examples(step)                      # a batch; it depends on the seed and the step alone
    examples(step, held_back=True)      # of films that training never sees, the same ones on every machine

A tenth of the captions is dropped (the other branch of guidance), and a tenth of the films is given its first frame (a
picture as the start).
"""

import random
from typing import Protocol

import torch
from accelerate import PartialState
from torch import Tensor

from ..codec.latents import Cache
from ..config import Config
from ..world import caption
from . import model as models
from .objective import noise_levels

UNSAID = 0.15  # share of captions that leave something out


class Films(Protocol):
    """Where films come from."""

    def draw(self, rng: random.Random, count: int) -> tuple[Tensor, Tensor, Tensor]:
        """Latents (count, channels, frames, rows, cols), slices (count, sound channels, slices), ids (count, words)."""

    def held_back(self, rng: random.Random, count: int) -> tuple[Tensor, Tensor, Tensor]:
        """The same of films that ``draw`` never gives."""


class Captions:
    """Token ids of what is said of a film: those that the pipeline makes of the sentence, without its template.

    The template costs a millisecond a sentence; a fast device trains on a film in a tenth of that.
    """

    def __init__(self, config: Config):
        self.config, words = config.transformer, models.tokenizer(config)
        self.known = words.get_vocab()
        self.unknown, self.empty = words.unk_token_id, words.pad_token_id
        self.end = [words.eos_token_id, words.convert_tokens_to_ids("<|vision_start|>")]

    def ids(self, text: str) -> list[int]:
        places = self.config.words - len(self.end)
        ids = [self.known.get(word, self.unknown) for word in text.split()[:places]]
        return [*ids, *[self.empty] * (places - len(ids)), *self.end]

    def __call__(self, words: dict[str, str], rng: random.Random) -> list[int]:
        unsaid = rng.random() < self.config.drop_caption
        return self.ids("" if unsaid else caption(words, rng, drop=UNSAID))


class Stored:
    """Films from the cache, with something new said of them every time."""

    def __init__(self, config: Config, cache: Cache):
        self.cache, self.captions = cache, Captions(config)

    def _take(self, films: list[int], rng: random.Random) -> tuple[Tensor, Tensor, Tensor]:
        said = torch.tensor([self.captions(self.cache.words[i], rng) for i in films])
        return self.cache.latents[films].float(), self.cache.slices[films].float(), said

    def draw(self, rng: random.Random, count: int) -> tuple[Tensor, Tensor, Tensor]:
        return self._take(self.cache.batch(rng, count), rng)

    def held_back(self, rng: random.Random, count: int) -> tuple[Tensor, Tensor, Tensor]:
        return self._take([rng.randrange(max(1, self.cache.held_back)) for _ in range(count)], rng)


class Examples:
    def __init__(self, config: Config, films: Films, device: torch.device):
        self.config, self.films, self.device = config, films, device

    def __call__(self, step: int, count: int | None = None, held_back: bool = False) -> dict[str, Tensor]:
        c = self.config.transformer
        rank, ranks = PartialState().process_index, PartialState().num_processes
        rng = random.Random((self.config.seed * 1_000_003 + step) * ranks + rank + (10**9 if held_back else 0))
        x0, s0, ids = (self.films.held_back if held_back else self.films.draw)(rng, count or c.batch)
        # Noise is drawn where it is used, but that of held-back films is the same on every machine.
        g = torch.Generator("cpu" if held_back else self.device).manual_seed(rng.randrange(2**62))
        given = torch.zeros(len(x0), x0.shape[2], dtype=torch.bool, device=g.device)
        t = noise_levels(len(x0), g, c.shift)
        given[:, 0] = torch.rand(len(x0), generator=g, device=g.device) < c.first_frame
        batch = {
            "ids": ids,
            "x0": x0,
            "s0": s0,
            "eps": torch.randn(x0.shape, generator=g, device=g.device),
            "eps_s": torch.randn(s0.shape, generator=g, device=g.device),
            "t": t,
            "given": given,
        }
        return {k: v.to(self.device, non_blocking=True) for k, v in batch.items()}
