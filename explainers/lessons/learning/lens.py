"""What the model was like while it learned, what it learned from, and what it can't know.

guesses(run, model, step=0)["guesses"]         # {samples seen: the film that the model of that age guesses}
course(run, model)["loss"]                     # against the samples seen, beside what the judge found
nearest(run, model)["apart"]                   # how far the film is from every film of training
"""

import csv
import dataclasses
import json

import numpy as np

from explainers.engine import CannotOpen, branches, decode, record
from explainers.lessons.learning import catalogue, weights
from explainers.measure.asked import KINDS, asked
from explainers.measure.likeness import alike, apart
from explainers.measure.rate import interval
from explainers.measure.rendered import arrays
from explainers.measure.rendered import clips as rendered
from explainers.note import Note

BINS = 40  # points that the loss is drawn with
FEW = 12  # steps of films of which many are made
COPY = 0.25  # of the distance at which a rendered film lies from its nearest: as near as this is a copy
STRANGE = ("pink", "dog")  # words that the world never had
STRANGER = ("chrome", "zebra")


def aged(run, model, *, age):
    """The film as the model of one age makes it (1 is the youngest), same words and same noise."""
    from explainers.measure.reader import Reader

    ages = [*weights.ages(model).items(), (_seen(model), None)]
    samples, path = ages[min(age, len(ages)) - 1]
    quick = _quick(run)
    made = record(model if path is None else weights.opened(model, path), quick)
    for step in made:
        yield (step.index + 1) / quick.steps
    film = _film(made.recording, model)
    said, wanted = Reader.load().says(film), asked(run.request.prompt)
    return {
        "film": film,
        "samples": samples,
        "total": _seen(model),
        "found": sum(said[kind] == name for kind, name in wanted.items()),
        "asked": len(wanted),
    }


def guesses(run, model, *, step):
    """What the model of each age guesses from the very same noisy latent, given the words, not pushed by guidance."""
    now, found = run.steps[step], {}
    a, b = run.x0_rule[step]
    for samples, path in [*weights.ages(model).items(), (_seen(model), None)]:
        other = model if path is None else weights.opened(model, path)
        both = branches(other, dataclasses.replace(run, weights=other.weights), step)
        found[samples] = a * now.latent + b * both.cond
    films = {samples: decode(model, run, x0, sound=False).frames for samples, x0 in found.items()}
    likeness = [alike(film, _film(run, model)) for film in films.values()]
    return {
        "guesses": films,
        "alike": likeness,
        "step": step + 1,
        "steps": len(run.steps),
        "youngest": min(found),
        "first": likeness[0],
        "last": likeness[-1],
    }


def course(run, model):
    """The loss, and what the judge found, against the samples seen."""
    rows = list(csv.DictReader((_folder(model) / "training.csv").open(newline="", encoding="utf-8")))
    points = _curve(model)
    log = [(float(row["samples"]), float(row["picture"])) for row in rows if row["picture"]]
    held = [(float(row["samples"]), float(row["held_back_picture"])) for row in rows if row["held_back_picture"]]
    loss = _thinned(log)
    return {
        "samples": loss[0],
        "loss": loss[1],
        "held_samples": [at for at, _ in held],
        "held": [value for _, value in held],
        "judged": [point["samples"] for point in points],
        **{kind: [point["seen"][kind] for point in points] for kind in KINDS},
        "held_out": [point["held-out"]["all"] for point in points],
        "all": [point["seen"]["all"] for point in points],
        "total": _seen(model),
        "from": loss[1][0],
        "to": loss[1][-1],
        "unseen": held[-1][1],
        "lately": float(np.mean([value for _, value in log[-10:]])),
    }


def answer(run, model):
    """What it learned first: which measure of the judge was the first to be right in half of the films."""
    point = next((p for p in _curve(model) if max(p["seen"][kind] for kind in KINDS) >= 0.5), None)
    if point is None:
        return {"answer": "", "case": "other", "at": _seen(model), **dict.fromkeys(KINDS, 0.0)}
    order = sorted(KINDS, key=lambda kind: -point["seen"][kind])
    clear = point["seen"][order[0]] > point["seen"][order[1]] + 0.1
    return {
        "answer": order[0] if clear else "",
        "case": "place" if order[0] == "place" else "other",
        "at": point["samples"],
        **{kind: point["seen"][kind] for kind in KINDS},
    }


def grown(run, model):
    """The whole film at every age, same words and same noise, and how sure the reader is of what was asked for."""
    from explainers.measure.reader import Reader

    reader, wanted = Reader.load(), asked(run.request.prompt)
    ages = weights.ages(model)
    films = {}
    asked_for = _quick(run)
    steps = asked_for.steps
    for done, (samples, path) in enumerate([*ages.items(), (_seen(model), None)]):
        made = record(model if path is None else weights.opened(model, path), asked_for)
        for step in made:
            yield (done + (step.index + 1) / steps) / (len(ages) + 1)
        films[samples] = _film(made.recording, model)
    read = [reader.read(film) for film in films.values()]
    kinds = [kind for kind in KINDS if kind in wanted]
    sure = {kind: [each[kind].get(wanted[kind], 0.0) for each in read] for kind in kinds}
    return {
        "films": films,
        "samples": list(films),
        "kinds": kinds,
        "sure": sure,
        "wanted": wanted,
        "right": min(reader.accuracy.values()),
        "young": float(np.mean([each[0] for each in sure.values()])) if sure else 0.0,
        "old": float(np.mean([each[-1] for each in sure.values()])) if sure else 0.0,
        "ages": len(films),
        "steps": steps,
    }


def clips(run, *, who):
    """Rendered films, as those that it learned from, with their captions."""
    index = rendered()
    shown = [clip for clip in index if clip["subject"] == who]
    return {
        "films": {clip["prompt"]: arrays(clip)["frames"] for clip in shown},
        "shown": len(shown),
        "clips": len(index),
    }


def together(run, model, *, kind):
    """How often each subject came with each colour, place or motion in the films of training."""
    found = catalogue.counts(model)
    table = np.array(found["together"]["seen"][kind])  # (subjects, names)
    films = found["films"]["seen"]
    return {
        "table": table,
        "kind": kind,
        "subjects": found["attributes"]["subject"],
        "names": found["attributes"][kind],
        "films": films,
        "never": int((table == 0).sum()),
        "pairs": table.size,
        "most": int(table.max()),
    }


def nearest(run, model):
    """The films of training that are nearest to this one, and how near films never trained on are to theirs."""
    found = catalogue.nearest(model, run.latent)
    unseen, apart = found["unseen"], found["apart"][0]
    return {
        **found,
        "film": _film(run, model),
        "closest": apart,
        "middle": float(np.median(unseen)),
        "rendered": len(unseen),
        "case": "copy" if apart < COPY * float(np.median(unseen)) else "no",
    }


def pairs(run, model):
    """How often a film is right in everything: with words that came together in training, and with new pairs."""
    found = _evaluation(model)
    shares = {name: found[part]["all"] for name, part in (("known", "seen"), ("new", "held-out"))}
    of = {name: found["prompts"][part] for name, part in (("known", "seen"), ("new", "held-out"))}
    known, new = (interval(round(shares[name] * of[name]), of[name]) for name in ("known", "new"))
    return {
        **shares,
        "of_known": of["known"],
        "of_new": of["new"],
        "case": "worse" if new[1] < known[0] else "even",
    }


def strange(run, model):
    """The same noise, with words that the world never had in place of its own."""
    other = record(model, dataclasses.replace(run.request, prompt=_strange(run.request.prompt, STRANGE)))
    yield from other
    return other.recording


def unheard(run, other, model):
    """What it makes of such words; and whether two others would have made another film."""
    again = record(model, dataclasses.replace(run.request, prompt=_strange(run.request.prompt, STRANGER)))
    yield from again
    a, b = _film(other, model), _film(again.recording, model)
    return {
        **_read(run, other, model),
        "said": other.request.prompt,
        "instead": again.recording.request.prompt,
        "same": apart(a, b),
        "case": "same" if np.array_equal(a, b) else "other",
    }


def _read(run, other, model):
    """What the reader sees in both films, and how far they are apart."""
    from explainers.measure.reader import Reader

    reader, before, after = Reader.load(), _film(run, model), _film(other, model)
    first, second = reader.says(before), reader.says(after)
    return {
        **{f"{kind}_before": first[kind] for kind in KINDS},
        **{f"{kind}_after": second[kind] for kind in KINDS},
        "apart": apart(before, after),
    }


def _strange(prompt, words):
    """The prompt with its colour and its subject replaced; where it names neither, they come before it."""
    wanted, left = asked(prompt), prompt.lower()
    for kind, word in zip(("colour", "subject"), words, strict=True):
        named = next((w for w in left.split() if asked(w).get(kind) == wanted.get(kind, "")), None)
        left = left.replace(named, word, 1) if named else f"{word} {left}"
    return left


def _quick(run):
    """The request of a run, in few steps."""
    return dataclasses.replace(run.request, steps=min(FEW, len(run.steps)))


def _thinned(points):
    """Means of neighbours, so that a noisy line of hundreds of points is one of BINS."""
    parts = np.array_split(np.array(points), min(BINS, len(points)))
    return [float(p[:, 0].mean()) for p in parts], [float(p[:, 1].mean()) for p in parts]


def _curve(model):
    """What the judge found along the way, and at the end."""
    found = _evaluation(model)
    points = sorted(found["curve"], key=lambda point: point["samples"])
    last = {"samples": _seen(model), **{k: found[k] for k in ("seen", "held-out")}}
    return [p for p in points if p["samples"] < last["samples"]] + [last]


def _evaluation(model):
    return json.loads((_folder(model) / "evaluation.json").read_text("utf-8"))


def _seen(model):
    return json.loads((_folder(model) / "training.json").read_text("utf-8"))["samples"]


def _folder(model):
    if model.folder is None or not (model.folder / "training.json").exists():
        raise CannotOpen(Note("untold", "How {name} was trained is not told here.", name=model.name))
    return model.folder


def _film(run, model):
    return decode(model, run, sound=False).frames  # (frames, height, width, 3) uint8
