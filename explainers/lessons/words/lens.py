"""What the words do: where they are looked at, what changes without them, and how guidance makes their pull stronger.

looked(run, model, word=2, step=8, layer=None, head=None)["map"]     # (frames, rows, cols) of cubes
pulls(run, model, step=8)["effect"]                                  # (words,) change of the prediction without each
distance(run, model)["share"]                                        # how far the two predictions are apart, by step

Guidance: v = v_uncond + g * (v_cond - v_uncond). The distance of the two predictions is all that the words do.
"""

import dataclasses
import re
from itertools import combinations

import numpy as np
import torch

from explainers.engine import (
    Patch,
    attention,
    branches,
    by_word,
    decode,
    evenly,
    preview,
    record,
    replay,
    unknown_words,
    word_maps,
    word_texts,
)
from explainers.lessons.words.prompts import WORLD, exchanged, names, nothing, without
from explainers.measure.likeness import alike, apart, change, off

GUIDANCES = (0.0, 1.0, 3.0, 6.0, 10.0, 15.0)
PUSHES = {"plain": 1.0, "usual": 4.0, "loud": 15.0}
SEEDS = 3  # films of each push
SHORT = 20  # steps of a film that is one of many
NEVER = "dog"  # nothing of this name is in the model's world


def looked(run, model, *, word, step, layer, head):
    """Where a word is looked at: the share of each cube's attention that goes to it."""
    shares = by_word(run, word_maps(model, run, step, layer, head).weights)  # (words, frames, rows, cols)
    mine = shares[word] if word < len(shares) else np.zeros_like(shares[0])
    return {"map": mine, "text": word_texts(run)[word], "mean": float(mine.mean()), "most": float(mine.max())}


def listens(run, model, *, patch, step, layer, head):
    """Which words one cube looks at."""
    look = attention(model, run, step, layer, head, Patch(*patch))
    tokens, all_words = look.words, look.share["words"]
    if not len(tokens):  # words have an attention of their own
        tokens = word_maps(model, run, step, layer, head).weights[(slice(None), *patch)]
        all_words = float(tokens.sum())
    shares = by_word(run, tokens)  # (words,)
    best = int(shares.argmax())
    return {
        "words": shares,
        "here": shares.sum(),
        "marks": all_words - float(shares.sum()),
        "text": word_texts(run)[best],
        "most": float(shares[best]),
    }


def gap(run, model, *, step):
    """Where in the film the words change the prediction: the distance of the two predictions, cube by cube."""
    both = _both(run, model, step)
    far = _by_patch(both.cond - both.uncond, model) / both.uncond.square().sum(0).mean().sqrt()
    return {"map": far, "share": off(both.cond, both.uncond)}


def maps(run, model, *, step, layer, head):
    """Every word's map at once, over the guess of this step."""
    shares = by_word(run, word_maps(model, run, step, layer, head).weights)
    return {"texts": word_texts(run), "maps": shares, **_under(run, model, step), "step": step + 1}


def pulls(run, model, *, step):
    """What each word does: the prediction without it, against the prediction with all words. And is that where it is
    looked at?
    """
    texts = word_texts(run)
    whole = branches(model, run, step).cond
    attended = by_word(run, word_maps(model, run, step).weights)  # (words, frames, rows, cols)
    changes = []
    for word in range(len(texts)):
        without = " ".join(text for at, text in enumerate(texts) if at != word)
        changes.append(_predicted(run, model, step, without) - whole)
        yield (word + 1) / len(texts)
    effect = [float(change.norm() / whole.norm()) for change in changes]
    shown = attended.mean((1, 2, 3))
    ranks = np.corrcoef(_rank(shown), _rank(np.array(effect)))[0, 1] if len(texts) > 1 else 0.0
    return {
        "texts": texts,
        "effect": effect,
        "attention": shown,
        "maps": np.stack([_by_patch(change, model) for change in changes]),
        **_under(run, model, step),
        "strongest": texts[int(np.argmax(effect))],
        "most": max(effect),
        "case": "same" if int(np.argmax(effect)) == int(shown.argmax()) else "other",
        "most_looked": texts[int(shown.argmax())],
        "agree": float(np.nan_to_num(ranks)),
        "step": step + 1,
    }


def both_guesses(run, model, *, step):
    """The two predictions of a step as guesses of the finished film, and the one that guidance makes of them."""
    both = _both(run, model, step)
    a, b = run.x0_rule[step]
    latent, guided = run.latents[step], run.steps[step].x0
    told, untold = a * latent + b * both.cond, a * latent + b * both.uncond
    return {
        "untold": decode(model, run, untold, sound=False).frames,
        "told": decode(model, run, told, sound=False).frames,
        "guided": decode(model, run, guided, sound=False).frames,
        "guidance": run.request.guidance,
        "step": step + 1,
        "apart": off(told, untold),
    }


def distance(run, model):
    """How far the two predictions are apart, over the steps."""
    steps = evenly(len(run.steps), 12)
    share = []
    for done, step in enumerate(steps):
        both = _both(run, model, step)
        share.append(off(both.cond, both.uncond))
        yield (done + 1) / len(steps)
    largest = int(np.argmax(share))
    return {
        "step": [step + 1 for step in steps],
        "share": share,
        "first": share[0],
        "last": share[-1],
        "largest": share[largest],
        "largest_at": steps[largest] + 1,
        "steps": len(run.steps),
    }


def strengths(run, model):
    """The same seed with guidance from 0 to 15: the films, their contrast, and whether they show what was asked for."""
    from explainers.measure.reader import Reader

    reader = Reader.load()
    wanted = {kind: old for kind in WORLD if (old := names(run.request.prompt, kind))}
    films, contrast, right, size = [], [], [], []
    for done, guidance in enumerate(GUIDANCES):
        other = record(model, dataclasses.replace(run.request, guidance=guidance))
        for step in other:
            yield (done + (step.index + 1) / len(run.steps)) / len(GUIDANCES)
        film = decode(model, other.recording, sound=False).frames
        read = reader.read(film)
        films.append(film)
        contrast.append(float(film.std() / 255))
        size.append(float(other.recording.latent.std()))
        right.append(float(np.mean([read[kind][what] for kind, what in wanted.items()])) if wanted else 0.0)
    plain = GUIDANCES.index(1.0)
    best = int(np.argmax(right))
    return {
        "films": films,
        "guidance": list(GUIDANCES),
        "contrast": [c / contrast[plain] for c in contrast],
        "right": right,
        "size": size,
        "none": right[0],
        "plain": right[plain],
        "best": right[best],
        "best_at": GUIDANCES[best],
        "loudest": contrast[-1] / contrast[plain],
    }


def answer(run, model):
    """Half of the steps done, then another colour is asked for: which one does the film show?"""
    half = len(run.steps) // 2
    if not names(run.request.prompt, "colour"):
        return {"answer": ""}
    made = exchanged(run.request.prompt, "colour")
    other = replay(model, run, from_step=half, prompt=made[0])
    yield from other
    found = _read(other.recording, model, "colour", made)
    kind = "new" if found["became"] > 0.5 else "old" if found["kept"] > 0.5 else "neither"
    return {"answer": kind, "case": kind, "step": half, "steps": len(run.steps), **found}


def pushed(run, model):
    """The same words and seeds, pushed as far as the words say, some times as far, and very far: what does that do to
    contrast, colour and variety?
    """
    kinds, films = {}, []
    for at, (name, guidance) in enumerate(PUSHES.items()):
        made = []
        for again in range(SEEDS):
            asked = {"guidance": guidance, "seed": run.request.seed + again, "steps": SHORT // 2}
            other = record(model, dataclasses.replace(run.request, **asked))
            for step in other:
                yield (at + (again + (step.index + 1) / (SHORT // 2)) / SEEDS) / len(PUSHES)
            made.append(decode(model, other.recording, sound=False).frames)
        films.append(made[0])
        kinds[name] = {
            "contrast": float(np.mean([film.std() / 255 for film in made])),
            "colour": float(np.mean([(film.max(-1).astype(float) - film.min(-1)).mean() / 255 for film in made])),
            "alike": float(np.mean([alike(a, b) for a, b in combinations(made, 2)])),
        }
    plain, loud = kinds["plain"], kinds["loud"]
    return {
        "films": films,
        "guidance": list(PUSHES.values()),
        "contrast": loud["contrast"] / plain["contrast"],
        "colour": loud["colour"] / max(plain["colour"], 1e-9),
        "alike_plain": plain["alike"],
        "alike_loud": loud["alike"],
        "least": min(PUSHES.values()),
        "most": max(PUSHES.values()),
        "case": "alike" if loud["alike"] > plain["alike"] + 0.05 else "varied",
    }


def order(run, model):
    """The same words the other way round, and with a “not”: the same noise, a few steps."""
    from explainers.measure.reader import Reader

    reader, prompt = Reader.load(), run.request.prompt
    colour = names(prompt, "colour")
    if not colour:
        raise nothing("colour")
    told = [prompt, " ".join(reversed(prompt.split())), re.sub(rf"\b{colour}\b", f"not {colour}", prompt)]
    films = yield from _filmed(run, model, told)
    sure = float(reader.read(films[2])["colour"][colour])
    still = "unknown" if "not" in unknown_words(model, told[2]) else "still"
    return {
        "prompts": told,
        "films": films,
        "colour": colour,
        "reversed_apart": apart(films[0], films[1]),
        "not_apart": apart(films[0], films[2]),
        "sure": sure,
        "case": still if sure > 0.5 else "gone",
    }


def never(run, model):
    """The subject replaced by one that is not in the model's world: what does a reader take it for?"""
    from explainers.measure.reader import Reader

    old = names(run.request.prompt, "subject")
    if not old:
        raise nothing("subject")
    prompt = re.sub(rf"\b{WORLD['subject'][old]}\b", NEVER, run.request.prompt, count=1)
    films = yield from _filmed(run, model, [run.request.prompt, prompt])
    read = Reader.load().read(films[1])["subject"]
    seen = max(read, key=read.get)
    return {
        "prompts": [run.request.prompt, prompt],
        "films": films,
        "word": NEVER,
        "seen": seen,
        "sure": float(read[seen]),
        "known": len(WORLD["subject"]),
        "case": "nothing" if seen == "none" else "something",
    }


def too_late(run, model, *, kind):
    """One word swapped at different steps: until when does the film still follow?"""
    made = exchanged(run.request.prompt, kind)
    steps = evenly(len(run.steps), 7)
    found = []
    for done, step in enumerate(steps):
        other = replay(model, run, from_step=step, prompt=made[0])
        for each in other:
            share = (each.index + 1 - step) / (len(run.steps) - step)
            yield (done + share) / len(steps)
        moved = off(other.recording.latent, run.latent)
        found.append({**_read(other.recording, model, kind, made), "moved": moved})
    late = [step for step, x in zip(steps, found, strict=True) if x["became"] > 0.5]
    return {
        "step": [step + 1 for step in steps],
        **{name: [x[name] for x in found] for name in ("became", "kept", "moved")},
        "old": found[0]["old"],
        "new": found[0]["new"],
        "last": late[-1] + 1 if late else 0,
        "steps": len(run.steps),
    }


def swapped(run, model, *, kind, step):
    """From this step on, one word is another one."""
    other = replay(model, run, from_step=step, prompt=exchanged(run.request.prompt, kind)[0])
    yield from other
    return other.recording


def dropped(run, model, *, kind, step):
    """From this step on, one word is missing."""
    other = replay(model, run, from_step=step, prompt=without(run.request.prompt, kind))
    yield from other
    return other.recording


def turned(run, other, model, *, kind, step):
    """What the change of a word did: what the reader sees, and how much of latent and pixels is different."""
    made = exchanged(run.request.prompt, kind)
    each = change(*(decode(model, film, sound=False).frames for film in (run, other)))
    now = _read(other, model, kind, made)
    return {
        "frame": list(range(1, len(each) + 1)),
        "change": each,
        "pixels": float(each.mean()),
        "latent": off(other.latent, run.latent),
        "step": step + 1,
        "steps": len(run.steps),
        "said": other.request.prompt,
        "had": _read(run, model, kind, made)["kept"],
        "case": "gone" if now["kept"] < 0.5 else "stays",
        **now,
    }


def _filmed(run, model, prompts):
    """Films of these prompts from the run's noise, in few steps."""
    films = []
    for done, prompt in enumerate(prompts):
        other = record(model, dataclasses.replace(run.request, prompt=prompt, steps=SHORT))
        for step in other:
            yield (done + (step.index + 1) / SHORT) / len(prompts)
        films.append(decode(model, other.recording, sound=False).frames)
    return films


def _by_patch(change, model):
    """Length of a change (channels, frames, rows, cols) in each cube: (frames, rows, cols)."""
    deep, wide = model.patch
    power = change.square().sum(0)  # (frames, rows, cols)
    pooled = torch.nn.functional.avg_pool3d(power[None, None], (deep, wide, wide), ceil_mode=True)
    return pooled[0, 0].sqrt().numpy()


def _under(run, model, step):
    """The film to lay maps over, and which map's frame each of its frames shows."""
    film = preview(model, run.steps[step].x0)
    return {"film": film, "frame_of": [at // model.patch[0] for at in model.latent_frames(len(film))]}


def _both(run, model, step):
    """Both predictions of a step; a run without guidance is asked for the second one now."""
    both = branches(model, run, step)
    if both.uncond is not None:
        return both
    return replay(model, run, from_step=step, guidance=2.0).first()


def _predicted(run, model, step, prompt):
    """What the model answers at this step to other words."""
    return replay(model, run, from_step=step, prompt=prompt, guidance=1.0).first().velocity


def _rank(values):
    return np.argsort(np.argsort(values))


def _read(run, model, kind, made):
    """How sure the reader is of the old and of the new word."""
    from explainers.measure.reader import Reader

    _, old, new = made
    read = Reader.load().read(decode(model, run, sound=False).frames)[kind]
    return {"old": old, "new": new, "kept": float(read.get(old, 0.0)), "became": float(read[new])}
