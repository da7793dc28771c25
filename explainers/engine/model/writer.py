"""Write a caption by unhiding its words: masked diffusion, with stock classes of Transformers.

    writer = Writer.load()                                        # assets/text
    start = writer.start("a ___ ball ___ on the snow")            # ids; "" hides every place, "a red ..." all after it
    for look in writer.write(start[None], steps=8, order="sure", seed=7):
        look.odds, look.chosen, look.text                         # what it says, what is unhidden now, what stands then
    writer.spelt(look.text[0])                                    # "a green ball rolls on the snow"

A seed fixes its noise once: which places come first, and which word a place will lean to. It is the same for any number
of steps and for any order, as the noise of a film is, so that one thing changes at a time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from explainers.engine.model.video_model import CannotOpen
from explainers.note import Note

FOLDER = Path(__file__).resolve().parents[3] / "assets" / "text"
HOLE = re.compile(r"_+|\?+")
OPEN_END = re.compile(r"(\.\.\.|…)\s*$")


@dataclass(frozen=True)
class Look:
    """One step of writing."""

    odds: Tensor  # (texts, places, words): how likely each word is in each place, before
    drawn: Tensor  # (texts, places): the word that each place would get now
    chosen: Tensor  # (texts, places): which places get it
    text: Tensor  # (texts, places): after


@dataclass(eq=False)
class Writer:
    model: Any
    tokenizer: Any

    @classmethod
    def load(cls, folder: Path | str = FOLDER) -> Writer:
        from transformers import AutoTokenizer, BertForMaskedLM
        from transformers.utils import logging

        if not (Path(folder) / "config.json").is_file():
            raise CannotOpen(
                Note(
                    "writer", "{folder} holds no writer of captions. Train one: python -m training text", folder=folder
                )
            )
        logging.disable_progress_bar()  # for a megabyte
        model = BertForMaskedLM.from_pretrained(folder, dtype=torch.float32, local_files_only=True)
        logging.enable_progress_bar()
        return cls(model.eval().requires_grad_(False), AutoTokenizer.from_pretrained(folder, local_files_only=True))

    @cached_property
    def words(self) -> list[str]:
        """Every word, by its id; an empty place and a hidden one are words too."""
        vocabulary = self.tokenizer.get_vocab()
        return sorted(vocabulary, key=vocabulary.__getitem__)

    @property
    def hole(self) -> int:
        return int(self.tokenizer.mask_token_id)

    @property
    def empty(self) -> int:
        return int(self.tokenizer.pad_token_id)

    @property
    def places(self) -> int:
        return int(self.model.config.max_position_embeddings)

    def start(self, text: str) -> Tensor:
        """(places,) ids. Words that it never learned are holes as well."""
        rest = self.hole if OPEN_END.search(text) or not text.strip() else self.empty
        said = HOLE.sub(f" {self.tokenizer.mask_token} ", OPEN_END.sub("", text.lower()))
        vocabulary, unread = self.tokenizer.get_vocab(), self.tokenizer.unk_token
        ids = [vocabulary.get(word, self.hole) if word != unread else self.hole for word in said.split()]
        ids = ids[: self.places]
        return torch.tensor(ids + [rest] * (self.places - len(ids)))

    def spelt(self, text: Tensor) -> str:
        """Its words in a row; empty places say nothing."""
        return " ".join(self.words[word] for word in text.tolist() if word != self.empty)

    @torch.no_grad()
    def odds(self, text: Tensor) -> Tensor:
        """(texts, places) -> (texts, places, words). Never "hidden" and never "unknown"."""
        said = self.model(input_ids=text).logits
        said[..., [self.hole, int(self.tokenizer.unk_token_id)]] = -torch.inf
        return torch.softmax(said, -1)

    def write(self, start: Tensor, steps: int, order: str = "any", seed: int = 0) -> Iterator[Look]:
        """Fill the holes of (texts, places), the same share of them at every step.

        order: "any" place, in the order of the noise; "sure", the place whose word it is surest of; "left" to right.
        """
        g = torch.Generator().manual_seed(seed)
        text = start.clone()
        luck = torch.rand(*text.shape, generator=g)  # (texts, places)
        lean = -torch.rand(*text.shape, len(self.words), generator=g).log()  # exponential: the least ratio is a draw
        for left in range(steps, 0, -1):
            hidden = text == self.hole
            if not hidden.any():
                return
            odds = self.odds(text)
            drawn = (odds / lean).argmax(-1)  # (texts, places), each word with just its odds
            first = {
                "any": luck,
                "sure": odds.gather(-1, drawn[..., None])[..., 0],
                "left": -torch.arange(text.shape[1]).expand_as(text),
            }[order]
            rank = first.float().masked_fill(~hidden, -torch.inf).argsort(-1, descending=True).argsort(-1)
            count = -(-hidden.sum(-1, keepdim=True) // left)
            chosen = hidden & (rank < count)
            text = torch.where(chosen, drawn, text)
            yield Look(odds, drawn, chosen, text)
