"""A toy of each model that is trained, assembled as it is published."""

import diffusers
import pytest
import torch

from training.codec import picture_codec, sound_codec
from training.config import CONFIGS
from training.denoiser import model as models


@pytest.fixture(scope="module", params=["toy", "toy-medium"])
def config(request):
    return CONFIGS[request.param]


@pytest.fixture(scope="module")
def toy(config):
    diffusers.logging.set_verbosity_error()
    model = models.transformer(config)
    torch.nn.init.normal_(model.proj_out.weight, std=0.1)  # the real start predicts nothing, which would prove nothing
    torch.nn.init.normal_(model.audio_proj_out.weight, std=0.1)
    vae = picture_codec.build(config)
    picture_codec.set_scale(vae, [0.3] * config.picture.latent, 1.7)  # before: the pipeline reads it once
    made = models.assemble(config, model, vae, sound_codec.build(config))
    made.set_progress_bar_config(disable=True)
    return made
