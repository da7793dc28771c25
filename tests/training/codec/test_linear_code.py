"""The fixed encoder against plain sums: a Gaussian, blocks of pixels, a matrix."""

import math

import pytest
import torch
import torch.nn.functional as F

from training.codec import picture_codec, previewer, sound_codec
from training.codec.latents import Coder
from training.codec.linear_code import LinearCode
from training.codec.linear_start import TRAINED, start_linear
from training.codec.picture_codec import to_codec
from training.config import CONFIGS
from training.world import draw, follow, listen, render

CONFIG = CONFIGS["toy-medium"]
TIME, SIZE, _ = CONFIG.picture.squeeze


def films(clips: int, seed: int) -> torch.Tensor:
    return to_codec(render(draw(clips, seed), CONFIG.frames, CONFIG.height, CONFIG.width))


def softened(x: torch.Tensor) -> torch.Tensor:
    """A Gaussian of the config's spread over nine by nine pixels, grey beyond the edge."""
    tap = [math.exp(-(i**2) / (2 * CONFIG.picture.soft**2)) for i in range(-4, 5)]
    plane = torch.tensor([[a * b for a in tap] for b in tap]) / sum(tap) ** 2
    flat = x.transpose(1, 2).reshape(-1, 1, *x.shape[-2:])
    return F.conv2d(flat, plane[None, None], padding=4).view(x.transpose(1, 2).shape).transpose(1, 2)


def blocks(x: torch.Tensor) -> dict[tuple[int, int, int], torch.Tensor]:
    """(frame, row, column) of a cell -> (clips, numbers): time, colour, row, column. Frame 0 fills a cell alone."""
    x = x.transpose(1, 2)  # (clips, frames, 3, height, width)
    found = {}
    for f in range(1 + (x.shape[1] - 1) // TIME):
        frames = [0] * TIME if f == 0 else range(1 + (f - 1) * TIME, 1 + f * TIME)
        for r in range(x.shape[3] // SIZE):
            for c in range(x.shape[4] // SIZE):
                block = x[:, list(frames), :, r * SIZE : (r + 1) * SIZE, c * SIZE : (c + 1) * SIZE]
                found[f, r, c] = block.flatten(1)
    return found


@pytest.fixture(scope="module")
def vae():
    made = picture_codec.build(CONFIG).eval()
    start_linear(made, films(32, 1), CONFIG.picture)
    return made


@pytest.fixture(scope="module")
def code(vae):
    return LinearCode.of(vae, CONFIG.picture.soft)


@pytest.fixture(scope="module")
def film():
    return films(6, 9_000)


def size(x: torch.Tensor) -> torch.Tensor:
    return x.square().mean().sqrt()


@torch.no_grad()
def test_the_stock_encoder_is_a_matrix_on_softened_blocks(vae, code, film):
    latents = vae.encode(film).latent_dist.mode()
    for (f, r, c), block in blocks(softened(film)).items():
        assert size(latents[:, :, f, r, c] - (block @ code.weight + code.bias)) < 1e-3 * size(latents)
    assert torch.allclose(code.encode(film), latents, atol=float(4e-3 * size(latents)))


@torch.no_grad()
def test_it_is_the_best_matrix_within_a_few_percent(code):
    """What its numbers leave out of the blocks that it was found on, beside what principal components would.

    It was found with nothing beyond the picture's edge, where it is used with grey.
    """
    seen = films(32, 1)
    x = torch.cat(list(blocks(softened(seen) / softened(torch.ones_like(seen))).values()))
    x = x - x.mean(0)
    best = torch.linalg.svd(x, full_matrices=False)[1][CONFIG.picture.latent :].square().sum()
    weight = torch.linalg.qr(code.weight)[0]
    left = (x - x @ weight @ weight.T).square().sum()
    assert best <= left < 1.1 * best


@torch.no_grad()
def test_numbers_share_one_scale_and_come_in_order(code):
    latents = code.encode(films(32, 1))
    spread = latents.flatten(2).transpose(0, 1).flatten(1).std(1)
    assert spread[0] > 3 * spread[-1], "small components stay small"
    assert spread[0] > spread[2] > spread[-1]
    assert 0.8 < size(latents) < 1.1
    lengths = code.weight.norm(dim=0)
    assert torch.allclose(lengths, lengths[0].expand_as(lengths), rtol=1e-3)


@torch.no_grad()
def test_scenes_become_what_the_stock_classes_make_of_their_film_and_sound(vae):
    sound, scenes = sound_codec.build(CONFIG).eval(), draw(4, 9_100)
    picture_codec.set_scale(vae, [0.1] * CONFIG.picture.latent, 1.5)
    latents, slices = Coder(CONFIG, vae, sound)(scenes)
    film = to_codec(render(scenes, CONFIG.frames, CONFIG.height, CONFIG.width))
    stock = (vae.encode(film).latent_dist.mode() - 0.1) / 1.5
    assert size(latents - stock) < 1e-3 * size(stock)
    wave = listen(scenes, follow(scenes, CONFIG.frames), CONFIG.frames)
    assert torch.allclose(slices, sound.encode(wave[:, None]).latent_dist.mode())


@torch.no_grad()
def test_half_precision_keeps_the_encoder(vae, film):
    stored = picture_codec.build(CONFIG).eval()
    stored.load_state_dict({k: v.half().float() for k, v in vae.state_dict().items()})
    latents = vae.encode(film).latent_dist.mode()
    assert size(stored.encode(film).latent_dist.mode() - latents) < 2e-3 * size(latents)


@torch.no_grad()
def test_the_decoder_begins_as_the_transposed_product(vae, code, film):
    latents = vae.encode(film).latent_dist.mode()
    decoded = blocks(vae.decode(latents).sample)
    back = torch.linalg.pinv(code.weight)
    mean = torch.cat(list(blocks(softened(film)).values())).mean(0)
    # SiLU(u) is u / 2 but for a share of u / 2, and the norm makes this u of a pixel that is 1 (as bright as can be)
    bend = CONFIG.picture.decoder**0.5 / TRAINED / 2
    for cell, block in decoded.items():
        plain = (latents[(..., *cell)] - code.bias) @ back
        plain = plain + (block - plain).mean(0)  # the mean block, which is no matter of the matrix
        assert size(block - plain) < bend * size(plain)
    assert size(torch.cat(list(decoded.values())).mean(0) - mean) < 0.1 * size(mean)


@torch.no_grad()
def test_a_preview_is_the_softened_film_as_the_numbers_hold_it(vae, code, film):
    latents = vae.encode(film).latent_dist.mode()
    mean, std = latents.mean((0, 2, 3, 4)), float(latents.std())
    picture_codec.set_scale(vae, mean.tolist(), std)
    weights = previewer.fit(vae, CONFIG)
    unit = (latents - mean.view(1, -1, 1, 1, 1)) / std
    back = torch.linalg.pinv(code.weight)
    for cell, block in blocks(softened(film)).items():
        shown = unit[(..., *cell)] @ weights["weight"][..., 0, 0].float().T + weights["bias"].float()
        assert size((shown - block) @ code.weight @ back) < 3e-3 * size(block)
