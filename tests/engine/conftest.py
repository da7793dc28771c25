"""One tiny model and one recording of each family, built once."""

from __future__ import annotations

import os

os.environ.setdefault("HF_HUB_OFFLINE", "1")

from functools import cache
from pathlib import Path

import pytest
import torch

from explainers.engine import Recording, Request, VideoModel, record, wrap
from tests.tiny_models import TINY


@cache
def tiny_model(family: str) -> VideoModel:
    import diffusers

    diffusers.logging.set_verbosity_error()
    return wrap(TINY[family].build(), family)


@cache
def tiny_recording(family: str) -> Recording:
    return record(tiny_model(family), Request(**TINY[family].request)).finish()


def plain_call(family: str, **changes: object) -> object:
    """The pipeline itself, as somebody without the engine would call it."""
    pipeline = tiny_model(family).pipeline
    pipeline.set_progress_bar_config(disable=True)
    generator = torch.Generator().manual_seed(TINY[family].request["seed"])
    return pipeline(**TINY[family].call | changes, generator=generator)


@pytest.fixture(scope="session")
def model() -> VideoModel:
    return tiny_model("cosmos3")


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where a model lies that can be opened. Read it; who changes files makes links first."""
    path = tmp_path_factory.mktemp("model")
    TINY["cosmos3"].build().save_pretrained(path)
    return path


@pytest.fixture(scope="session")
def recording() -> Recording:
    return tiny_recording("cosmos3")
