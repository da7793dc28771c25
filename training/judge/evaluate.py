"""Stage 7, the judge: does the model show what the words say, and does it fall and sound as the world does?

    python -m training evaluate                         # the published model: table, model card, sheet of samples
    python -m training evaluate --config small          # and the curve, where checkpoints along the way are at hand
    now(CONFIGS["small"], Path("runs/small"))           # in Python: how training stands, in a minute or two

First of all it says how far its own eyes can be trusted, on rendered clips. Then 120 prompts of pairs that training
showed, 120 with a pair that it never showed, and 144 bouncing balls, all with fixed seeds. Each film that is judged is
a row in a CSV at once: killed and started again, it goes on with the next.
"""

import csv
import hashlib
import json
import os
import statistics
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor
from tqdm.auto import tqdm

from explainers.measure.onset import match, onsets
from explainers.measure.reader import Reader
from explainers.measure.track import centre, contacts, free_fall
from explainers.provenance import MODEL, saving

from ..config import Config
from ..denoiser.sample import GUIDANCE, STEPS, at_checkpoint, generate, opened, sample
from ..run.state import load_state
from ..world import ATTRIBUTES, FPS, GRAVITY, RATE, follow, listen, render, spell
from . import card
from .prompts import asked, sheet
from .reader import MUST as READER_MUST
from .reader import accuracy
from .sheet import contact_sheet, film_strip

PROMPTS = {"seen": 120, "held-out": 120, "balls": 144}  # 36 balls told one and the same weights 26 % or 41 % of gravity
ALONG_THE_WAY = {"seen": 48, "held-out": 48, "balls": 12}  # for each point of the curve
ALONG_STEPS = 20
TIMED_STEPS = 50


@dataclass
class Sampling:
    steps: int
    guidance: float
    size: tuple[int, int, int]  # frames, height, width


def evaluate(config: Config, folder: Path, out: Path) -> dict:
    """Judge the model published in ``out``; write evaluation.json, README.md, samples.png and samples.mp4 beside it."""
    toy = config.toy
    pipeline, how = opened(out), sampling(out, {"steps": 2} if toy else {})
    reader = Reader.load(out / "reader")
    say_reader(reader, 16 if toy else 240)
    results = judge(pipeline, reader, how, folder / "evaluation", dict.fromkeys(PROMPTS, 4) if toy else PROMPTS)
    results["seconds"] = seconds_for_a_film(pipeline, how)
    before = (
        json.loads((out / "evaluation.json").read_text("utf-8"))["curve"] if (out / "evaluation.json").exists() else []
    )
    along = curve(config, folder, reader, how, dict.fromkeys(PROMPTS, 2) if toy else ALONG_THE_WAY)
    points = {point["samples"]: point for point in before + along}  # some were judged where their checkpoints were
    results["curve"] = [points[samples] for samples in sorted(points)]
    (out / "evaluation.json").write_text(json.dumps(results, indent=1) + "\n")
    print(card.table(results))

    shown = sheet()[: 3 if toy else None]
    films, waves = sample(pipeline, [a.text for a in shown], [a.seed for a in shown], how.steps, how.guidance, how.size)
    contact_sheet(films, [a.text for a in shown]).save(out / "samples.png", optimize=True, **saving(".png", MODEL))
    film_strip(films, waves, [a.text for a in shown], out / "samples.mp4")
    card.write(out, results)
    return results


def now(config: Config, folder: Path, prompts: dict[str, int] = ALONG_THE_WAY, steps: int = ALONG_STEPS) -> dict:
    """How training stands: fewer prompts and steps, the weights of the last checkpoint, nothing published."""
    reader = Reader.load(folder / "reader" / "published")
    how = Sampling(steps, GUIDANCE, (config.frames, config.height, config.width))
    pipeline = at_checkpoint(config, folder)
    results = judge(pipeline, reader, how, folder / "evaluation", prompts, label="now")
    results["seconds"] = seconds_for_a_film(pipeline, how)
    print(card.table(results))
    return results


def sampling(out: Path, instead: dict) -> Sampling:
    """As the model's own defaults have it."""
    size = json.loads((out / "world.json").read_text("utf-8"))["size"]
    own = json.loads((out / "defaults.json").read_text("utf-8")) if (out / "defaults.json").exists() else {}
    own = {"steps": STEPS, "guidance": GUIDANCE} | own | instead
    return Sampling(own["steps"], own["guidance"], (size["frames"], size["height"], size["width"]))


def say_reader(reader: Reader, count: int) -> None:
    """Its own accuracy, measured anew."""
    reader.accuracy = accuracy(reader, count)
    for name, share in reader.accuracy.items():
        print(f"reader, on renders it never saw: {name:8} {share:.1%}" + ("" if share >= READER_MUST else "  TOO LOW"))


def judge(pipeline, reader: Reader, how: Sampling, folder: Path, prompts: dict[str, int], label: str = "final") -> dict:
    """All measures but the time. ``folder`` keeps a CSV for each set of weights and way to sample."""
    weights = fingerprint(pipeline.transformer, pipeline.vae, pipeline.sound_tokenizer, reader)
    name = f"{label}-{weights}-{how.steps}-{how.guidance:g}"
    rows = {
        kind: _judged(pipeline, reader, how, folder / f"{name}-{kind}.csv", kind, count)
        for kind, count in prompts.items()
    }
    everything = [row for part in rows.values() for row in part]
    seen = rows["seen"] + rows["held-out"]
    falls = [row for row in everything if row["asked_motion"] == "bounce"]
    return {
        "reader": reader.accuracy,
        "tracker": tracker_error(how.size),
        "steps": how.steps,
        "guidance": how.guidance,
        "prompts": {kind: len(part) for kind, part in rows.items()},
        "seen": shares(rows["seen"]),
        "held-out": shares(rows["held-out"]),
        "gravity": _gravity_error(rows["balls"]),
        "gravity_median": statistics.median(_gravity(row) for row in rows["balls"]) / GRAVITY,
        "thud": _thud_share(falls),
        "thuds_without_contact": sum(int(row["heard"]) for row in falls) - sum(int(row["in_time"]) for row in falls),
        "confusion": {
            motion: dict(Counter(row["motion"] for row in seen if row["asked_motion"] == motion))
            for motion in ATTRIBUTES["motion"]
        },
        "by_subject": {
            subject: shares([row for row in seen if row["asked_subject"] == subject])
            for subject in ATTRIBUTES["subject"]
        },
    }


def _judged(pipeline, reader: Reader, how: Sampling, path: Path, kind: str, count: int, batch: int = 12) -> list[dict]:
    """A row for each prompt, as strings: those on disk, then the others, on disk as soon as they are judged."""
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = list(csv.DictReader(path.open(newline="", encoding="utf-8")))[:count] if path.exists() else []
    todo = asked(kind, count)[len(rows) :]
    with tqdm(total=count, initial=len(rows), desc=f"judging {kind}") as bar:
        for k in range(0, len(todo), batch):
            part = todo[k : k + batch]
            texts, seeds = [a.text for a in part], [a.seed for a in part]
            films, waves = sample(pipeline, texts, seeds, how.steps, how.guidance, how.size)
            for question, film, wave in zip(part, films, waves, strict=True):
                row = {"text": question.text, "seed": question.seed}
                row |= {f"asked_{name}": value for name, value in question.words.items()}
                row |= reader.says(film) | fall_and_sound(question.words["motion"], film, wave)
                rows.append({name: str(value) for name, value in row.items()})
            with path.with_suffix(".new").open("w", newline="", encoding="utf-8") as f:
                writer = csv.DictWriter(f, list(rows[0]))
                writer.writeheader()
                writer.writerows(rows)
            os.replace(path.with_suffix(".new"), path)
            bar.update(len(part))
    return rows


def fall_and_sound(motion: str, film: Tensor, wave: Tensor) -> dict[str, float | int | str]:
    """When something that was to bounce touches the ground, how it falls, and what of it is heard within a frame."""
    heard = [time * FPS for time in onsets(wave, RATE)]  # in frames
    y = centre(film).y
    touches = contacts(y) if motion == "bounce" else []
    return {
        "gravity": free_fall(y, touches).gravity if touches else "",
        "contacts": len(touches),
        "heard": len(heard),
        "in_time": int((abs(match(heard, touches, furthest=1.0)) <= 1.0).sum()),
    }


def shares(rows: list[dict]) -> dict[str, float]:
    """Of films that show what was asked for: each attribute, and all four."""
    right = {name: [row[name] == row[f"asked_{name}"] for row in rows] for name in ATTRIBUTES}
    right["all"] = [all(film) for film in zip(*right.values(), strict=True)]
    return {name: sum(hits) / max(1, len(hits)) for name, hits in right.items()}


def _gravity_error(rows: list[dict]) -> float:
    return statistics.median(abs(_gravity(row) / GRAVITY - 1) for row in rows)


def _gravity(row: dict) -> float:
    """Nothing falls in a film without a contact, or without a flight that is long enough to be measured."""
    return float(row["gravity"]) if row["gravity"] not in {"", "nan"} else 0.0


def _thud_share(rows: list[dict]) -> float:
    """Of all contacts; a film that was to bounce and has no contact counts as one that was missed."""
    wanted = sum(max(1, int(row["contacts"])) for row in rows)
    return sum(int(row["in_time"]) for row in rows) / max(1, wanted)


def tracker_error(size: tuple[int, int, int]) -> dict[str, float]:
    """What the same tracker and ear make of rendered films, whose answers are known."""
    balls = asked("balls", 12)
    scenes = spell([a.words for a in balls], seed=1)
    track = follow(scenes, size[0])
    films, waves = render(scenes, *size, track), listen(scenes, track, size[0])
    rows = [fall_and_sound("bounce", film, wave) for film, wave in zip(films, waves, strict=True)]
    return {"gravity": _gravity_error(rows), "thud": _thud_share(rows)}


def seconds_for_a_film(pipeline, how: Sampling) -> float:
    """By the pipeline itself, words to picture and sound, the better of two: others may be using this machine."""
    pipeline.set_progress_bar_config(disable=True)
    spent = []
    for seed in range(2):
        began = time.perf_counter()
        generate(pipeline, "a red ball bounces on the grass", seed, TIMED_STEPS, how.guidance, how.size)
        spent.append(time.perf_counter() - began)
    return min(spent)


def curve(config: Config, folder: Path, reader: Reader, how: Sampling, prompts: dict[str, int]) -> list[dict]:
    """Each measure against the samples seen, from the weights that were kept along the way."""
    points = []
    for kept in sorted((folder / "transformer-kept").glob("*")):
        if (kept / "state.json").exists():
            pipeline = at_checkpoint(config, folder, load_state(kept)[0]["ema"])
            fewer = Sampling(ALONG_STEPS, how.guidance, how.size)
            found = judge(pipeline, reader, fewer, folder / "evaluation", prompts, label=kept.name)
            points.append({"samples": int(kept.name)} | {k: found[k] for k in ("seen", "held-out", "gravity", "thud")})
    return points


def fingerprint(*modules: torch.nn.Module) -> str:
    """Of all weights, so that rows of other weights, or of another reader, are never taken for these."""
    h = hashlib.sha256()
    for module in modules:
        for name, value in sorted(module.state_dict().items()):
            h.update(name.encode())
            h.update(value.detach().float().cpu().numpy().tobytes())
    return h.hexdigest()[:8]
