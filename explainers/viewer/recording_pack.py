"""A recording as the viewer's pack: which pictures each step becomes, and what stays the same through a film.

film = film_of(model, run, "name")                      # see pack.py
film_pack(film, [pack_step(model, step) for step in run.steps])
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from explainers.viewer.pack import Film, Grid, PackStep, Word, film_pack, peaks, wav

if TYPE_CHECKING:
    from explainers.engine import Recording, VideoModel


def film_of(model: VideoModel, run: Recording, name: str) -> Film:
    asked = run.request
    latent = run.latents[0]
    _, *grid = latent.shape
    frames, rows, cols = model.patches((grid[0], grid[1], grid[2]))
    length = int(asked.frames or 1)
    deep = -(-grid[0] // frames)  # latent frames in one patch
    frame_of = [min(frames - 1, at // deep) for at in model.latent_frames(length)]
    return Film(
        name,
        length,
        float(asked.fps or 8),
        int(asked.width or 64),
        int(asked.height or 64),
        run.planned,
        grid=Grid(frames, rows, cols, frame_of),
        words=words_of(run),
        slices=int(run.sound_latents[0].shape[-1]) if run.sound_latents else 0,
    )


def words_of(run: Recording) -> list[Word]:
    """The prompt's words as `Token.word` counts them."""
    from explainers.engine import word_texts

    return [Word(word, word not in run.unknown) for word in word_texts(run)]


def pack_step(model: VideoModel, step: Any) -> PackStep:
    """A step as pictures: the guess decoded, the noisy latent cell by cell.

    The guess is the one by the words alone. Guidance's push belongs to the step, not to the film that is expected: as
    long as most is noise, it would show as a smear.
    """
    from explainers.engine import preview

    film = np.asarray(preview(model, guess(model, step)))
    return PackStep(step.sigma, x0=film, noisy=colours(step.latent, step.recording))


def guess(model: VideoModel, step: Any) -> Any:
    """While a run is recorded its step knows what the words alone said; of a kept one it is asked again."""
    from explainers.engine import told

    run = step.recording
    if step.cond is None:
        return told(model, run, step.index) if run.weights == model.weights else step.x0
    a, b = run.x0_rule[step.index]
    return a * step.latent + b * step.cond


def colours(latent: Any, run: Recording) -> Any:
    """Three directions of the latent as red, green, blue: those along which the finished film varies most.

    They are the same for all steps of a run, and scaled by its starting noise, so that static is seen to fade.
    """
    values = latent.float().numpy()  # (channels, frames, rows, cols)
    channels = values.shape[0]
    mixing = np.linalg.qr(np.random.default_rng(0).normal(size=(channels, min(3, channels))))[0]  # (channels, 3)
    seen = np.einsum("cfrk,cm->frkm", values, mixing)
    if seen.shape[-1] < 3:
        seen = np.repeat(seen[..., :1], 3, axis=-1)
    spread = 2.5 * float(run.latents[0].float().std()) or 1.0
    return (np.clip(seen / spread / 2 + 0.5, 0, 1) * 255).astype(np.uint8)


def with_sound(step: PackStep, film: Any) -> PackStep:
    """The last step, decoded to film and sound."""
    frames = np.asarray(film.frames)
    if film.sound is None:
        return PackStep(step.sigma, x0=frames, noisy=step.noisy)
    sound = np.asarray(film.sound, np.float32)  # (samples, ears)
    mono = sound.reshape(len(sound), -1).mean(axis=1)
    return PackStep(step.sigma, frames, step.noisy, peaks(mono), wav(mono, film.rate))


def still(made: Mapping[str, Any], name: str) -> bytes:
    """A film that has no development: one step."""
    frames = np.asarray(made["film"])
    shown = frames if frames.dtype == np.uint8 else (np.clip(frames, 0, 1) * 255).astype(np.uint8)
    count, height, width, _ = shown.shape
    return film_pack(Film(name, count, float(made.get("fps", 8)), width, height, 1), [PackStep(0.0, x0=shown)])
