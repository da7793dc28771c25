"""What the second model takes over, and what its decoder may change."""

from dataclasses import replace
from pathlib import Path

import torch
from diffusers import DiffusionPipeline

from training.codec import decoder, latents, picture_codec, sound_codec
from training.codec.latents import load_codecs
from training.config import CONFIGS, PictureCodec
from training.run.state import load_state

PUBLISHED = Path(__file__).parents[3] / "assets" / "model"


def test_the_sound_codec_is_the_published_one(tmp_path, monkeypatch):
    toy, medium = CONFIGS["toy-medium"], CONFIGS["medium"]
    config = replace(toy, sound=medium.sound)
    monkeypatch.setattr(latents, "CALIBRATION", 32)
    assert picture_codec.train(config, tmp_path) and sound_codec.train(config, tmp_path, PUBLISHED)
    _, codec = load_codecs(tmp_path, config)
    wave = torch.randn(2, 1, 5000, generator=torch.Generator().manual_seed(0)) * 0.1
    stock = DiffusionPipeline.from_pretrained(PUBLISHED, dtype=torch.float32, local_files_only=True).sound_tokenizer
    ours, theirs = (c.eval().encode(wave).latent_dist.mode() for c in (codec, stock))
    ratio = (ours * theirs).sum() / theirs.square().sum()  # one scale for all, measured on this config's world
    assert torch.allclose(ours, ratio * theirs, atol=1e-3 * float(ours.abs().max()))
    heard, known = (c.decode(z) for c, z in ((codec, ours), (stock, theirs)))
    assert torch.allclose(heard, known, atol=1e-3)


def test_the_decoder_learns_while_the_encoder_stays(tmp_path):
    """Beside the film from which the soft latents were made: nearer after some steps, and the latents are the same."""
    toy = CONFIGS["toy-medium"]
    learning = replace(toy, picture=replace(toy.picture, decoder_batches=40, decoder_rate=5e-4))
    torch.set_num_threads(1)
    assert picture_codec.train(learning, tmp_path)
    before, _ = load_state(tmp_path / "picture-codec" / "checkpoint")
    assert decoder.train(learning, tmp_path)
    after, _ = load_state(tmp_path / "picture-codec" / "checkpoint")
    same = {k: torch.equal(before["vae"][k], after["vae"][k]) for k in before["vae"]}
    assert all(same[k] for k in same if k.startswith("encoder"))
    assert not any(same[k] for k in same if k.startswith("decoder") and k.endswith("weight"))

    x = picture_codec.to_codec(picture_codec.batch(learning, 10**8, cropped=False, device=torch.device("cpu")))
    errors = []
    for state in (before, after):
        vae = picture_codec.build(learning).eval()
        vae.load_state_dict(state["vae"])
        with torch.no_grad():
            errors.append((vae.decode(vae.encode(x).latent_dist.mode()).sample - x).square().mean())
    assert errors[1] < 0.99 * errors[0]


def test_each_shape_of_codec_says_the_size_of_its_cells():
    for name in ("small", "medium", "toy", "toy-medium"):
        config = CONFIGS[name]
        vae = picture_codec.build(config).eval()
        frames, rows, cols = config.picture.squeeze
        film = torch.zeros(1, 3, 1 + 2 * frames, 2 * rows, 3 * cols)
        with torch.no_grad():
            latent = vae.encode(film).latent_dist.mode()
            assert latent.shape == (1, config.picture.latent, 3, 2, 3)
            assert vae.decode(latent).sample.shape == film.shape
        assert (vae.config.scale_factor_temporal, vae.config.scale_factor_spatial) == (frames, rows)
    assert PictureCodec().squeeze != CONFIGS["medium"].picture.squeeze
