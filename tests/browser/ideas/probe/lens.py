import time

import numpy as np


def curve(run, *, level, step, sorted, head):
    x = np.arange(5)
    y = x * level + step
    return {"x": x, "y": -y if sorted else y, "level": level, "step": step, "head": "all" if head is None else head}


def rows(run, *, space):
    return {"space": space, "values": [1.23456, 2.0]}


def films(run, *, space):
    still = np.zeros((17, 16, 16, 3))
    still[:, 4:8] = 1
    return {"one": still, "two": 1 - still, "brightness": float(still.mean()), "space": space}


def slow(run, model, *, level):
    """A second of work; half a minute of it at the highest level."""
    for done in range(20):
        time.sleep(1.5 if level == 1 else 0.05)
        yield done / 20
    return {"x": [0, 1], "y": [0, level], "power": np.full((5, 4, 4), level), "step": 0, "most": level}


def near(run, *, patch, head):
    frame, row, col = patch
    power = np.zeros((5, 4, 4))
    power[frame, row, col] = 1
    return {"power": power, "here": f"{frame},{row},{col}", "head": "all" if head is None else head}


def word_map(run, *, word):
    return {"power": np.full((5, 4, 4), 0.5), "word": word}


def change(run, *, step):
    return {"power": np.linspace(0, 1, 80).reshape(5, 4, 4), "step": step}


def way(run):
    return {"image": np.zeros((2, 8, 8, 3)), "steps": run.steps}


def answer(run, *, level):
    """Which way it goes; at the lowest level nobody knows."""
    said = "" if level == 0 else "up" if level > 0.3 else "down"
    return {"answer": said, "case": "much" if level > 0.3 else "little", "level": level}


def without(run, model, *, level):
    yield from model.cut(run)


def difference(run, other):
    return {"change": 0.25, "x": [0, 1], "y": [1, 0]}


def spelt(run, *, said):
    words = said.split()
    return {"steps": [words[:n] + [""] * (len(words) - n) for n in range(len(words) + 1)], "count": len(words)}


def first_frame(run):
    return {"grey": np.full((64, 64, 3), 0.5)}


def apart(run, *, said):
    return {"one": len(said.split()), "other": len(said), "said": said}
