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
        Token(_plain(str(text)), i, None if id_ in special else word, str(text))
        for i, (id_, text, word) in enumerate(zip(ids, texts, words, strict=True))
    ]


def placed(model: VideoModel, prompt: list[Token], ids: list[int]) -> list[Token]:
    """All tokens that a denoiser reads, numbered as it sees them, the prompt's found again among them."""
    texts = [str(text) for text in model.tokenizer.convert_ids_to_tokens(ids)]
    own = [token for token in prompt if token.word is not None]
    start, length = _longest(texts, [token.raw for token in own])
    found = {start + i: own[i].word for i in range(length)}
    return [Token(_plain(text), i, found.get(i), text) for i, text in enumerate(texts)]


def _longest(texts: list[str], part: list[str]) -> tuple[int, int]:
    """Where the longest beginning of `part` stands in `texts`, and how long it is."""
    best = (0, 0)
    for start in range(len(texts)):
        length = 0
        while start + length < len(texts) and length < len(part) and texts[start + length] == part[length]:
            length += 1
        best = max(best, (start, length), key=lambda found: found[1])
    return best


def _plain(text: str) -> str:
    """Without the marks that tokenizers put where a word begins or ends."""
    return text.replace("\u2581", "").replace("\u0120", "").replace("</w>", "")
