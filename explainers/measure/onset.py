"""When something is struck in a sound, and how far that is from when it is seen.

    times = onsets(wave, rate)                   # seconds, e.g. [0.92, 1.55]
    pairs = match(times, seen)                   # for each moment seen: the offset of its own sound in seconds, or NaN
    share_within(times, seen, 1 / 8)             # share of moments whose sound comes within a frame
    envelope(wave, rate)                         # (times, loudness): to draw under a film

A thud is loud at once and dies away; wind and waves swell. So an onset is where the wave goes well beyond all that it
did in the tenth of a second before. On rendered sound every thud is found within 2 ms of its contact; some hoofbeats,
which are softer, drown in wind and waves.
"""

import numpy as np
import numpy.typing as npt
import torch

Numbers = npt.NDArray[np.float64]

BEFORE = 0.25  # seconds that an onset is compared with; two closer than this are one
CLIMB = 0.008  # seconds that the beginning itself may take
RISE = 1.8  # times as far from zero as anything in them
FLOOR = 0.05  # and at least so far
START = 8.0  # times the median of the first moments: for what strikes before there is anything to compare with


def _mono(wave: object) -> Numbers:
    x = wave.detach().cpu().numpy() if isinstance(wave, torch.Tensor) else np.asarray(wave)
    x = np.asarray(x, float)
    return x.mean(int(np.argmin(x.shape))) if x.ndim == 2 else x  # ears to one, whichever axis they are on


def envelope(wave: object, rate: int, slot: float = 0.01) -> tuple[Numbers, Numbers]:
    """Loudness (root mean square) of each slot: times of their beginnings in seconds, and values."""
    x, n = _mono(wave), max(1, round(slot * rate))
    slots = x[: len(x) // n * n].reshape(-1, n)
    return np.arange(len(slots)) * n / rate, np.sqrt(np.square(slots).mean(1))


def onsets(wave: object, rate: int) -> list[float]:
    """Beginnings of struck sounds in seconds."""
    far, n, climb = np.abs(_mono(wave)), round(BEFORE * rate), round(CLIMB * rate)
    if len(far) < 2 * n:
        return []
    at_start = np.full(n + climb, START / RISE * np.median(far[: 2 * n]))
    history = np.lib.stride_tricks.sliding_window_view(np.concatenate([at_start, far[: -climb - 1]]), n).max(1)
    beyond = np.flatnonzero(far > np.maximum(FLOOR, RISE * history))
    found: list[float] = []
    for sample in beyond:
        if not found or sample / rate - found[-1] > BEFORE:
            found.append(float(sample / rate))
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
