"""What makes a step fast on the machine at hand: how many films at once, and the layers compiled.

batch = best_batch(step, smallest=16)       # step(films): one forward and backward
compiled(model, lambda: step(batch))        # or, with a line, as it is
"""

import time
from collections.abc import Callable

import torch
from diffusers import Cosmos3OmniTransformer

GAIN = 1.08  # films a second: less than this is not worth a batch twice as big
SECONDS = 15.0
BIGGEST = 2_048


def best_batch(step: Callable[[int], None], smallest: int, seconds: float = SECONDS) -> tuple[int, dict[int, float]]:
    """The biggest of smallest x 1, 2, 4, ... that still gains and fits; and the films a second of each tried."""
    told: dict[int, float] = {}
    best, size, until = smallest, smallest, time.monotonic() + seconds
    while size <= BIGGEST and time.monotonic() < until:
        took: list[float] = []
        try:
            while len(took) < 3 and (not took or time.monotonic() < until):
                took.append(_seconds(step, size))
        except torch.OutOfMemoryError:
            torch.cuda.empty_cache()
            break
        told[size] = size / min(took)
        if size > smallest and told[size] < GAIN * told[best]:
            break
        best, size = size, 2 * size
    return best, told


def _seconds(step: Callable[[int], None], size: int) -> float:
    began = time.perf_counter()
    step(size)
    if torch.cuda.is_available():
        torch.cuda.synchronize()
    return time.perf_counter() - began


def compiled(model: Cosmos3OmniTransformer, once: Callable[[], None]) -> str:
    """Block by block: a whole-model compile eats the minutes. ``once`` runs it, so that a failure shows here."""
    began = time.monotonic()
    try:
        model.compile_repeated_blocks()
        once()
    except Exception as error:  # whatever a compiler may raise, training goes on without it
        for layer in model.layers:
            layer._compiled_call_impl = None
        return f"not compiled ({str(error).splitlines()[0] if str(error) else type(error).__name__})"
    return f"compiled in {time.monotonic() - began:.0f} s"
