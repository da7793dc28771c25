"""What a film costs: tokens, operations, seconds, energy, for this run and as length, size and steps grow.

bill(run, model, watts=65)["operations"]          # of the whole run, counted on its own denoiser calls
growth(run, model)["square"]                      # operations = each * tokens + square * tokens^2
published(run, model, watts=65)["energy"]         # this film beside measurements of big models, each with its source
twice(run, model, watts=65)["length_times"]       # what twice the steps and twice the length take, made and timed now

Seconds that are compared were clocked in one go: those that a recording holds may be another machine's.
"""

import dataclasses
import time

import numpy as np
import torch

from explainers.engine import NotVisible, decode, record, token_counts
from explainers.engine.run.calls import call_again
from explainers.lessons.cost.meter import count, counters, seconds, spent
from explainers.measure.likeness import alike, apart
from explainers.note import Note

LENGTHS = (0.5, 1, 2, 4)  # times the film on screen
SIZES = (1.5, 2)
SHORT = 4  # steps of a film that is made only to be timed
TIMES = 3
CORNER = 64  # pixels: of the piece of film that is given to the model as pixels
ALIKE = 0.9  # likeness from which two films are called much the same
HOUR = 3600.0  # joules in a watt-hour

# Delavande, Pierrard and Luccioni 2025, https://arxiv.org/abs/2509.19222, table 4 (seconds; energy of GPU + CPU + RAM)
# and table 2 (settings): means over 50 prompts on one NVIDIA H100, Diffusers, the settings of each model card.
PUBLISHED = (  # name, width, height, frames, steps, seconds, watt-hours
    ("AnimateDiff", 512, 512, 16, 4, 0.68, 0.115 + 0.016 + 0.008),
    ("LTX-Video 0.9.7", 704, 512, 121, 40, 9.7, 3.16 + 0.32 + 0.19),
    ("CogVideoX-2B", 720, 480, 49, 50, 50.6, 8.3 + 0.84 + 0.53),
    ("CogVideoX-5B", 720, 480, 49, 50, 124.0, 21.6 + 2.4 + 1.3),
    ("Mochi-1", 848, 480, 84, 64, 263.0, 44.7 + 4.6 + 2.8),
    ("Wan2.1-1.3B", 1280, 720, 81, 50, 410.0, 78.8 + 7.4 + 4.3),
    ("Wan2.1-14B", 1280, 720, 81, 50, 1875.0, 359.7 + 35.6 + 19.8),
)


def bill(run, model, *, watts):
    """The run on screen: its tokens, operations, seconds as this machine takes them, and an estimate of its energy."""
    step = _operations(model, run)
    codec = sum(count(lambda: decode(model, run)).values())
    steps, took = len(run.steps), _seconds(model, run)
    parts = {name: steps * step[name] for name in ("weights", "attention")}
    total = sum(parts.values()) + codec
    return {
        **_tokens(model, run),
        **parts,
        "codec": codec,
        "operations": total,
        "billions": total / 1e9,
        **{f"{name}_share": part / total for name, part in {**parts, "codec": codec}.items()},
        "per_pixel": total / _volume(run.request),
        "steps": steps,
        "calls": steps * len(run.calls[-1]),
        "seconds": took,
        "speed": total / took,
        "joules": watts * took,
        "wh": watts * took / HOUR,
        "watts": watts,
    }


def answer(run, model):
    """A film four times as long: how many operations does one call take, against the film on screen?"""
    other = _begun(model, run, frames=4 * (run.request.frames - 1) + 1)
    short, long = (sum(_operations(model, film).values()) / len(film.calls[-1]) for film in (run, other))
    times, longer = long / short, other.request.frames / run.request.frames
    kind = "four" if times < 1.05 * longer else "more" if times < 0.9 * longer**2 else "sixteen"
    share = _operations(model, other)
    return {
        "answer": kind,
        "case": kind,
        "times": times,
        "longer": longer,
        "frames": run.request.frames,
        "long": other.request.frames,
        "attention": share["attention"] / sum(share.values()),
    }


def course(run):
    """Seconds since the run began, step by step, on the machine that made it; and the straight line through them."""
    took = np.cumsum(run.seconds)
    step = np.arange(1, len(took) + 1)
    slope = float((step @ took) / (step @ step))  # through the beginning
    return {
        "step": step,
        "seconds": took,
        "line": slope * step,
        "each": slope,
        "off": float(np.abs(took - slope * step).max() / took[-1]),
        "steps": len(took),
        "total": float(took[-1]),
    }


def growth(run, model):
    """One denoiser call of films of other lengths and sizes: operations counted, and the law in them.

    The model was made for one length: what it would show at others is another question, what it costs is not.
    """
    asked = run.request
    others = [("length", {"frames": round((asked.frames - 1) * times) + 1}) for times in LENGTHS]
    others += [("size", {"height": round(asked.height * by), "width": round(asked.width * by)}) for by in SIZES]
    found = []
    for done, (kind, size) in enumerate(others):
        other = _begun(model, run, **size)
        operations = _operations(model, other)
        found.append(
            {
                "kind": kind,
                "frames": other.request.frames,
                "width": other.request.width,
                "height": other.request.height,
                "tokens": _tokens(model, other)["tokens"],
                "weights": operations["weights"] / len(other.calls[-1]),
                "attention": operations["attention"] / len(other.calls[-1]),
            }
        )
        yield (done + 1) / len(others)
    columns = {name: np.array([row[name] for row in found]) for name in found[0]}
    tokens, operations = columns["tokens"], columns["weights"] + columns["attention"]
    each, square, worst = _law(tokens, operations)
    lengths = [row for row in found if row["kind"] == "length"]
    first, last = lengths[0], lengths[-1]
    return {
        **columns,
        "each": each,
        "square": square,
        "worst": worst,
        "each_million": each / 1e6,
        "square_thousand": square / 1e3,
        "crossing": each / square if square else float("inf"),
        "short": first["frames"],
        "long": last["frames"],
        "frames_times": last["frames"] / first["frames"],
        "operations_times": (last["weights"] + last["attention"]) / (first["weights"] + first["attention"]),
        "attention_times": last["attention"] / first["attention"],
    }


def twice(run, model, *, watts):
    """Three films developed and timed in one go: in a few steps, in twice as many, and twice as long."""
    once = dataclasses.replace(run.request, steps=SHORT, image=None, video=None, keep=(), strength=None)
    films = {
        "once": once,
        "steps": dataclasses.replace(once, steps=2 * SHORT),
        "length": dataclasses.replace(once, frames=2 * (once.frames - 1) + 1),
    }
    took, made = {name: [] for name in films}, {}
    for again in range(TIMES):  # the fastest of each: what else the machine does only ever adds
        for done, (name, request) in enumerate(films.items()):
            start = time.perf_counter()
            made[name] = record(model, request).finish()
            took[name].append(time.perf_counter() - start)
            yield (again * len(films) + done + 1) / (TIMES * len(films))
    least = {name: min(each) for name, each in took.items()}
    work = {name: len(film.steps) * sum(_operations(model, film).values()) for name, film in made.items()}
    return {
        **{f"{name}_seconds": each for name, each in least.items()},
        **{f"{name}_joules": watts * each for name, each in least.items()},
        "steps_times": least["steps"] / least["once"],
        "length_times": least["length"] / least["once"],
        "steps_work": work["steps"] / work["once"],
        "length_work": work["length"] / work["once"],
        "steps": SHORT,
        "twice_steps": 2 * SHORT,
        "frames": made["once"].request.frames,
        "twice_frames": made["length"].request.frames,
        "watts": watts,
    }


def live(run, model, *, watts):
    """The run once more, with the clock running: seconds and joules of every step.

    Joules are read from the processor's own counters where the machine lets us (RAPL: the whole processor, whoever
    uses it); else they are watts times seconds, the watts being what the visitor says.
    """
    start, before = time.perf_counter(), counters()
    last, at = before, start
    took, joules = [], []
    counted = model.device.type == "cpu" and bool(before)  # these counters don't see a graphics card
    again = record(model, run.request)
    for step in again:
        now, reading = time.perf_counter(), counters()
        took.append(now - at)
        joules.append(spent(last, reading) if counted else watts * took[-1])
        at, last = now, reading
        yield step
    whole = time.perf_counter() - start  # the codec's part too
    energy = spent(before, counters()) if counted else watts * whole
    return {
        "step": np.arange(1, len(took) + 1),
        "so_far": np.cumsum(joules),
        "steps": len(took),
        "threads": torch.get_num_threads(),
        "case": "counted" if counted else "estimated",
        "watts": watts,
        "took": took,
        "step_joules": joules,
        "seconds": whole,
        "joules": energy,
        "wh": energy / HOUR,
        "formula": "E = RAPL" if counted else f"E = P · t = {watts:g} W · {whole:.2f} s",
        "counted": int(counted),
    }


def pixels(run, model):
    """A corner of the film as latents, and the same corner as pixels: as many of them a token as a cube has cells.

    Both are real calls of the same transformer: the second is given a latent as large as the film itself.
    """
    time_by, space_by = model.squeeze
    side = min(CORNER, run.request.height, run.request.width)
    found = []
    for done, latent_frames in enumerate((1, 2)):
        frames = 1 + (latent_frames - 1) * time_by
        for kind, length, size in (
            ("latents", frames, side),
            ("pixels", 1 + (frames - 1) * time_by, side * space_by),
        ):
            other = _begun(model, run, frames=length, height=size, width=size, sound=False)
            operations = sum(_operations(model, other).values()) / len(other.calls[-1])
            took = seconds(_call(model, other), times=1)
            cubes = int(np.prod(model.patches(tuple(other.latents[0].shape[1:]))))
            found.append({"what": kind, "frames": frames, "cubes": cubes, "operations": operations, "seconds": took})
            yield (done * 2 + (kind == "pixels") + 1) / 4
    latents, whole = found[-2], found[-1]
    return {
        **{name: [row[name] for row in found] for name in found[0]},
        "side": side,
        "long": latents["frames"],
        "cubes_times": whole["cubes"] / latents["cubes"],
        "times": whole["operations"] / latents["operations"],
        "seconds_times": whole["seconds"] / latents["seconds"],
    }


def published(run, model, *, watts):
    """This film, as this machine makes it, beside published measurements of big models."""
    took = _seconds(model, run)
    rows = [(name, w * h * frames, steps, s, wh) for name, w, h, frames, steps, s, wh in PUBLISHED]
    names, volume, steps, seconds_, energy = (list(column) for column in zip(*rows, strict=True))
    here = {"volume": _volume(run.request), "steps": len(run.steps), "seconds": took, "wh": watts * took / HOUR}
    return {
        "names": names,
        "volume": volume,
        "steps": steps,
        "seconds": seconds_,
        "energy": energy,
        "here_volume": here["volume"],
        "here_steps": here["steps"],
        "here_seconds": here["seconds"],
        "here": here["wh"],
        "watts": watts,
        "most": max(energy),
        "most_name": names[int(np.argmax(energy))],
        "times": max(energy) / here["wh"],
        "spread": max(energy) / min(energy),
        "least": min(energy),
        "least_name": names[int(np.argmin(energy))],
    }


def half_steps(run, model):
    """The same seed and words in half the steps."""
    if len(run.steps) < 2:
        raise NotVisible(Note("one_step", "This film took a single step, which can't be halved."))
    other = record(model, dataclasses.replace(run.request, steps=run.request.steps // 2))
    yield from other
    return other.recording


def half_frames(run, model):
    """The same seed and words for a film half as long."""
    other = record(model, dataclasses.replace(run.request, frames=(run.request.frames - 1) // 2 + 1))
    yield from other
    return other.recording


def saved(run, other, model):
    """What the smaller run saves, and how far its film is from the first one where both have frames."""
    before, after = (_whole(model, film) for film in (run, other))
    a, b = (decode(model, film, sound=False).frames for film in (run, other))
    both = min(len(a), len(b))
    return {
        "what": list(before),
        "left": [after[name] / before[name] for name in before],
        "operations": 1 - after["operations"] / before["operations"],
        "seconds": 1 - after["seconds"] / before["seconds"],
        "steps": len(other.steps),
        "frames": len(b),
        "before_steps": len(run.steps),
        "case": "same" if alike(a[:both], b[:both]) >= ALIKE else "other",
        "apart": apart(a[:both], b[:both]),
        "alike": alike(a[:both], b[:both]),
    }


def _whole(model, run):
    """Operations of all steps; their seconds, as one step takes them on this machine now."""
    return {"operations": len(run.steps) * sum(_operations(model, run).values()), "seconds": _of_steps(model, run)}


def _of_steps(model, run):
    """Seconds of all steps, as one step takes them on this machine now."""
    return len(run.steps) * sum(seconds(_call(model, run, call)) for call in range(len(run.calls[-1])))


def _seconds(model, run):
    """The same with unpacking the finished film."""
    return _of_steps(model, run) + seconds(lambda: decode(model, run))


def _begun(model, run, **changes):
    """The recording of the first step of a run like this one, of another size: enough to make its call again."""
    changes |= {"steps": 2, "guidance": 1.0, "image": None, "video": None, "keep": (), "strength": None}
    other = record(model, dataclasses.replace(run.request, **changes))
    other.first()
    return other.recording


def _call(model, run, call=0):
    return lambda: call_again(model, run, len(run.calls) - 1, call)


def _operations(model, run):
    """Of one step: all its calls of the denoiser."""
    counted = [count(_call(model, run, call)) for call in range(len(run.calls[-1]))]
    attention = sum(each["attention"] for each in counted)
    return {"weights": sum(sum(each.values()) for each in counted) - attention, "attention": attention}


def _tokens(model, run):
    """Words, cubes and slices among the keys of the attention that sees most."""
    counts = token_counts(model, run)
    parts = {"words": counts["words"], "cubes": counts["patches"], "slices": counts["slices"]}
    return {**parts, "tokens": sum(parts.values())}


def _law(tokens, cost):
    """cost = each * tokens + square * tokens^2, with the least relative error; and the largest one that is left."""
    terms = np.stack([tokens, tokens.astype(float) ** 2], 1) / cost[:, None]
    each, square = np.linalg.lstsq(terms, np.ones(len(cost)), rcond=None)[0]
    return float(each), float(square), float(np.abs(terms @ [each, square] - 1).max())


def _volume(request):
    """Pixels of a film, all frames together."""
    return request.frames * request.height * request.width
