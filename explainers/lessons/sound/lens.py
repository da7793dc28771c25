"""Sound and picture in one sequence: what is heard beside what is seen, what they tell each other, and without the tie.

timeline(run, model)["offsets"]                        # seconds from each contact seen to the onset heard; NaN: none
listens(run, model, slice=7, step=8, ...)["map"]       # (frames, rows, cols): where one slice of sound looks
heads(run, model, step=8)["timely"]                    # how much the most punctual head looks at the same moment
seeds(run, model)["untied"]                            # offsets of several films made without the tie

Contacts are read off the track of what moves, onsets off the wave (see explainers.measure): neither knows the other.
"""

import dataclasses

import numpy as np
import torch

from explainers.engine import (
    BlockSound,
    NotVisible,
    Slice,
    attention,
    by_word,
    decode,
    frame_matrix,
    record,
    replay,
)
from explainers.measure.likeness import apart, off
from explainers.measure.onset import envelope, match, onsets
from explainers.measure.track import centre, turns
from explainers.note import Note

SEEDS = 6
QUICK = 20  # steps of those: at 50, six pairs of films take minutes
OF_HEADS = ("same", "even", "timely", "timely_layer", "timely_head", "step")  # what is said of them
THUDS = "a red ball bounces on the grass"  # where the words on screen let nothing bounce
SLOT = 0.03  # seconds of sound whose loudness is one point of a curve
LINES = 400  # that a wave is drawn with
HIGHEST = 2000.0  # Hz that a spectrogram shows
FURTHEST = 1.0  # seconds from a contact to a sound of its own: without the tie half of one is not rare
SILENT = 1e-4  # of full swing: less is heard by nobody
WINDOW = 0.032  # seconds of sound in one of its columns


def timeline(run, model):
    """The height of what moves, its contacts, the wave and its onsets, on one clock."""
    film, wave = _heard(run, model)
    found = _struck(film)
    size = max(1, -(-len(wave) // LINES))
    pieces = np.pad(wave, (0, -len(wave) % size)).reshape(-1, size)
    y = centre(film.frames).y  # downwards, in units of 1/64 of the film's height
    time = np.arange(len(y)) / film.fps
    clock = np.arange(0, time[-1], SLOT)
    return {
        "time": time,
        "height": 64 - y,
        "contact_height": np.interp(found["contacts"], time, 64 - y),
        "wave_time": np.repeat((np.arange(len(pieces)) + 0.5) * size / film.rate, 2),
        "wave": np.stack([pieces.min(1), pieces.max(1)], 1).ravel(),
        "clock": clock,
        "loudness": np.interp(clock, *envelope(wave, film.rate, slot=SLOT)),
        "height_then": np.interp(clock, time, 64 - y),
        **found,
        "seen": len(found["contacts"]),
        "struck": len(found["onsets"]),
        **_said(found["offsets"], film.fps),
        **_first(found),
        "case": _kind(found, film.fps),
    }


def spectrogram(run, model):
    """Loudness of every pitch over time."""
    film, wave = _heard(run, model)
    if np.abs(wave).max() < SILENT:
        raise NotVisible(Note("no_pitch", "This film is silent: there is no pitch to show."))
    window = round(WINDOW * film.rate)
    power = torch.stft(
        torch.from_numpy(wave), window, window // 2, window=torch.hann_window(window), return_complex=True
    )
    level = 20 * power.abs().clamp(min=1e-5).log10()  # (pitches, times) dB
    pitch = np.arange(len(level)) * film.rate / window
    shown = pitch <= HIGHEST
    per_pitch = power.abs().square().mean(1).numpy()
    return {
        "level": (level - level.max()).clamp(min=-70).numpy()[shown],
        "pitch": pitch[shown],
        "time": np.arange(level.shape[1]) * (window // 2) / film.rate,
        "contacts": _struck(film)["contacts"],
        "loudest": float(pitch[per_pitch.argmax()]),
        "below": float(per_pitch[pitch < 400].sum() / max(per_pitch.sum(), 1e-12)),
    }


def listens(run, model, *, slice, step, layer, head):
    """Where one slice of sound looks."""
    _sound(run)
    look = attention(model, run, step, layer, head, Slice(slice))
    moment, frame = _moments(run, model, look.video.shape[0])
    now = int(np.abs(frame - moment[slice]).argmin())
    by_frame = look.video.sum((1, 2))  # (frames,)
    return {
        "map": look.video,
        "words": by_word(run, look.words),
        "sound": look.sound,
        "picture": float(by_frame.sum()),
        "own": float(look.sound.sum()),
        "now": float(by_frame[now] / by_frame.sum().clip(1e-9)),
        "even": 1 / len(by_frame),
        "moment": float(moment[slice]),
        "slices": len(moment),
    }


def heads(run, model, *, step):
    """How much of its look at the picture a slice of sound gives to its own moment: all heads, and the best one."""
    found = yield from tie(run, model, step=step, layer=None, head=None)
    case = "own" if found["timely"] >= 2 * found["even"] else "anywhere"
    return {"case": case, **{name: found[name] for name in OF_HEADS}}


def tie(run, model, *, step, layer, head):
    """Which slice of sound looks at which frames of the picture; and how much the picture looks at sound."""
    count = _sound(run).shape[-1]
    each = []
    for at in range(count):
        each.append(attention(model, run, step, layer, head, Slice(at), each=True).video.sum((-1, -2)))
        yield (at + 1) / count
    each = np.stack(each)  # (slices, layers, heads, frames)
    weights = each.mean((1, 2))
    moment, frame = _moments(run, model, weights.shape[1])
    now = np.abs(frame[None] - moment[:, None]).argmin(1)  # (slices,) the frame of the same moment
    share = each / each.sum(-1, keepdims=True).clip(1e-9)
    timely = np.stack([share[at, :, :, now[at]] for at in range(count)]).mean(0)  # (layers, heads)
    best = np.unravel_index(int(timely.argmax()), timely.shape)
    back = frame_matrix(model, run, step, layer, head)
    return {
        "weights": weights,
        "now": now,
        "picture": float(weights.sum(1).mean()),
        "back": float(back.sound.mean()),
        "same": float(timely.mean()),
        "even": 1 / weights.shape[1],
        "timely": float(timely.max()),
        "timely_layer": int(best[0] if layer is None else layer) + 1,
        "timely_head": int(best[1] if head is None else head) + 1,
        "step": step + 1,
    }


def lockstep(run):
    """How far the guesses of picture and sound still are from how they end, step by step."""
    _sound(run)
    away = {"picture": [], "sound": []}
    for step in run.steps:
        away["picture"].append(off(step.x0, run.latent))
        away["sound"].append(off(step.sound_x0, run.sound_latent))
    return {
        "step": list(range(1, len(run.steps) + 1)),
        **away,
        "noise": list(run.sigmas),
        "picture_first": away["picture"][0],
        "sound_first": away["sound"][0],
        "picture_half": _settled(away["picture"]),
        "sound_half": _settled(away["sound"]),
        "steps": len(run.steps),
    }


def answer(run):
    """Which settles first, picture or sound?"""
    found = lockstep(run)
    ahead = found["sound_half"] - found["picture_half"]  # steps that the picture is ahead
    kind = "together" if abs(ahead) <= max(1, 0.15 * len(run.steps)) else "film" if ahead > 0 else "sound"
    return {"answer": kind, "case": kind, **found}


def untied(run, model):
    """At every step, sound and picture don't see each other; words and noise are the same."""
    _sound(run)
    other = replay(model, run, cuts=[BlockSound()])
    yield from other
    return other.recording


def offset(run, other, model):
    """From contact to thud, with the tie and without; and how much picture and sound changed."""
    films = [_heard(film, model)[0] for film in (run, other)]
    tied, cut = (_struck(film) for film in films)
    tied_said, cut_said = (_said(found["offsets"], film.fps) for found, film in zip((tied, cut), films, strict=True))
    waves = [np.asarray(film.sound, float).mean(1) for film in films]
    size = np.sqrt(np.mean([np.square(w).mean() for w in waves]))
    return {
        "tied_contacts": tied["contacts"],
        "tied": 1000 * tied["offsets"],
        "cut_contacts": cut["contacts"],
        "cut": 1000 * cut["offsets"],
        "frame": 1000 / films[0].fps,
        "seen": len(tied["contacts"]),
        "within": tied_said["within"],
        "seen_cut": len(cut["contacts"]),
        "within_cut": cut_said["within"],
        "picture_changed": apart(*(film.frames for film in films)),
        "sound_changed": float(np.sqrt(np.square(waves[0] - waves[1]).mean()) / max(size, 1e-9)),
        "tied_off": _worst(tied["offsets"]),
        "cut_off": _worst(cut["offsets"]),
        "case": _drift(_kind(tied, films[0].fps), _kind(cut, films[1].fps)),
    }


def _drift(tied, cut):
    """What the cut did to a thud that was on time."""
    if tied != "together" or cut == "none":
        return "none"
    return {"together": "stays", "apart": "drifts", "unheard": "lost"}[cut]


def seeds(run, model):
    """Several seeds, each with the tie and without: the offset of every contact."""
    _sound(run)
    prompt = run.request.prompt if "bounc" in run.request.prompt else THUDS
    steps = min(QUICK, run.request.steps)
    found = {"tied": [], "untied": []}
    seen = {"tied": 0, "untied": 0}
    for number in range(SEEDS):
        asked = dataclasses.replace(run.request, prompt=prompt, seed=run.request.seed + number, steps=steps)
        first = record(model, asked)
        yield from first
        second = replay(model, first.recording, cuts=[BlockSound()])
        yield from second
        for name, made in (("tied", first.recording), ("untied", second.recording)):
            struck = _struck(_heard(made, model)[0])
            found[name] += list(1000 * struck["offsets"])
            seen[name] += len(struck["contacts"])
    frame = 1000 / run.request.fps
    heard = {name: np.array([x for x in values if np.isfinite(x)]) for name, values in found.items()}
    within = {name: int((np.abs(values) <= frame).sum()) for name, values in heard.items()}
    share = {name: within[name] / seen[name] if seen[name] else float("nan") for name in seen}
    return {
        **heard,
        "frame": frame,
        "films": SEEDS,
        "steps": steps,
        "said": prompt,
        **{f"{name}_share": share[name] for name in share},
        "case": "none" if not all(seen.values()) else "fewer" if share["untied"] < share["tied"] else "as_many",
        **{f"{name}_seen": seen[name] for name in seen},
        **{f"{name}_heard": len(values) for name, values in heard.items()},
        **{f"{name}_within": within[name] for name in within},
        **{f"{name}_off": f"{np.median(np.abs(v)):.0f}" if len(v) else "?" for name, v in heard.items()},
    }


def _sound(run):
    if run.sound_latent is None:
        raise NotVisible(Note("silent", "This film has no sound."))
    return run.sound_latent


def _heard(run, model):
    """The film, and its wave with the ears put together: (samples,)."""
    film = decode(model, run, sound_latent=_sound(run))
    return film, np.asarray(film.sound, np.float32).mean(1)


def _struck(film):
    """Contacts seen (off the floor, off a wall on either side), onsets heard, and the time from each to its own.

    A contact is where it comes and then goes back: a boat that bobs and a star that trembles as it rises touch nothing.
    """
    path = centre(film.frames)
    seen = sorted(t / film.fps for track in (path.y, path.x, -path.x) for t, *_ in turns(track))
    seen = [
        t for at, t in enumerate(seen) if at == 0 or t - seen[at - 1] > 1 / film.fps
    ]  # one, whichever way it turned
    heard = onsets(film.sound, film.rate)
    return {"contacts": seen, "onsets": heard, "offsets": match(heard, seen, FURTHEST)}


def _said(offsets, fps):
    """How many contacts are heard, how many of them within a frame."""
    heard = np.abs(offsets[np.isfinite(offsets)])
    return {
        "offsets": offsets,
        "heard": len(heard),
        "within": int((heard <= 1 / fps).sum()),
        "frame": 1000 / fps,
    }


def _kind(found, fps):
    """Whether what is seen to touch is heard: "together", "apart", "unheard"; "none" where nothing touches."""
    offsets = found["offsets"]
    if not len(offsets):
        return "none"
    if np.isnan(offsets).all():
        return "unheard"
    return "together" if (np.abs(offsets) <= 1 / fps).all() else "apart"


def _first(found):
    """The first contact that is heard, when its sound begins, and how far apart they are; nothing said of none."""
    heard = np.flatnonzero(np.isfinite(found["offsets"]))
    if not len(heard):
        return {"contact": None, "thud": None, "late": None}
    contact, late = found["contacts"][heard[0]], float(found["offsets"][heard[0]])
    return {"contact": contact, "thud": contact + late, "late": round(abs(1000 * late))}


def _worst(offsets):
    """The longest way from a contact to its own onset, in milliseconds; None where none is heard."""
    heard = np.abs(offsets[np.isfinite(offsets)])
    return float(1000 * heard.max()) if len(heard) else None


def _moments(run, model, frames):
    """The middle of every slice of sound and of every frame of cubes, in seconds."""
    slices, fps = _sound(run).shape[-1], run.request.fps
    length = run.request.frames / fps
    span = model.squeeze[0] * model.patch[0]  # frames of the film in one layer of cubes; the first has one of its own
    middle = [0.5, *(1 + (n - 0.5) * span for n in range(1, frames))]
    return (np.arange(slices) + 0.5) * length / slices, np.array(middle) / fps


def _settled(off):
    """The first step from which the guess stays within half of its size from the end."""
    far = [at for at, value in enumerate(off) if value > 0.5]
    return far[-1] + 2 if far else 1
