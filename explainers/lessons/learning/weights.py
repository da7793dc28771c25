"""The model as it was: weights kept while it learned, in few bits each, opened beside the ones in use.

ages(model)                    # {1984: path, 8000: path, …}: samples seen -> weights of that age
other = opened(model, path)    # a VideoModel that differs in its weights alone

A matrix is kept as levels of 2, 4 or 8 bits, as many to a byte as fit, with one step size for every GROUP of weights:
level n of N stands for (n - N/2 + 1/2) steps. What a file does not hold is as in the model in use.
"""

import copy
import dataclasses

import torch
from safetensors.torch import load_file

from explainers.engine import CannotOpen
from explainers.engine.model.clone import DENOISERS
from explainers.note import Note

GROUP = 128  # weights that share a step size


def ages(model):
    """Samples seen -> file, in order; the finished model is not among them."""
    return {int(path.stem): path for path in sorted(_folder(model).glob("[0-9]*.safetensors"))}


def opened(model, path):
    """The model with the weights of that file: its own denoiser, everything else shared."""
    name = next(n for n in DENOISERS if getattr(model.pipeline, n, None) is not None)
    pipeline, denoiser = copy.copy(model.pipeline), copy.deepcopy(model.denoiser)
    denoiser.load_state_dict(unpack(load_file(path), denoiser.state_dict()))
    pipeline.__dict__[name] = denoiser  # past the pipeline's own __setattr__, which would rewrite the shared config
    return dataclasses.replace(model, pipeline=pipeline, shapes={}, texts={})


def unpack(packed, like):
    """A state dict of the shapes and types of `like`, with what `packed` holds in place of its own."""
    found = dict(like)
    for name, weights in like.items():
        if name in packed:
            found[name] = packed[name].to(weights)
        elif f"{name}.levels" in packed:
            levels, steps = packed[f"{name}.levels"], packed[f"{name}.steps"].float()
            bits = 8 * levels.numel() // weights.numel()
            level = (levels[:, None] >> torch.arange(0, 8, bits)) & (1 << bits) - 1  # (bytes, levels in each)
            value = level.reshape(-1, GROUP) - (1 << bits) / 2 + 0.5
            found[name] = (value * steps[:, None]).reshape(weights.shape).to(weights)
    return found


def _folder(model):
    folder = None if model.folder is None else model.folder / "learning"
    if folder is None or not folder.is_dir():
        raise CannotOpen(
            Note("no_youth", "No weights were kept while {name} learned, so its youth can't be shown.", name=model.name)
        )
    return folder
