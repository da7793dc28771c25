"""What can't be seen is said in words: linear attention, kernels that are no softmax, cuts that meet nothing."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from explainers.engine import (
    BlockFrames,
    BlockWords,
    CannotCut,
    NotVisible,
    Patch,
    Request,
    attention,
    attention_sites,
    frame_matrix,
    record,
    replay,
    word_maps,
    wrap,
)
from explainers.engine.model.families import GENERIC
from tests.engine.conftest import tiny_model, tiny_recording
from tests.tiny_models import TINY


@pytest.fixture(params=["a row in the table", "found out by trying"])
def sana(request):
    """Sana Video: patches look at each other by linear attention, at words by softmax."""
    known = tiny_model("sana")
    if "trying" in request.param:
        return type(known)("unknown", known.pipeline, GENERIC, None)
    return known


def test_linear_attention_has_no_map_and_says_why(sana):
    recording = tiny_recording("sana")
    with pytest.raises(NotVisible, match=r"SanaVideoTransformer3DModel has: patches to words in layers 0 to 1.*linear"):
        frame_matrix(sana, recording, 1)
    assert [site.kind for site in attention_sites(sana, recording)] == ["patches to words"] * 2


def test_what_of_it_is_softmax_is_shown_and_named(sana):
    found = attention(sana, tiny_recording("sana"), 1, query=Patch(1, 0, 2))
    assert found.video.size == 0 and found.words.sum() == pytest.approx(1, abs=1e-5)
    assert found.share["words"] == pytest.approx(1, abs=1e-5) and "to each word; " in found.label
    maps = word_maps(sana, tiny_recording("sana"), 1)
    np.testing.assert_allclose(maps.weights[:, 1, 0, 2], found.words, atol=1e-6)


def test_a_cut_that_meets_nothing_is_refused(sana):
    recording = tiny_recording("sana")
    with pytest.raises(CannotCut, match=r"SanaVideoTransformer3DModel has no softmax attention.*between frames"):
        replay(sana, recording, cuts=[BlockFrames()]).finish()
    cut = replay(sana, recording, cuts=[BlockWords()]).finish()
    assert not torch.equal(cut.latent, recording.latent)


class Flex:
    """Attention of Wan through torch's flex kernel, the way AnyFlow's causal model is bound to it."""

    _attention_backend = "flex"

    def __call__(self, attn, hidden_states, encoder_hidden_states=None, attention_mask=None, rotary_emb=None):
        from torch.nn.attention.flex_attention import flex_attention

        given = hidden_states if encoder_hidden_states is None else encoder_hidden_states
        q, k, v = attn.norm_q(attn.to_q(hidden_states)), attn.norm_k(attn.to_k(given)), attn.to_v(given)
        q, k, v = (t.unflatten(2, (attn.heads, -1)).transpose(1, 2) for t in (q, k, v))
        out = flex_attention(q, k, v).transpose(1, 2).flatten(2)
        return attn.to_out[1](attn.to_out[0](out))


@pytest.mark.parametrize("seats", ["table", "trying"])
def test_flex_kernels_have_no_map_and_say_why(seats):
    pipeline = TINY["wan"].build()
    for block in pipeline.transformer.blocks:
        block.attn1.processor, block.attn2.processor = Flex(), Flex()
    model = wrap(pipeline)
    if seats == "trying":
        model.family = GENERIC
    recording = record(model, Request(**TINY["wan"].request | {"steps": 1})).finish()
    for ask in (lambda: attention(model, recording, 0), lambda: word_maps(model, recording, 0, layer=1)):
        with pytest.raises(NotVisible, match=r"runs no softmax attention.*no true map.*4 of its attentions.*flex"):
            ask()
    with pytest.raises(CannotCut, match="no softmax attention"):
        replay(model, recording, cuts=[BlockFrames()]).finish()


def test_a_backend_that_somebody_chose_is_seen_through_torchs_own():
    """Set by `set_attention_backend`, it is left for the look, on a private copy; the model keeps it."""
    model = wrap(TINY["wan"].build())
    recording = record(model, Request(**TINY["wan"].request | {"steps": 1})).finish()
    truth = attention(model, recording, 0, 1, query=Patch(1, 1, 0))
    model.pipeline.transformer.set_attention_backend("_native_math")
    found = attention(model, recording, 0, 1, query=Patch(1, 1, 0))
    np.testing.assert_allclose(found.video, truth.video, atol=1e-5)
    assert model.pipeline.transformer.blocks[0].attn1.processor._attention_backend == "_native_math"
