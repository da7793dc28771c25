"""Does it fall as the world falls? The track of what moves against the parabola, live; and the tables of training.

fall(run, model)["gravity"]                    # of this film, in units of the world's (1: as all that it learned from)
tables(run, model)["falls"]                    # what `python -m training physics` measured of the shipped weights
thrown_on(run, model, start="gravity_above")   # a rendered beginning of another gravity, and how the model goes on
verdict(run, model)["seen_near"]               # how many of many films fall about as the world does

The track knows nothing of the model: it follows what stands out in the finished film (see explainers.measure.track).
"""

import dataclasses
import json
from functools import cache
from pathlib import Path

import numpy as np

from explainers.engine import BlockFrames, NotVisible, decode, record, replay
from explainers.measure.onset import match, onsets
from explainers.measure.track import centre, free_fall, slope, turns
from explainers.note import Note

MODEL = Path(__file__).resolve().parents[3] / "assets" / "model"
WORLD_FPS = 8  # the world's gravity is per frame of so many a second
SEEDS = 4
LOOSE = 1.0  # units: a track as far as this from its own best parabola follows none (rendered ones: 0.03 to 0.5)
NEAR = 0.25  # a gravity or a speed so near to what it should be counts as kept
FALLS = "a red ball bounces on the grass"  # where the words on screen let nothing fall
KEPT = 4  # latent frames of a beginning, as in the tables


@cache
def _read(name):
    return json.loads((MODEL / name).read_text("utf-8"))


def _file():
    if not (MODEL / "physics.json").is_file():
        raise NotVisible(Note("no_tables", "the tables are not measured yet: `python -m training physics` writes them"))
    return _read("physics.json")


def tables(run, model):
    """What was measured over many films, as it stands in assets/model/physics.json: of that model, not of another."""
    if model.folder is None or model.folder.resolve() != MODEL:
        raise NotVisible(
            Note(
                "other_tables",
                "these tables were measured of the model that comes along, not of {name}",
                name=model.name,
            )
        )
    found = _file()
    made = {row["of"]: row for row in found["falls"]}
    groups = {f"{what}_{g['group']}": g["made"] for what, each in found["groups"].items() for g in each}
    told = {name: each["shown"] / max(1, each["films"]) for name, each in found["conflict"].items()}
    order = sorted(told, key=told.get, reverse=True)
    films = found["conflict"][order[0]]["films"]
    return {
        **found,
        **{f"{name}_{part}": _said(made[name][part]) for name in made for part in ("median", "low", "high")},
        **{f"{name}_{part}": _said(g[part]) for name, g in groups.items() for part in ("median", "low", "high")},
        "order": order,
        "most": found["conflict"][order[0]]["shown"],
        "least": found["conflict"][order[-1]]["shown"],
        "each": films,
        "speed_low": found["world"]["speed"][0],
        "speed_high": found["world"]["speed"][1],
        "touch": found["rebound"]["made"]["touch"],
        "rebound_films": found["rebound"]["made"]["films"],
        "in_time": found["rebound"]["made"]["in_time"],
        "left": _said(found["rebound"]["made"]["left"]["median"]),
        "restitution": found["world"]["restitution"],
        "seen_films": made["seen"]["films"],
        "unseen_films": made["unseen"]["films"],
    }


def fall(run, model):
    """Height of what moves, the best parabola through its longest flight, and the world's in its place."""
    film = _film(run, model)
    path, g = centre(film.frames), _gravity(film.fps)
    y = path.y
    found, touches = free_fall(y), [at for at, *_ in turns(y)]
    if not np.isfinite(found.gravity):
        raise NotVisible(Note("no_flight", "nothing in it can be followed through a flight of five frames or more"))
    use = np.isfinite(found.curve)
    t = np.arange(len(y), dtype=float)
    start, speed = np.linalg.lstsq(
        np.stack([np.ones(use.sum()), t[use]], 1), found.curve[use] - g * t[use] ** 2 / 2, rcond=None
    )[0]  # where it would have to start, and how fast, to come nearest under the world's gravity
    world = np.where(use, start + speed * t + g * t**2 / 2, np.nan)
    return {
        "time": t / film.fps,
        "track": _shares(film, path.x, y),
        "track_curve": _shares(film, path.x, found.curve),
        "track_world": _shares(film, path.x, world),
        "height": 64 - y,
        "curve": 64 - found.curve,
        "world": 64 - world,
        "contacts": [at / film.fps for at in touches],
        "gravity": found.gravity / g,
        "error": abs(found.gravity / g - 1),
        "off": found.error,
        "off_world": float(np.sqrt(np.mean((world - y)[use & np.isfinite(y)] ** 2))),
        "flight": float(found.end - found.start),
        "touches": len(touches),
        "case": "parabola" if _falls(found) else "none",
    }


def answer(run, model):
    """Less than the world's gravity, about as much, or more?"""
    try:
        found = fall(run, model)
    except NotVisible:
        return {"answer": ""}
    g = found["gravity"]
    kind = "" if found["case"] == "none" else "less" if g < 1 - NEAR else "world" if g <= 1 + NEAR else "more"
    return {**found, "answer": kind}


def verdict(run, model):
    """Did it learn gravity? Of films asked for in words: how many fall as hard as the world, and the middle half."""
    found = tables(run, model)
    rows = {row["of"]: row for row in found["falls"]}
    said = {}
    for name, row in rows.items():
        measured = np.array([value for value in row["values"] if value is not None])
        said |= {f"{name}_films": row["films"], f"{name}_near": int((np.abs(measured - 1) <= NEAR).sum())}
        said |= {f"{name}_{part}": found[f"{name}_{part}"] for part in ("low", "median", "high")}
    seen = rows["seen"]
    well = abs(seen["low"] - 1) <= NEAR and abs(seen["high"] - 1) <= NEAR
    roughly = abs(seen["median"] - 1) <= 2 * NEAR
    return {**said, "order": list(rows), "case": "well" if well else "roughly" if roughly else "no"}


def outside(run, model):
    """A beginning that is faster than all that the model saw; and of all such films, how many keep their speed."""
    found = yield from thrown_on(run, model, start="speed_above")
    file = _file()
    rows = [row for row in file["begun"]["speed"] if row["group"] == "above"]
    low, high = file["world"]["speed"]
    made, true = found["speed_made"], found["speed_true"]
    case = "keeps" if abs(made / true - 1) <= NEAR else "habit" if low <= made <= high else "neither"
    return {
        **found,
        "case": case,
        "low": low,
        "high": high,
        "films": len(rows),
        "kept": sum(row["made"] is not None and abs(row["made"] / row["true"] - 1) <= NEAR for row in rows),
    }


def across(run, model):
    """From left to right: where it turns back, what is heard there, and the share of speed that is left."""
    film = _film(run, model)
    x = centre(film.frames).x
    back = sorted([*turns(x), *turns(-x)])
    if not back:
        raise NotVisible(
            Note("no_turn", "Nothing in this film turned back from left or right. Ask for a basketball that rebounds.")
        )
    at, before, after = back[0]
    t = np.arange(len(x), dtype=float)
    heard = [] if film.sound is None else onsets(film.sound, film.rate)
    late = float(match(heard, [at / film.fps])[0]) if heard else float("nan")
    return {
        "time": t / film.fps,
        "x": x,
        "turn": at / film.fps,
        "turn_x": float(np.interp(at, t, x)),
        "heard": heard,
        "late": f"{1000 * late:+.0f} ms" if np.isfinite(late) else "—",
        "left": after / before,
        "before": before,
        "after": after,
        "frame": 1000 / film.fps,
    }


def thrown_on(run, model, *, start):
    """A rendered clip, and the film that the model makes from its first frames."""
    about = _file()["thrown"][start]
    with np.load(MODEL / "physics.npz") as clips:
        clip = clips[start]
    asked = dataclasses.replace(
        run.request, prompt=about["text"], seed=about["seed"], video=clip, keep=tuple(range(KEPT)), image=None
    )
    other = record(model, asked)
    yield from other
    made = _film(other.recording, model)
    told = 1 + (KEPT - 1) * model.squeeze[0]
    paths = {"rendered": centre(clip), "made": centre(made.frames)}
    falls = about["what"] == "gravity"
    g = _gravity(made.fps)
    each = {
        name: _pull(free_fall(path.y[told:]), g) if falls else abs(slope(path.x[told:])) for name, path in paths.items()
    }
    return {
        "clip": clip,
        "film": made.frames,
        "frame": list(range(1, len(clip) + 1)),
        **{f"{name}_way": 64 - path.y if falls else path.x for name, path in paths.items()},
        "told": told,
        "what": about["what"],
        "said": about["text"],
        "true": f"{about['true'] / (g if falls else 1):.2f}",
        "rendered": _said(each["rendered"]),
        "made": _said(each["made"]),
        **({} if falls else {"speed_true": about["true"], "speed_made": each["made"]}),
    }


def alone(run, model):
    """Cubes see their own frame only, at every step."""
    other = replay(model, run, cuts=[BlockFrames()])
    yield from other
    return other.recording


def fallen(run, other, model):
    """Gravity of both films, and how far each is from its own best parabola."""
    films = {"before": _film(run, model), "after": _film(other, model)}
    paths = {name: centre(film.frames) for name, film in films.items()}
    tracks = {name: path.y for name, path in paths.items()}
    g = _gravity(float(run.request.fps))
    found = {name: free_fall(y) for name, y in tracks.items()}
    return {
        "frame": list(range(1, len(tracks["before"]) + 1)),
        **{name: 64 - y for name, y in tracks.items()},
        **{f"{name}_track": _shares(films[name], path.x, path.y) for name, path in paths.items()},
        **{f"{name}_gravity": _said(_pull(f, g)) for name, f in found.items()},
        **{f"{name}_off": _said(f.error) for name, f in found.items()},
        "case": "none" if not _falls(found["before"]) else "falls" if _falls(found["after"]) else "lost",
    }


def seeds(run, model):
    """Several seeds, as they are and without attention between frames: gravity of those that follow a parabola."""
    prompt = run.request.prompt if "bounc" in run.request.prompt else FALLS
    found = {"plain": [], "alone": []}
    for number in range(SEEDS):
        first = record(model, dataclasses.replace(run.request, prompt=prompt, seed=run.request.seed + number))
        yield from first
        cut = replay(model, first.recording, cuts=[BlockFrames()])
        yield from cut
        for name, made in (("plain", first), ("alone", cut)):
            film = _film(made.recording, model)
            fallen = free_fall(centre(film.frames).y)
            if _falls(fallen):
                found[name].append(fallen.gravity / _gravity(film.fps))
    there = {name: np.array(values) for name, values in found.items()}
    return {
        **there,
        "said": prompt,
        "films": SEEDS,
        **{f"{name}_falls": len(values) for name, values in there.items()},
        **{f"{name}_low": _said(values.min() if len(values) else None) for name, values in there.items()},
        **{f"{name}_high": _said(values.max() if len(values) else None) for name, values in there.items()},
    }


def _shares(film, x, y):
    """Units, of which a film is 64 high, as shares of its width and height: (frames, 2)."""
    _, rows, cols, _ = film.frames.shape
    return np.stack([np.asarray(x) * rows / cols, y], 1) / 64


def _film(run, model):
    return decode(model, run)


def _gravity(fps):
    """The world's, in 1/64 of the height per frame and frame."""
    return _read("world.json")["gravity"] * (WORLD_FPS / fps) ** 2


def _falls(flight):
    """Whether there is a flight that follows a parabola downwards: else its curvature is no gravity."""
    return flight.error < LOOSE and flight.gravity > 0  # NaN where there was no flight: neither


def _pull(flight, unit):
    return flight.gravity / unit if _falls(flight) else None


def _said(value):
    return "—" if value is None or not np.isfinite(value) else f"{value:.2f}"
