"""The same idea for text: destruction hides words, creation unhides them, in any order.

written(run, text="a ___ ball ...", looks=8, order="any")["steps"]      # the words that stand, step by step
many(run)["any"]                                                        # share of right sentences, by number of steps
doubt(run, word=1)["fits"]                                              # how sure of each word of the film's caption

Whether a caption is a sentence is not for the writer to say: the world's own grammar does. The noise is that of the
film's seed.
"""

from functools import cache
from urllib.parse import quote_plus

import numpy as np
import torch

from explainers.engine.model.writer import Writer
from explainers.measure.grammar import WRONG, Grammar
from explainers.measure.rate import interval

ORDERS = ("any", "sure", "left")
STEPS = (1, 2, 4, 8, 16)
MANY = 128  # captions that a share is measured on
BATCH = 64
SEVERAL = 8
EXPLORED = 4  # words that a guess is told with


def hidden(run):
    """The film's caption under more and more hiding: each word goes at a level of its own, drawn once."""
    words = run.request.prompt.split()
    goes = torch.rand(len(words), generator=torch.Generator().manual_seed(run.request.seed)).tolist()
    levels = [n / 20 for n in range(21)]
    steps = [["" if level > at else word for word, at in zip(words, goes, strict=True)] for level in levels]
    return {"steps": steps, "levels": levels, "words": len(words), "half": sum(at < 0.5 for at in goes)}


def written(run, *, text, looks, order):
    """One caption being written: what stands after each step, how sure of each place, and when each is unhidden."""
    writer = _writer()
    start = writer.start(text)
    holes = int((start == writer.hole).sum())
    stands, guess, sure, when = [start], [], [], np.zeros(writer.places, int)
    for number, look in enumerate(writer.write(start[None], looks, order, run.request.seed), 1):
        best = look.odds[0].max(-1)  # (places,)
        known = stands[-1] != writer.hole
        sure.append(np.where(known, np.nan, best.values))
        guess.append(["" if there else _word(writer, word) for there, word in zip(known, best.indices, strict=True)])
        when[look.chosen[0].numpy()] = number
        stands.append(look.text[0])
    caption = writer.spelt(stands[-1])
    return {
        "steps": [["" if word == writer.hole else _word(writer, word) for word in each] for each in stands],
        "sure": np.array(sure).reshape(-1, writer.places),
        "guess": guess,
        "when": when,
        "caption": caption,
        "link": quote_plus(caption),
        "holes": holes,
        "looks": len(sure),
        "wrong": _grammar().wrong(caption),
        "new": _grammar().new(caption),
    }


def several(run, *, text, looks, order):
    """Some more captions from the same beginning, each judged."""
    captions = _captions(text, looks, order, run.request.seed + 1, SEVERAL)
    wrong, new = _judged(captions)
    return {
        "caption": captions,
        "wrong": wrong,
        "new": new,
        "right": wrong.count(""),
        "count": len(captions),
        "unlike": len(set(captions)),
    }


def doubt(run, *, word):
    """How sure the writer is of each word of the film's caption, told all the others; and what else could stand there.

    Each word is hidden alone.
    """
    writer = _writer()
    text = _of(run)
    said = text[text != writer.empty]
    holed = text.repeat(len(said), 1)
    holed[range(len(said)), range(len(said))] = writer.hole
    odds = writer.odds(holed)[range(len(said)), range(len(said))]  # (words, vocabulary)
    known = said != writer.hole
    fits = torch.where(known, odds.gather(1, said[:, None])[:, 0], 0.0)
    at = min(word, len(said) - 1)
    best = odds[at].topk(EXPLORED)
    return {
        "fits": fits.numpy(),
        "here": run.request.prompt.split()[at],
        "sure": float(fits[at]),
        "else": ", ".join(
            f"{_word(writer, w)} {p:.0%}" for p, w in zip(best.values.tolist(), best.indices, strict=True)
        ),
    }


def many(run):
    """Captions from nothing, by number of steps and by order: how many are right, and what is wrong.

    The case says whether going left to right beats random order by more than chance can.
    """
    found = {order: [] for order in ORDERS}
    wrong = {kind: [] for kind in WRONG}
    new = []
    for done, (order, looks) in enumerate((order, looks) for order in ORDERS for looks in STEPS):
        captions = _captions("", looks, order, run.request.seed, MANY)
        verdict, never = _judged(captions)
        found[order].append(verdict.count("") / MANY)
        if order == "any":
            new.append(sum(never) / MANY)
            for kind in WRONG:
                wrong[kind].append(verdict.count(kind) / MANY)
        yield (done + 1) / len(ORDERS) / len(STEPS)
    whole = {order: round(found[order][-1] * MANY) for order in ORDERS}
    return {
        "case": "tied" if interval(whole["left"], MANY)[0] > interval(whole["any"], MANY)[1] else "free",
        "looks": list(STEPS),
        **found,
        **wrong,
        "count": MANY,
        "once": found["any"][0],
        "whole": found["any"][-1],
        "whole_sure": found["sure"][-1],
        "whole_left": found["left"][-1],
        "new": new[-1],
        "broken_once": wrong["order"][0],
        "broken": wrong["order"][-1],
        "slips": wrong["article"][-1] + wrong["agreement"][-1],
    }


def answer(run):
    """How many captions are right when all places are unhidden at once?"""
    found = at_once(run, order="any")
    once = found["once"]
    return {"answer": "most" if once > 0.75 else "half" if once > 0.25 else "few", **found}


def at_once(run, *, order):
    """The same noise, unhidden in one step and one place at a time: the share of right sentences, and what is wrong."""
    kinds, example = {}, {}
    for name, looks in (("once", 1), ("whole", STEPS[-1])):
        captions = _captions("", looks, order, run.request.seed, MANY)
        verdict, _ = _judged(captions)
        kinds[name] = [verdict.count(kind) / MANY for kind in ("", *WRONG)]
        example[name] = captions[0]
    return {
        "kinds": ["right", *WRONG],
        "once_kinds": kinds["once"],
        "whole_kinds": kinds["whole"],
        "once": kinds["once"][0],
        "whole": kinds["whole"][0],
        "said_once": example["once"],
        "said_whole": example["whole"],
        "steps": STEPS[-1],
        "count": MANY,
    }


@cache
def _writer():
    return Writer.load()


@cache
def _grammar():
    return Grammar.load()


def _of(run):
    """The film's caption as the writer reads it, what it never learned as holes; (places,) ids."""
    writer = _writer()
    words = run.request.prompt.lower().split()[: writer.places] or ["?"]
    known = [word.strip(".,") if word.strip(".,") in writer.words else "?" for word in words]
    return writer.start(" ".join(known))


def _word(writer, word):
    return "·" if int(word) == writer.empty else writer.words[int(word)]


def _captions(text, looks, order, seed, count):
    """Sentences that the writer makes of a beginning, each from noise of its own."""
    writer = _writer()
    start = writer.start(text)
    made = []
    for batch in range(-(-count // BATCH)):
        now = start.expand(min(BATCH, count - len(made)), -1)
        for look in writer.write(now, looks, order, 1000 * seed + batch):
            now = look.text
        made += [writer.spelt(each) for each in now]
    return made


def _judged(captions):
    return [_grammar().wrong(each) for each in captions], [_grammar().new(each) for each in captions]
