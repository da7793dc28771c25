"""The two places where any Diffusers pipeline can be watched: its denoisers, and its scheduler's `step`.

hooks = PipelineHooks(model, request)                 # takes a private copy of the pipeline
hooks.denoise = lambda name, branch, forward, args, kwargs: forward(*args, **kwargs)
hooks.step = lambda scheduler, main, forward, output, timestep, sample: forward()
with hooks:
    result = hooks.run()

Nothing is patched that anybody else can see, so nothing has to be restored.
"""

from __future__ import annotations

import contextlib
import functools
import inspect
from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import Tensor

from explainers.engine.model import schedulers
from explainers.engine.model.clone import DENOISERS, cloned
from explainers.engine.model.video_model import ARGUMENTS, VideoModel
from explainers.engine.request import Request
from explainers.engine.run.arguments import copied

TEXTS = 8  # encoded prompts that are remembered
Denoise = Callable[[str, str, Any, Any, Any], Any]
StepHook = Callable[[Any, bool, Callable[[], Tensor], Tensor, Any, Tensor], Tensor]
Prepared = Callable[[bool, Tensor], Tensor]


class PipelineHooks:
    def __init__(self, model: VideoModel, request: Request):
        self.model, self.request = model, request
        self.pipeline = cloned(model.pipeline)
        self.pipeline.set_progress_bar_config(disable=True)
        self._blank()
        self._remember_texts()
        scheduler = schedulers.named(self.pipeline.scheduler, request.scheduler or "own")
        self.pipeline.__dict__["scheduler"] = scheduler
        self.denoise: Denoise = lambda name, branch, forward, args, kwargs: forward(*args, **kwargs)
        self.step: StepHook = lambda scheduler, main, forward, output, timestep, sample: forward()
        self.prepared: Prepared = lambda sound, latent: latent
        self.context: list[str] = []  # names of the passes under way, where the pipeline says them
        self.locked = False

    def _blank(self) -> None:
        """Spare the encoding of an empty film: with no picture given, the pipeline multiplies it by zero."""
        method, request = self.model.family.blank, self.request
        if method and request.image is None and not request.keep:
            config = self.model.pipeline.vae.config
            channels = config.get("z_dim", config.get("latent_channels"))  # Wan's codec; LTX's
            grid = self.model.grid(request)
            self.pipeline.__dict__[method] = lambda film: film.new_zeros(1, channels, *grid)

    def _remember_texts(self) -> None:
        """Encode a prompt once: replaying and decoding ask for the same words again, of encoders that may be large."""
        plain = getattr(self.pipeline, "encode_prompt", None)
        if plain is None:
            return

        @functools.wraps(plain)
        def encode_prompt(*args: Any, **kwargs: Any) -> Any:
            given = (*args, *kwargs.values())
            if any(isinstance(item, Tensor) for item in given):
                return plain(*args, **kwargs)
            key, held = repr((args, kwargs)), self.model.texts
            if key not in held:
                held[key] = plain(*args, **kwargs)
                for old in list(held)[:-TEXTS]:
                    del held[old]
            return copied(held[key])  # some pipelines write into it

        self.pipeline.__dict__["encode_prompt"] = encode_prompt

    def __enter__(self) -> PipelineHooks:
        for name in DENOISERS:
            module = getattr(self.pipeline, name, None)
            if module is not None:
                self._watch_denoiser(name, module)
        self._watch_scheduler()
        self._watch_start()
        return self

    def __exit__(self, *_: object) -> None:
        self._unlock()

    def run(self, output_type: str = "latent") -> Any:
        """The pipeline, from words to latent. Everything but the denoising runs under the model's lock."""
        generator = torch.Generator("cpu").manual_seed(self.request.seed)
        arguments = call_arguments(self.model, self.request)
        self.model.lock.acquire()
        self.locked = True
        try:
            return self.pipeline(**arguments, generator=generator, output_type=output_type)
        finally:
            self._unlock()

    def _unlock(self) -> None:
        if self.locked:
            self.locked = False
            self.model.lock.release()

    def _watch_denoiser(self, name: str, module: Any) -> None:
        inner = module.forward

        @functools.wraps(inner)  # pipelines look at the signature
        def forward(*args: Any, **kwargs: Any) -> Any:
            self._unlock()
            branch = self._branch(self.context[-1] if self.context else "", args, kwargs)
            return self.denoise(name, branch, inner, args, kwargs)

        module.forward = forward
        if hasattr(module, "cache_context"):
            entered = module.cache_context

            @contextlib.contextmanager
            def cache_context(label: str, **kwargs: Any) -> Iterator[None]:
                self.context.append(label)
                try:
                    with entered(label, **kwargs):
                        yield
                finally:
                    self.context.pop()

            module.cache_context = cache_context

    def _branch(self, said: str, args: Any, kwargs: Any) -> str:
        """ "cond", "uncond", "both" (one batch), or what else the pipeline calls a further pass."""
        if said not in ("", "cond_uncond"):
            return said
        given = next((kwargs[k] for k in ("hidden_states", "sample") if k in kwargs), args[0] if args else None)
        return "both" if isinstance(given, Tensor) and given.shape[0] == 2 else "cond"

    def _watch_scheduler(self) -> None:
        """A class of the scheduler's own, because pipelines deep-copy it for sound, and copies keep their class."""
        main, cls, hooks = self.pipeline.scheduler, type(self.pipeline.scheduler), self
        plain = cls.step

        @functools.wraps(plain)  # pipelines look at the signature for `eta` and `generator`
        def step(scheduler: Any, *args: Any, **kwargs: Any) -> Any:
            given = dict(inspect.signature(plain).bind(scheduler, *args, **kwargs).arguments)
            given |= given.pop("kwargs", {})
            result: list[Any] = []

            def forward(**changed: Any) -> Tensor:
                """The step itself; keyword arguments replace what it was given."""
                result.append(plain(**(given | changed)))
                return result[0][0] if isinstance(result[0], tuple) else result[0].prev_sample

            after = hooks.step(
                scheduler, scheduler is main, forward, given["model_output"], given["timestep"], given["sample"]
            )
            if isinstance(result[0], tuple):
                return (after, *result[0][1:])
            result[0].prev_sample = after
            return result[0]

        main.__class__ = type(cls.__name__, (cls,), {"step": step, "__module__": cls.__module__})

    def _watch_start(self) -> None:
        """The noise that the run starts from, where the pipeline makes it."""
        for name in ("prepare_latents", "prepare_audio_latents"):
            plain = getattr(self.pipeline, name, None)
            if plain is not None:
                self.pipeline.__dict__[name] = self._starting(plain, "audio" in name)

    def _starting(self, plain: Any, sound: bool) -> Any:
        @functools.wraps(plain)
        def prepare(*args: Any, **kwargs: Any) -> Any:
            made = plain(*args, **kwargs)
            parts = list(made) if isinstance(made, tuple) else [made]
            parts[0] = self.prepared(sound, parts[0])
            if self.model.family.sound == "cs" and parts[1] is not None:  # made together
                parts[1] = self.prepared(True, parts[1])
            return tuple(parts) if isinstance(made, tuple) else parts[0]

        return prepare


def call_arguments(model: VideoModel, request: Request) -> dict[str, Any]:
    """The request in the words of this pipeline's call."""
    arguments: dict[str, Any] = {}
    for field, names in ARGUMENTS.items():
        value = getattr(request, field)
        name = next((n for n in names if n in model.parameters), None)
        if name is None or value is None:
            continue
        if field == "video" and not request.keep and "strength" not in model.parameters:
            continue  # it is put in under noise (see course.py)
        if field in ("image", "video"):
            value = _pictures(value)
        arguments[name] = value
    if "use_resolution_binning" in model.parameters:
        arguments["use_resolution_binning"] = False  # the size is the one asked for
    if request.keep:
        arguments["condition_frame_indexes_vision"] = list(request.keep)
    return arguments


def _pictures(pixels: Any) -> Any:
    from PIL import Image

    return Image.fromarray(pixels) if pixels.ndim == 3 else [Image.fromarray(frame) for frame in pixels]
