"""When something is struck in a sound, and how far that is from when it is seen.

    times = onsets(wave, rate)                   # seconds, e.g. [0.92, 1.55]
    pairs = match(times, seen)                   # for each moment seen: the offset of its own sound in seconds, or NaN
    share_within(times, seen, 1 / 8)             # share of moments whose sound comes within a frame
    envelope(wave, rate)                         # (times, loudness): to draw under a film

A thud is loud at once and dies away; wind and waves swell. So: energy in slots of 5 ms against the quiet just before.
On rendered sound an onset is found within 5 ms of its contact.
"""

import numpy as np
import numpy.typing as npt
import torch

Numbers = npt.NDArray[np.float64]

SLOT = 0.005  # seconds
BEFORE = 0.04  # seconds of quiet that an onset is compared with
RISE = 4.0  # times as much energy as just before
FLOOR = 0.04  # root mean square below which nothing counts
DEAD = 0.12  # seconds after an onset in which its own ringing is not another one


def envelope(wave: object, rate: int, slot: float = SLOT) -> tuple[Numbers, Numbers]:
    """Loudness (root mean square) of each slot: times of their beginnings in seconds, and values."""
    x = wave.detach().cpu().numpy() if isinstance(wave, torch.Tensor) else np.asarray(wave)
    x = np.asarray(x, float)
    if x.ndim == 2:  # ears to one, whichever axis they are on
        x = x.mean(int(np.argmin(x.shape)))
    n = max(1, round(slot * rate))
    slots = x[: len(x) // n * n].reshape(-1, n)
    return np.arange(len(slots)) * n / rate, np.sqrt(np.square(slots).mean(1))


def onsets(wave: object, rate: int) -> list[float]:
    """Beginnings of struck sounds in seconds."""
    times, loud = envelope(wave, rate)
    before = max(1, round(BEFORE / SLOT))
    after = max(1, round(0.02 / SLOT))
    energy = loud**2
    found: list[float] = []
    for k in range(len(energy)):
        now = energy[k : k + after].mean()
        quiet = energy[max(0, k - before) : k]
        old = np.median(quiet) if len(quiet) else 0.0
        if now < FLOOR**2 or now < RISE * (old + FLOOR**2 / RISE) or (found and times[k] - found[-1] < DEAD):
            continue
        # The window reaches ahead: the onset is the slot in it where the energy jumps.
        first = k + int(np.argmax(energy[k : k + after] > max(0.25 * energy[k : k + after].max(), 2 * old)))
        if not found or times[first] - found[-1] >= DEAD:
            found.append(float(times[first]))
    return found


def match(times: list[float], seen: list[float], furthest: float = 0.5) -> Numbers:
    """For each moment seen, the time from it to its own onset; nearest pairs first, each onset once; NaN if none."""
    offset = np.full(len(seen), np.nan)
    pairs = sorted((abs(s - m), i, j) for i, m in enumerate(seen) for j, s in enumerate(times))
    used: set[int] = set()
    for distance, i, j in pairs:
        if distance <= furthest and np.isnan(offset[i]) and j not in used:
            offset[i] = times[j] - seen[i]
            used.add(j)
    return offset


def share_within(times: list[float], seen: list[float], tolerance: float) -> float:
    """Share of the moments seen whose sound comes within the tolerance; NaN when nothing is seen to strike."""
    return float(np.mean(np.abs(match(times, seen)) <= tolerance)) if seen else float("nan")
