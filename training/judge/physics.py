"""Does it fall as the world falls? Every table of the page on physics, measured by one command.

    python -m training physics                # assets/model/physics.json, in some minutes on one core

Five experiments, each film a row on disk at once (killed and started again, it goes on with the next):

falls      things that bounce, asked for in words: pairs that training showed, and pairs that it never showed
begun      rendered clips whose first frames the model is given and goes on from, with gravity or speed from outside of
           what training showed. Words can't ask for a gravity; a beginning can
pairs      words that training never showed together: which of the two does the film keep?
conflict   a beginning that shows one thing and words that say another: which of the two does the film follow?
rebound    a basketball and a backboard: when it touches, what is heard, what speed is left

The same measures are taken of the rendered clips themselves and of what the codec leaves of them: no film can be
better than these.
"""

import json
import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from tqdm.auto import tqdm

from explainers.engine import wrap
from explainers.measure.onset import match, onsets
from explainers.measure.reader import Reader
from explainers.measure.track import centre, free_fall, slope, turns

from ..codec.picture_codec import from_codec, to_codec
from ..config import Config
from ..denoiser.sample import decode, denoise, opened
from ..world import (
    BOARD_RESTITUTION,
    FPS,
    GRAVITY,
    HELD_OUT,
    RATE,
    follow,
    listen,
    render,
    spell,
)
from .evaluate import Sampling, fingerprint, sampling
from .physics_cases import CONFLICTS, FILMS, PACES, PAIRED, SEED, SIZES, TOLD, Case, cases

STEPS = 20  # of 50: the mean error of gravity changes little, the minutes by more than half
BATCH = 12
LATE = 5  # frames at the end of a film by which a conflict is judged
OF = ("rendered", "codec", "made")  # what the same measure is taken of


def physics(config: Config, folder: Path, out: Path) -> dict:
    """Measure all of it on the model in ``out`` and write physics.json there."""
    toy = config.toy
    began = time.perf_counter()
    pipeline, reader = opened(out), Reader.load(out / "reader")
    how = sampling(out, {"steps": 2 if toy else STEPS})
    kept = folder / "physics" / f"{fingerprint(pipeline.transformer, pipeline.vae, reader)}-{how.steps}"
    rows = {
        kind: films(pipeline, reader, kind, 3 if toy else count, how, kept / f"{kind}.json")
        for kind, count in FILMS.items()
    }
    found = {
        "weights": wrap(pipeline).weights,
        "steps": how.steps,
        "guidance": how.guidance,
        "world": {"gravity": GRAVITY, "speed": HELD_OUT["ranges_seen"]["speed"], "restitution": BOARD_RESTITUTION},
        "told": 1 + (TOLD - 1) * pipeline.vae.config.scale_factor_temporal,
        "films": sum(map(len, rows.values())),
        "falls": falls(rows, how.size),
        "begun": {name: rows[f"begun-{name}"] for name in ("gravity", "speed")},
        "groups": {name: groups(rows[f"begun-{name}"], name) for name in ("gravity", "speed")},
        "pairs": {name: {of: pairs(rows[f"pairs-{of}"], name) for of in ("seen", name)} for name in PAIRED},
        "conflict": {name: conflict(rows[f"conflict-{name}"]) for name in CONFLICTS},
        "rebound": {"made": rebounds(rows["rebound"]), "rendered": rebounds(rendered_rebounds(how.size))},
    }
    found["thrown"] = thrown(rows, how.size, out / "physics.npz")
    (out / "physics.json").write_text(json.dumps(found, indent=1, allow_nan=False) + "\n")
    print(f"{out / 'physics.json'}: {found['films']} films, {time.perf_counter() - began:.0f} s in this call")
    return found


# --- films and what is measured of each


def films(pipeline, reader: Reader, kind: str, count: int, how: Sampling, path: Path) -> list[dict]:
    """A row for each case: those on disk, then the others, on disk as soon as they are made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    rows: list[dict] = json.loads(path.read_text("utf-8")) if path.exists() else []
    todo = cases(kind, count)[len(rows) :]
    with tqdm(total=count, initial=len(rows), desc=kind) as bar:
        for k in range(0, len(todo), BATCH):
            part = todo[k : k + BATCH]
            clips = [render(c.scene, *how.size)[0] for c in part if c.scene is not None]
            begun = encoded(pipeline, torch.stack(clips))[:, :, :TOLD] if clips else None
            texts, seeds = [c.text for c in part], [c.seed for c in part]
            *_, latents = denoise(pipeline, texts, seeds, how.steps, how.guidance, how.size, begun)
            made, waves = decode(pipeline, *latents)
            again = through_codec(pipeline, torch.stack(clips)) if kind.startswith("begun") else [None] * len(part)
            for n, case in enumerate(part):
                row = {"text": case.text, "seed": case.seed, **(case.about or {})}
                row |= measured(kind, case, made[n], waves[n], reader)
                if kind.startswith("begun"):
                    row |= {"rendered": late(kind, clips[n]), "codec": late(kind, again[n])}
                if kind.startswith("conflict"):
                    row["rendered"] = side(kind, case, clips[n], reader)
                rows.append(row)
            path.with_suffix(".new").write_text(json.dumps(rows))
            os.replace(path.with_suffix(".new"), path)
            bar.update(len(part))
    return rows[:count]


@torch.no_grad()
def encoded(pipeline, clips: Tensor) -> Tensor:
    """Latents as the transformer has them, of (clips, frames, 3, height, width)."""
    c = pipeline.vae.config
    latent = pipeline.vae.encode(to_codec(clips)).latent_dist.mode()
    return (latent - torch.tensor(c.latents_mean).view(1, -1, 1, 1, 1)) / c.latents_std[0]


@torch.no_grad()
def through_codec(pipeline, clips: Tensor) -> Tensor:
    return from_codec(pipeline.vae.decode(pipeline.vae.encode(to_codec(clips)).latent_dist.mode()).sample)


def measured(kind: str, case: Case, film: Tensor, wave: Tensor, reader: Reader) -> dict[str, Any]:
    name = kind.partition("-")[0]
    if name == "falls":
        return {"made": gravity(centre(film).y)}
    if name == "begun":
        return {"made": late(kind, film)}
    if name == "pairs":
        return {key: bool(right) for key, right in reader.right(film, case.words).items()}
    if name == "conflict":
        return {"made": side(kind, case, film, reader)}
    return rebound(film, wave)


def gravity(y: np.ndarray) -> float | None:
    """In units of the world's; None where nothing can be followed for long enough."""
    return _number(free_fall(y).gravity / GRAVITY)


def late(kind: str, film: Tensor) -> float | None:
    """Gravity or speed after the beginning that was given."""
    path, told = centre(film), 1 + (TOLD - 1) * 2
    return gravity(path.y[told:]) if kind == "begun-gravity" else _number(abs(slope(path.x[told:])))


def side(kind: str, case: Case, film: Tensor, reader: Reader) -> str:
    """What the film shows at its end: what was "shown", what was "said", or "neither"."""
    what, about, path = kind.partition("-")[2], case.about or {}, centre(film)
    if what in ("colour", "shape"):
        key = {"colour": "colour", "shape": "subject"}[what]
        sees = np.asarray(reader.per_frame(film)[key])[-LATE:].mean(0)
        there = reader.options[key][int(sees.argmax())]
    elif what == "side":
        v = slope(path.x[-LATE:])
        there = "left" if v < -0.2 else "right" if v > 0.2 else "still"
    elif what == "size":
        there = "small" if np.median(path.size[-LATE:]) < np.mean(list(SIZES.values())) else "big"
    else:
        v = abs(slope(path.x[TOLD * 2 - 1 :]))
        there = "slow" if v < np.mean(list(PACES.values())) else "fast"
    return next((name for name in ("shown", "said") if about[name] == there), "neither")


def rebound(film: Tensor, wave: Tensor) -> dict[str, Any]:
    """When it touches the board, the nearest onset in milliseconds, and the share of speed that is left."""
    x = centre(film).x
    back = turns(x)  # to the right and back: a maximum of x
    heard = onsets(wave, RATE)
    if not back:
        return {"board": None, "offset": None, "left": None, "heard": len(heard)}
    at, before, after = back[0]
    late_by = float(match(heard, [at / FPS])[0])
    return {"board": at / FPS, "offset": _number(1000 * late_by), "left": after / before, "heard": len(heard)}


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def thrown(rows: dict[str, list[dict]], size: tuple[int, int, int], path: Path) -> dict[str, dict]:
    """A clip of each kind of beginning, for the page to go on from live: frames into the file, the rest returned."""
    found, clips = {}, {}
    for what in ("gravity", "speed"):
        made = cases(f"begun-{what}", len(rows[f"begun-{what}"]))
        for group in ("below", "within", "above"):
            case = next((c for c in made if c.about["group"] == group), None)
            if case:
                name = f"{what}_{group}"
                clip = render(case.scene, *size)[0].permute(0, 2, 3, 1)
                clips[name] = (clip * 255).round().byte().numpy()
                found[name] = {"text": case.text, "seed": case.seed, "what": what, "true": case.about["true"]}
    np.savez_compressed(path, **clips)
    return found


# --- rows to tables


def spread(values: Sequence[float | None]) -> dict[str, Any]:
    """How many films, how many of them could be measured, median and quartiles."""
    there = [v for v in values if v is not None]
    low, middle, high = np.quantile(there, [0.25, 0.5, 0.75]).tolist() if there else (None, None, None)
    return {"films": len(values), "measured": len(there), "median": middle, "low": low, "high": high}


def falls(rows: dict[str, list[dict]], size: tuple[int, int, int]) -> list[dict]:
    """In units of the world's gravity. The first row is the same tracker on rendered clips."""
    scenes = [spell([case.words], case.seed) for case in cases("falls-seen", len(rows["falls-seen"]))]
    true = [gravity(centre(render(scene, *size)[0]).y) for scene in scenes]
    parts = {"rendered": true, **{name: [r["made"] for r in rows[f"falls-{name}"]] for name in ("seen", "unseen")}}
    return [{"of": name, **spread(values), "values": values} for name, values in parts.items()]


def groups(rows: list[dict], what: str) -> list[dict]:
    unit = GRAVITY if what == "gravity" else 1.0
    found = []
    for name in ("below", "within", "above"):
        mine = [row for row in rows if row["group"] == name]
        true = {"median": float(np.median([row["true"] / unit for row in mine]))} if mine else {"median": None}
        found.append({"group": name, "true": true, **{of: spread([r[of] for r in mine]) for of in OF}})
    return found


def pairs(rows: list[dict], name: str) -> dict[str, int]:
    """Of films that were asked for a subject and a colour (motion, place): how many show both, one, none."""
    found = {"films": len(rows), "both": 0, "subject": 0, "other": 0, "neither": 0}
    for row in rows:
        subject, other = row["subject"], row[name]
        found["both" if subject and other else "subject" if subject else "other" if other else "neither"] += 1
    return found


def conflict(rows: list[dict]) -> dict[str, int]:
    count = {name: sum(row["made"] == name for row in rows) for name in ("shown", "said", "neither")}
    return {"films": len(rows), **count, "rendered": sum(row["rendered"] == "shown" for row in rows)}


def rebounds(rows: list[dict]) -> dict[str, Any]:
    offsets = [row["offset"] for row in rows if row["board"] is not None]
    heard = [v for v in offsets if v is not None]
    return {
        "films": len(rows),
        "touch": len(offsets),
        "heard": len(heard),
        "in_time": sum(abs(v) <= 1000 / FPS for v in heard),
        "offset": spread(offsets),
        "left": spread([row["left"] for row in rows if row["board"] is not None]),
        "points": [[row["board"], row["offset"]] for row in rows if row["offset"] is not None],
    }


def rendered_rebounds(size: tuple[int, int, int], count: int = 20) -> list[dict]:
    scenes = spell([case.words for case in cases("rebound", count)], SEED)
    track = follow(scenes, size[0])
    clips, waves = render(scenes, *size, track), listen(scenes, track, size[0])
    return [rebound(clip, wave) for clip, wave in zip(clips, waves, strict=True)]
