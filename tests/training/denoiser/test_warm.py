"""A warm start computes what the old model did, in more room and with more words."""

import json
from dataclasses import replace

import pytest
import torch

from training.config import CONFIGS
from training.denoiser import model as models
from training.denoiser import warm
from training.denoiser.forward import batched, velocity
from training.world import VOCABULARY

TOY = CONFIGS["toy"]


def made(seed: int = 0, **changes):
    config = replace(TOY, seed=seed, transformer=replace(TOY.transformer, **changes))
    model = models.transformer(config)
    with torch.no_grad():
        for weights in model.parameters():  # none of them is nothing, as the real start's last layer is
            weights.add_(0.05 * torch.randn(weights.shape))
    return model.eval()


def answer(model):
    g = torch.Generator().manual_seed(1)
    latents, slices = torch.randn(2, 8, 3, 4, 4, generator=g), torch.randn(2, 8, 5, generator=g)
    ids = torch.randint(4, 20, (2, 16), generator=g)
    with batched(model):
        return velocity(model, ids, latents, slices, torch.tensor([300.0, 900.0]), torch.zeros(2, 3).bool(), 2)


WORDS = {word: i for i, word in enumerate([*models.SPECIAL, *VOCABULARY])}


@pytest.mark.parametrize("wider", [{}, {"width": 48, "heads": 3}])
def test_it_computes_what_the_old_one_did(wider):
    old, new = made(), made(seed=1, **wider)
    before = answer(new)
    assert warm.grow(new, old.state_dict(), WORDS) == len(new.state_dict())
    for found, expected in zip(answer(new), answer(old), strict=True):
        assert torch.allclose(found, expected, atol=2e-5)
    assert not torch.allclose(before[0], answer(old)[0], atol=0.1)


def test_the_room_that_was_added_can_learn():
    old, new = made(), made(seed=1, width=48, heads=3)
    warm.grow(new, old.state_dict(), WORDS)
    v, s = answer(new)
    (v.square().mean() + s.square().mean()).backward()
    for part in ("mlp_moe_gen.down_proj", "self_attn.to_add_out"):
        grad = new.get_parameter(f"layers.0.{part}.weight").grad
        assert grad[32:].abs().max() > 0 and grad[:, -8:].abs().max() > 0  # new channels, and from new numbers


def test_words_go_by_name_and_cells_of_another_kind_stay_new():
    old, new = made(), made(seed=1)
    shuffled = {word: len(WORDS) - 1 - i for word, i in WORDS.items() if word != "ball"}
    start = {name: value.clone() for name, value in new.state_dict().items()}
    warm.grow(new, old.state_dict(), shuffled, same_cells=False)
    horse, ball = WORDS["horse"], WORDS["ball"]
    assert torch.equal(new.embed_tokens.weight[horse], old.embed_tokens.weight[shuffled["horse"]])
    assert torch.equal(new.embed_tokens.weight[ball], start["embed_tokens.weight"][ball])  # a word that it did not know
    for name in warm.CELLS:
        assert torch.equal(new.state_dict()[name], start[name])
    assert torch.equal(new.audio_proj_in.weight, old.audio_proj_in.weight)


def test_what_is_shipped_fits():
    """All of it in its own config's; in another's, whose cells are others, all but what reads and writes cells."""
    shipped = json.loads((warm.SHIPPED / "training.json").read_text())["config"]
    for name in ("small", "medium"):
        model, new = models.transformer(CONFIGS[name]), 0 if name == shipped else len(warm.CELLS)
        count = len(model.state_dict())
        assert warm.start(model).startswith(f"warm start: {count - new} of {count} ")
        assert (model.proj_out.weight.abs().max() == 0) == (new > 0)


def test_without_anything_shipped_it_says_so(tmp_path):
    assert "random" in warm.start(made(), tmp_path)
