"""Films of a development to take home: mp4 with sound and chapters, gif, webp. moviepy joins and times, Pillow draws.

    shown = Development.of(film, steps, "seed 7, 50 steps, guidance 4")      # what the viewer shows, see filmed.py
    for done in write(development(shown, words), Path("film.mp4"), shown): ...  # 0..1; leave the loop to cancel
    for done in write(development(shown, words, other), Path("film.gif"), shown): ...

A film is a list of `Scene`s. Their text is burnt in by the font that Pillow brings: nothing of the system is needed,
and ffmpeg comes with moviepy (imageio-ffmpeg).
"""

from __future__ import annotations

import io
import subprocess
import tempfile
import wave
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from explainers.export.frame import lit, picture, sheet
from explainers.kit.sentences import Words
from explainers.provenance import marked, saving
from explainers.viewer.pack import Film, Frames, PackStep, wav

SIZE = (960, 540)
SMALL = (640, 360)  # pixels, of gif and webp; a gif has no more than 256 colours and no compression to speak of
SMOOTH = 16  # pictures a second, at least
DEVELOPS, PLAYS = 6.0, 2  # seconds for all steps; how often the finished film is shown after them
HEARD = 48_000  # samples a second: players refuse rates as low as those of small models


@dataclass(frozen=True)
class Look:
    """Where a patch looks at each step, or at the one that is given."""

    heat: NDArray[np.float32]  # (steps, latent frames, rows, cols) in 0..1
    patch: tuple[int, int, int]
    frame_of: Sequence[int]  # film frame -> latent frame


@dataclass(frozen=True)
class Development:
    """A run as pictures, (frames, height, width, 3) uint8: for each step what the model was given and its guess."""

    prompt: str
    about: str  # how it was made: seed, steps, guidance
    fps: float
    given: Sequence[Frames]
    guesses: Sequence[Frames]
    film: Frames  # finished: decoded with care, while the guesses may be quick previews
    sound: NDArray[np.float32] | None = None  # (samples,) in -1..1
    rate: int = 0
    label: str = ""  # what this film is, beside another
    look: Look | None = None  # where a patch looks, to be laid over the guesses
    source: str = ""  # that a model made it, see provenance.py; empty of what it did not make

    @staticmethod
    def of(film: Film, steps: Sequence[PackStep], finished: PackStep, prompt: str, about: str) -> Development:
        def all_frames(pictures: Frames | None) -> Frames:
            assert pictures is not None
            if len(pictures) == film.frames or film.grid is None:
                return pictures
            return pictures[list(film.grid.frame_of)]

        given = [all_frames(step.x0 if step.noisy is None else step.noisy) for step in steps]
        sound, rate = samples_of(finished.sound) if finished.sound else (None, 0)
        guesses = [all_frames(step.x0) for step in steps]
        return Development(prompt, about, film.fps, given, guesses, all_frames(finished.x0), sound, rate)

    @property
    def seconds(self) -> float:
        return len(self.film) / self.fps

    def at(self, step: int | None) -> Frames:
        """The guess at a step; the finished film without one."""
        return self.film if step is None else self.guesses[step]

    def frame(self, seconds: float) -> int:
        """The frame of the film, played round and round, at a time."""
        return int(seconds * self.fps + 1e-6) % len(self.film)


@dataclass(frozen=True)
class Scene:
    seconds: float
    draw: Callable[[float, tuple[int, int]], Image.Image]  # at a time of the scene, at a size
    title: str = ""  # of the chapter that it is, in the film's metadata
    sound: NDArray[np.float32] | None = None  # from the beginning of the scene


# --- scenes


def development(shown: Development, words: Words, other: Development | None = None) -> list[Scene]:
    """Static becomes a film, then the film plays. With another run, or the one that a cut made, both side by side."""
    both = [shown, other] if other else [shown]

    def at_step(t: float, share: float, size: tuple[int, int]) -> Image.Image:
        panels, done = [], share >= 1
        for one in both:
            now = min(int(share * len(one.guesses)), len(one.guesses) - 1)
            frame, step = one.frame(t), None if done else now
            name = words("home.film" if done else "home.guess")
            if other is None:
                static = one.given[step or 0][frame]
                panels.append((words("home.static" if done else "home.given"), picture(static, crisp=True)))
            if other is None and one.look:
                panels.append((name, picture(one.at(step)[frame])))
            panels.append((one.label or (words("home.looks") if one.look else name), looked(one, step, frame)))
        steps = len(shown.guesses)
        told = words("home.step", step=min(int(share * steps) + 1, steps), steps=steps)
        return sheet(size, shown.prompt, shown.about, panels, told, share)

    def developing(t: float, size: tuple[int, int]) -> Image.Image:
        return at_step(t, min(t / DEVELOPS, 0.9999), size)

    def playing(t: float, size: tuple[int, int]) -> Image.Image:
        return at_step(t, 1.0, size)

    heard = other if other and shown.sound is None else shown
    sound = None if heard.sound is None else np.tile(one_round(heard), PLAYS)
    return [
        Scene(DEVELOPS, developing, words("home.chapter.develops")),
        Scene(shown.seconds * PLAYS, playing, words("home.chapter.plays"), sound),
    ]


def one_round(shown: Development) -> NDArray[np.float32]:
    """The sound of a film, exactly as long as its frames."""
    assert shown.sound is not None
    wanted = round(shown.seconds * shown.rate)
    return np.pad(shown.sound[:wanted], (0, max(0, wanted - len(shown.sound))))


def looked(shown: Development, step: int | None, frame: int) -> Image.Image:
    """A frame of the guess; in grey, with the patches lit that are looked at, where that was asked for."""
    pixels, look = shown.at(step)[frame], shown.look
    if look is None:
        return picture(pixels)
    latent = look.frame_of[frame]
    _, row, col = look.patch
    heat = look.heat[-1 if step is None else min(step, len(look.heat) - 1)][latent]
    return lit(pixels, heat, (row, col) if latent == look.patch[0] else None)


# --- writing


def write(scenes: Sequence[Scene], path: Path, shown: Development) -> Generator[float, None, None]:
    """Write the scenes as the path says; yields how far it is. The file is there when it is whole."""
    if path.suffix in (".gif", ".webp"):
        yield from _animation(scenes, path, shown)
    else:
        yield from _mp4(scenes, path, shown)


def _mp4(scenes: Sequence[Scene], path: Path, shown: Development) -> Generator[float, None, None]:
    from moviepy import VideoClip, concatenate_videoclips
    from moviepy.video.io.ffmpeg_writer import FFMPEG_VideoWriter

    fps = shown.fps * max(1, -(-SMOOTH // shown.fps))  # each frame of the film is held for equally long
    clips = [VideoClip(_drawn(scene), duration=whole(scene.seconds, fps)) for scene in scenes]
    movie = concatenate_videoclips(clips)
    with tempfile.TemporaryDirectory() as folder:
        raw, done = Path(folder, "raw.mp4"), Path(folder, "done.mp4")
        heard = _soundtrack([replace(s, seconds=c.duration) for s, c in zip(scenes, clips, strict=True)], shown.rate)
        sounds = Path(folder, "sound.wav")
        if heard is not None:
            sounds.write_bytes(wav(heard, shown.rate))
        writer = FFMPEG_VideoWriter(
            str(raw),
            SIZE,
            fps,
            audiofile=str(sounds) if heard is not None else None,
            audio_codec="aac",
            preset="veryfast",
            threads=1,
            ffmpeg_params=["-crf", "18", *(["-ar", str(HEARD)] if heard is not None else [])],
        )
        try:
            total = round(movie.duration * fps)
            for number in range(total):
                writer.write_frame(movie.get_frame((number + 0.5) / fps))
                yield (number + 1) / total * 0.99
            writer.close()
        finally:
            with suppress(Exception):  # cancelled, or ffmpeg is gone: nothing may be left running
                writer.proc.kill()
            movie.close()
        _chapters(scenes, [clip.duration for clip in clips], shown, raw, done)
        path.write_bytes(marked(done.read_bytes(), shown.source))
    yield 1.0


def whole(seconds: float, fps: float) -> float:
    """A duration of whole pictures."""
    return max(1, round(seconds * fps)) / fps


def _drawn(scene: Scene) -> Callable[[float], NDArray[np.uint8]]:
    return lambda t: np.asarray(scene.draw(t, SIZE))


def _soundtrack(scenes: Sequence[Scene], rate: int) -> NDArray[np.float32] | None:
    if all(scene.sound is None for scene in scenes) or not rate:
        return None
    parts: list[NDArray[np.float32]] = []
    for scene in scenes:
        wanted = round(scene.seconds * rate)
        sound = np.zeros(0, np.float32) if scene.sound is None else scene.sound[:wanted]
        parts.append(np.pad(sound, (0, wanted - len(sound))))
    return np.concatenate(parts)


def _chapters(scenes: Sequence[Scene], seconds: Sequence[float], shown: Development, raw: Path, done: Path) -> None:
    """The same streams again, with title, settings and chapters in the metadata, and the index first."""
    from moviepy.config import FFMPEG_BINARY

    lines = [";FFMETADATA1", f"title={_meta(shown.prompt)}", f"comment={_meta(shown.about)}"]
    start = 0.0
    for scene, length in zip(scenes, seconds, strict=True):
        times = [f"START={round(start * 1000)}", f"END={round((start + length) * 1000)}"]
        lines += ["[CHAPTER]", "TIMEBASE=1/1000", *times, f"title={_meta(scene.title)}"]
        start += length
    about = raw.with_name("about.txt")
    about.write_text("\n".join(lines) + "\n", "utf-8")
    given = ["-i", str(raw), "-f", "ffmetadata", "-i", str(about)]
    taken = ["-map", "0", "-map_metadata", "1", "-map_chapters", "1", "-c", "copy", "-movflags", "+faststart"]
    subprocess.run(
        [FFMPEG_BINARY, "-y", "-v", "error", *given, *taken, str(done)], check=True, stdin=subprocess.DEVNULL
    )


def _meta(text: str) -> str:
    return "".join(f"\\{c}" if c in "=;#\\" else c for c in " ".join(text.split()))


def _animation(scenes: Sequence[Scene], path: Path, shown: Development) -> Generator[float, None, None]:
    fps, gif = min(shown.fps, 10), path.suffix == ".gif"
    times = list(_times(scenes, fps))
    pictures = []
    for number, (scene, t) in enumerate(times):
        drawn = scene.draw(t, SMALL)
        pictures.append(drawn.quantize(96, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE) if gif else drawn)
        yield (number + 1) / len(times) * 0.9
    out = io.BytesIO()
    own: dict[str, Any] = {"quality": 70, "method": 4, **saving(".webp", shown.source)}
    if gif:
        own = {"comment": shown.about.encode()}
    pause = round(1000 / fps)
    pictures[0].save(out, path.suffix[1:], save_all=True, append_images=pictures[1:], duration=pause, loop=0, **own)
    path.write_bytes(marked(out.getvalue(), shown.source) if gif else out.getvalue())
    yield 1.0


def _times(scenes: Sequence[Scene], fps: float) -> Iterator[tuple[Scene, float]]:
    for scene in scenes:
        for number in range(round(whole(scene.seconds, fps) * fps)):
            yield scene, (number + 0.5) / fps


# --- sound


def samples_of(sound: bytes) -> tuple[NDArray[np.float32], int]:
    """A 16-bit WAV file as floats, and its rate."""
    with wave.open(io.BytesIO(sound)) as file:
        values = np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.float32) / 32767
        return values.reshape(-1, file.getnchannels()).mean(1), file.getframerate()
