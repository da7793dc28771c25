"""Muon in the machine's own precision is Muon."""

import pytest
import torch

from training.denoiser import optimizer
from training.denoiser.optimizer import Muon, Optimizers, orthogonal


@pytest.fixture
def g():
    return torch.Generator().manual_seed(0)


@pytest.mark.parametrize("shape", [(24, 24), (16, 40), (40, 16)])
def test_orthogonal_is_the_polynomial_applied_to_the_singular_values(g, shape):
    m = torch.randn(3, *shape, generator=g)
    u, s, v = torch.linalg.svd(m.double(), full_matrices=False)
    s = s / s.norm(dim=-1, keepdim=True)
    for _ in range(5):
        s = 3.4445 * s - 4.7750 * s**3 + 2.0315 * s**5
    found = orthogonal(m, torch.float32)
    assert torch.allclose(found.double(), u @ torch.diag_embed(s) @ v, atol=1e-4)
    assert torch.linalg.svdvals(found).max() < 1.3  # and that is what it is for


def moved(kind, weights, gradients, **options) -> list[torch.Tensor]:
    here = [w.clone().requires_grad_() for w in weights]
    muon = kind(here, lr=0.01, weight_decay=0.1, **options)
    for step in gradients:
        for w, grad in zip(here, step, strict=True):
            w.grad = grad.clone()
        muon.step()
    return [w.detach() for w in here]


@pytest.mark.parametrize("bfloat16", [True, False])
def test_muon_moves_as_torchs_own(g, monkeypatch, bfloat16):
    """Within bfloat16's rounding of the update, which torch's own always has; 1 in 256 of a step, four steps."""
    monkeypatch.setattr(optimizer, "multiplies_bfloat16", lambda device: bfloat16)
    shapes = [(24, 24), (16, 40), (24, 24), (40, 16)]
    weights = [torch.randn(s, generator=g) for s in shapes]
    gradients = [[torch.randn(s, generator=g) for s in shapes] for _ in range(4)]
    ours = moved(Muon, weights, gradients)
    theirs = moved(torch.optim.Muon, weights, gradients, adjust_lr_fn="match_rms_adamw")
    for a, b, start in zip(ours, theirs, weights, strict=True):
        assert (a - b).norm() < 0.02 * (b - start).norm()
        assert (a - start).norm() > 0.02


def test_what_torchs_own_remembers_fits(g):
    w = torch.randn(8, 8, generator=g).requires_grad_()
    w.grad = torch.randn(8, 8, generator=g)
    theirs = torch.optim.Muon([w], lr=0.01)
    theirs.step()
    ours = Muon([w], lr=0.01)
    ours.load_state_dict(theirs.state_dict())
    assert torch.equal(ours.state[w]["momentum_buffer"], theirs.state[w]["momentum_buffer"])


def test_muon_has_its_own_rate():
    model = torch.nn.ModuleDict({"layers": torch.nn.ModuleList([torch.nn.Linear(4, 4)])})
    both = Optimizers(model, rate=1.0, muon=0.5, decay=0.0)
    both.set_rate(0.2)
    assert [part.param_groups[0]["lr"] for part in both.parts] == [0.2, 0.1]
    assert [part.param_groups[0]["weight_decay"] for part in both.parts] == [0.0, 0.0]
