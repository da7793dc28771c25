"""What a denoiser's answer looks like, so that a step that nobody needs computed can be passed over.

learn(model, "transformer", args, kwargs, output)        # after a real call
empty(model, "transformer", forward, args, kwargs)       # zeros of that shape; makes the real call if never learned

Used to jump to a later step of a recording, and to reach the pipeline's own decoding without denoising first.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from explainers.engine.model.video_model import VideoModel

INPUTS = ("hidden_states", "sample", "vision_tokens", "sound_tokens", "audio_hidden_states", "return_dict")


def learn(model: VideoModel, name: str, args: Any, kwargs: Any, output: Any) -> None:
    model.shapes.setdefault(_key(name, args, kwargs), _map(output, lambda t: (t.shape, t.dtype, t.device)))


def empty(model: VideoModel, name: str, forward: Any, args: Any, kwargs: Any) -> Any:
    key = _key(name, args, kwargs)
    if key not in model.shapes:
        learn(model, name, args, kwargs, forward(*args, **kwargs))
    return _fill(model.shapes[key])


def _key(name: str, args: Any, kwargs: Any) -> str:
    """The shapes of what is denoised; words don't change the shape of an answer."""
    given = [args[:1], *(kwargs.get(k) for k in INPUTS)]
    return f"{name} {_map(given, lambda t: (tuple(t.shape), t.dtype))}"


class _Shape(tuple):  # type: ignore[type-arg]
    """(shape, dtype, device) of a tensor."""


def _map(value: Any, about: Any) -> Any:
    if isinstance(value, Tensor):
        return _Shape(about(value))
    if isinstance(value, dict):  # diffusers' outputs are dicts too, made from keywords
        items = {k: _map(v, about) for k, v in value.items()}
        return (type(value), items)
    if isinstance(value, list | tuple):
        return (type(value), [_map(v, about) for v in value])
    return value


def _fill(spec: Any) -> Any:
    if isinstance(spec, _Shape):
        shape, dtype, device = spec
        return torch.zeros(shape, dtype=dtype, device=device)
    if isinstance(spec, tuple) and len(spec) == 2 and isinstance(spec[0], type):
        made, items = spec
        return made(**{k: _fill(v) for k, v in items.items()}) if isinstance(items, dict) else made(map(_fill, items))
    return spec
