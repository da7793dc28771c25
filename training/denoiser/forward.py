"""The transformer's forward pass for a batch of equal shapes. The stock class takes one sample at a time, unpadded.

    with batched(model):
        video, sound = velocity(model, ids, latents, slices, t, given)

The weights and the arithmetic are the stock ones; a test holds this against the stock forward, number by number.
"""

import contextlib
import time
from collections.abc import Callable, Iterator

import torch
import torch.nn.functional as F
from diffusers import Cosmos3OmniTransformer
from torch import Tensor

from .model import TEXT_MARGIN

Attend = Callable[[Tensor, Tensor, Tensor, bool], Tensor]


class BatchedAttention:
    """The stock processor with a leading batch axis."""

    _attention_backend = None
    _parallel_config = None

    def __init__(self, attend: Attend):
        self.attend = attend

    def __call__(self, attn, words: Tensor, cubes: Tensor, rotations) -> tuple[Tensor, Tensor]:
        def heads(x: Tensor) -> Tensor:  # (batch, tokens, width) -> (batch, tokens, heads, head)
            return x.unflatten(-1, (-1, attn.head_dim))

        cos_w, sin_w, cos_c, sin_c = (r[:, None] for r in rotations)  # (tokens, 1, head)
        q_w = _rotate(attn.norm_q(heads(attn.to_q(words))), cos_w, sin_w)
        k_w = _rotate(attn.norm_k(heads(attn.to_k(words))), cos_w, sin_w)
        q_c = _rotate(attn.norm_added_q(heads(attn.add_q_proj(cubes))), cos_c, sin_c)
        k_c = _rotate(attn.norm_added_k(heads(attn.add_k_proj(cubes))), cos_c, sin_c)
        v_w, v_c = heads(attn.to_v(words)), heads(attn.add_v_proj(cubes))

        attended_w = self._attended(q_w, k_w, v_w, causal=True)
        attended_c = self._attended(q_c, torch.cat([k_w, k_c], 1), torch.cat([v_w, v_c], 1), causal=False)
        return attn.to_out(attended_w), attn.to_add_out(attended_c)

    def _attended(self, q: Tensor, k: Tensor, v: Tensor, causal: bool) -> Tensor:
        """(batch, tokens, heads, head) -> (batch, tokens, heads * head)"""
        q, k, v = (x.transpose(1, 2).to(v.dtype) for x in (q, k, v))
        return self.attend(q, k, v, causal).transpose(1, 2).flatten(2)


def _rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    a, b = x.chunk(2, -1)
    return (x * cos + torch.cat([-b, a], -1) * sin).to(x.dtype)


def plain(q: Tensor, k: Tensor, v: Tensor, causal: bool) -> Tensor:
    """The formula as it is written; all are (batch, heads, tokens, head)."""
    logits = (q * q.shape[-1] ** -0.5) @ k.transpose(-1, -2)  # (batch, heads, queries, keys)
    if causal:
        logits = logits + torch.full_like(logits[0, 0], -torch.inf).triu(1)
    return logits.softmax(-1) @ v


def fused(q: Tensor, k: Tensor, v: Tensor, causal: bool) -> Tensor:
    return F.scaled_dot_product_attention(q, k, v, is_causal=causal)


def faster_attention(
    model: Cosmos3OmniTransformer, batch: int, words: int, others: int, dtype: torch.dtype
) -> tuple[Attend, dict[str, float]]:
    """Which of the two is faster here, forward and backward at this model's shapes; and the seconds that each took.

    Neither always is: with bfloat16 in hardware the plain formula took 27 ms a layer on a processor, the fused kernel
    105; in float32 the fused one saves a fifth of a whole step.
    """
    device, config = next(model.parameters()).device, model.config
    shape = (batch, config.num_attention_heads, words + others, config.head_dim)
    q, k, v = (torch.randn(shape, device=device, dtype=dtype, requires_grad=True) for _ in range(3))

    def once(attend: Attend) -> float:
        clock = time.perf_counter if device.type == "cuda" else time.process_time  # what runs beside does not count
        began = clock()
        attend(q[:, :, words:], k, v, False).sum().backward()
        if device.type == "cuda":
            torch.cuda.synchronize()
        return clock() - began

    took = {attend: min(once(attend) for _ in range(4)) for attend in (plain, fused)}
    return min(took, key=lambda a: took[a]), {a.__name__: seconds for a, seconds in took.items()}


@contextlib.contextmanager
def batched(model: Cosmos3OmniTransformer, attend: Attend = fused) -> Iterator[None]:
    stock = [layer.self_attn.processor for layer in model.layers]
    for layer in model.layers:
        layer.self_attn.set_processor(BatchedAttention(attend))
    try:
        yield
    finally:
        for layer, processor in zip(model.layers, stock, strict=True):
            layer.self_attn.set_processor(processor)


def positions(model: Cosmos3OmniTransformer, words: int, grid: tuple[int, int, int], slices: int, squeeze: int, device):
    """(3, tokens): time, row, column of every token, as the pipeline numbers them."""
    start = words + TEXT_MARGIN
    text = torch.arange(words, device=device, dtype=torch.float32).expand(3, -1)
    frame, row, col = torch.meshgrid(*(torch.arange(n, device=device) for n in grid), indexing="ij")
    video = torch.stack([start + frame.flatten(), row.flatten(), col.flatten()]).float()
    clock = torch.arange(slices, device=device) / squeeze
    sound = torch.stack([start + clock, torch.zeros_like(clock), torch.zeros_like(clock)])
    return torch.cat([text, video, sound], 1)


def velocity(
    model: Cosmos3OmniTransformer,
    ids: Tensor,  # (batch, words)
    latents: Tensor,  # (batch, channels, frames, rows, cols)
    slices: Tensor,  # (batch, sound channels, slices)
    t: Tensor,  # (batch,) noise level in 0..1000
    given: Tensor,  # (batch, frames) which latent frames are not noise but told
    squeeze: int,
    hidden: list[Tensor] | None = None,  # is given what each layer leaves in picture and sound
) -> tuple[Tensor, Tensor]:
    c, p = model.config, model.config.latent_patch_size
    batch, channels, frames, rows, cols = latents.shape
    time = model.time_embedder(model.time_proj(t * c.timestep_scale))[:, None]  # (batch, 1, width)

    cubes = latents.reshape(batch, channels, frames, rows // p, p, cols // p, p)
    cubes = torch.einsum("bcthpwq->bthwpqc", cubes).flatten(4).flatten(1, 3)  # (batch, cubes, p * p * channels)
    noisy = (~given).repeat_interleave((rows // p) * (cols // p), 1)[..., None]
    seen = model.proj_in(cubes) + time * noisy
    heard = model.audio_proj_in(slices.transpose(1, 2)) + model.audio_modality_embed + time

    words = model.embed_tokens(ids)
    grid = (frames, rows // p, cols // p)
    where = positions(model, ids.shape[1], grid, slices.shape[2], squeeze, latents.device)
    cos, sin = (r[0] for r in model.rotary_emb(position_ids=where[:, None], device=latents.device, dtype=torch.float32))
    n, film = ids.shape[1], torch.cat([seen, heard], 1)
    for layer in model.layers:
        words, film = layer(words, film, (cos[:n], sin[:n], cos[n:], sin[n:]))
        if hidden is not None:
            hidden.append(film)  # (batch, cubes and slices, width)
    out = model.norm_moe_gen(film)

    video = model.proj_out(out[:, : cubes.shape[1]]).view(batch, *grid, p, p, channels)
    video = torch.einsum("bthwpqc->bcthpwq", video).reshape(latents.shape)
    return video, model.audio_proj_out(out[:, cubes.shape[1] :]).transpose(1, 2)
