"""How the writer is trained: the forward process, the weighing of its loss, and going on after being stopped."""

from dataclasses import replace
from functools import partial
from types import SimpleNamespace

import pytest
import torch

from training import text
from training.config import CONFIGS
from training.run.run import Run
from training.run.state import load_state

TOY = CONFIGS["toy"]


def test_captions_stand_on_their_places_and_a_seed_brings_them_back():
    words = text.tokenizer(TOY)
    ids = text.texts(words, 64, seed=3)
    assert ids.shape == (64, TOY.text.places) and torch.equal(ids, text.texts(words, 64, seed=3))
    assert words.unk_token_id not in ids and words.mask_token_id not in ids
    assert not torch.equal(ids, text.texts(words, 64, seed=4))


def test_hiding_hides_the_share_that_the_level_says():
    g = torch.Generator().manual_seed(0)
    level = torch.tensor([[0.0], [0.3], [1.0]]).repeat(2000, 1)
    holed = text.hidden(torch.full((6000, 16), 5), level, 1, g)
    share = (holed == 1).float().view(2000, 3, 16).mean((0, 2))
    assert share[0] == 0 and share[2] == 1 and share[1] == pytest.approx(0.3, abs=0.01)


def test_levels_are_spread_evenly():
    level = text.levels(100, torch.Generator().manual_seed(0))[:, 0]
    assert torch.allclose(level.diff(), torch.full((99,), 0.01), atol=1e-6) and 0 < level[0] < 0.01


def test_the_loss_of_one_who_knows_nothing_is_the_same_at_every_level():
    """Weighed by 1 / level, whoever gives each of n words the same odds is surprised by log n a place."""

    class KnowsNothing:
        device = torch.device("cpu")

        def __call__(self, input_ids):
            return SimpleNamespace(logits=torch.zeros(*input_ids.shape, 50))

    g = torch.Generator().manual_seed(0)
    for level in (0.1, 0.5, 1.0):
        value = text.loss(KnowsNothing(), torch.full((4000, 16), 5), torch.full((4000, 1), level), 1, g)
        assert float(value) == pytest.approx(torch.tensor(50.0).log().item(), rel=0.05)


def test_an_interrupted_run_ends_in_the_same_weights(tmp_path, monkeypatch):
    config = replace(TOY, text=replace(TOY.text, samples=6 * TOY.text.batch))
    torch.set_num_threads(1)
    monkeypatch.setattr(text, "Run", partial(Run, every=0.0))
    assert text.train(config, tmp_path / "whole")
    real = text.texts

    def stopped(words, count, seed):
        if seed == 4:
            raise KeyboardInterrupt
        return real(words, count, seed)

    monkeypatch.setattr(text, "texts", stopped)
    with pytest.raises(KeyboardInterrupt):
        text.train(config, tmp_path / "cut")
    monkeypatch.setattr(text, "texts", real)
    assert text.train(config, tmp_path / "cut")
    whole, cut = (load_state(tmp_path / name / "text" / "checkpoint")[0]["writer"] for name in ("whole", "cut"))
    assert all(torch.equal(whole[name], cut[name]) for name in whole)
    text.publish(config, tmp_path / "cut", tmp_path / "published")
    assert {path.suffix for path in (tmp_path / "published").iterdir()} == {".json", ".safetensors"}
