"""Weights averaged over the steps of a training: what a noisy walk circles around.

    average = Average(model, 0.9995)
    average.update(model)                # after each step of the optimizer
    average.weights["norm.weight"]       # by name

The decay is that of Diffusers' EMAModel (a test holds one against the other). EMAModel itself stays out for two
reasons. It knows weights by their place in a list, while what is published, packed, grown or trained on in another
world is asked for by name, so that every reader of a checkpoint would need a model to give the names back. And each of
its calls is one step, while a device that takes eight batches at once must forget as much as eight steps do.
"""

import torch


class Average:
    def __init__(self, model: torch.nn.Module, decay: float):
        self.decay, self.steps = decay, 0
        self.weights = {k: v.detach().clone() for k, v in model.state_dict().items()}

    @torch.no_grad()
    def update(self, model: torch.nn.Module, steps: int = 1) -> None:
        """``steps``: how many of the config's batches went into this one."""
        self.steps += steps
        decay = min(self.decay, (1 + self.steps) / (10 + self.steps)) ** steps  # young averages forget faster
        now = model.state_dict()
        torch._foreach_lerp_(list(self.weights.values()), [now[k] for k in self.weights], 1 - decay)

    def state_dict(self) -> dict:
        return {"weights": self.weights, "steps": torch.tensor(self.steps)}

    @torch.no_grad()
    def load_state_dict(self, state: dict) -> None:
        for k, v in self.weights.items():
            v.copy_(state["weights"][k])
        self.steps = int(state["steps"])
