"""Where every cube looks: at its own frame, at other frames, at words, at sound; and what is lost without it.

look(run, model, patch=(2, 1, 3), step=8, layer=None, head=None)["map"]    # (frames, rows, cols)
frames(run, model, step=8, layer=2, head=None)["matrix"]                   # (frames, frames)
survey(run, model, step=8)["kind"]                                         # "space", "time" or "neither", per head
tracks(run, model)["hits"]                                                 # (noise levels, layers)

All weights are the model's own softmax, recomputed for the step asked about: what one cube gives to words, cubes and
sound sums to 1.
"""

import numpy as np

from explainers.engine import (
    BlockFrames,
    MuteHead,
    Patch,
    ScrambleTime,
    attention,
    by_word,
    decode,
    encode,
    evenly,
    frame_matrix,
    replay,
)
from explainers.lessons.attention.track import clips_of, cubes_of, follow, under_noise
from explainers.measure import likeness
from explainers.measure.track import centre

ASKED = 48  # cubes that a survey asks, at most
LEVELS = (0.9, 0.7, 0.5, 0.3, 0.1)  # shares of noise over a known film
STRONG = 1.5  # times an even look from which a head is said to look there
STRAYS = 0.1  # by so much more must frames be read otherwise than the whole film, if a subject is not to stay the same
TELLS = 0.7  # agreement of two orders of heads from which one is said to tell the other


def look(run, model, *, patch, step, layer, head):
    """Where one cube of space and time looks."""
    seen = attention(model, run, step, layer, head, Patch(*patch))
    return {
        "map": seen.video,
        "words": by_word(run, seen.words),
        "sound": seen.sound,
        **_shares(seen.share),
        "layers": len(seen.layers),
        "heads": len(seen.heads),
    }


def again(run, model, *, patch, step, layer, head):
    """In how many other frames is the brightest cube of a look the one that holds the subject of the finished film?"""
    seen = attention(model, run, step, layer, head, Patch(*patch)).video  # (frames, rows, cols)
    path = centre(decode(model, run, sound=False).frames)
    truth = cubes_of(path.x, path.y, seen.shape, model.squeeze[0] * model.patch[0])
    there = [frame for frame, cube in enumerate(truth) if cube and frame != patch[0]]
    hits = sum(np.unravel_index(int(seen[frame].argmax()), seen[frame].shape) == truth[frame] for frame in there)
    on = truth[patch[0]] == tuple(patch[1:])
    case = "elsewhere" if not on else "finds" if hits > len(there) / 2 else "misses"
    return {"hits": int(hits), "frames": len(there), "case": case}


def by_layer(run, model, *, patch, step):
    """The same cube, layer by layer and head by head: shares that go to words, own frame, other frames, sound."""
    seen = attention(model, run, step, None, None, Patch(*patch), each=True)
    words, video, sound = seen.words.sum(-1), seen.video.sum((-1, -2, -3)), seen.sound.sum(-1)  # (layers, heads)
    own = seen.video[:, :, patch[0]].sum((-1, -2))
    others = video - own
    far = np.unravel_index(int(others.argmax()), others.shape)
    return {
        "own": own.mean(1),
        "others": others.mean(1),
        "words": words.mean(1),
        "sound": sound.mean(1),
        "per_head": others,
        "far_layer": int(far[0]) + 1,
        "far_head": int(far[1]) + 1,
        "far": float(others.max()),
        "near": float(others.min()),
    }


def frames(run, model, *, step, layer, head):
    """How much each frame looks at each other one."""
    found = frame_matrix(model, run, step, layer, head)
    matrix = found.weights  # (frames that look, frames looked at)
    apart = np.abs(np.subtract.outer(range(len(matrix)), range(len(matrix))))
    return {
        "matrix": matrix,
        "own": float(matrix[apart == 0].mean()),
        "next": float(matrix[apart == 1].mean()) if len(matrix) > 1 else 0.0,
        "far": float(matrix[apart == apart.max()].mean()),
        "distance": int(apart.max()),
        "even": float(matrix.sum() / matrix.size),
    }


def course(run, model):
    """The four shares over the steps, on average over all cubes, layers and heads."""
    steps = evenly(len(run.steps), 10)
    shares = []
    for done, step in enumerate(steps):
        shares.append(_mean_shares(frame_matrix(model, run, step)))
        yield (done + 1) / len(steps)
    return {
        "step": [step + 1 for step in steps],
        **{name: [share[name] for share in shares] for name in shares[0]},
        **{f"{name}_first": shares[0][name] for name in shares[0]},
        **{f"{name}_last": shares[-1][name] for name in shares[0]},
        "steps": len(run.steps),
    }


def answer(run, model):
    """Where the cubes of the film look most, half-way, on average over layers and heads."""
    step = len(run.steps) // 2
    found = frame_matrix(model, run, step)
    share = _mean_shares(found)
    count = len(found.weights)
    each = share["others"] / max(1, count - 1)  # of the other frames
    return {"answer": max(share, key=share.get), **share, "each": each, "count": count - 1, "step": step + 1}


def survey(run, model, *, step):
    """Every head: does it look across space or across time?

    A head's weight on the other cubes of its own frame, and on the same place in other frames, is held against its mean
    weight on any cube. From STRONG times that on it looks there; the stronger of the two gives the head its kind.
    """
    grid = model.patches(tuple(run.latent.shape[1:]))
    asked = _some_cubes(grid)
    place = np.stack(np.meshgrid(*map(np.arange, grid), indexing="ij"), -1)  # (frames, rows, cols, 3)
    near, same = [], []
    for done, cube in enumerate(asked):
        video = attention(model, run, step, None, None, Patch(*cube), each=True).video  # (layers, heads, *grid)
        weight = video / video.mean((-1, -2, -3), keepdims=True).clip(1e-12)  # 1: as much as any cube gets
        apart = np.abs(place - cube)
        near.append(weight[..., (apart[..., 0] == 0) & (apart[..., 1:] > 0).any(-1)].mean(-1))
        same.append(weight[..., (apart[..., 0] > 0) & (apart[..., 1:] == 0).all(-1)].mean(-1))
        yield (done + 1) / len(asked)
    space, time = np.mean(near, 0), np.mean(same, 0)  # (layers, heads)
    kind = np.where(np.maximum(space, time) < STRONG, "neither", np.where(space > time, "space", "time"))
    return {
        "kind": kind.tolist(),
        "space": space,
        "time": time,
        **{f"n_{name}": int((kind == name).sum()) for name in ("space", "time", "neither")},
        "heads": kind.size,
        "strong": STRONG,
        "asked": len(asked),
        "step": step + 1,
    }


def silenced(run, model, *, step):
    """Every head, silenced alone: how far does the prediction change, and would the head's map have told?

    A map is as bright as its brightest link, on average over the cubes asked.
    """
    whole = replay(model, run, from_step=step, guidance=1.0).first().velocity
    asked = _some_cubes(model.patches(tuple(run.latent.shape[1:])))[::4]
    bright = 0.0
    for done, cube in enumerate(asked):
        video = attention(model, run, step, None, None, Patch(*cube), each=True).video  # (layers, heads, *grid)
        bright = bright + video.max((-1, -2, -3)) / len(asked)
        yield (done + 1) / (len(asked) + bright.size)
    lost = np.zeros_like(bright)
    for done, (layer, head) in enumerate(np.ndindex(bright.shape)):
        one = MuteHead(layers=(layer,), heads=(head,))
        without = replay(model, run, from_step=step, guidance=1.0, cuts=[one]).first().velocity
        lost[layer, head] = likeness.off(without, whole)
        yield (len(asked) + done + 1) / (len(asked) + bright.size)
    ranks = [np.argsort(np.argsort(-values.ravel())) for values in (bright, lost)]
    order = np.argsort(-bright.ravel())[:4]  # brightest first
    agree = float(np.corrcoef(*ranks)[0, 1])
    return {
        "bright": bright,
        "lost": lost,
        "layer": [int(at) // bright.shape[1] + 1 for at in order],
        "head": [int(at) % bright.shape[1] + 1 for at in order],
        "rank": [int(ranks[1][at]) + 1 for at in order],
        "agree": agree,
        "heads": bright.size,
        "first": int(ranks[0][int(lost.argmax())]) + 1,  # place, by brightness, of the head that does most
        "case": "yes" if agree > TELLS else "no",
        "step": step + 1,
    }


def tracks(run, model):
    """How often the strongest link of a cube on the subject leads to the subject in another frame.

    Rendered films, whose tracks are known, are put under noise and given to the model with their words (and with an
    average sound under as much noise); no step is taken. A hit is the very cube that holds the subject's centre.
    """
    clips = clips_of(run)
    steps = [min(range(len(run.sigmas)), key=lambda i: abs(run.sigmas[i] - level)) for level in LEVELS]
    steps = sorted(set(steps))
    found = []
    for done, (film, x, y, prompt) in enumerate(clips):
        truth = cubes_of(x, y, model.patches(tuple(run.latent.shape[1:])), model.squeeze[0] * model.patch[0])
        latent = encode(model, film)
        for at, step in enumerate(steps):
            known = under_noise(run, model, step, latent, prompt)
            found.append(follow(model, known, step, truth))
            yield (done + (at + 1) / len(steps)) / len(clips)
    tried = {name: sum(f[name] for f in found[:: len(steps)]) for name in ("pairs", "moved")}
    hits, heads = (
        np.stack([sum(f[name] for f in found[at :: len(steps)]) for at in range(len(steps))])
        for name in ("hits", "heads")
    )
    hits, heads = hits / max(1, tried["moved"]), heads / max(1, tried["moved"])  # (levels, layers), (…, heads)
    level, layer = np.unravel_index(int(hits.argmax()), hits.shape)
    grid = model.patches(tuple(run.latent.shape[1:]))
    return {
        "levels": [run.sigmas[step] for step in steps],
        "hits": hits,
        "heads": heads,
        "best": float(hits.max()),
        "best_level": run.sigmas[steps[level]],
        "best_layer": int(layer) + 1,
        "best_head": float(heads.max()),
        "mean": float(hits.mean()),
        "noisy": float(hits[0].max()),
        "clear": float(hits[-1].max()),
        "chance": 1 / (grid[1] * grid[2]),
        "clips": len(clips),
        "moved": int(tried["moved"]),
        "still": 1 - tried["moved"] / max(1, tried["pairs"]),
    }


def apart(run, model, *, step):
    """From this step on, no cube sees another frame than its own."""
    return (yield from _cut(run, model, step, BlockFrames(steps=range(step, len(run.steps)))))


def scrambled(run, model, *, step):
    """From this step on, frames are told a wrong place in time."""
    return (yield from _cut(run, model, step, ScrambleTime(steps=range(step, len(run.steps)), seed=run.request.seed)))


def muted(run, model, *, step, layer, head):
    """From this step on, the head that is chosen adds nothing (all of them, where all are chosen)."""
    some = {"layers": None if layer is None else (layer,), "heads": None if head is None else (head,)}
    return (yield from _cut(run, model, step, MuteHead(steps=range(step, len(run.steps)), **some)))


def harm(run, other, model, *, step):
    """What the cut broke: flicker, and whether the subject stays the same from frame to frame."""
    from explainers.measure.flicker import drift, flicker
    from explainers.measure.reader import Reader

    reader = Reader.load()
    films = [decode(model, film, sound=False).frames for film in (run, other)]
    before, after = (flicker(film) for film in films)
    drifts = [drift(reader.per_frame(film)["subject"]) for film in films]
    return {
        "frame": list(range(2, len(before) + 2)),
        "before": before,
        "after": after,
        "flicker": float(after.mean()),
        "was": float(before.mean()),
        "times": float(after.mean() / max(before.mean(), 1e-9)),
        "drift": drifts[1],
        "drift_was": drifts[0],
        "pixels": likeness.apart(*films),
        "case": "another" if drifts[1] > drifts[0] + STRAYS else "same",
        "step": step + 1,
        "steps": len(run.steps),
    }


def _cut(run, model, step, cut):
    other = replay(model, run, from_step=step, cuts=[cut])
    yield from other
    return other.recording


def _shares(share):
    return {
        "own": share["own frame"],
        "others": share["other frames"],
        "words_share": share["words"],
        "sound_share": share["sound"],
    }


def _mean_shares(found):
    """The four shares of a frame matrix, on average over frames."""
    own = float(np.diagonal(found.weights).mean())
    others = float(found.weights.sum(1).mean()) - own
    return {"own": own, "others": others, "words": float(found.words.mean()), "sound": float(found.sound.mean())}


def _some_cubes(grid):
    """All cubes, or as many as a survey asks, drawn without order."""
    every = np.stack(np.unravel_index(np.arange(np.prod(grid)), grid), -1)  # (cubes, 3)
    order = np.random.default_rng(0).permutation(len(every))[:ASKED]
    return [tuple(int(i) for i in cube) for cube in every[np.sort(order)]]
