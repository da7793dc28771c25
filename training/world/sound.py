"""What the world sounds like, on the same clock as the picture: (clips, samples) in -1..1.

    wave = listen(scenes, follow(scenes, 17), frames=17)         # 17 frames = 17,000 samples

A thud starts on the very sample of its contact. Big things sound lower, fast ones louder. Wind and waves are a fixed
tape whose loudness swells; without anything to hear there is silence.
"""

import math

import torch
from torch import Tensor

from .motion import BOARD, FLOOR, FPS, HOOF, Track
from .scene import Scenes
from .words import PLACES

RATE = 8000
PER_FRAME = RATE // FPS  # 1,000 samples a frame

# kind of contact: pitch at radius 13 (Hz), time to fade to 1/e (s), loudness at speed 3
VOICE = {FLOOR: (95.0, 0.060, 0.75), HOOF: (230.0, 0.025, 0.45), BOARD: (160.0, 0.040, 0.75)}
# place: loudness, band (Hz), swells a second
AMBIENCE = {
    "sea": (0.10, (90.0, 330.0), 0.45),
    "desert": (0.07, (60.0, 160.0), 0.30),
    "snow": (0.06, (140.0, 240.0), 0.35),
}
TAPE = 2 * PER_FRAME  # samples after which the tape repeats: every second slice of it is the same


def listen(scenes: Scenes, track: Track, frames: int) -> Tensor:
    n = frames * PER_FRAME
    time = torch.arange(n, device=scenes.x.device) / RATE  # (samples,)
    wave = _ambience(scenes, time)
    size = track.radius[:, :1] / 13
    for k in range(track.contacts.shape[1]):
        kind, start = track.kind[:, k], track.contacts[:, k] / FPS  # (clips,)
        heard = (kind > 0).nonzero().flatten()
        if not len(heard):
            continue
        voice = torch.tensor([VOICE.get(i, (1.0, 1.0, 0.0)) for i in range(4)], device=wave.device)[kind[heard]]
        since = time[None] - start[heard, None]  # (heard, samples) seconds since the contact
        pitch = voice[:, :1] / size[heard]
        loud = voice[:, 2:] * (track.impact[heard, k, None] / 3).clamp(max=1.2)
        ring = torch.sin(2 * math.pi * pitch * since) + 0.35 * torch.sin(2 * math.pi * 2.3 * pitch * since)
        hit = loud * torch.exp(-since.clamp(min=0) / voice[:, 1:2]) * ring
        wave[heard] += torch.where(since >= 0, hit, 0.0)
    return torch.tanh(wave)


def _ambience(scenes: Scenes, time: Tensor) -> Tensor:
    wave = torch.zeros(len(scenes), len(time), device=time.device)
    for name, (loud, (low, high), swells) in AMBIENCE.items():
        here = (scenes.place == PLACES.index(name)).nonzero().flatten()
        if len(here):
            swell = 0.6 + 0.4 * torch.sin(2 * math.pi * swells * time[None] + scenes.phase[here, None])
            wave[here] = loud * swell * _tape(len(time), low, high).to(time.device)
    return wave


def _tape(samples: int, low: float, high: float) -> Tensor:
    """Noise in a band, the same at each playing: all tones that fit into the tape, each with a phase of its own."""
    g = torch.Generator().manual_seed(int(low))
    step = RATE / TAPE  # Hz
    pitch = torch.arange(math.ceil(low / step), math.floor(high / step) + 1)[:, None] * step
    phase = 2 * math.pi * torch.rand(len(pitch), 1, generator=g)
    time = torch.arange(samples) / RATE
    return torch.sin(2 * math.pi * pitch * time + phase).sum(0) * math.sqrt(2 / len(pitch))
