"""Every family through the whole engine, compared with what its pipeline does by itself."""

from __future__ import annotations

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from explainers.engine import Patch, Request, attention, attention_sites, branches, decode, record, replay
from explainers.engine.run.calls import call_again
from explainers.engine.run.probe import first_change
from tests.engine.conftest import plain_call, tiny_model, tiny_recording
from tests.tiny_models import TINY

families = pytest.mark.parametrize("family", list(TINY))
APART = {"animatediff", "svd", "latte"}  # space and time: see test_space_and_time_apart


def output(result: object, *names: str) -> torch.Tensor:
    """The first of the pipeline's outputs that there is, as a tensor."""
    return torch.as_tensor(np.asarray(next(result[name] for name in names if name in result)))


@families
def test_a_recorded_run_is_the_pipelines_own_run(family):
    recording, latents = tiny_recording(family), []

    def keep(pipeline, index, timestep, given):
        latents.append(given["latents"].clone())
        return given

    plain_call(family, output_type="latent", callback_on_step_end=keep)
    assert bool(recording.sound_latents) == tiny_model(family).has_sound
    for mine, raw in zip(recording.latents[1:], latents, strict=True):
        assert torch.equal(tiny_model(family).family.pack(mine).flatten(), raw.flatten())


@families
def test_x0_of_the_last_step_is_the_result(family):
    recording = tiny_recording(family)
    torch.testing.assert_close(recording.steps[-1].x0, recording.latent, rtol=1e-4, atol=1e-4)


@families
def test_branches_come_back_bit_for_bit(family):
    model = tiny_model(family)
    steps = list(record(model, Request(**TINY[family].request)))
    for step in steps:
        again = branches(model, step.recording, step.index)
        assert torch.equal(again.cond, step.cond)
        assert (again.uncond is None) == (step.uncond is None)
        if step.uncond is not None:
            assert torch.equal(again.uncond, step.uncond)
        if step.sound_latent is not None:
            assert torch.equal(again.sound_cond, step.sound_cond)
            assert torch.equal(again.sound_uncond, step.sound_uncond)


@families
@pytest.mark.parametrize("start", [0, 1, 3])
def test_a_replay_without_changes_is_the_same_film(family, start):
    recording = tiny_recording(family)
    again = replay(tiny_model(family), recording, start).finish()
    assert torch.equal(again.latent, recording.latent)
    if recording.sound_latents:
        assert torch.equal(again.sound_latent, recording.sound_latent)
    assert len(again.steps) == len(recording.steps) and again.complete


@families
def test_a_change_starts_where_it_is_made(family):
    model, recording = tiny_model(family), tiny_recording(family)
    changed = replay(model, recording, 2, latent=recording.latents[2] * 0.5).finish()
    assert torch.equal(changed.latents[1], recording.latents[1])
    assert torch.equal(changed.latents[2], recording.latents[2] * 0.5)
    assert not torch.equal(changed.latent, recording.latent)


@families
def test_decoding_is_the_pipelines_own(family):
    film = decode(tiny_model(family), tiny_recording(family))
    result = plain_call(family, output_type="np")
    frames = output(result, "video", "frames")
    frames = frames[0] if frames.ndim == 5 else frames
    assert np.array_equal(np.rint(frames.numpy() * 255).astype(np.uint8), film.frames)
    if film.sound is not None:
        sound = output(result, "sound", "audio")
        assert np.array_equal(sound.reshape(-1, sound.shape[-1]).T.numpy(), film.sound)
        assert film.rate in (8000, 16000)


@pytest.mark.parametrize("family", [name for name in TINY if name not in APART])
def test_attention_is_the_plain_formula(family, monkeypatch):
    model, recording = tiny_model(family), tiny_recording(family)
    seen = []
    plain = F.scaled_dot_product_attention

    def spy(query, key, value, attn_mask=None, dropout_p=0.0, is_causal=False, scale=None, enable_gqa=False):
        seen.append((query, key, attn_mask))
        return plain(query, key, value, attn_mask, dropout_p, is_causal, scale=scale, enable_gqa=enable_gqa)

    monkeypatch.setattr(F, "scaled_dot_product_attention", spy)
    call = next(n for n, c in enumerate(recording.calls[1]) if c.branch in ("cond", "both"))
    call_again(model, recording, 1, call)
    monkeypatch.undo()

    sites = [
        s
        for s in attention_sites(model, recording, 1)
        if s.query.video and (s.key.video or family == "sana") and s.batch in ("branch", "item")
    ]
    site = sites[-1]  # Sana's patches look at each other without a softmax: its words are compared
    length = len(site.query), len(site.key)
    query, key, mask = [s for s in seen if (s[0].shape[2], s[1].shape[2]) == length][-1]
    place = Patch(1, 1, 0)
    row = site.query.patch(1, 1, 0)
    scores = torch.stack([query[-1, h, row].double() @ key[-1, h].double().T for h in range(query.shape[1])])
    scores = scores / query.shape[-1] ** 0.5
    if mask is not None:
        bias = mask.expand(query.shape[0], query.shape[1], *mask.shape[-2:])[-1, :, min(row, mask.shape[-2] - 1)]
        scores = scores.masked_fill(~bias, -torch.inf) if bias.dtype == torch.bool else scores + bias
    truth = scores.softmax(-1)
    found = attention(model, recording, 1, site.layer, query=place, each=True)
    words = truth[:, site.key.words.start : site.key.words.stop]
    torch.testing.assert_close(torch.from_numpy(found.words[0]), words.float(), rtol=0, atol=1e-5)
    video = truth[:, site.key.video.start : site.key.video.stop].reshape(len(truth), *site.key.grid)
    torch.testing.assert_close(torch.from_numpy(found.video[0]), video.float(), rtol=0, atol=1e-5)
    assert sum(found.share.values()) == pytest.approx(1, abs=1e-5)


@families
def test_tokens_sit_where_the_table_says(family):
    """Change one frame, one row, one column of the latent: exactly the patches there move before attention mixes."""
    model, recording = tiny_model(family), tiny_recording(family)
    frames, rows, cols = model.patches(recording.latent.shape[1:])
    time, space = model.patch
    for axis, size, cells in ((1, frames, time), (2, rows, space), (3, cols, space)):
        for index in {0, size - 1}:
            _, change = first_change(model, recording, axis, range(index * cells, (index + 1) * cells))
            here = torch.zeros(frames, rows, cols, dtype=torch.bool)
            here.index_fill_(axis - 1, torch.tensor([index]), True)
            if hasattr(model.pipeline, "unet") or family == "sana":  # convolutions or linear attention come first
                assert change[here].mean() > 2 * change[~here].mean()
            else:
                assert torch.equal(change > 0, here)
