"""What was recorded here is replayed bit for bit, what was recorded elsewhere closely, and the engine knows which."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from explainers.engine import (
    CLOSE,
    Machine,
    Request,
    how_close,
    load_recording,
    open_model,
    record,
    replay,
    same_bits,
)
from explainers.engine.run.machine import UNKNOWN
from explainers.kit.folders import KIT
from explainers.kit.sentences import Words, languages

GALLERY = Path(__file__).resolve().parents[2] / "assets" / "gallery"
ELSEWHERE = Machine("SOMETHING", "9.9", "cpu", "00000000")


def test_what_was_recorded_here_is_the_same_bits_here(model, recording):
    assert same_bits(model, recording) and how_close(model, recording) is None
    again = replay(model, recording).finish()
    assert torch.equal(again.latent, recording.latent) and again.made_on == recording.made_on
    assert recording.made_on.processor == torch.backends.cpu.get_cpu_capability()
    assert recording.made_on.torch == torch.__version__


def test_more_threads_are_the_same_machine():
    """At the sizes of the embedded model: the notebooks and the app use as many threads as there are cores to spare."""
    from explainers.engine.run.machine import _machine, this_machine

    model, before = open_model("embedded"), torch.get_num_threads()
    made = record(model, Request("a red ball bounces", seed=1, steps=2)).finish()
    try:
        for threads in (2, 4):
            torch.set_num_threads(threads)
            _machine.cache_clear()
            assert this_machine(model) == made.made_on
            assert torch.equal(replay(model, made).finish().latent, made.latent), threads
    finally:
        torch.set_num_threads(before)


@pytest.mark.parametrize("made_on", [ELSEWHERE, UNKNOWN])
def test_what_was_recorded_elsewhere_is_said_to_be_close_and_why(model, recording, made_on):
    other = replace(recording, made_on=made_on)
    assert not same_bits(model, other)
    note = how_close(model, other)
    said = str(note)
    assert str(recording.made_on) in said and "not equal in every bit" in said
    assert (str(made_on) in said) == (made_on is ELSEWHERE)
    for language in languages()[1:]:  # every language that the kit speaks has the sentence
        assert Words.of(KIT, language).said(note) != said


def test_the_same_processor_may_still_round_otherwise(model, recording):
    made = recording.made_on
    assert not same_bits(model, replace(recording, made_on=replace(made, rounding="00000000")))


def test_a_replay_from_the_middle_was_made_where_its_beginning_was(model, recording):
    other = replace(recording, made_on=ELSEWHERE)
    other._planned = recording.planned
    assert replay(model, other, from_step=1).finish().made_on == ELSEWHERE
    assert replay(model, other).finish().made_on == recording.made_on


@pytest.mark.slow
@pytest.mark.parametrize("path", sorted(GALLERY.glob("*.darkroom")), ids=lambda path: path.stem)
def test_shipped_recordings_are_close_on_any_machine(path):
    model, shipped = open_model("embedded"), load_recording(path)
    again = replay(model, shipped).finish()
    torch.testing.assert_close(again.latent, shipped.latent, rtol=0, atol=CLOSE)
    torch.testing.assert_close(again.sound_latent, shipped.sound_latent, rtol=0, atol=CLOSE)
    if same_bits(model, shipped):
        assert torch.equal(again.latent, shipped.latent)
