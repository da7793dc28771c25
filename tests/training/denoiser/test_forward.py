"""The batched forward that trains is the stock forward that generates."""

import pytest
import torch

from training.denoiser import forward
from training.denoiser import model as models
from training.denoiser.forward import batched, positions, velocity


@pytest.fixture(scope="module")
def recorded(config, toy):
    """A toy pipeline, and what it hands to its transformer on a real call."""
    calls = []
    hook = toy.transformer.register_forward_pre_hook(lambda m, a, k: calls.append(k), with_kwargs=True)
    toy(
        "A red ball bounces, on the grass.", height=32, width=32, num_frames=5, fps=8, num_inference_steps=1,
        guidance_scale=3.0, enable_sound=True, output_type="latent",
    )  # fmt: skip
    hook.remove()
    return config, toy, calls


def test_prompts_lose_the_added_sentences_and_keep_one_length(recorded):
    config, pipeline, (said, unsaid) = recorded
    words = pipeline.text_tokenizer.convert_ids_to_tokens(said["input_ids"].tolist())
    assert words[:7] == ["a", "red", "ball", "bounces", "on", "the", "grass"]
    assert set(words[7:-2]) == {"<pad>"} and words[-2:] == ["<eos>", "<|vision_start|>"]
    assert len(said["input_ids"]) == len(unsaid["input_ids"]) == config.transformer.words
    assert models.token_ids(pipeline.text_tokenizer, "a red ball bounces on the grass") == said["input_ids"].tolist()


def test_positions_are_the_pipelines(recorded):
    config, pipeline, (said, _) = recorded
    ours = positions(
        pipeline.transformer,
        config.transformer.words,
        said["vision_token_shapes"][0],
        5,
        config.picture.squeeze[0],
        torch.device("cpu"),
    )
    assert torch.equal(ours, said["position_ids"].float())


def test_clocks_agree(recorded):
    """A slice of sound and the last frame of its latent frame stand at the same time."""
    config, _, (said, _) = recorded
    where, time = said["position_ids"], config.picture.squeeze[0]
    video = where[0, said["vision_sequence_indexes"]].unique()  # (latent frames,)
    sound = where[0, said["sound_sequence_indexes"]]  # (frames,)
    assert torch.allclose(video, sound[::time])


@pytest.mark.parametrize("first_frame_given", [False, True])
def test_velocity_equals_the_stock_forward(recorded, first_frame_given):
    _, pipeline, (said, _) = recorded
    model, n = pipeline.transformer, 3
    shape = said["vision_tokens"][0].shape[1:]
    g = torch.Generator().manual_seed(0)
    latents, slices = torch.randn(n, *shape, generator=g), torch.randn(n, *said["sound_tokens"][0].shape, generator=g)
    t = 1000 * torch.rand(n, generator=g)
    given = torch.zeros(n, shape[1], dtype=torch.bool)
    given[:, 0] = first_frame_given
    ids = said["input_ids"][None].repeat(n, 1)
    per_frame = said["vision_sequence_indexes"].numel() // shape[1]
    noisy = torch.arange(int(first_frame_given), shape[1])
    with torch.no_grad(), batched(model):
        video, sound = velocity(model, ids, latents, slices, t, given, models.squeeze(model))
    for i in range(n):
        stock = dict(said)
        stock |= {
            "vision_tokens": [latents[i : i + 1]],
            "sound_tokens": [slices[i]],
            "vision_noisy_frame_indexes": [noisy],
            "vision_mse_loss_indexes": said["vision_sequence_indexes"][int(first_frame_given) * per_frame :],
            "vision_timesteps": t[i].expand(len(noisy) * per_frame),
            "sound_timesteps": t[i].expand(slices.shape[2]),
        }
        with torch.no_grad():
            stock_video, stock_sound, _ = model(**stock)
        assert torch.allclose(video[i, :, noisy], stock_video[0][0][:, noisy], atol=1e-5)
        assert torch.allclose(sound[i], stock_sound[0], atol=1e-5)


def test_both_attentions_are_the_same_and_the_faster_is_taken(toy, monkeypatch):
    q, k, v = (torch.randn(2, 2, 7, 16) for _ in range(3))
    for causal in (False, True):
        assert torch.allclose(forward.plain(q, k, v, causal), forward.fused(q, k, v, causal), atol=1e-5)

    now = [0.0]
    monkeypatch.setattr(forward.time, "process_time", lambda: now[0])
    for slow in ("plain", "fused"):
        for name in ("plain", "fused"):
            real = getattr(forward, name)

            def timed(q, k, v, causal, real=real, cost=2.0 if name == slow else 1.0):
                now[0] += cost
                return real(q, k, v, causal)

            timed.__name__ = name
            monkeypatch.setattr(forward, name, timed)
        chosen, took = forward.faster_attention(toy.transformer, 2, 16, 20, torch.float32)
        assert chosen.__name__ == ({"plain", "fused"} - {slow}).pop() and took[slow] > took[chosen.__name__]
        monkeypatch.undo()
        monkeypatch.setattr(forward.time, "process_time", lambda: now[0])
