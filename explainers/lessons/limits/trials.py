"""What is asked of the model beyond what it can do, and how a film is judged: one for the page and for the table.

trial = TRIALS["two"]
request = trial.pushed(model.defaults)             # "a red ball rolls" -> "two red balls rolling", longer, larger …
seen = look(film, reader)                          # what is to be seen in a film, measured
trial.right(seen, "a red ball rolls", detail=0.01)    # did it show what was asked?
"""

import dataclasses
from collections.abc import Callable

import numpy as np
import torch

from explainers.measure.asked import asked
from explainers.measure.count import things
from explainers.measure.film import as_film
from explainers.measure.track import centre

SUBJECTS = {  # no pair of words here that training never showed together
    "ball": ("red", "blue"),
    "cat": ("orange", "purple"),
    "boat": ("green", "blue"),
    "horse": ("brown", "red"),
    "mammoth": ("brown", "blue"),
}
PLACES = ("on the grass", "in the snow")
BESIDE = {"ball": "cat", "cat": "boat", "boat": "horse", "horse": "mammoth", "mammoth": "ball", "star": "ball"}
UNKNOWN = "dog"  # stands for any subject that the world never had
VERBS = {  # as the world's captions say it of one, and of any number
    **{"moves": "moving", "walks": "walking", "bounces": "bouncing", "rolls": "rolling", "floats": "floating"},
    **{"grows": "growing", "spins": "spinning", "gallops": "galloping"},
}
WENT = 3.0  # units that a subject must have moved to have gone anywhere
DETAIL = 2.0  # times too much or too little fine detail


def plain():
    """Prompts that ask for nothing unusual: every subject in two colours, to the left and to the right."""
    return [
        f"{'an' if colour[0] in 'aeio' else 'a'} {colour} {subject} moving {side} {PLACES[i * (subject != 'cat')]}"
        for subject, colours in SUBJECTS.items()
        for i, colour in enumerate(colours)
        for side in ("left", "right")
    ]


@dataclasses.dataclass(frozen=True)
class Trial:
    name: str
    judged: Callable[[dict, dict, float], bool]  # (what is seen, what was asked for, detail of rendered films)
    words: Callable[[str], str] = lambda prompt: prompt
    frames: float = 1  # times what the model was made for
    height: float = 1
    width: float = 1
    few: bool = False  # fewer films are judged: each of them takes long

    def pushed(self, request):
        """The request beyond the limit."""
        frames = round((request.frames - 1) * self.frames) + 1
        size = {"height": round(request.height * self.height), "width": round(request.width * self.width)}
        return dataclasses.replace(request, prompt=self.words(request.prompt), frames=frames, **size)

    def right(self, seen, prompt, detail):
        return self.judged(seen, asked(prompt), detail)


def _one(seen, wanted, detail):
    return seen["things"] == 1


def _two(seen, wanted, detail):
    return seen["things"] == 2


def _side(seen, wanted, detail):
    return wanted.get("motion", seen["side"]) == seen["side"]


def _detail(seen, wanted, detail):
    return 1 / DETAIL < seen["detail"] / detail < DETAIL


def _subject(seen, wanted, detail):
    return wanted.get("subject") == seen["subject"]


def _to_the_end(seen, wanted, detail):
    return _subject(seen, wanted, detail) and wanted.get("subject") == seen["at_the_end"]


def _stranger(seen, wanted, detail):
    """One thing, and none of those that the judge knows: it has no word for a dog either."""
    return seen["things"] == 1 and seen["subject"] == "none"


def _plural(prompt):
    subject = asked(prompt).get("subject", "")
    first, *left = prompt.split() or [""]
    if first.lower() not in ("a", "an"):
        left = [first, *left]
    return _of_any_number(" ".join(["two", *(f"{word}s" if word == subject else word for word in left)]))


def _both(prompt):
    subject = asked(prompt).get("subject", "")
    other = BESIDE.get(subject, "ball")
    colour = next(c for c in SUBJECTS[other] if c != asked(prompt).get("colour"))
    beside = f"{'an' if colour[0] in 'aeio' else 'a'} {colour} {other}"
    both = prompt.replace(subject, f"{subject} and {beside}", 1) if subject else f"{prompt} and {beside}"
    return _of_any_number(both)


def _of_any_number(prompt):
    return " ".join(VERBS.get(word, word) for word in prompt.split())


def _unknown(prompt):
    subject = asked(prompt).get("subject", "")
    return prompt.replace(subject, UNKNOWN, 1) if subject else f"{prompt} {UNKNOWN}"


TRIALS = {
    trial.name: trial
    for trial in (
        Trial("two", _two, words=_plural),
        Trial("both", _two, words=_both),
        Trial("side", _side),
        Trial("detail", _detail),
        Trial("long", _to_the_end, frames=2, few=True),
        Trial("longer", _to_the_end, frames=3, few=True),
        Trial("wide", _subject, width=1.5, few=True),
        Trial("large", _subject, height=1.5, width=1.5, few=True),
        Trial("small", _subject, height=0.5, width=0.5, few=True),
        Trial("unknown", _stranger, words=_unknown),
    )
}
USUAL = {  # the same judgement of films that were asked for nothing unusual
    **{"two": _one, "both": _one, "long": _subject, "longer": _subject},
    **{"wide": _subject, "large": _subject, "small": _subject, "unknown": _subject},
}


def look(film, reader, length=17):
    """What is to be seen: what the reader says at the beginning and at the end, how many, where to, how fine."""
    x = as_film(film)
    said = reader.says(x[:length])
    path = centre(x[:length]).x
    found = path[np.isfinite(path)]
    moved = float(found[-1] - found[0]) if len(found) > 1 else 0.0
    return {
        **said,
        "at_the_end": reader.says(x[-length:])["subject"] if len(x) > length else said["subject"],
        "things": things(x),
        "side": "nowhere" if abs(moved) < WENT else "left" if moved < 0 else "right",
        "detail": fine_detail(x),
    }


def fine_detail(film):
    """Mean power of what is finer than four pixels, over all frames: a number of its own kind, to be compared."""
    x = as_film(film)
    rows, cols = x.shape[-2:]
    power = torch.fft.fft2(x - x.mean((2, 3), keepdim=True)).abs().square().mean((0, 1)) / (rows * cols) ** 2
    fine = torch.hypot(torch.fft.fftfreq(rows)[:, None], torch.fft.fftfreq(cols)[None]) > 0.25
    return float(power[fine].sum())
