"""Cuts do what they say, to the layers and steps they say, and leave the model as it was."""

from __future__ import annotations

import pytest
import torch

from explainers.engine import (
    BlockFrames,
    BlockSound,
    BlockWords,
    CannotCut,
    Hold,
    MuteHead,
    ScrambleTime,
    ScrambleTokens,
    branches,
    poked,
    record,
    replay,
)
from explainers.engine.attention.cuts import CUTS, _attend, cut_from
from explainers.engine.attention.watch import Softmax
from tests.engine.conftest import tiny_model, tiny_recording

ALL = [
    BlockFrames(),
    BlockFrames(layers=(0,), reach=1),
    BlockWords(),
    BlockWords(tokens=(1,)),
    BlockSound(),
    MuteHead(layers=(1,), heads=(0, 2)),
    MuteHead(layers=(2,)),
    ScrambleTime(seed=1),
    ScrambleTokens(seed=1),
]


def denoised(model, recording, cuts):
    """What the denoiser answers at the first step, cut."""
    return branches(model, replay(model, recording, cuts=cuts).finish(), 0)


@pytest.mark.parametrize("cut", ALL, ids=lambda cut: cut.words)
def test_a_cut_changes_the_film_and_nothing_else(model, recording, cut):
    changed = replay(model, recording, cuts=[cut]).finish()
    assert not torch.equal(changed.latent, recording.latent) and changed.latent.isfinite().all()
    assert cut_from(cut.json()) == cut and changed.cuts == [cut]
    again = record(model, recording.request).finish()  # the model is as it was
    assert torch.equal(again.latent, recording.latent)
    assert not model.pipeline.transformer._forward_hooks


@pytest.mark.parametrize("cut", ALL, ids=lambda cut: cut.words)
def test_a_cut_starts_at_its_step(model, recording, cut):
    late = type(cut)(**vars(cut) | {"steps": (2,)})
    changed = replay(model, recording, cuts=[late]).finish()
    assert torch.equal(changed.latents[2], recording.latents[2]) and not torch.equal(changed.latent, recording.latent)


def test_a_cut_run_replays_bit_for_bit(model, recording):
    run = replay(model, recording, cuts=[BlockFrames(), MuteHead(layers=(1,), heads=(0,))])
    for step in run:
        again = branches(model, step.recording, step.index)
        assert torch.equal(again.cond, step.cond) and torch.equal(again.uncond, step.uncond)


def test_blocked_attention_is_a_masked_softmax():
    torch.manual_seed(0)
    q, k, v = torch.randn(1, 4, 10, 8), torch.randn(1, 2, 12, 8), torch.randn(1, 2, 12, 8)
    keep = torch.rand(2, 12) > 0.4
    mask = torch.cat([keep[:1].expand(4, 12), keep[1:].expand(6, 12)])
    truth = torch.nn.functional.scaled_dot_product_attention(q, k, v, mask, enable_gqa=True)
    cut = _attend(Softmax(q, k, v, None, False, 8**-0.5), [(range(4), keep[0]), (range(4, 10), keep[1])])
    torch.testing.assert_close(cut, truth)


def test_blocked_frames_don_t_reach_each_other(model, recording):
    """With frames, words and sound blocked, a change in one frame stays in it, exactly."""
    cuts = [BlockFrames(), BlockSound(), BlockWords()]
    here = denoised(model, recording, cuts).cond
    latent = poked(recording.latents[0], frames=[1])
    there = branches(model, replay(model, recording, cuts=cuts, latent=latent).finish(), 0).cond
    moved = (here != there).any(0).flatten(1).any(1).tolist()
    assert moved == [False, True, False]


def test_blocked_words_are_not_read(model, recording):
    """With all words blocked the prompt makes no difference but for its length."""
    one, two = (
        replay(model, recording, cuts=[BlockWords()], prompt=words, guidance=1.0).finish()
        for words in ("a red ball bounces", "a blue cat walks")
    )
    assert torch.equal(one.latent, two.latent)


def test_sound_and_picture_apart(model, recording):
    cuts = [BlockSound()]
    here = denoised(model, recording, cuts)
    noise = torch.randn_like(recording.sound_latents[0])
    there = branches(model, replay(model, recording, cuts=cuts, sound_latent=noise).finish(), 0)
    assert torch.equal(here.cond, there.cond) and not torch.equal(here.sound_cond, there.sound_cond)


def test_another_prompt_from_a_step_on(model, recording):
    changed = replay(model, recording, 2, prompt="a blue cat").finish()
    assert torch.equal(changed.latents[2], recording.latents[2]) and not torch.equal(changed.latent, recording.latent)
    assert [token.text for token in changed.tokens if token.word is not None] == ["a", "blue", "cat"]


def test_a_poke_stays_in_its_region(recording):
    new = poked(recording.latents[0], frames=[1], rows=range(2), cols=[3], amount=1.0)
    moved = (new != recording.latents[0]).any(0).nonzero().tolist()
    assert moved == [[1, 0, 3], [1, 1, 3]]
    assert torch.equal(poked(recording.latents[0], amount=0.0), recording.latents[0])


def test_a_held_region_goes_as_it_went(model, recording):
    changed = replay(model, recording, prompt="a blue cat", cuts=[Hold(rows=(0, 1))]).finish()
    assert torch.equal(changed.latent[:, :, :2], recording.latent[:, :, :2])
    assert not torch.equal(changed.latent[:, :, 2:], recording.latent[:, :, 2:])


def test_every_cut_can_be_written_down():
    assert {type(cut).__name__ for cut in ALL} | {"Hold"} == set(CUTS)
    assert cut_from(BlockFrames(layers=range(1, 3)).json()).layers == (1, 2)


@pytest.mark.parametrize("family", ["wan", "ltx", "cogvideox", "hunyuan", "mochi"])
def test_cuts_in_other_families(family):
    model, recording = tiny_model(family), tiny_recording(family)
    for cut in (BlockFrames(), BlockWords(tokens=(1,)), MuteHead(layers=(0,), heads=(0,)), ScrambleTime(seed=1)):
        changed = replay(model, recording, 1, cuts=[cut]).finish()
        assert not torch.equal(changed.latent, recording.latent), cut.words


def test_a_cut_that_a_family_does_not_allow_says_so():
    model, recording = tiny_model("latte"), tiny_recording("latte")
    with pytest.raises(CannotCut, match="latte"):
        replay(model, recording, cuts=[ScrambleTime()]).finish()
