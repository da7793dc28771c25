"""Where the model fails, and how often: the rates of a judge, and the same asked of the run on screen.

six(run, model)["failed"]                       # films that failed, for the six trials of the story
leans(run, model)["made"]                       # share of brown horses where the words name no colour
rates(run, model)["failed"]                     # share of films that failed, trial by trial
pushed(run, model, limit="two")                 # the same seed, asked for what is beyond the limit
tries(run, model, limit="two")["right"]         # several seeds, judged as in the table
"""

import dataclasses
import json
from collections import Counter

import numpy as np

from explainers.engine import CannotOpen, decode, record
from explainers.lessons.limits.trials import TRIALS, UNKNOWN, look
from explainers.measure.asked import asked
from explainers.measure.rate import interval
from explainers.note import Note

SEEDS = 4  # films that are tried live
STEPS = 20  # of each of these, as in the table
SHOWN = 6  # failures in the list
SIX = ("both", "unknown", "small", "detail", "large", "longer")  # of the story
OTHER = "zebra"  # as strange to the world as the word that is asked for
QUICK = 8  # steps of films of which only one thing is asked
HORSES = [f"a horse moves {side} {where}" for side in ("left", "right") for where in ("in the snow", "on the grass")]
TIMES = 3  # films of each of these


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
    """Asked for one thing and another, what do most films show?"""
    row = _table(model)["trials"]["both"]
    seen = Counter({int(count): films for count, films in row["things"].items()})
    ranked = {"one": seen[1], "two": seen[2], "other": row["of"] - seen[1] - seen[2]}
    kind = max(ranked, key=ranked.get)
    clear = sorted(ranked.values())[-1] > sorted(ranked.values())[-2]
    return {"answer": kind if clear else "", **ranked, "of": row["of"]}


def six(run, model):
    """How often each of six wishes fails, as the judge counted."""
    rows = {name: _table(model)["trials"][name] for name in SIX}
    share = {name: row["failed"] / row["of"] for name, row in rows.items()}
    return {
        "share": share,
        "failed": {name: row["failed"] for name, row in rows.items()},
        "of": {name: row["of"] for name, row in rows.items()},
        "films": sum(row["of"] for row in rows.values()),
        "always": sum(each == 1 for each in share.values()),
    }


def instead(run, model):
    """What the judge saw where a dog was asked for; and whether another strange word would have made another film."""
    films = _table(model)["trials"]["unknown"]["films"]
    made = []
    for done, prompt in enumerate((run.request.prompt, run.request.prompt.replace(UNKNOWN, OTHER))):
        steps = record(model, dataclasses.replace(_plain(run), prompt=prompt, steps=QUICK))
        for step in steps:
            yield (done + (step.index + 1) / QUICK) / 2
        made.append(_film(steps.recording, model))
    apart = float(np.abs(made[0].astype(float) - made[1]).mean() / 255)
    return {
        "case": "other" if apart else "same",
        "apart": apart,
        "seen": dict(Counter(film["subject"] for film in films).most_common()),
        "of": len(films),
    }


def sizes(run, model):
    """The same words and seed in three sizes, each judged. The case says in which the judge misses what was asked."""
    from explainers.measure.reader import Reader

    reader, table = Reader.load(), _table(model)
    films, seen = {}, {}
    for done, name in enumerate(("small", "usual", "large")):
        asked_for = dataclasses.replace(_plain(run), steps=min(STEPS, len(run.steps)))
        made = record(model, TRIALS[name].pushed(asked_for) if name in TRIALS else asked_for)
        for step in made:
            yield (done + (step.index + 1) / made.recording.planned) / 3
        films[name] = _film(made.recording, model)
        seen[name] = look(films[name], reader, model.defaults.frames)
    missed = {name: seen[name]["subject"] != asked(run.request.prompt).get("subject") for name in seen}
    case = {(1, 0): "small", (0, 1): "large", (1, 1): "both", (0, 0): "neither"}[missed["small"], missed["large"]]
    return {
        "case": case,
        "films": films,
        "missed": missed,
        **{f"{name}_{key}": table["trials"][name][key] for name in ("small", "large") for key in ("failed", "of")},
    }


def leans(run, model):
    """How often a horse is brown where the words name no colour, in the clips of training and in new films."""
    from explainers.lessons.learning.catalogue import counts
    from explainers.measure.reader import Reader

    reader, brown, found = Reader.load(), 0, counts(model)
    names = found["attributes"]
    row = found["together"]["seen"]["colour"][names["subject"].index("horse")]
    todo = [(prompt, seed) for prompt in HORSES for seed in range(TIMES)]
    for done, (prompt, seed) in enumerate(todo):
        asked_for = {"prompt": prompt, "seed": run.request.seed + seed, "steps": QUICK}
        made = record(model, dataclasses.replace(model.defaults, **asked_for)).finish()
        brown += reader.says(_film(made, model))["colour"] == "brown"
        yield (done + 1) / len(todo)
    clips, of = row[names["colour"].index("brown")] / sum(row), len(todo)
    low, high = interval(brown, of)
    return {
        "case": "more" if low > clips else "less" if high < clips else "even",
        "clips": clips,
        "made": brown / of,
        "of": of,
        "low": low,
        "high": high,
    }


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
