"""Where the model fails, and how often: the rates of a judge, and the same asked of the run on screen.

rates(run, model)["failed"]                     # share of films that failed, trial by trial
pushed(run, model, limit="two")                 # the same seed, asked for what is beyond the limit
tries(run, model, limit="two")["right"]         # several seeds, judged as in the table
"""

import dataclasses
import json
from collections import Counter

from explainers.engine import CannotOpen, decode, record
from explainers.lessons.limits.trials import TRIALS, look
from explainers.measure.rate import interval
from explainers.note import Note

SEEDS = 4  # films that are tried live
STEPS = 20  # of each of these, as in the table
SHOWN = 6  # failures in the list


def rates(run, model):
    """How many films failed, trial by trial, beside films that were asked for nothing unusual."""
    table = _table(model)
    rows = {name: table["trials"][name] for name in TRIALS if name in table["trials"]}
    between = [interval(row["failed"], row["of"]) for row in rows.values()]
    usual = [row["usual"] / table["usual_of"] if "usual" in row else None for row in rows.values()]
    worst = max(rows, key=lambda name: rows[name]["failed"] / rows[name]["of"])
    return {
        "trials": list(rows),
        "failed": [row["failed"] / row["of"] for row in rows.values()],
        "counts": [f"{row['failed']} / {row['of']}" for row in rows.values()],
        "low": [low for low, _ in between],
        "high": [high for _, high in between],
        "usual": usual,
        "eyes": [row["eyes"] / table["usual_of"] for row in rows.values()],
        "films": sum(row["of"] for row in rows.values()),
        "worst": worst,
        "most": rows[worst]["failed"],
        "of": rows[worst]["of"],
        "least": min(row["failed"] / row["of"] for row in rows.values()),
        "steps": table["steps"],
    }


def answer(run, model):
    """Asked for two, what do most films show?"""
    row = _table(model)["trials"]["two"]
    seen = Counter({int(count): films for count, films in row["things"].items()})
    ranked = {"one": seen[1], "two": seen[2], "other": row["of"] - seen[1] - seen[2]}
    kind = max(ranked, key=ranked.get)
    clear = sorted(ranked.values())[-1] > sorted(ranked.values())[-2]
    return {"answer": kind if clear else "", **ranked, "of": row["of"]}


def failures(run, model, *, limit):
    """Films that failed, as the judge saw them: anyone can ask for them again."""
    table = _table(model)
    row = table["trials"][limit]
    wrong = [film for film in row["films"] if not film["right"]][:SHOWN]
    low, high = interval(row["failed"], row["of"])
    return {
        "prompts": [film["prompt"] for film in wrong],
        "seeds": [film["seed"] for film in wrong],
        "sizes": [f"{film['frames']} x {film['width']} x {film['height']}" for film in wrong],
        "seen": [_said(film) for film in wrong],
        "shown": len(wrong),
        "failed": row["failed"],
        "of": row["of"],
        "low": low,
        "high": high,
    }


def tries(run, model, *, limit):
    """Several seeds of the words on screen, beyond the limit, judged one by one."""
    from explainers.measure.reader import Reader

    reader, trial, detail = Reader.load(), TRIALS[limit], _table(model)["detail"]
    films, seen = [], []
    for done in range(SEEDS):
        request = dataclasses.replace(_plain(run), seed=run.request.seed + done, steps=min(STEPS, len(run.steps)))
        made = record(model, trial.pushed(request))
        for step in made:
            yield (done + (step.index + 1) / made.recording.planned) / SEEDS
        films.append(_film(made.recording, model))
        seen.append(look(films[-1], reader, model.defaults.frames))
    right = [trial.right(each, run.request.prompt, detail) for each in seen]
    low, high = interval(SEEDS - sum(right), SEEDS)
    return {
        "films": films,
        "seeds": [run.request.seed + n for n in range(SEEDS)],
        "right": [int(each) for each in right],
        "seen": [_said(each) for each in seen],
        "failed": SEEDS - sum(right),
        "of": SEEDS,
        "low": low,
        "high": high,
        "said": made.recording.request.prompt,
    }


def pushed(run, model, *, limit):
    """The same seed, asked for what is beyond the limit."""
    other = record(model, TRIALS[limit].pushed(_plain(run)))
    yield from other
    return other.recording


def broken(run, other, model, *, limit):
    """What is to be seen in both films, and how often the judge saw the same thing fail."""
    from explainers.measure.reader import Reader

    reader, table = Reader.load(), _table(model)
    trial, row, length = TRIALS[limit], table["trials"][limit], model.defaults.frames
    before, after = (look(_film(film, model), reader, length) for film in (run, other))
    low, high = interval(row["failed"], row["of"])
    return {
        "said": other.request.prompt,
        "frames": other.request.frames,
        "width": other.request.width,
        "height": other.request.height,
        "seen_before": _said(before),
        "seen_after": _said(after),
        "detail_before": before["detail"] / table["detail"],
        "detail_after": after["detail"] / table["detail"],
        "right": int(trial.right(after, run.request.prompt, table["detail"])),
        "failed": row["failed"],
        "of": row["of"],
        "low": low,
        "high": high,
        "notes": list(other.notes),
    }


def _plain(run):
    """The request of the run, begun from noise."""
    return dataclasses.replace(run.request, image=None, video=None, keep=(), strength=None)


def _said(seen):
    """What was seen, in the words of the world."""
    end = "" if seen["at_the_end"] == seen["subject"] else f" → {seen['at_the_end']}"
    words = f"{seen['colour']} {seen['subject']}{end}, {seen['place']}, {seen['motion']}"
    return f"{words}; {seen['things']} x, {seen['side']}"


def _table(model):
    path = None if model.folder is None else model.folder / "limits.json"
    if path is None or not path.exists():
        raise CannotOpen(
            Note(
                "unmeasured",
                "Nobody measured the limits of {name}: `python -m training limits` does, for a model of its own.",
                name=model.name,
            )
        )
    return json.loads(path.read_text("utf-8"))


def _film(run, model):
    return decode(model, run, sound=False).frames
