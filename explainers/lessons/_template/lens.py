"""How soon the film settles: how far the guess of each step is from the finished film.

settling(run, share=0.5)["distance"]      # one number a step: 1 means as far away as an empty film

A lens is a pure function of what it names. Positional: `run`, the Recording; `model`, only where the model must be
asked again; `other`, the film that a cut made. After the star: the controls that it depends on. It returns numbers by
name; `answer` says which guess was right.
"""

from explainers.engine import replay


def settling(run, *, share):
    """Distance of x0 from the finished latent, and the first step from which no guess is farther away than `share`."""
    size = run.latent.norm()
    distance = [float((step.x0 - run.latent).norm() / size) for step in run.steps]
    far = [index for index, d in enumerate(distance) if d > share]
    settled = far[-1] + 1 if far else 0
    return {
        "step": list(range(1, len(distance) + 1)),
        "distance": distance,
        "share": share,
        "settled": settled + 1,
        "steps": len(distance),
    }


def answer(run):
    """In which third of the steps half of the film is settled."""
    found = settling(run, share=0.5)
    third = (found["settled"] - 1) / found["steps"]
    return {"answer": "early" if third < 1 / 3 else "middle" if third < 2 / 3 else "late", **found}


def unguided(run, model):
    """The same noise, without the pull of guidance: see it, then cut it."""
    other = replay(model, run, guidance=1.0)
    yield from other  # shown as its steps come, and ended between two of them when nobody looks any more
    return other.recording


def apart(run, other):
    """What the cut changed, as a share of the film."""
    return {"change": float((other.latent - run.latent).norm() / run.latent.norm())}
