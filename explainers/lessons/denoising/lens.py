"""The way back from noise to film: what the model is given, what it guesses, where the run goes.

given_and_guess(run, model, step=0)["guess"]   # (frames, height, width, 3): the guess of the finished film
way(run)["off"]                                # (steps,) how far each guess is from the finished film
path(run, model)["points"]                     # {run's name: (steps + 1, 2)} places in one plane

Flow models: x_t = (1 - sigma) * x0 + sigma * eps, the model answers with the velocity v = eps - x0, and so its guess of
the finished film is x0 = x_t - sigma * v. Euler's step goes on along v: x_next = x_t + (sigma_next - sigma) * v.
A guess is what the words alone say, unless it is said to be the guided one.
"""

import dataclasses
from itertools import combinations

import torch

from explainers.engine import NotVisible, decode, evenly, poked, record, replay, told
from explainers.measure import likeness
from explainers.measure.asked import KINDS, asked
from explainers.measure.spectrum import power_spectrum
from explainers.note import Note

LADDER = (1, 2, 4, 10, 25, 50)  # steps
FILMS = 12  # that are averaged
SHORT = 10  # steps of a film that is only one of many
OPEN = (0.04, 0.5)  # of the run: where the finished film is put under noise again
NOISES = 2  # fresh ones, each time
SEEDS = 3  # other seeds whose paths are drawn
PROMPTS = ("a blue boat moves right at sea", "a yellow star floats up at night")
REGIONS = {  # shares of the latent's frames, rows and columns: where the starting noise is poked
    "left": ((0, 1), (0, 1), (0, 1 / 2)),
    "top": ((0, 1), (0, 1 / 2), (0, 1)),
    "middle": ((0, 1), (1 / 4, 3 / 4), (1 / 4, 3 / 4)),
    "beginning": ((0, 1 / 3), (0, 1), (0, 1)),
}

FLAT = 2 / 255  # how little a frame may vary to be of one colour


def given_and_guess(run, model, *, step):
    """What the model is given at a step, what it guesses behind it, and what it will be."""
    now, guess = run.steps[step], told(model, run, step)
    return {
        "given": decode(model, run, now.latent, sound=False).frames,
        "guess": decode(model, run, guess, sound=False).frames,
        "finished": decode(model, run, sound=False).frames,
        "step": step + 1,
        "steps": len(run.steps),
        "sigma": now.sigma,
        "off": likeness.off(guess, run.latent),
    }


def way(run):
    """Step by step: how far the latent and the guess are from the finished film, and how straight the path is."""
    finished, start = run.latent, run.latents[0]
    straight = (finished - start).flatten()
    latents, guesses, ahead = [], [], []
    for step in run.steps:
        latents.append(likeness.off(step.latent, finished))
        guesses.append(likeness.off(step.x0, finished))
        moved = (run.latents[step.index + 1] - step.latent).flatten()
        ahead.append(float(torch.cosine_similarity(moved, straight, dim=0)))
    walked = sum(float((b - a).norm()) for a, b in zip(run.latents, run.latents[1:], strict=False))
    return {
        "step": list(range(1, len(run.steps) + 1)),
        "noisy": latents,
        "off": guesses,
        "ahead": ahead,
        "first": guesses[0],
        "half": guesses[len(guesses) // 2],
        "detour": walked / max(float(straight.norm()), 1e-9),
        "least": min(ahead),
    }


def answer(run, model):
    """What the first guess looks like: its fine detail and its likeness, against the finished film."""
    finished = _pixels(run, model)
    if float(finished.std((-2, -3)).max()) < FLAT:
        raise NotVisible(Note("flat", "This film is of one colour: there is nothing to find in a guess of it."))
    found = _against(_pixels(run, model, told(model, run, 0)), finished)
    kind = "film" if found["alike"] > 0.9 else "blur" if found["detail"] < 0.5 else "static"
    if kind == "static" and found["detail"] < 1.5:  # as much detail as a film, but not this film's
        kind = ""
    return {"answer": kind, "steps": len(run.steps), "detail": found["detail"], "alike": found["alike"]}


def average(run, model):
    """The first guess, and the average of films that fit the same words: other seeds, few steps, no guidance."""
    latents = []
    for done in range(FILMS):
        seed = run.request.seed + 1 + done
        made = record(model, dataclasses.replace(run.request, seed=seed, steps=SHORT, guidance=1.0))
        for step in made:
            yield (done + (step.index + 1) / SHORT) / FILMS
        latents.append(made.recording.latent)
    guess, mean = (_pixels(run, model, latent) for latent in (told(model, run, 0), torch.stack(latents).mean(0)))
    films = [_pixels(run, model, latent) for latent in latents]
    one = _mean([likeness.alike(guess, film) for film in films])
    alike = likeness.alike(guess, mean)
    return {
        "guess": guess,
        "average": mean,
        "films": films[:2],
        "count": FILMS,
        "mean": alike,
        "one": one,
        "case": "average" if alike > one else "other",
    }


def futures(run, model):
    """What is still open: the finished film under fresh noise, as much as an early and a late step have, developed."""
    films, apart = [], []
    steps = [min(len(run.steps) - 1, round(share * len(run.steps))) for share in OPEN]
    for done, step in enumerate(steps):
        sigma, made = run.sigmas[step], []
        for again in range(NOISES):
            random = torch.Generator().manual_seed(1000 + again)
            under = [
                None if x is None else (1 - sigma) * x + sigma * torch.randn(x.shape, generator=random)
                for x in (run.latent, run.sound_latent)
            ]
            other = replay(model, run, from_step=step, latent=under[0], sound_latent=under[1])
            for each in other:
                share = (each.index + 1 - step) / (len(run.steps) - step)
                yield (done + (again + share) / NOISES) / len(steps)
            made.append(_pixels(other.recording, model))
        apart.append(_mean([likeness.apart(a, b) for a, b in combinations(made, 2)]))
        films += made[:2]
    return {
        "films": films,
        "steps": [step + 1 for step in steps for _ in range(2)],
        "early": steps[0] + 1,
        "late": steps[-1] + 1,
        "early_apart": apart[0],
        "late_apart": apart[-1],
        "times": apart[0] / max(apart[-1], 1e-9),
        "case": "narrows" if apart[-1] < apart[0] / 2 else "stays",
    }


def halfway(run, model):
    """A run of SHORT steps stopped after half of them, beside a run of half as many, and the whole one."""
    half, runs = SHORT // 2, []
    for done, steps in enumerate((half, SHORT)):
        made = record(model, dataclasses.replace(run.request, steps=steps))
        for step in made:
            yield (done * half + step.index + 1) / (half + SHORT)
        runs.append(made.recording)
    few, whole = runs
    return {
        "stopped": _pixels(whole, model, whole.latents[half]),
        "few": _pixels(few, model),
        "whole": _pixels(whole, model),
        "half": half,
        "steps": SHORT,
        "left": whole.sigmas[half],
        "case": "more" if whole.sigmas[half] > 0.5 else "less",
    }


def ladder(run, model):
    """The same seed and words in 1, 2, 4, 10, 25 and 50 steps."""
    from explainers.measure.reader import Reader

    reader, wanted, runs = Reader.load(), asked(run.request.prompt), []
    for done, steps in enumerate(LADDER):
        same = steps == len(run.steps)
        made = run if same else record(model, dataclasses.replace(run.request, steps=steps))
        for at, _ in enumerate([] if same else made):
            yield (sum(LADDER[:done]) + at + 1) / sum(LADDER)
        runs.append(run if same else made.recording)
    films = [_pixels(made, model) for made in runs]
    measured = [_against(film, films[-1]) for film in films]
    shown = [sum(reader.right((film * 255).byte().numpy(), wanted).values()) for film in films]
    return {
        "films": films,
        "steps": list(LADDER),
        "off": [likeness.off(made.latent, runs[-1].latent) for made in runs],
        "detail": [m["detail"] for m in measured],
        "seconds": [sum(made.seconds) for made in runs],
        "asked": len(wanted),
        **{f"shown_{steps}": x for steps, x in zip(LADDER, shown, strict=True)},
        "most": LADDER[-1],
    }


def path(run, model):
    """Where runs go, in the plane in which all of them vary most: this one, other seeds, other words."""
    mine = run.request
    others = {f"seed {mine.seed + n}": {"seed": mine.seed + n} for n in range(1, SEEDS + 1)}
    others |= {prompt: {"prompt": prompt} for prompt in PROMPTS if prompt != mine.prompt}
    walks = {"": torch.stack(run.latents)}
    for done, (name, change) in enumerate(others.items()):
        other = record(model, dataclasses.replace(mine, **change))
        for step in other:
            yield (done + (step.index + 1) / len(run.steps)) / len(others)
        walks[name] = torch.stack(other.recording.latents)
    every = torch.cat([walk.flatten(1) for walk in walks.values()])  # (runs * (steps + 1), numbers)
    middle = every.mean(0)
    _, singular, axes = torch.linalg.svd(every - middle, full_matrices=False)

    def place(latents):  # (steps, channels, frames, rows, cols) -> (steps, 2)
        return (latents.flatten(1) - middle) @ axes[:2].T

    ends = {name: walk[-1].flatten() for name, walk in walks.items()}
    apart = {name: likeness.off(end, ends[""]) for name, end in ends.items() if name}
    return {
        "points": {name: place(walk) for name, walk in walks.items()},
        "guesses": place(torch.stack([step.x0 for step in run.steps])),
        "seeds": SEEDS,
        "seen": float(singular[:2].square().sum() / singular.square().sum()),
        "same_noise": _mean([apart[p] for p in PROMPTS if p in apart]),
        "same_words": _mean([value for name, value in apart.items() if name not in PROMPTS]),
    }


def decided(run, model):
    """What a reader sees in the guess at each step, and from which step on it sees what it sees at the end."""
    from explainers.measure.reader import Reader

    reader = Reader.load()
    truth = reader.says(decode(model, run, sound=False).frames)
    steps = evenly(len(run.steps), 17)
    sure, says = [], []
    for done, step in enumerate(steps):
        read = reader.read(decode(model, run, told(model, run, step), sound=False).frames)
        sure.append([float(read[kind][truth[kind]]) for kind in KINDS])
        says.append([max(read[kind], key=read[kind].get) == truth[kind] for kind in KINDS])
        yield (done + 1) / len(steps)
    settled = {}
    for column, kind in enumerate(KINDS):
        wrong = [row for row, right in enumerate(says) if not right[column]]
        settled[kind] = steps[wrong[-1] + 1] + 1 if wrong and wrong[-1] + 1 < len(steps) else 1
    return {
        "step": [step + 1 for step in steps],
        "kinds": list(KINDS),
        "sure": torch.tensor(sure).T,  # (kinds, steps)
        "steps": len(run.steps),
        **settled,
        **{f"{kind}_is": truth[kind] for kind in KINDS},
        "right": min(reader.accuracy.get(kind, 0.0) for kind in KINDS),
    }


def jump(run, model, *, step):
    """Stop thinking: take the guess of this step for the finished film."""
    return {"film": decode(model, run, told(model, run, step), sound=False).frames}


def missed(run, other, model, *, step):
    """What the jump costs: power of details of every size, and the pixels."""
    a, b = _pixels(run, model), torch.from_numpy(other["film"]).float() / 255
    waves, before = _power(a)
    _, after = _power(b)
    found = _against(b, a)
    case = "less" if found["detail"] < 0.8 else "as_much"
    return {"waves": waves, "before": before, "after": after, "step": step + 1, "case": case, **found}


def poke(run, model, *, where, amount):
    """The same run, but with other noise in one region of where it starts."""
    spans = _region(run.latents[0].shape[1:], where)
    other = replay(model, run, latent=poked(run.latents[0], *spans, amount=amount, seed=run.request.seed + 1))
    yield from other
    return other.recording


def spread(run, other, model, *, where):
    """How much the film changed inside the region whose noise was poked, and outside."""
    frames, rows, cols = _region(run.latent.shape[1:], where)
    inside = torch.zeros(run.latent.shape[1:])
    inside[frames.start : frames.stop, rows.start : rows.stop, cols.start : cols.stop] = 1
    change = (_pixels(other, model) - _pixels(run, model)).abs().mean(-1)  # (frames, height, width)
    height, width = change.shape[1:]
    of_latent = inside[model.latent_frames(len(change))]  # (frames, rows, cols)
    where_in = torch.nn.functional.interpolate(of_latent[None], (height, width))[0] > 0.5
    within, without = change * where_in, change * ~where_in
    return {
        "frame": list(range(1, len(change) + 1)),
        "inside": [float(c[m].mean()) if m.any() else None for c, m in zip(change, where_in, strict=True)],
        "outside": [float(c[~m].mean()) if (~m).any() else None for c, m in zip(change, where_in, strict=True)],
        "noise": float(inside.mean()),
        "in_mean": float(within.sum() / where_in.sum()),
        "out_mean": float(without.sum() / (~where_in).sum()),
        "leaked": float(without.sum() / change.sum().clamp(min=1e-9)),
    }


def _region(shape, where):
    """Ranges of latent frames, rows and columns."""
    return [range(round(low * n), round(high * n)) for n, (low, high) in zip(shape, REGIONS[where], strict=True)]


def _pixels(run, model, latent=None):
    return torch.from_numpy(decode(model, run, latent, sound=False).frames).float() / 255  # (frames, height, width, 3)


def _against(film, finished):
    """A film against the finished one: pixels apart, likeness of what changes from place to place, fine detail kept."""
    (waves, power), (_, whole) = (_power(x) for x in (film, finished))
    fine = waves > waves[-1] / 4
    return {
        "apart": likeness.apart(film, finished),
        "alike": likeness.alike(film, finished),
        "detail": float(power[fine].sum() / whole[fine].sum().clamp(min=1e-9)),
    }


def _power(film):
    return power_spectrum(film.permute(0, 3, 1, 2))  # of (frames, 3, rows, cols)


def _mean(values):
    return sum(values) / max(1, len(values))
