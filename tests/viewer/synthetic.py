"""A world whose answer is known: a ball on a parabola over a gradient, developed out of noise step by step."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from explainers.viewer.pack import Film, Grid, MapBank, PackStep, Word, peaks, wav

FRAMES, FPS, RATE, SLICES = 17, 8, 8000, 17
FRAME_OF = [0] + [1 + (f - 1) // 4 for f in range(1, FRAMES)]  # the first frame alone, then four to a latent frame
PROMPT = ("a", "red", "ball", "bounces", "on", "the", "zorblax")


def ball_at(frame: int) -> tuple[float, float]:
    """Middle of the ball in shares of width and height."""
    t = frame / (FRAMES - 1)
    return 0.18 + 0.64 * t, 0.62 - 0.36 * abs(np.sin(2 * np.pi * t))


def clean_film(size: int, colour: tuple[float, float, float] = (0.87, 0.2, 0.16)) -> NDArray[np.float32]:
    y, x = (np.mgrid[0:size, 0:size] + 0.5) / size
    sky = np.stack([0.42 + 0.35 * y, 0.6 + 0.2 * y, 0.85 - 0.12 * y], -1)
    ground = np.stack([0.3 + 0 * y, 0.45 - 0.1 * y, 0.25 + 0 * y], -1)
    film = np.empty((FRAMES, size, size, 3), np.float32)
    for frame in range(FRAMES):
        cx, cy = ball_at(frame)
        image = np.where((y > 0.78)[..., None], ground, sky)
        distance = np.hypot(x - cx, y - cy)
        edge = np.clip((0.16 - distance) * size, 0, 1)[..., None]  # one soft pixel
        light = 0.75 + 0.5 * np.clip(1 - np.hypot(x - cx + 0.05, y - cy + 0.06) / 0.2, 0, 1)[..., None]
        film[frame] = image * (1 - edge) + np.array(colour) * light * edge
    return film.clip(0, 1)


def thuds(size: int = 2 * RATE) -> NDArray[np.float32]:
    """A thud whenever the ball touches the ground."""
    t = np.arange(size) / RATE
    sound = np.zeros(size)
    for touch in (0.0, 1.0625):
        since = np.clip(t - touch, 0, None)
        sound += np.where(t >= touch, np.exp(-9 * since) * np.sin(2 * np.pi * 90 * since), 0)
    return (0.8 * sound / np.abs(sound).max()).astype(np.float32)


def steps_of(size: int, steps: int, seed: int = 0, colour: tuple[float, float, float] = (0.87, 0.2, 0.16)):
    """PackStep after PackStep; x0 is blurred more the earlier, as a model's guess is."""
    rng = np.random.default_rng(seed)
    film = clean_film(size, colour) * 2 - 1
    mean = film.mean(axis=0, keepdims=True)
    coarse = rng.standard_normal((5, size // 8, size // 8, 3))
    noise = np.kron(coarse, np.ones((1, 8, 8, 1)))[FRAME_OF] * 0.75 + 0.5 * rng.standard_normal(film.shape)
    hiss, tune = rng.standard_normal(2 * RATE) * 0.25, thuds()
    for index in range(steps):
        sigma = 1 - index / (steps - 1)
        noisy = (1 - sigma) * film + sigma * noise
        guess = (1 - sigma**2) * film + sigma**2 * mean + 0.12 * sigma * noise
        samples = (1 - sigma) * tune + sigma * hiss
        last = index == steps - 1
        yield PackStep(
            sigma, to_bytes(guess), to_bytes(noisy), peaks(samples, 160), wav(samples, RATE) if last else None
        )


def to_bytes(film: NDArray[np.floating]) -> NDArray[np.uint8]:
    return ((film.clip(-1, 1) + 1) * 127.5).astype(np.uint8)


def facts(
    size: int = 64,
    steps: int = 50,
    id: str = "ball",
    title: str = "",
    words: tuple[str, ...] = PROMPT,
    patches: int = 8,
):
    grid = Grid(5, patches, patches, FRAME_OF)
    known = [Word(word, known=word != "zorblax") for word in words]
    return Film(id, FRAMES, FPS, size, size, steps, title=title, grid=grid, words=known, slices=SLICES)


def nearness(patches: int) -> NDArray[np.float32]:
    """How near each patch (latent frame, row, col) is to the ball: the shape of a plausible map."""
    y, x = (np.mgrid[0:patches, 0:patches] + 0.5) / patches
    maps = np.empty((5, patches, patches), np.float32)
    for latent in range(5):
        cx, cy = np.mean([ball_at(f) for f in range(FRAMES) if FRAME_OF[f] == latent], axis=0)
        maps[latent] = np.exp(-((x - cx) ** 2 + (y - cy) ** 2) / 0.02)
    return maps


def banks(patches: int = 8, words: int = len(PROMPT), last: int = 49) -> list[MapBank]:
    """Maps of all words, of all patches, and the named map "change"."""
    near = nearness(patches)
    y = np.linspace(0, 1, patches)[None, :, None] ** 3 + 0 * near
    over = np.stack([near * (0.2 + 0.1 * word) if word < 4 else y * 0.4 for word in range(words)])
    normal = "all words, cubes and sound slices together are 100 %"
    word_bank = MapBank("word", {"patches": over[None] / over.sum()}, "Attention to this word", normal)
    questions = near.reshape(-1, 1, 1, 1)
    keys = (0.05 + questions * near[None] + (1 - questions) * y[None]).reshape(-1, 5, patches, patches)
    share = keys / keys.sum(axis=(1, 2, 3), keepdims=True)
    to_words = np.random.default_rng(1).dirichlet(np.ones(words), len(share))
    to_sound = np.random.default_rng(2).dirichlet(np.ones(SLICES), len(share))
    tiles = {"patches": share[None] * 0.7, "words": to_words[None] * 0.2, "sound": to_sound[None] * 0.1}
    patch_bank = MapBank("patch", tiles, "Where this cube looks", normal)
    change = np.stack([near * s for s in (1.0, 0.5, 0.1)])[:, None]
    change_bank = MapBank(
        "map",
        {"patches": change},
        "Change since the step before",
        "mean absolute difference of pixels, 0 to 1",
        unit="",
        name="Change",
        steps=[0, last // 2, last],
    )
    return [word_bank, patch_bank, change_bank]
