"""Which words a model knows, what stands for the ones it doesn't, and which tokens a prompt becomes.

unknown_words(model, "a crimson ball")        # {"crimson": ["red"]} or the like: the nearest by spelling
tokens(model, "a red ball")                   # [Token("a", 0, word=0), …]
by_word(recording, attention(…).words)        # (words,): tokens of one word summed, markers and padding left out
"""

from __future__ import annotations

import difflib
import re
import unicodedata

import numpy as np
import numpy.typing as npt

from explainers.engine.model.video_model import VideoModel
from explainers.engine.run.recording import Recording, Token


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
    """What the tokenizer makes of the prompt, in order, with the word that each token belongs to and where it stands
    among the text that the denoiser is given."""
    tokenizer = model.tokenizer
    if tokenizer is None:
        return []
    before, after, cropped = _around(model)
    with model.lock:
        encoded = tokenizer(before + prompt + after)
        ids = list(encoded["input_ids"])
        texts = tokenizer.convert_ids_to_tokens(ids)
        fast = getattr(tokenizer, "is_fast", False)
        words = encoded.word_ids() if fast else [None] * len(ids)
        spans = [encoded.token_to_chars(i) for i in range(len(ids))] if fast and before + after else []
    for i, span in enumerate(spans):  # the pipeline's own words around the prompt are not the prompt's
        if span is None or not len(before) <= span.start < len(before) + len(prompt):
            words[i] = None
    first = min((word for word in words if word is not None), default=0)
    special = set(tokenizer.all_special_ids) - {tokenizer.unk_token_id}
    shift = _padding(model, len(ids)) - cropped
    return [
        Token(_plain(str(text)), i + shift, None if id_ in special or word is None else word - first, str(text))
        for i, (id_, text, word) in enumerate(zip(ids, texts, words, strict=True))
        if i + shift >= 0
    ]


def _around(model: VideoModel) -> tuple[str, str, int]:
    """What the pipeline writes before and after a prompt, and how many of all tokens it cuts off at the beginning."""
    template = getattr(model.parameters.get("prompt_template"), "default", None)
    if isinstance(template, dict) and "template" in template:
        before, _, after = template["template"].partition("{}")
        return before, after, int(template.get("crop_start") or 0)
    lines = getattr(model.parameters.get("complex_human_instruction"), "default", None)
    if isinstance(lines, list):
        before = "\n".join(lines)
        with model.lock:  # the first token stays, and of the rest as many as the pipeline asks for, less that one
            return before, "", len(model.tokenizer.encode(before)) - 2
    return "", "", 0


def _padding(model: VideoModel, length: int) -> int:
    """How many tokens of padding stand before a text of that length."""
    connectors = getattr(getattr(model.pipeline, "connectors", None), "config", {})
    if not model.family.padded_left or connectors.get("video_connector_num_learnable_registers"):
        return 0  # registers stand after the words, in the padding's place
    return max(0, int(model.parameters["max_sequence_length"].default) - length)


def word_texts(recording: Recording) -> list[str]:
    """The prompt's words as `Token.word` counts them."""
    count = 1 + max((token.word for token in recording.tokens if token.word is not None), default=-1)
    for written in (split(recording.request.prompt), recording.request.prompt.split()):
        if len(written) == count:
            return written
    # a tokenizer that cuts words otherwise than people do
    return ["".join(token.text for token in recording.tokens if token.word == word) for word in range(count)]


def by_word(recording: Recording, weights: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Sum over the tokens of each word; markers and padding are left out. (tokens, …) -> (words, …)"""
    count = 1 + max((token.word for token in recording.tokens if token.word is not None), default=0)
    result = np.zeros((count, *weights.shape[1:]), np.float32)
    if not len(weights):  # where words have an attention of their own, another one holds none
        return result
    for token in recording.tokens:
        if token.word is not None:
            result[token.word] += weights[token.index]
    return result


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
