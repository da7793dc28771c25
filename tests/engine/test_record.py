"""A run as it happens: the same bits every time, stopped when asked, and never mixed up with another."""

from __future__ import annotations

import threading

import numpy as np
import pytest
import torch

from explainers.engine import Patch, Request, attention, decode, encode, evenly, record, wrap
from tests.tiny_models import TINY, cosmos3

SMALL = {"prompt": "a red ball bounces", "seed": 5, "steps": 3, "frames": 9, "height": 48, "width": 64}


def test_steps_come_as_they_happen(model):
    run = record(model, Request(**SMALL, guidance=4.0))
    first = next(run)
    assert first.index == 0 and len(run.recording.steps) == 1 and not run.recording.complete
    assert torch.equal(first.velocity, first.uncond + 4.0 * (first.cond - first.uncond))
    assert torch.equal(first.sound_velocity, first.sound_uncond + 4.0 * (first.sound_cond - first.sound_uncond))
    assert torch.equal(first.x0, first.latent - first.sigma * first.velocity)
    assert run.finish().complete
    assert [step.index for step in run.recording.steps] == [0, 1, 2]


def test_same_request_same_bits(model):
    one, two = (record(model, Request(**SMALL)).finish() for _ in range(2))
    assert torch.equal(one.latent, two.latent) and torch.equal(one.sound_latent, two.sound_latent)
    other = record(model, Request(**SMALL | {"seed": 6})).finish()
    assert not torch.equal(one.latent, other.latent)


def test_without_guidance_there_is_one_branch(model):
    step = next(record(model, Request(**SMALL, guidance=1.0)))
    assert step.uncond is None and torch.equal(step.cond, step.velocity)


def test_a_negative_prompt_changes_the_other_branch_only(model):
    plain, other = (next(record(model, Request(**SMALL, negative_prompt=words))) for words in ("", "a blue cat"))
    assert torch.equal(plain.cond, other.cond) and not torch.equal(plain.uncond, other.uncond)


@pytest.mark.parametrize("how", ["cancel", "close", "drop"])
def test_a_run_stops_at_its_next_step(model, how):
    run = record(model, Request(**SMALL | {"steps": 50}))
    recording, thread = run.recording, None
    for step in run:
        thread = run._worker.thread
        if step.index == 1:
            break
    if how == "cancel":
        run.cancel()
        assert list(run) == []
    elif how == "close":
        run.close()
    else:
        del run, step
    thread.join(5)
    assert not thread.is_alive()
    assert len(recording.steps) == 2 and recording.planned == 50 and not recording.complete
    assert len(recording.calls) == 2 and len(recording.latents) == 3


def test_the_first_step_alone(model):
    run, whole = (record(model, Request(**SMALL)) for _ in range(2))
    step = run.first()
    assert torch.equal(step.latent, next(whole).latent) and next(run, None) is None
    assert len(run.recording.steps) == 1 and not run.recording.complete
    whole.close()


@pytest.mark.parametrize(("count", "most"), [(50, 5), (3, 7), (1, 4), (12, 12)])
def test_some_steps_stand_evenly_in_a_run(count, most):
    some = evenly(count, most)
    assert some[0] == 0 and some[-1] == count - 1 and len(some) == min(count, most)
    gaps = np.diff(some)
    assert not len(gaps) or gaps.max() - gaps.min() <= 1


def test_cancelled_before_it_began(model):
    run = record(model, Request(**SMALL))
    run.cancel()
    assert list(run) == []


def test_an_error_inside_reaches_whoever_asks(model, monkeypatch):
    monkeypatch.setattr(type(model.pipeline), "check_inputs", lambda *a, **k: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        next(record(model, Request(**SMALL)))
    monkeypatch.undo()
    assert record(model, Request(**SMALL)).finish().complete  # the model is free again


@pytest.mark.parametrize("name", ["euler", "heun", "unipc", "dpm++"])
def test_every_scheduler_that_it_offers_ends_where_x0_points(model, name):
    recording = record(model, Request(**SMALL | {"steps": 6}, scheduler=name)).finish()
    assert recording.complete and recording.latent.isfinite().all()
    torch.testing.assert_close(recording.steps[-1].x0, recording.latent, rtol=1e-3, atol=1e-3)
    if name == "heun":  # asks the model twice a step
        assert len(recording.steps) == 11


def test_an_unknown_scheduler_is_refused_by_name(model):
    with pytest.raises(ValueError, match=r"ddim.*euler"):
        record(model, Request(**SMALL, scheduler="ddim"))


def test_what_does_not_fit_is_bent_and_said(model):
    asked = Request("a crimson ball 🎈", steps=2, height=70, width=50, frames=10, guidance=float("nan"), fps=1e9)
    recording = record(model, asked).finish()
    r = recording.request
    assert (r.height, r.width, r.frames, r.guidance, r.fps) == (64, 48, 9, 0.0, 120.0)
    said = " ".join(map(str, recording.notes))
    for word in ("Height 70", "Width 50", "Frames 10", "crimson", "🎈"):
        assert word in said
    assert recording.unknown.keys() == {"crimson", "🎈"}


@pytest.mark.parametrize(
    "prompt",
    ["", "🎈🎈🎈", "слон в снегу", "a\x00red\x1bball\u202e", "ball " * 1000, "a" * 100_000, "<|im_end|>", "{{1+1}}"],
)
def test_no_prompt_breaks_it(model, prompt):
    recording = record(model, Request(**SMALL | {"prompt": prompt, "steps": 1})).finish()
    assert recording.complete and recording.latent.isfinite().all()
    if prompt != "<|im_end|>" and prompt != "{{1+1}}":
        assert recording.notes


def test_two_runs_at_once_never_see_each_other(model):
    """One is probed and cut all the while; both end as they do alone."""
    alone = record(model, Request(**SMALL | {"steps": 8})).finish()
    other = record(model, Request(**SMALL | {"seed": 9, "steps": 8})).finish()
    results, errors = {}, []

    def work(name, seed):
        try:
            results[name] = record(model, Request(**SMALL | {"seed": seed, "steps": 8})).finish()
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=work, args=pair) for pair in (("a", 5), ("b", 9))]
    for thread in threads:
        thread.start()
    for _ in range(6):
        attention(model, alone, 3, 1, query=Patch(0, 0, 0))
        decode(model, alone)
    for thread in threads:
        thread.join()
    assert not errors
    assert torch.equal(results["a"].latent, alone.latent) and torch.equal(results["b"].latent, other.latent)
    assert not model.pipeline.transformer._forward_hooks and "forward" not in vars(model.pipeline.transformer)
    assert type(model.pipeline.scheduler).step.__qualname__.startswith("FlowMatch")


def test_a_film_as_the_start(model):
    film = decode(model, record(model, Request(**SMALL)).finish()).frames
    clean = encode(model, film)
    little, much = (
        record(model, Request(**SMALL | {"steps": 10}, video=film, strength=s)).finish() for s in (0.2, 0.9)
    )
    assert (len(little.steps), len(much.steps)) == (2, 9) and little.complete and much.complete
    sigma = little.sigmas[0]
    noise = record(model, Request(**SMALL | {"steps": 10})).finish().latents[0]
    torch.testing.assert_close(little.latents[0], (1 - sigma) * clean + sigma * noise)
    assert (little.latent - clean).abs().mean() < (much.latent - clean).abs().mean()


def test_frames_of_a_film_are_kept(model):
    film = np.random.default_rng(0).integers(0, 255, (9, 48, 64, 3), np.uint8)
    recording = record(model, Request(**SMALL, video=film, keep=(0, 1))).finish()
    assert torch.equal(recording.latents[0][:, :2], recording.latent[:, :2])
    assert not torch.equal(recording.latents[0][:, 2], recording.latent[:, 2])


def test_pictures_are_brought_to_size(model):
    picture = np.zeros((100, 37, 3), np.uint8)
    recording = record(model, Request(**SMALL | {"steps": 1}, image=picture)).finish()
    assert recording.request.image.shape == (48, 64, 3)


@pytest.mark.parametrize("squeeze", [2, 4])
def test_time_is_squeezed_as_the_codec_says(squeeze):
    model = wrap(cosmos3(squeeze=squeeze))
    recording = record(model, Request(**SMALL | {"steps": 1})).finish()
    assert model.squeeze == (squeeze, 8) and recording.latent.shape[1] == 8 // squeeze + 1
    assert len(decode(model, recording).frames) == 9
    holds = {2: [0, 1, 1, 2, 2, 3, 3, 4, 4], 4: [0, 1, 1, 1, 1, 2, 2, 2, 2]}[squeeze]  # a first frame of its own
    assert model.latent_frames(9) == holds


def test_a_model_that_needs_a_picture_says_so():
    model = wrap(TINY["wan-i2v"].build())
    with pytest.raises(ValueError, match="starts from a picture"):
        record(model, Request("a red ball", frames=9, height=32, width=48))
