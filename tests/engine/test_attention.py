"""Maps are the plain softmax, in bounded memory, and say what they are."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from explainers.engine import (
    BlockFrames,
    NotVisible,
    Patch,
    Request,
    Slice,
    Word,
    attention,
    attention_sites,
    frame_matrix,
    record,
    replay,
    word_maps,
)
from explainers.engine.attention.watch import Softmax
from explainers.engine.run.calls import call_again
from tests.engine.conftest import tiny_model, tiny_recording


def captured(model, recording, step, monkeypatch):
    """q and k of every attention of the branch that reads the prompt, taken without the engine's help."""
    seen, plain = [], F.scaled_dot_product_attention

    def spy(query, key, value, *args, **kwargs):
        seen.append((query.double(), key.double()))
        return plain(query, key, value, *args, **kwargs)

    with monkeypatch.context() as patch:
        patch.setattr(F, "scaled_dot_product_attention", spy)
        call_again(model, recording, step, 0)
    return seen


def formula(query, key):
    return (query @ key.transpose(-1, -2) / query.shape[-1] ** 0.5).softmax(-1)


@pytest.fixture
def truth(model, recording, monkeypatch):
    """(layers, heads, queries, keys) over patches and sound, from the plain formula."""
    full = [pair for pair in captured(model, recording, 1, monkeypatch) if pair[0].shape[2] != pair[1].shape[2]]
    return torch.stack([formula(*pair)[0] for pair in full])


def test_every_query_and_mean(model, recording, truth):
    site = attention_sites(model, recording, 1)[-1]
    words, video, sound = len(site.key.words), len(site.key.video), len(site.key.sound)
    mean = truth.mean((0, 1))
    for query, row in ((Patch(2, 1, 3), site.query.patch(2, 1, 3)), (Slice(3), video + 3)):
        found = attention(model, recording, 1, query=query)
        flat = np.concatenate([found.words, found.video.ravel(), found.sound])
        np.testing.assert_allclose(flat, mean[row], atol=1e-5)
        assert flat.sum() == pytest.approx(1, abs=1e-5) and sum(found.share.values()) == pytest.approx(1, abs=1e-5)
    one = attention(model, recording, 1, layer=2, head=3, query=Patch(0, 0, 0))
    np.testing.assert_allclose(one.video.ravel(), truth[2, 3, 0, words : words + video], atol=1e-5)
    some = attention(model, recording, 1, layer=(0, 2), head=(1, 3), query=Patch(0, 0, 0))
    np.testing.assert_allclose(some.sound, truth[[0, 2]][:, [1, 3]].mean((0, 1))[0, -sound:], atol=1e-5)


def test_shares_name_the_right_frames(model, recording, truth):
    found = attention(model, recording, 1, layer=0, head=0, query=Patch(2, 1, 3))
    assert found.share["own frame"] == pytest.approx(float(found.video[2].sum()), abs=1e-6)
    assert found.share["other frames"] == pytest.approx(float(found.video[[0, 1]].sum()), abs=1e-6)


def test_frame_matrix_is_the_sum_over_patches(model, recording, truth):
    site = attention_sites(model, recording, 1)[-1]
    frames, rows, cols = site.query.grid
    start, size = len(site.key.words), rows * cols
    weights = truth[:, :, : frames * size].unflatten(2, (frames, size)).mean(3)  # over the patches of a frame
    over = weights[..., start : start + frames * size].unflatten(-1, (frames, size)).sum(-1)
    found = frame_matrix(model, recording, 1, each=True)
    np.testing.assert_allclose(found.weights, over, atol=1e-5)
    np.testing.assert_allclose(found.words, weights[..., :start].sum(-1), atol=1e-5)
    np.testing.assert_allclose(found.weights.sum(-1) + found.words + found.sound, 1, atol=1e-5)


def test_word_maps_are_the_columns_of_words(model, recording, truth):
    site = attention_sites(model, recording, 1)[-1]
    found = word_maps(model, recording, 1, layer=1)
    columns = truth[1].mean(0)[: len(site.query.video), : len(site.key.words)].T
    np.testing.assert_allclose(found.weights.reshape(columns.shape), columns, atol=1e-5)
    own = [token.text for token in recording.tokens if token.word is not None]
    assert own == ["a", "red", "ball", "bounces"] and len(recording.tokens) == len(found.weights)


def test_words_read_only_words_before_them(model, recording):
    found = attention(model, recording, 1, query=Word(2))
    assert found.words[:3].sum() == pytest.approx(1, abs=1e-5) and (found.words[3:] == 0).all()


def test_labels_say_what_it_is(model, recording):
    found = attention(model, recording, 1, layer=1, query=Patch(2, 1, 3))
    assert "Patch (frame 2, row 1, column 3)" in found.label and "sum to 1" in found.label and "4 heads" in found.label
    assert "over patches they don't" in word_maps(model, recording, 1).label


def test_what_is_not_there_is_said(model, recording):
    with pytest.raises(NotVisible, match="in layers 0 to 2"):
        attention(model, recording, 1, layer=7)
    with pytest.raises(IndexError, match="frame 9"):
        attention(model, recording, 1, query=Patch(9, 0, 0))
    with pytest.raises(IndexError, match="heads"):
        attention(model, recording, 1, head=8)
    plain = record(model, Request("a red ball", steps=1, frames=9, height=48, width=64, guidance=1.0)).finish()
    with pytest.raises(NotVisible, match="guidance was off"):
        attention(model, plain, 0, branch="uncond")


def test_the_map_of_a_cut_run_is_the_cut_one(model, recording):
    cut = replay(model, recording, cuts=[BlockFrames(layers=(1,))]).finish()
    matrix = frame_matrix(model, cut, 1, layer=1).weights
    assert np.count_nonzero(matrix) == len(matrix)  # the diagonal
    assert np.count_nonzero(frame_matrix(model, cut, 1, layer=0).weights) == matrix.size


@pytest.mark.parametrize("family", ["animatediff", "latte", "svd"])
def test_space_and_time_apart(family, monkeypatch):
    """Within a frame, and along time at one place: each against the formula on the entry of the batch that is its."""
    model, recording = tiny_model(family), tiny_recording(family)
    sites = attention_sites(model, recording, 1)
    for batch in ("frame", "place"):
        site = next(s for s in sites if s.batch == batch and s.key.video and s.grid == sites[0].grid)
        frames, rows, cols = site.grid
        shape = len(site.query), len(site.key)
        query, key = next(
            pair for pair in captured(model, recording, 1, monkeypatch) if (pair[0].shape[2], pair[1].shape[2]) == shape
        )
        found = attention(model, recording, 1, layer=site.layer, query=Patch(1, 2, 1), each=True).video[0]
        area = rows * cols
        if batch == "frame":
            entry, row, reached = frames + 1, 2 * cols + 1, found[:, 1].reshape(-1, area)
            assert (np.delete(found, 1, 1) == 0).all()
        else:
            entry, row, reached = area + 2 * cols + 1, 1, found[:, :, 2, 1]
            assert np.count_nonzero(found[0]) == frames
        np.testing.assert_allclose(reached, formula(query[entry], key[entry])[:, row], atol=1e-5)


def test_a_family_without_a_row_is_found_out_by_trying():
    from explainers.engine.model.families import GENERIC

    for family in ("wan", "hunyuan"):
        known, recording = tiny_model(family), tiny_recording(family)
        truth = attention(known, recording, 1, 0, query=Patch(1, 1, 0))
        unknown = type(known)("unknown", known.pipeline, GENERIC, None)
        found = attention(unknown, recording, 1, 0, query=Patch(1, 1, 0))
        np.testing.assert_array_equal(found.video, truth.video)


MEASURED = """
import resource, sys, torch
from torch.utils._python_dispatch import TorchDispatchMode
torch.set_num_threads(1)

class Largest(TorchDispatchMode):
    numel = 0
    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        made = func(*args, **(kwargs or {}))
        for tensor in made if isinstance(made, (tuple, list)) else (made,):
            if isinstance(tensor, torch.Tensor):
                self.numel = max(self.numel, tensor.numel())
        return made

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)
"""

WAN_480P = """
from explainers.engine.maps.reduce import Patch, View, _chunks, one_row
from explainers.engine.attention.token_layout import Site, axis
from explainers.engine.attention.watch import Softmax
grid = (21, 30, 52)                                     # 81 frames: 32,760 patches
n = 21 * 30 * 52
both = axis("v", n, grid, 0)
q, k = (torch.randn(1, 12, n, 128) for _ in range(2))   # a layer of Wan 1.3B
site = Site("blocks.0.attn1", 0, 0, 12, both, both, "branch", grid)
view = View(site, Softmax(q, k, k, None, False, 128**-0.5), 0, 1)

before = peak()
with Largest() as largest:
    rows = sum(one_row(view, head, Patch(10, 15, 26), grid) for head in range(12)) / 12
    parts = list(_chunks(view.softmax, both.video))[:3]     # of 64: all of them would take minutes over all heads
    some = [view.softmax.rows(0, h, slice(p.start, p.stop)).sum(1) for h in range(12) for p in parts]
assert abs(rows.sum() - 1) < 1e-4 and all(abs(x - 1).max() < 1e-4 for x in some)
print(peak() - before, largest.numel / n)
"""

PUBLIC = """
from explainers.engine import Patch, Request, attention, frame_matrix, record, word_maps, wrap
from tests.tiny_models import TINY
model = wrap(TINY["wan"].build())
model.pipeline.transformer.blocks = model.pipeline.transformer.blocks[:1]
model.pipeline.transformer.rope = type(model.pipeline.transformer.rope)(12, (1, 2, 2), 64)
run = record(model, Request("a red ball", steps=1, guidance=1.0, frames=41, height=480, width=832)).finish()
before, n = peak(), 11 * 30 * 52                        # after the denoiser itself, with nothing looked at
with Largest() as largest:
    matrix = frame_matrix(model, run, 0)
    row = attention(model, run, 0, query=Patch(5, 15, 26))
    words = word_maps(model, run, 0)
assert matrix.heads == [0, 1] and matrix.weights.shape == (11, 11) and row.video.shape == (11, 30, 52)
assert abs(matrix.weights.sum(1) - 1).max() < 1e-4 and abs(row.video.sum() - 1) < 1e-4
assert abs(matrix.weights[5].sum() - 1) < 1e-4 and words.weights.shape[1:] == (11, 30, 52)
print(peak() - before, largest.numel / n)
"""


@pytest.mark.slow
@pytest.mark.parametrize("script", [WAN_480P, PUBLIC], ids=["a layer of Wan's own width", "asked as anybody would"])
def test_memory_at_the_size_of_wan_480p(script):
    """Where a matrix of N x N takes gigabytes a head.

    Of Wan's own width (12 heads of 128) and length, 32,760 tokens or 4.3 GB: a patch's map over all heads, and the
    first pieces of the matrix over all heads. The whole matrix, asked for in public: in a narrow model of half as many
    frames, 17,160 tokens or 1.2 GB, at a quarter of the cost.
    """
    out = subprocess.run([sys.executable, "-c", MEASURED + script], capture_output=True, text=True)
    assert not out.returncode, out.stderr
    grown, largest = map(float, out.stdout.split()[-2:])
    assert grown < 256
    assert largest < 17_160 / 10  # columns of N


def test_rows_know_masks_groups_and_causality():
    torch.manual_seed(0)
    q, k = torch.randn(2, 4, 6, 8), torch.randn(2, 2, 6, 8)
    bias = torch.zeros(2, 1, 1, 6).masked_fill_(torch.rand(2, 1, 1, 6) < 0.3, -torch.inf)
    for mask, causal in ((None, False), (None, True), (bias, False), (bias == 0, False)):
        identity = torch.eye(6).expand(2, 2, 6, 6)  # values that read the weights out
        truth = F.scaled_dot_product_attention(q, k, identity, mask, is_causal=causal, enable_gqa=True)
        softmax = Softmax(q, k, identity, mask, causal, 8**-0.5)
        for head in range(4):
            torch.testing.assert_close(softmax.rows(1, head, slice(1, 5)), truth[1, head, 1:5], rtol=0, atol=1e-6)
