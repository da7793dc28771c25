"""The batched sampler makes the pipeline's own films."""

import pytest
import torch

from training.denoiser.sample import denoise, generate, noise, sample

SIZE = (5, 32, 32)


@pytest.mark.parametrize("guidance", [1.0, 4.0])
def test_a_batch_holds_the_films_that_the_pipeline_makes_one_by_one(toy, guidance):
    prompts, seeds = ["a red ball bounces on the grass", "a cat at night", ""], [3, 4, 5]
    films, waves = sample(toy, prompts, seeds, 4, guidance, SIZE, batch=2)
    for i, (prompt, seed) in enumerate(zip(prompts, seeds, strict=True)):
        film, wave = generate(toy, prompt, seed, 4, guidance, SIZE)
        assert torch.allclose(films[i], film, atol=2e-4)
        assert torch.allclose(waves[i], wave.squeeze(), atol=2e-4)
    assert not torch.allclose(films[0], films[1], atol=2e-2)


def test_every_step_is_there_and_the_first_is_noise(toy):
    path = list(denoise(toy, ["a ball"], [1], 4, 3.0, SIZE))
    assert len(path) == 5
    assert torch.equal(path[0][0], noise(toy, [1], SIZE)[0])
