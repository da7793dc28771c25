"""Stage 4, the transformer: films in latent space, mixed with noise, and the velocity that leads back.

    python -m training transformer --config small --minutes 60

It begins from the weights that were shipped, where the config says so (warm.py). Averaged weights are what is
published. A step is one of the config's batches; a device that is faster with bigger ones takes several steps at once,
so that "step" times "batch" is how many films were seen, on whatever machine.
"""

import time
from collections.abc import Callable
from pathlib import Path

import torch
from accelerate import PartialState
from accelerate.utils import reduce
from torch import Tensor
from tqdm.auto import tqdm

from ..codec.latents import Cache
from ..config import Config
from ..run.average import Average
from ..run.precision import autocast, multiplies_bfloat16
from ..run.run import Run
from ..run.state import save_state
from . import model as models
from . import warm
from .examples import Examples, Films, Stored
from .fast import best_batch, compiled
from .forward import Attend, batched, faster_attention
from .objective import loss
from .optimizer import Optimizers

LOG_EVERY = 20  # optimizer steps
HELD_BACK_EVERY = 250  # the config's steps between looks at the loss on films that training never touches
HELD_BACK = 64  # films
WORTH = 3.0  # minutes: in less, a compiler's own do not come back
MOST_OF_THE_RATE = 3.0  # bigger batches take bigger steps, by the square root of their size, up to this


def train(
    config: Config,
    folder: Path,
    minutes: float | None = None,
    out: str = "transformer",
    latents: str = "latents",
    part: str = "",
    films: Callable[[int], Films] | None = None,
    fast: bool = False,
    saved: Callable[[], None] | None = None,
) -> bool:
    """``part``: only weights with this in their names learn. ``films``: instead of the cache's, given how many were
    seen. ``fast``: take the batch that is fastest here, and compile. ``saved`` is called after each checkpoint."""
    c, state = config.transformer, PartialState()
    device = state.device
    model = models.transformer(config).to(device).train()
    for name, weights in model.named_parameters():
        weights.requires_grad_(part in name)
    optimizer = Optimizers(model, c.rate, c.muon, c.decay)
    total = c.samples // c.batch
    own = folder / (out if state.is_main_process else f"{out}-{state.process_index}")
    with Run(own, minutes, saved=saved) as run:
        if c.warm and run.new:
            tqdm.write(warm.start(model))
        average = Average(model, c.ema)
        run.resume(model=model, optimizer=optimizer, ema=average)
        if films:
            source = films(run.step * c.batch)
        else:
            source = Stored(config, Cache(folder / latents))
            run.saved = source.cache.grow
        examples = Examples(config, source, device)
        with batched(model, _faster(model, config, examples(0))):
            batch = _fastest(model, config, examples, minutes or WORTH) if fast else c.batch
            stride = batch * state.num_processes // c.batch
            grown = min(MOST_OF_THE_RATE, stride**0.5)
            keep = [n // c.batch for n in c.keep]
            seen, since = 0, time.monotonic()
            for turn, step in enumerate(run.steps(total, stride)):
                if state.is_main_process and any(step <= n < step + stride for n in keep):
                    snapshot(folder / f"{out}-kept" / f"{step * c.batch:08}", average)
                rate = c.rate * min(1.0, (step + stride) / c.warmup) * max(0.05, 1 - step / total)
                optimizer.set_rate(rate * grown * run.caution)
                with autocast(device):
                    value, told = loss(model, examples(step, batch), c)
                optimizer.zero_grad()
                value.backward()
                _share_gradients(model, state.num_processes)
                size = torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
                if not run.usable(size.item()):
                    continue
                optimizer.step()
                average.update(model, stride)
                seen += batch * state.num_processes
                if turn % LOG_EVERY == 0:
                    row = {name: value.item() for name, value in told.items()}
                    if step % HELD_BACK_EVERY < LOG_EVERY * stride:
                        row["held_back_picture"] = held_back(model, examples)
                    now = time.monotonic()
                    run.log(samples=(step + stride) * c.batch, **row, samples_a_second=seen / (now - since))
                    seen, since = 0, now
    if run.finished and state.is_main_process:
        snapshot(folder / f"{out}-kept" / f"{run.step * c.batch:08}", average)
    return run.finished


@torch.no_grad()
def held_back(model, examples: Examples) -> float:
    """On the same films in the same noise whenever and wherever it is asked."""
    with autocast(examples.device), torch.compiler.set_stance("force_eager"):
        batch = examples(0, HELD_BACK, held_back=True)
        return loss(model, batch, examples.config.transformer)[1]["picture"].item()


def _faster(model, config: Config, example: dict[str, Tensor]) -> Attend:
    """The attention that is faster here."""
    c, x0 = config.transformer, example["x0"]
    others = x0[0, 0].numel() // c.patch**2 + example["s0"].shape[2]  # cubes and slices
    dtype = torch.bfloat16 if multiplies_bfloat16(x0.device) else torch.float32
    attend, took = faster_attention(model, c.batch, c.words, others, dtype)
    tqdm.write(f"attention: {attend.__name__} ({', '.join(f'{k} {1000 * v:.1f} ms' for k, v in took.items())} a layer)")
    return attend


def _fastest(model, config: Config, examples: Examples, minutes: float) -> int:
    """How many films at once are fastest here; and the layers are compiled for that many, if there is time for it."""
    c, device = config.transformer, examples.device

    def once(films: int) -> None:
        with autocast(device):
            loss(model, examples(0, films), c)[0].backward()
        model.zero_grad()

    batch, speeds = best_batch(once, c.batch)
    tqdm.write(f"batch: {batch} (films a second {', '.join(f'{k}: {v:,.0f}' for k, v in speeds.items())})")
    if device.type == "cuda" and minutes >= WORTH:
        tqdm.write(compiled(model, lambda: once(batch)))
    return batch


def snapshot(folder: Path, average: Average) -> None:
    if not (folder / "state.json").exists():
        save_state(folder, {"ema": {k: v.half() for k, v in average.weights.items()}}, {})


def _share_gradients(model: torch.nn.Module, processes: int) -> None:
    """Mean over the processes that ``accelerate launch`` started, if there are several."""
    if processes > 1:
        for p in model.parameters():
            if p.grad is not None:
                p.grad = reduce(p.grad, "mean")
