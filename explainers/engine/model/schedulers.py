"""Schedulers by their short names, and what each step's x0 is in terms of what the scheduler was handed.

scheduler = named(pipeline.scheduler, "unipc")
a, b = x0_rule(scheduler, timestep)     # x0 = a * latent + b * prediction, exactly, for every kind of prediction
"""

from __future__ import annotations

import copy
import inspect
from typing import Any

import torch

FLOW: dict[str, tuple[str, dict[str, Any]]] = {
    "euler": ("FlowMatchEulerDiscreteScheduler", {}),
    "heun": ("FlowMatchHeunDiscreteScheduler", {}),
    "unipc": ("UniPCMultistepScheduler", {"prediction_type": "flow_prediction", "use_flow_sigmas": True}),
    "dpm++": ("DPMSolverMultistepScheduler", {"prediction_type": "flow_prediction", "use_flow_sigmas": True}),
}
NOISE: dict[str, tuple[str, dict[str, Any]]] = {
    "ddim": ("DDIMScheduler", {}),
    "euler": ("EulerDiscreteScheduler", {}),
    "unipc": ("UniPCMultistepScheduler", {}),
    "dpm++": ("DPMSolverMultistepScheduler", {}),
}


def is_flow(scheduler: Any) -> bool:
    config = scheduler.config
    return type(scheduler).__name__.startswith("FlowM") or config.get("prediction_type") == "flow_prediction"


def prediction(scheduler: Any) -> str:
    """What the scheduler takes the model's output for."""
    if is_flow(scheduler):
        return "velocity"
    kind = scheduler.config.get("prediction_type", "epsilon")
    return {"epsilon": "noise", "v_prediction": "v"}.get(kind, str(kind))


def names(scheduler: Any, pipeline: Any) -> tuple[str, ...]:
    """The schedulers that fit a model trained with this one; the first is its own."""
    table = FLOW if is_flow(scheduler) else NOISE
    own = next((name for name, (cls, _) in table.items() if cls == type(scheduler).__name__), "own")
    # pipelines that pass their own sigmas, or keep a second scheduler in step, take only their own kind
    return (own, *(name for name in table if name != own))


def named(scheduler: Any, name: str) -> Any:
    """A scheduler of that name with the settings of the one given."""
    import diffusers

    table = FLOW if is_flow(scheduler) else NOISE
    if name == "own" or table.get(name, ("",))[0] == type(scheduler).__name__:
        return copy.deepcopy(scheduler)
    if name not in table:
        raise ValueError(f"No scheduler {name!r} for this model; it takes {', '.join(('own', *table))}.")
    class_name, settings = table[name]
    settings = dict(settings)
    shift = scheduler.config.get("shift", scheduler.config.get("flow_shift"))
    if shift is not None:
        settings |= {"shift": shift} if class_name.startswith("Flow") else {"flow_shift": shift}
    return getattr(diffusers, class_name).from_config(dict(scheduler.config), **settings)


def sigma(scheduler: Any, timestep: Any) -> float:
    """How much noise the latent holds before this step."""
    position(scheduler, timestep)
    if getattr(scheduler, "sigmas", None) is not None and scheduler.step_index is not None:
        return float(scheduler.sigmas[scheduler.step_index])
    return float((1 - scheduler.alphas_cumprod[int(timestep)]) ** 0.5)


def position(scheduler: Any, timestep: Any) -> None:
    """Let the scheduler find its place, as its first step would."""
    if getattr(scheduler, "step_index", 0) is None and hasattr(scheduler, "_init_step_index"):
        scheduler._init_step_index(timestep)


def x0_rule(scheduler: Any, timestep: Any) -> tuple[float, float]:
    """(a, b) of x0 = a * latent + b * prediction at this step. The scheduler's state is not touched."""
    scheduler = copy.deepcopy(scheduler)
    position(scheduler, timestep)
    if type(scheduler).__name__.startswith("FlowM"):
        s = float(scheduler.sigmas[scheduler.step_index])
        return (1.0, 1.0 - s) if scheduler.config.get("invert_sigmas") else (1.0, -s)
    # Every other scheduler's estimate is linear too: ask it for the two columns. Small numbers, because some clip.
    small = 1e-4
    zero, one = torch.zeros(1, 1, 1, 1, dtype=torch.float64), torch.full((1, 1, 1, 1), small, dtype=torch.float64)
    return tuple(float(_x0(scheduler, timestep, x, out)) / small for x, out in ((one, zero), (zero, one)))  # type: ignore[return-value]


def _x0(scheduler: Any, timestep: Any, latent: torch.Tensor, output: torch.Tensor) -> torch.Tensor:
    if hasattr(scheduler, "convert_model_output"):
        return scheduler.convert_model_output(output, sample=latent)
    step = inspect.unwrap(type(scheduler).step)  # not the watched one: this is no step of the run
    return step(copy.deepcopy(scheduler), output, timestep, latent, return_dict=True).pred_original_sample
