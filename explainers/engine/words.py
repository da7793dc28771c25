"""Which words a model knows, what stands for the ones it doesn't, and which tokens a prompt becomes.

unknown_words(model, "a crimson ball")        # {"crimson": ["red"]} or the like: the nearest by spelling
tokens(model, "a red ball")                   # [Token("a", 0, word=0), …]
"""

from __future__ import annotations

import difflib
import re
import unicodedata

from explainers.engine.models import VideoModel
from explainers.engine.recording import Token


def split(prompt: str) -> list[str]:
    """A prompt's words as a person counts them."""
    return re.findall(r"[^\W_]+(?:['\u2019-][^\W_]+)*|[^\w\s]", prompt)


def unknown_words(model: VideoModel, prompt: str, most: int = 3) -> dict[str, list[str]]:
    """Each word that the model never learned -> the nearest that it knows. Empty for a model that reads anything."""
    known = model.vocabulary
    if known is None:
        return {}
    found: dict[str, list[str]] = {}
    for word in split(prompt):
        # punctuation is dropped by the tokenizer and lost on nobody; an emoji is a word that it does not know
        if word.lower() not in known and not unicodedata.category(word[0]).startswith("P"):
            found[word] = difflib.get_close_matches(word.lower(), sorted(known), most, 0.5)
    return found


def clean(prompt: str) -> str:
    """Without control characters, white space made plain."""
    kept = "".join(
        " " if c.isspace() else c for c in prompt if c.isspace() or unicodedata.category(c) not in ("Cc", "Cs")
    )
    return re.sub(" +", " ", kept).strip()


def tokens(model: VideoModel, prompt: str) -> list[Token]:
    """What the tokenizer makes of the prompt, in order, with the word that each token belongs to."""
    tokenizer = model.tokenizer
    if tokenizer is None:
        return []
    with model.lock:
        encoded = tokenizer(prompt)
        ids = list(encoded["input_ids"])
        texts = tokenizer.convert_ids_to_tokens(ids)
        words = encoded.word_ids() if getattr(tokenizer, "is_fast", False) else [None] * len(ids)
    special = set(tokenizer.all_special_ids) - {tokenizer.unk_token_id}
    return [
        Token(str(text).replace("▁", "").replace("Ġ", "").replace("</w>", ""), i, None if id_ in special else word)
        for i, (id_, text, word) in enumerate(zip(ids, texts, words, strict=True))
    ]
