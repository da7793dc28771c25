"""What the engine costs, beside what people would do without it. `python benchmarks/engine.py` prints the tables.

Everything is measured side by side in one run: plain and recorded calls in turn, and medians of the ratios of
neighbours. Seconds are the processor's own (with one thread, those that a free core takes by the clock), so that
whatever else the machine does counts for neither. `--model FOLDER` takes another model than the embedded one; `--tiny`
a random one of the same classes, which needs no weights; `--only` a part; `--write` puts the tables into README.md.
"""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import gc
import os
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("HF_HUB_OFFLINE", "1")
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import torch
import torch.nn.functional as F

from explainers.engine import (
    Patch,
    Request,
    VideoModel,
    attention,
    attention_sites,
    decode,
    open_model,
    record,
    wrap,
)
from explainers.engine.attention.token_layout import Site, axis
from explainers.engine.attention.watch import Softmax
from explainers.engine.maps.reduce import View, frame_sums, one_row
from explainers.engine.model.video_model import EMBEDDED
from explainers.engine.run.hooks import call_arguments

PROMPT = "a red ball bounces on grass"
HERE = Path(__file__).parent
PARTS = ("recording", "maps", "curve")
STORED = 6  # steps of the baseline, which holds every map of them in memory


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="embedded")
    parser.add_argument("--tiny", action="store_true")
    parser.add_argument("--steps", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--longest", type=int, default=32_760)
    parser.add_argument("--only", nargs="*", choices=PARTS, default=PARTS)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--alone", choices=("record", "store"), help=argparse.SUPPRESS)  # in a process of its own
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    model = opened("tiny" if given.tiny or not (EMBEDDED / "model_index.json").is_file() else given.model)
    if given.alone:
        request = record(model, Request(PROMPT, steps=given.steps)).recording.request
        print(*(store_every_map if given.alone == "store" else keep_a_recording)(model, request))
        return
    about = (
        f"Model: {model.name}, {sum(p.numel() for p in model.denoiser.parameters()) / 1e6:.1f} million numbers in the "
        f"denoiser; {torch.get_num_threads()} thread; torch {torch.__version__}."
    )
    parts = {
        "recording": lambda: about + "\n\n" + recording(model, given.steps, given.rounds),
        "maps": lambda: maps(model, given.rounds),
        "curve": lambda: curve(given.longest),
    }
    for name in given.only:
        text = parts[name]()
        print(text + "\n", flush=True)
        if given.write:
            page, marks = HERE / "README.md", (f"<!-- engine {name} -->\n", f"<!-- /engine {name} -->")
            old = page.read_text("utf-8")
            new = re.sub(f"(?s){marks[0]}.*{marks[1]}", lambda _, t=text, m=marks: m[0] + t + "\n" + m[1], old)
            page.write_text(new, "utf-8")


def opened(name: str) -> VideoModel:
    if name != "tiny":
        return open_model(name, device="cpu")
    from tests.tiny_models import cosmos3

    return wrap(cosmos3(width=192, layers=6, heads=6, channels=16), "random weights of the embedded model's classes")


def recording(model: VideoModel, steps: int, rounds: int) -> str:
    """Seconds of a recorded run over those of the pipeline called plainly."""
    request = record(model, Request(PROMPT, steps=1)).recording.request
    request = Request(**request.json() | {"steps": steps})
    arguments = call_arguments(model, request) | {"output_type": "latent"}
    model.pipeline.set_progress_bar_config(disable=True)

    def plain() -> None:
        model.pipeline(**arguments, generator=torch.Generator().manual_seed(0))

    record(model, Request(PROMPT, steps=1)).finish()  # warm
    model.pipeline(**arguments | {"num_inference_steps": 1})
    # the engine spares the pipeline's encoding of an empty film; to compare recording alone, it is put back once
    unsparing = dataclasses.replace(model, family=dataclasses.replace(model.family, blank=""))
    rows = []
    for words, how in (("recorded, nothing spared", unsparing), ("recorded as the engine does it", model)):
        one, two = side_by_side(plain, lambda how=how: record(how, request).finish(), rounds)
        ratio = statistics.median(b / a for a, b in zip(one, two, strict=True))
        rows.append((words, f"{statistics.median(two):.2f}", f"{ratio:.3f} (at most 1.05)"))
    first = (f"the pipeline called plainly, {steps} steps", f"{statistics.median(one):.2f}", "1")
    return table(("", "seconds", "ratio"), first, *rows)


def maps(model: VideoModel, rounds: int) -> str:
    """One map when somebody looks, and the way people do it otherwise: every map of every step, kept."""
    run = record(model, Request(PROMPT, steps=STORED)).finish()
    patches = model.patches(run.latent.shape[1:])  # type: ignore[arg-type]
    patch, last = Patch(*(size // 2 for size in patches)), len(attention_sites(model, run)) // 2 - 1
    first = timed(lambda: attention(model, run, 1, last, query=patch))  # nothing of this step was looked at before
    seconds = [timed(lambda n=n: attention(model, run, n % STORED, last, query=patch)) for n in range(rounds)]
    film = [timed(lambda: decode(model, run)) for _ in range(rounds)]
    rows = []
    for how, words in (("record", "a recording of {} steps, any map later"), ("store", STORING)):
        command = [sys.executable, __file__, "--alone", how, "--steps", str(STORED), "--model", model.name]
        command += ["--threads", str(torch.get_num_threads())] + ["--tiny"] * model.name.startswith("random")
        out = subprocess.run(command, capture_output=True, text=True, check=True)
        spent, kept, grown = map(float, out.stdout.split()[-3:])
        rows.append((words.format(STORED), f"{spent:.2f}", f"{kept:.1f} MB kept, peak {grown:.0f} MB more"))
    return table(
        ("", "seconds", "memory"),
        ("one map of one step and its last layer, the very first click", f"{first:.3f} (at most 0.2)", ""),
        ("the same, any later click", f"{statistics.median(seconds):.3f} (at most 0.2)", ""),
        ("the finished film, decoded", f"{statistics.median(film):.3f}", ""),
        *rows,
    )


STORING = "processors that store every map of {} steps"


def keep_a_recording(model: VideoModel, request: Request) -> tuple[float, float, float]:
    """Seconds, MB kept and MB by which the process grew of one recorded run."""
    record(model, dataclasses.replace(request, steps=1)).finish()
    before, kept = forget_peak(), []
    spent = timed(lambda: kept.append(record(model, request).finish()))
    grown, run = peak() - before, kept[0]
    held = (*run.latents, *run.velocities, *run.sound_latents, *run.sound_velocities, *run.tensors.values())
    return spent, sum(t.numel() * t.element_size() for t in held) / 2**20, grown


def store_every_map(model: VideoModel, request: Request) -> tuple[float, float, float]:
    """The usual way, written plainly: a processor in each attention computes the softmax itself and keeps it."""
    from diffusers.models.transformers.transformer_cosmos3 import Cosmos3AttnProcessor

    kept: list[torch.Tensor] = []
    plain = F.scaled_dot_product_attention

    def attend(query: Any, key: Any, value: Any, *args: Any, is_causal: bool = False, **kwargs: Any) -> Any:
        scores = query @ key.transpose(-1, -2) / query.shape[-1] ** 0.5
        if is_causal:
            scores = scores.masked_fill(torch.ones(scores.shape[-2:]).triu(1).bool(), -torch.inf)
        weights = scores.softmax(-1)
        kept.append(weights)
        return weights @ value

    class Storing(Cosmos3AttnProcessor):
        def __call__(self, *args: Any) -> Any:
            F.scaled_dot_product_attention = attend
            try:
                return super().__call__(*args)
            finally:
                F.scaled_dot_product_attention = plain

    arguments = call_arguments(model, request) | {"output_type": "latent"}
    model.pipeline.set_progress_bar_config(disable=True)
    model.pipeline(**arguments | {"num_inference_steps": 1})
    for layer in model.pipeline.transformer.layers:
        layer.self_attn.set_processor(Storing())
    before = forget_peak()
    spent = timed(lambda: model.pipeline(**arguments, generator=torch.Generator().manual_seed(0)))
    return spent, sum(t.numel() * t.element_size() for t in kept) / 2**20, peak() - before


def curve(longest: int) -> str:
    """One layer's head of 128 numbers: a patch's row, and the whole frame x frame matrix, by the number of tokens."""
    rows: list[tuple[str, ...]] = []
    counts, times = [], []
    for grid in ((2, 10, 10), (5, 16, 16), (9, 20, 30), (13, 30, 30), (21, 30, 52)):
        n = grid[0] * grid[1] * grid[2]
        if n > longest:
            continue
        query, key = torch.randn(1, 1, n, 128), torch.randn(1, 1, n, 128)
        both = axis("v", n, grid, 0)
        site = Site("one", 0, 0, 1, both, both, "branch", grid)
        view = View(site, Softmax(query, key, key, None, False, 128**-0.5), 0, 1)
        one = min(timed(lambda v=view, g=grid: one_row(v, 0, Patch(1, 1, 1), g)) for _ in range(3))
        gc.collect()
        before = forget_peak()
        whole = timed(lambda v=view: frame_sums(v, 0))
        grown, full = peak() - before, 4 * n * n / 2**20
        rows.append((f"{n:,}", f"{one * 1000:.1f} ms", f"{whole:.2f} s", f"{grown:.0f} MB", f"{full:,.0f} MB"))
        counts.append(n)
        times.append(whole)
    a, b = fit(counts, times)
    return (
        table(("tokens", "one patch's row", "frame x frame", "its peak memory", "an N x N matrix"), *rows)
        + f"\n\nFrame x frame takes about {a:.2g} x tokens^{b:.2f} seconds; its memory stays under a fixed budget."
    )


# --- measuring


def timed(work: Callable[[], Any]) -> float:
    """Seconds of the processor, over all threads."""
    start = time.process_time()
    work()
    return time.process_time() - start


def side_by_side(one: Callable[[], Any], two: Callable[[], Any], rounds: int) -> tuple[list[float], list[float]]:
    """Seconds of both, in turn, the order changing."""
    pairs = []
    for n in range(rounds):
        first = timed(one if n % 2 == 0 else two)
        second = timed(two if n % 2 == 0 else one)
        pairs.append((first, second) if n % 2 == 0 else (second, first))
    return [a for a, _ in pairs], [b for _, b in pairs]


def forget_peak() -> float:
    """Start counting the peak anew, where the system can; what the process holds now, in MB."""
    with contextlib.suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")
    return peak()


def peak() -> float:
    """The most memory this process has held, in MB."""
    status = Path("/proc/self/status")
    if status.is_file():
        return int(re.findall(r"VmHWM:\s+(\d+) kB", status.read_text())[0]) / 2**10
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)


def fit(counts: list[int], times: list[float]) -> tuple[float, float]:
    """a and b of times = a * counts^b, by least squares of logarithms."""
    x, y = torch.tensor(counts).double().log(), torch.tensor(times).double().log()
    b = ((x - x.mean()) * (y - y.mean())).sum() / ((x - x.mean()) ** 2).sum()
    return float((y.mean() - b * x.mean()).exp()), float(b)


def table(*rows: tuple[str, ...]) -> str:
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join([lines[0], "|" + "---|" * len(rows[0]), *lines[1:]])


if __name__ == "__main__":
    main()
