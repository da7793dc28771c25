"""Stage 4, the transformer: films in latent space, drowned in noise, and the velocity that leads back.

    python -m training transformer --config small --minutes 60

Rectified flow: x_t = (1 - t) x0 + t eps, and the model learns v = eps - x0 from x_t, t and the words. Picture and
sound share one t and one sequence. A tenth of the captions is dropped (the other branch of guidance), and a tenth of
the films is given its first frame (a picture as the start). Averaged weights (EMA) are what is published.
"""

import random
from pathlib import Path

import torch
from accelerate import PartialState
from torch import Tensor

from . import model as models
from .config import Config
from .device import autocast, best_device
from .forward import batched, velocity
from .latents import Cache
from .run import Run, save_state
from .world import caption

HELD_BACK_EVERY = 250  # steps between looks at the loss on films that training never touches
UNSAID = 0.15  # share of captions that leave something out


class Average:
    """Weights averaged over the steps: what a noisy walk circles around."""

    def __init__(self, model: torch.nn.Module, decay: float):
        self.decay, self.steps = decay, 0
        self.weights = {k: v.detach().clone() for k, v in model.state_dict().items()}

    @torch.no_grad()
    def update(self, model: torch.nn.Module) -> None:
        self.steps += 1
        decay = min(self.decay, (1 + self.steps) / (10 + self.steps))  # young averages forget faster
        for k, v in model.state_dict().items():
            self.weights[k].lerp_(v.detach(), 1 - decay)

    def state_dict(self) -> dict:
        return {"weights": self.weights, "steps": torch.tensor(self.steps)}

    def load_state_dict(self, state: dict) -> None:
        self.weights, self.steps = {k: v.clone() for k, v in state["weights"].items()}, int(state["steps"])


class Optimizers:
    """Muon for the matrices inside the layers, AdamW for everything at the edges: embeddings, in, out, time, norms.

    Tried side by side with AdamW alone, same seed and batches: after 7,712 samples a loss of 0.513 against 0.570, for
    7 % fewer samples a second.
    """

    def __init__(self, model: torch.nn.Module, rate: float):
        inner = [p for n, p in model.named_parameters() if n.startswith("layers.") and p.ndim == 2]
        chosen = {id(p) for p in inner}
        outer = [p for p in model.parameters() if id(p) not in chosen]
        self.parts = [
            torch.optim.AdamW(outer, lr=rate, betas=(0.9, 0.99), weight_decay=0.0),
            torch.optim.Muon(inner, lr=rate, weight_decay=0.01, adjust_lr_fn="match_rms_adamw"),
        ]

    def set_rate(self, rate: float) -> None:
        for part in self.parts:
            for group in part.param_groups:
                group["lr"] = rate

    def zero_grad(self) -> None:
        for part in self.parts:
            part.zero_grad()

    def step(self) -> None:
        for part in self.parts:
            part.step()

    def state_dict(self) -> dict:
        return {str(i): part.state_dict() for i, part in enumerate(self.parts)}

    def load_state_dict(self, state: dict) -> None:
        for i, part in enumerate(self.parts):
            part.load_state_dict(state[str(i)])


def noise_levels(count: int, g: torch.Generator) -> Tensor:
    """(count,) Half of them in the middle, where most is decided; half where the sampler's steps are.

    The middle alone leaves three in a hundred above 0.9, where the sampler takes nine of its 50 steps. After 640,000
    samples of it, gravity was off by 34 % in films from pure noise (144 balls), by 19 % in those that began as a
    rendered film drowned to 0.85, by 12 % from 0.34 (36 balls each); codec alone 9 %.
    """
    middle = torch.sigmoid(torch.randn(count, generator=g) + 0.3)
    u = torch.rand(count, generator=g)
    visited = models.SHIFT * u / (1 + (models.SHIFT - 1) * u)
    return torch.where(torch.arange(count) % 2 == 0, middle, visited)


class Examples:
    """Batches that depend on the seed and the step alone, whatever was trained before."""

    def __init__(self, config: Config, cache: Cache, device: torch.device):
        self.config, self.cache, self.device = config, cache, device
        self.words = models.tokenizer(config)
        self.known: dict[str, list[int]] = {}

    def ids(self, text: str) -> list[int]:
        if text not in self.known:
            self.known[text] = models.token_ids(self.words, text)
        return self.known[text]

    def __call__(self, step: int, held_back: bool = False) -> dict[str, Tensor]:
        c = self.config.transformer
        rank, ranks = PartialState().process_index, PartialState().num_processes
        rng = random.Random((self.config.seed * 1_000_003 + step) * ranks + rank + (10**9 if held_back else 0))
        if held_back:
            films = [rng.randrange(max(1, self.cache.held_back)) for _ in range(c.batch)]
        else:
            films = self.cache.batch(rng, c.batch)
        texts = ["" if rng.random() < c.drop_caption else caption(self.cache.words[i], rng, drop=UNSAID) for i in films]
        g = torch.Generator().manual_seed(rng.randrange(2**62))
        x0, s0 = self.cache.latents[films].float(), self.cache.slices[films].float()
        t = noise_levels(c.batch, g)
        given = torch.zeros(c.batch, x0.shape[2], dtype=torch.bool)
        given[torch.rand(c.batch, generator=g) < c.first_frame, 0] = True
        batch = {
            "ids": torch.tensor([self.ids(text) for text in texts]),
            "x0": x0,
            "s0": s0,
            "eps": torch.randn(x0.shape, generator=g),
            "eps_s": torch.randn(s0.shape, generator=g),
            "t": t,
            "given": given,
        }
        return {k: v.to(self.device, non_blocking=True) for k, v in batch.items()}


def loss(model, b: dict[str, Tensor], sound_weight: float) -> tuple[Tensor, dict[str, float]]:
    t, noisy = b["t"].view(-1, 1, 1, 1, 1), ~b["given"][:, None, :, None, None]
    x_t = torch.where(noisy, (1 - t) * b["x0"] + t * b["eps"], b["x0"])
    s_t = (1 - t[..., 0, 0]) * b["s0"] + t[..., 0, 0] * b["eps_s"]
    v, v_s = velocity(model, b["ids"], x_t, s_t, 1000 * b["t"], b["given"], models.squeeze(model))
    error = (v.float() - (b["eps"] - b["x0"])).square() * noisy
    picture = error.sum() / noisy.expand_as(error).sum()
    sound = (v_s.float() - (b["eps_s"] - b["s0"])).square().mean()
    return picture + sound_weight * sound, {"picture": picture.item(), "sound": sound.item()}


def train(
    config: Config,
    folder: Path,
    minutes: float | None = None,
    out: str = "transformer",
    latents: str = "latents",
    part: str = "",
):
    """``part``: only weights with this in their names learn."""
    c, device, state = config.transformer, best_device(), PartialState()
    model = models.transformer(config).to(device).train()
    for name, weights in model.named_parameters():
        weights.requires_grad_(part in name)
    optimizer = Optimizers(model, c.rate)
    average = Average(model, c.ema)
    examples = Examples(config, Cache(folder / latents), device)
    per_step = c.batch * state.num_processes
    total = c.samples // per_step
    keep = {n // per_step for n in c.keep}
    with Run(folder / out if state.is_main_process else folder / f"{out}-{state.process_index}", minutes) as run:
        run.resume(model=model, optimizer=optimizer, ema=average)
        with batched(model):
            for step in run.steps(total):
                if step in keep and state.is_main_process:
                    snapshot(folder / f"{out}-kept" / f"{step * per_step:08}", average)
                optimizer.set_rate(c.rate * min(1.0, (step + 1) / c.warmup) * max(0.05, 1 - step / total))
                with autocast(device):
                    value, told = loss(model, examples(step), c.sound_weight)
                optimizer.zero_grad()
                value.backward()
                _share_gradients(model, state.num_processes)
                torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
                optimizer.step()
                average.update(model)
                if step % 20 == 0:
                    if step % HELD_BACK_EVERY < 20:
                        with torch.no_grad(), autocast(device):
                            told |= {f"held_back_{k}": v for k, v in loss(model, examples(step, True), 0.0)[1].items()}
                    run.log(samples=(step + 1) * per_step, **told)
    if run.finished and state.is_main_process:
        snapshot(folder / f"{out}-kept" / f"{run.step * per_step:08}", average)
    return run.finished


def snapshot(folder: Path, average: Average) -> None:
    if not (folder / "state.json").exists():
        save_state(folder, {"ema": {k: v.half() for k, v in average.weights.items()}}, {})


def _share_gradients(model: torch.nn.Module, processes: int) -> None:
    """Mean over the processes that ``accelerate launch`` started, if there are several."""
    if processes > 1:
        for p in model.parameters():
            if p.grad is not None:
                torch.distributed.all_reduce(p.grad)
                p.grad /= processes
