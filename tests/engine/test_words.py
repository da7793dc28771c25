"""Where the prompt's tokens stand among the text that a denoiser is given, compared with what moves there."""

from __future__ import annotations

import pytest
import torch

from explainers.engine import Request, attention, by_word, record, word_texts, wrap
from explainers.engine.run.calls import arguments
from explainers.engine.run.prompt import tokens
from tests.engine.conftest import tiny_model, tiny_recording
from tests.tiny_models import TINY

# what closes an attention in T5, CLIP, Llama, Gemma and the connectors: without it, no token learns of another
MIXING = (".o.weight", "o_proj.weight", "out_proj.weight", "out_proj.bias", "to_out.0.weight", "to_out.0.bias")
READING = ["wan", "ltx", "ltx2", "cogvideox", "hunyuan", "mochi", "sana", "animatediff", "latte"]


def unmixed(family):
    """The family's pipeline with text encoders that keep words apart."""
    pipeline = TINY[family].build()
    for name in ("text_encoder", "connectors"):
        for key, tensor in getattr(getattr(pipeline, name, None), "state_dict", dict)().items():
            if key.endswith(MIXING):
                tensor.zero_()
    return wrap(pipeline)


def text(model, family, prompt):
    """(tokens, numbers): what the branch that reads the prompt is given as text, by the pipeline itself."""
    recording = record(model, Request(**TINY[family].request | {"prompt": prompt})).finish()
    call = next(call for call in recording.calls[0] if call.branch in ("cond", "both"))
    _, kwargs = arguments(model, recording, 0, call)
    return kwargs["encoder_hidden_states"][-1], recording


@pytest.mark.parametrize("family", READING)
@pytest.mark.parametrize("word", [0, 2])
def test_a_token_stands_where_changing_its_word_changes_the_text(family, word):
    model = unmixed(family)
    words = ["a", "red", "ball", "bounces"]
    here, recording = text(model, family, " ".join(words))
    there, _ = text(model, family, " ".join([*words[:word], "mammoth", *words[word + 1 :]]))
    change = (here - there).abs().amax(-1)
    least = 0.5 * change.max() if family == "ltx2" else 0.0  # whose connectors scale all words by their common spread
    moved = (change > least).nonzero().flatten().tolist()
    assert [token.index for token in recording.tokens if token.word == word] == moved
    assert [token.text for token in recording.tokens if token.word is not None] == words


def test_with_registers_words_stand_first():
    """LTX2's real connectors put the words to the front and learned registers into the padding's place."""
    pipeline = TINY["ltx2"].build()
    model = wrap(pipeline)
    padded = [t.index for t in tokens(model, "a red ball")]
    assert padded == [1021, 1022, 1023]
    pipeline.connectors.register_to_config(video_connector_num_learnable_registers=128)
    assert [t.index for t in tokens(model, "a red ball")] == [0, 1, 2]


def test_tokens_of_a_word_are_summed_and_markers_left_out(model, recording):
    found = attention(model, recording, 1)
    mine = {t.word: found.words[t.index] for t in recording.tokens if t.word is not None}
    assert by_word(recording, found.words).tolist() == [mine[n] for n in range(len(mine))]
    assert word_texts(recording) == ["a", "red", "ball", "bounces"]


def test_a_prompt_is_encoded_once(monkeypatch):
    """Encoders of real models take seconds: replays and decoding ask for the same words again."""
    from explainers.engine import decode, replay

    model, counted = wrap(TINY["wan"].build()), []
    plain = model.pipeline.text_encoder.forward
    monkeypatch.setattr(model.pipeline.text_encoder, "forward", lambda *a, **k: counted.append(1) or plain(*a, **k))
    recording = record(model, Request(**TINY["wan"].request)).finish()
    assert len(counted) == 2  # the prompt and the negative one
    again = replay(model, recording, guidance=3.0).finish()
    decode(model, again)
    assert len(counted) == 2
    changed = replay(model, recording, prompt="a blue cat").finish()
    assert len(counted) > 2 and not torch.equal(changed.latent, recording.latent)
    assert torch.equal(record(model, recording.request).finish().latent, recording.latent)
    assert len(model.texts) <= 8


def test_the_same_recording_comes_with_and_without_remembered_words():
    fresh = record(wrap(TINY["hunyuan"].build()), Request(**TINY["hunyuan"].request)).finish()
    assert torch.equal(fresh.latent, tiny_recording("hunyuan").latent)
    assert tiny_model("hunyuan").texts
