"""A writer of captions: a tiny transformer that learns to say which words are hidden.

    python -m training text --config small          # some four minutes of one core; writes assets/text

    BertForMaskedLM.from_pretrained("assets/text")  # stock classes, half precision, a megabyte

Destruction is one formula here too: at level t each word is hidden with chance t. The loss is weighed by 1 / t, which
makes it a bound on how surprised the writer is by a whole caption (masked diffusion, arXiv 2406.07524), in any order of
unhiding. A caption stands on a fixed number of places, the last of them empty: how long it is, is written as well.
"""

import json
import math
import random
import shutil
from pathlib import Path

import torch
import torch.nn.functional as F
from accelerate import PartialState
from tokenizers import Tokenizer, models, pre_tokenizers
from torch import Tensor
from transformers import BertConfig, BertForMaskedLM, PreTrainedTokenizerFast

from .config import Config
from .denoiser.model import SPECIAL
from .run.run import Run
from .run.state import load_state
from .world import HELD_OUT, SUITS, SYNONYMS, VOCABULARY, caption, draw
from .world.words import BASKETBALL, LEGGED, PACED, PACES, REBOUND, SIZES, WALK, brief

EMPTY, HIDDEN = SPECIAL[0], "___"
DROP = 0.1  # chance that a caption leaves one of colour, place, motion unsaid, as in the films' captions
SEED_UNSEEN = 900_000_001  # far from the seeds of training


def tokenizer(config: Config) -> PreTrainedTokenizerFast:
    backend = Tokenizer(models.WordLevel({w: i for i, w in enumerate([EMPTY, HIDDEN, "<unk>", *VOCABULARY])}, "<unk>"))
    backend.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    return PreTrainedTokenizerFast(
        tokenizer_object=backend,
        pad_token=EMPTY,
        mask_token=HIDDEN,
        unk_token="<unk>",
        model_max_length=config.text.places,
    )


def build(config: Config) -> BertForMaskedLM:
    c = config.text
    torch.manual_seed(config.seed + 5)
    return BertForMaskedLM(
        BertConfig(
            vocab_size=3 + len(VOCABULARY),
            hidden_size=c.width,
            num_hidden_layers=c.layers,
            num_attention_heads=c.heads,
            intermediate_size=4 * c.width,
            max_position_embeddings=c.places,
            type_vocab_size=1,
            hidden_dropout_prob=0.0,
            attention_probs_dropout_prob=0.0,
            pad_token_id=None,  # an empty place is a word like any other
        )
    )


def texts(words: PreTrainedTokenizerFast, count: int, seed: int) -> Tensor:
    """(count, places) ids of short captions of the world, which depend on the seed alone."""
    scenes, rng = draw(count, seed), random.Random(seed)
    said = [caption(brief(scenes.words(i)), rng, drop=DROP) for i in range(count)]
    return words(said, padding="max_length", return_tensors="pt").input_ids


def hidden(text: Tensor, level: Tensor, hole: int, g: torch.Generator) -> Tensor:
    """level: (texts, 1)"""
    return torch.where(torch.rand(text.shape, generator=g) < level, hole, text)


def levels(count: int, g: torch.Generator) -> Tensor:
    """Evenly spread over 0..1, moved along together by chance: less noisy than drawing each alone."""
    return ((torch.arange(count)[:, None] + torch.rand(1, generator=g)) / count).clamp(min=1e-3)


def loss(writer: BertForMaskedLM, text: Tensor, level: Tensor, hole: int, g: torch.Generator) -> Tensor:
    """Bound on the surprise at each caption, in nats a place."""
    holed = hidden(text, level, hole, g)
    said = writer(input_ids=holed.to(writer.device)).logits
    each = F.cross_entropy(said.flatten(0, 1), text.flatten().to(said.device), reduction="none").view_as(text)
    return (each * (holed == hole).to(each.device) / level.to(each.device)).mean()


def train(config: Config, folder: Path, minutes: float | None = None) -> bool:
    c = config.text
    words, writer = tokenizer(config), build(config).to(PartialState().device).train()
    optimizer = torch.optim.AdamW(writer.parameters(), lr=c.rate, betas=(0.9, 0.99), weight_decay=0.01)
    steps = c.samples // c.batch
    with Run(folder / "text", minutes) as run:
        run.resume(writer=writer, optimizer=optimizer)
        for step in run.steps(steps):
            for group in optimizer.param_groups:
                group["lr"] = c.rate * min(1.0, (step + 1) / 50) * (0.51 + 0.49 * math.cos(math.pi * step / steps))
            g = torch.Generator().manual_seed(step)
            text = texts(words, c.batch, step)
            value = loss(writer, text, levels(c.batch, g), words.mask_token_id, g)
            optimizer.zero_grad()
            value.backward()
            torch.nn.utils.clip_grad_norm_(writer.parameters(), 1.0)
            optimizer.step()
            if step % 20 == 0:
                run.log(surprise=value.item())
    return run.finished


@torch.no_grad()
def surprise(writer: BertForMaskedLM, words: PreTrainedTokenizerFast, count: int = 2048) -> float:
    """The loss on captions that it never saw, in nats a caption."""
    g = torch.Generator().manual_seed(0)
    text = texts(words, count, SEED_UNSEEN)
    return loss(writer.eval(), text, levels(count, g), words.mask_token_id, g).item() * text.shape[1]


def publish(config: Config, folder: Path, out: Path) -> None:
    words, writer = tokenizer(config), build(config)
    state, meta = load_state(folder / "text" / "checkpoint")
    writer.load_state_dict(state["writer"])
    facts = {
        "config": config.name,
        "samples": meta["step"] * config.text.batch,
        "seconds": round(meta["seconds"]),
        "parameters": sum(p.numel() for p in writer.parameters()),
        "surprise": round(surprise(writer, words), 3),
    }
    new = out.with_name(out.name + ".new")
    shutil.rmtree(new, ignore_errors=True)
    writer.half().save_pretrained(new)
    words.save_pretrained(new)
    (new / "grammar.json").write_text(json.dumps(grammar(), indent=1))
    (new / "training.json").write_text(json.dumps(facts, indent=1))
    shutil.rmtree(out, ignore_errors=True)
    new.rename(out)
    print(f"{out}: {sum(f.stat().st_size for f in out.iterdir()) / 1e6:.2f} MB, {facts}")


def grammar() -> dict:
    """The world's own grammar, for whoever wants to know whether a caption is one: every phrase with what it means."""
    meaning = {kind: {p: name for name, said in names.items() for p in said} for kind, names in SYNONYMS.items()}
    motions = {phrase: [name] for phrase, name in meaning.pop("motion").items()}
    walk = {phrase: [side] if side else ["left", "right"] for side, said in WALK.items() for phrase in said}
    return {
        **meaning,
        "size": {phrase: name for name, said in SIZES.items() for phrase in said},
        "pace": {phrase: name for name, said in PACES.items() for phrase in said},
        "motion": motions | walk,
        "only": {phrase: sorted(LEGGED) for phrase in walk},
        "suits": {subject: sorted(set(motions) - {"rebound"}) for subject, motions in SUITS.items()},
        "paced": sorted(PACED),
        "sizeless": ["grow"],
        "event": {"thing": f"a {BASKETBALL}", "motion": REBOUND},
        "vowels": "aeo",
        "held_out": {kind: HELD_OUT[kind] for kind in ("subject-colour", "subject-motion", "subject-place")},
    }
