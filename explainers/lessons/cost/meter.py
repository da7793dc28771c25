"""What a piece of work takes: operations counted as they are dispatched, seconds by the clock, joules by the machine.

count(lambda: call_again(model, run, step=0))       # {"weights": 2.1e8, "attention": 3.4e7, …}
before = counters(); work(); spent(before, counters())     # joules, or None where the machine shows no counter

An operation is one multiplication or one addition of a matrix product, a convolution or an attention; sums and curves
in between are left out, as is usual. Causal attention counts as full.
"""

import time
from pathlib import Path

import torch
from torch.utils.flop_counter import FlopCounterMode, sdpa_flop_count

POWERCAP = Path("/sys/class/powercap")


def _attended(query, key, value, *_, out_shape=None, **__):
    return sdpa_flop_count(query, key, value)


# torch counts every attention kernel but the one of CPUs
ON_CPU = {torch.ops.aten._scaled_dot_product_flash_attention_for_cpu: _attended}


def count(work):
    """Operations of a piece of work: in products with weights, in attention, in convolutions."""
    with FlopCounterMode(display=False, custom_mapping=ON_CPU) as counter:
        work()
    kinds = {"weights": 0, "attention": 0, "convolutions": 0}
    for operation, number in counter.get_flop_counts().get("Global", {}).items():
        name = str(operation)
        attention = "attention" in name or "bmm" in name  # where attention is computed in the open, it is two bmm
        kinds["attention" if attention else "convolutions" if "conv" in name else "weights"] += number
    return kinds


def seconds(work, times=2):
    """The shortest of several: what else the machine does only ever adds."""
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return min(taken)


def counters(root=POWERCAP):
    """{package: (microjoules so far, at which it starts again from 0)} of every processor that shows it (RAPL)."""
    found = {}
    for package in sorted(root.glob("intel-rapl:?")) if root.is_dir() else []:
        try:
            found[package.name] = tuple(
                int((package / name).read_text("utf-8")) for name in ("energy_uj", "max_energy_range_uj")
            )
        except (OSError, ValueError):  # most systems let only the administrator read it
            continue
    return found


def spent(before, after):
    """Joules between two readings; None where there is nothing to read."""
    both = before.keys() & after.keys()
    if not both:
        return None
    return sum((after[p][0] - before[p][0]) % (after[p][1] + 1) for p in both) / 1e6
