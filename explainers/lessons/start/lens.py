"""Other places to begin than pure noise: a film under some noise, a first picture, a part that is kept, a film's end.

begins(run, model, strength=0.6)["noise"]         # the share of noise that the remix begins with
kept(run, model)["left"]                          # how much of the film is left, for each share of noise
longer(run, model)["jump"]                        # change across the joint of a film that goes on

All of them start from the run on screen: its film, its first picture, its last frames. Their noise is of another seed:
from its own noise the same film would come again, and nobody could say what the beginning was good for.
"""

import dataclasses
import re

import numpy as np

from explainers.engine import Hold, decode, encode, record, replay
from explainers.measure import likeness
from explainers.measure.asked import spelt
from explainers.measure.rendered import arrays, clips

STRENGTHS = (0.2, 0.3, 0.4, 0.6, 1.0)  # shares of the path that a remix takes; of noise it begins with more
MOST = 0.8  # noise: beyond it a remix begins with hardly anything else
COLOURS = ("red", "orange", "yellow", "green", "blue", "purple", "brown")
TAIL = 3  # latent frames at the end of a film that its continuation begins with
HALVES = {  # rows, columns of what is kept, as shares
    "left": ((0.0, 1.0), (0.0, 0.5)),
    "right": ((0.0, 1.0), (0.5, 1.0)),
    "top": ((0.0, 0.5), (0.0, 1.0)),
    "bottom": ((0.5, 1.0), (0.0, 1.0)),
}


def first_frame(run, model):
    """Pictures to begin with: the first one of this film, and of films as the world renders them."""
    rendered = {clip["prompt"]: arrays(clip)["frames"][0] for clip in clips()}
    return {"here": _film(run, model)[0], "rendered": rendered, "offered": 1 + len(rendered)}


def begins(run, model, *, strength):
    """Where on the path a remix begins: the film under noise, and what the model guesses behind it at once."""
    film = _film(run, model)
    other = record(model, _remix(run, film, strength))
    first = other.first()
    left, whole = other.recording.planned, run.request.steps
    before = [None] * (whole - len(run.sigmas))  # the film on screen is a remix itself: these it never took
    return {
        "film": film,
        "given": decode(model, run, first.latent, sound=False).frames,
        "guess": decode(model, run, first.x0, sound=False).frames,
        "levels": [*before, *run.sigmas, 0.0],
        "from": whole - left,
        "noise": first.sigma,
        "left": left,
        "steps": whole,
        "strength": strength,
        "said": other.recording.request.prompt,
    }


def kept(run, model):
    """Remixes from little noise to nothing but noise: how much of the film is left, and do the new words win?

    Strength 0 is the film through the codec and back. A remix of strength 1 has nothing of it but the words: as far as
    that one is from the film, nothing is left.
    """
    from explainers.measure.reader import Reader

    reader = Reader.load()
    film = _film(run, model)
    _, old, new = _repainted(run.request.prompt)
    films = [decode(model, run, encode(model, np.ascontiguousarray(film)), sound=False).frames]
    noise = [0.0]
    for done, strength in enumerate(STRENGTHS):
        other = record(model, _remix(run, film, strength))
        for step in other:
            yield (done + (step.index + 1) / other.recording.planned) / len(STRENGTHS)
        films.append(_film(other.recording, model))
        noise.append(float(other.recording.sigmas[0]))
    read = [reader.read(made)["colour"] for made in films]
    became, was = ([float(each.get(colour, 0.0)) for each in read] for colour in (new, old))
    strengths = [0.0, *STRENGTHS]
    apart = [likeness.apart(made, film) for made in films]
    left = [1 - far / max(apart[-1], 1e-9) for far in apart]
    first = next((at for at, sure in enumerate(became) if sure > 0.5), None)  # that shows the new colour
    return {
        "strength": strengths,
        "noise": noise,
        "films": films,
        "left": left,
        "apart": apart,
        "became": became,
        "was": was,
        "old": old or "?",
        "new": new,
        "said": other.recording.request.prompt,
        "codec": left[0],
        "least": left[1],
        "little": apart[1],
        "much": apart[-1],
        "half": max((s for s, part in zip(noise, left, strict=True) if part > 0.5), default=0.0),
        "first": first,
        "won": noise[first] if first else 0.0,
        "lost": noise[first - 1] if first else noise[-1],
    }


def answer(run, model):
    """From which share of noise on do the new words win? With the films on either side, and one of noise alone."""
    found = yield from kept(run, model)
    won = found["won"]
    kind = "" if not won else "little" if won < 0.5 else "half" if won < MOST else "most"
    shown = sorted({found["first"] - 1, found["first"], len(found["films"]) - 1}) if won else []
    return {
        **{name: found[name] for name in ("won", "lost", "new", "old")},
        "answer": kind,
        "case": kind,
        "best": max(found["became"]),
        "noise": [found["noise"][at] for at in shown],
        "films": [found["films"][at] for at in shown],
    }


def remix(run, model, *, strength):
    """The film under noise, developed again with another colour in the words."""
    other = record(model, _remix(run, _film(run, model), strength))
    yield from other
    return other.recording


def from_picture(run, model):
    """Another seed, but its first picture is the first picture of this film."""
    other = record(model, _asked(run, image=_film(run, model)[0], seed=run.request.seed + 1))
    yield from other
    return other.recording


def changed(run, other, model):
    """How far the new film is from the first one, frame by frame."""
    change = likeness.change(_film(run, model), _film(other, model))
    return {
        "frame": list(range(1, len(change) + 1)),
        "change": change,
        "first": float(change[0]),
        "rest": float(change[1:].mean()) if len(change) > 1 else 0.0,
        "last": float(change[-1]),
        "mean": float(change.mean()),
        "case": "parts" if change[-1] > 2 * change[0] else "same",
        "said": other.request.prompt,
        "noise": other.sigmas[0],
        "steps": len(other.steps),
    }


def cameo(run, model, *, where):
    """Half of the picture goes the way it went; the rest is made anew with another colour in the words."""
    rows, cols = _half(run.latent.shape[2:], where)
    other = replay(model, run, prompt=_repainted(run.request.prompt)[0], cuts=[Hold(rows=rows, cols=cols)])
    yield from other
    return other.recording


def held(run, other, model, *, where):
    """Change of the half that is held, and of the other one, frame by frame."""
    change = (
        np.abs(_film(run, model).astype(np.float32) - _film(other, model)).mean(-1) / 255
    )  # (frames, height, width)
    rows, cols = _half(change.shape[1:], where)
    inside = np.zeros(change.shape[1:], bool)
    inside[rows.start : rows.stop, cols.start : cols.stop] = True
    return {
        "frame": list(range(1, len(change) + 1)),
        "inside": change[:, inside].mean(1),
        "outside": change[:, ~inside].mean(1),
        "in_mean": float(change[:, inside].mean()),
        "out_mean": float(change[:, ~inside].mean()),
        "case": "holds" if change[:, inside].mean() < change[:, ~inside].mean() / 2 else "spills",
        "said": other.request.prompt,
    }


def longer(run, model):
    """The film goes on: another run keeps its last frames as a beginning. Beside it, one that knows nothing of them."""
    film = _film(run, model)
    frames = min(TAIL, run.latent.shape[1] - 1)
    tail = film[-(1 + (frames - 1) * model.squeeze[0]) :]
    seed = run.request.seed + 1
    asked = {"goes_on": {"video": tail, "keep": tuple(range(frames)), "seed": seed}, "knows_nothing": {"seed": seed}}
    joined, steps = {}, {}
    for done, (name, changes) in enumerate(asked.items()):
        other = record(model, _asked(run, **changes))
        for step in other:
            yield (done + (step.index + 1) / other.recording.planned) / len(asked)
        joined[name] = np.concatenate([film, _film(other.recording, model)[len(tail) :]])
        steps[name] = np.abs(np.diff(joined[name].astype(np.float32), axis=0)).mean((1, 2, 3)) / 255
    at = len(film) - 1
    usual, jump, blind = float(steps["goes_on"][:at].mean()), *(float(s[at]) for s in steps.values())
    return {
        **joined,
        "frame": list(range(2, len(film) + len(film) - len(tail) + 1)),
        **{f"{name}_steps": steps[name] for name in steps},
        "joint": len(film) + 1,
        "usual": usual,
        "jump": jump,
        "jump_blind": blind,
        "case": "smooth" if jump < 2 * usual and jump < blind else "jumps",
        "tail": len(tail),
        "frames": len(film),
        "total": len(joined["goes_on"]),
    }


def _film(run, model):
    return decode(model, run, sound=False).frames  # (frames, height, width, 3) uint8


def _asked(run, **changes):
    """The request of the run, begun as `changes` say and in no other way."""
    nothing = {"image": None, "video": None, "keep": (), "strength": None}
    return dataclasses.replace(run.request, **nothing | changes)


def _remix(run, film, strength):
    """The request of a remix: the film under noise of another seed, another colour in the words."""
    prompt = _repainted(run.request.prompt)[0]
    return _asked(run, video=film, strength=strength, prompt=prompt, seed=run.request.seed + 1)


def _repainted(prompt):
    """The prompt with the next colour in place of its own, or with one where it has none: prompt, old, new."""
    found = re.search(rf"\b({'|'.join(COLOURS)})\b", prompt.lower())
    if not found:
        return f"{prompt} {COLOURS[0]}".strip(), "", COLOURS[0]
    old = found[1]
    new = COLOURS[(COLOURS.index(old) + 3) % len(COLOURS)]  # far enough to tell them apart
    changed = prompt.lower().replace(old, new, 1)
    return spelt(changed), old, new


def _half(shape, where):
    """Ranges of rows and columns."""
    return [range(round(low * n), round(high * n)) for n, (low, high) in zip(shape, HALVES[where], strict=True)]
