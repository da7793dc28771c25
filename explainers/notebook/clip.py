"""Read a clip that somebody brought: `frames = read_clip("holiday.mp4")`, (frames, height, width, 3) uint8.

A film (mp4, webm, mov), an animation (gif, webp, png) or a folder of pictures, of any size and length; at most
`most` frames are read, evenly spaced, so that an hour of film needs no more memory than a second. What can't be read
raises `BadClip` with a message for a person.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageSequence, UnidentifiedImageError

PICTURES = {".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp"}
FILMS = {".mp4", ".m4v", ".mov", ".webm", ".mkv", ".avi", ".mpg", ".mpeg"}  # ffmpeg would draw a text file as a film
LARGEST = 512  # pixels along a side that are kept: the model sees far fewer
DAMAGED = (OSError, SyntaxError, ValueError, EOFError, UnidentifiedImageError, Image.DecompressionBombError)


class BadClip(ValueError):
    """Says in plain words why a clip can't be read."""


def read_clip(path: str | Path, most: int = 241) -> np.ndarray[Any, np.dtype[np.uint8]]:
    path = Path(path).expanduser()
    if not path.exists():
        raise BadClip(f"There is no file or folder {path}.")
    if path.is_dir():
        names = sorted(name for name in path.iterdir() if name.suffix.lower() in PICTURES)
        if not names:
            raise BadClip(f"The folder {path} holds no pictures ({', '.join(sorted(PICTURES))}).")
        frames = [_picture(name) for name in _spread(names, most)]
    elif path.suffix.lower() in PICTURES:
        frames = _animation(path, most)
    elif path.suffix.lower() in FILMS:
        frames = list(_film(path, most))
    else:
        raise BadClip(f"{path.name} is not a film or picture by its name ({', '.join(sorted(FILMS | PICTURES))}).")
    if not frames:
        raise BadClip(f"{path.name} holds no pictures that can be read.")
    height, width = frames[0].shape[:2]  # pictures of a folder may differ: all are brought to the first one's size
    same = [frame if frame.shape[:2] == (height, width) else _sized(frame, width, height) for frame in frames]
    return np.stack(same)


def _spread(things: list[Any], most: int) -> list[Any]:
    return [things[i] for i in np.unique(np.linspace(0, len(things) - 1, min(most, len(things))).round().astype(int))]


def _picture(path: Path) -> np.ndarray[Any, Any]:
    try:
        with Image.open(path) as image:
            return _pixels(image)
    except DAMAGED:
        raise BadClip(f"{path.name} is damaged, or not a picture.") from None


def _animation(path: Path, most: int) -> list[np.ndarray[Any, Any]]:
    try:
        with Image.open(path) as image:
            return [_pixels(frame) for frame, _ in zip(ImageSequence.Iterator(image), range(most), strict=False)]
    except DAMAGED:
        raise BadClip(f"{path.name} is damaged, or not a picture.") from None


def _film(path: Path, most: int) -> Iterator[np.ndarray[Any, Any]]:
    """Decoded by ffmpeg, which imageio-ffmpeg brings along; scaled on the way, so that size costs no memory."""
    from imageio_ffmpeg import read_frames

    reader = read_frames(str(path), output_params=["-vf", f"scale='min({LARGEST},iw)':-2", "-frames:v", str(most)])
    try:
        width, height = next(reader)["size"]
        for data in reader:
            yield np.frombuffer(data, np.uint8).reshape(height, width, 3)
    except (OSError, RuntimeError, StopIteration, KeyError, ValueError):
        raise BadClip(f"{path.name} is damaged, or not a film that ffmpeg can read.") from None
    finally:
        reader.close()


def _pixels(image: Image.Image) -> np.ndarray[Any, Any]:
    small = image.convert("RGBA")
    small.thumbnail((LARGEST, LARGEST))
    paper = Image.new("RGBA", small.size, "white")  # what is see-through in a picture would else come out black
    return np.asarray(Image.alpha_composite(paper, small).convert("RGB"))


def _sized(frame: np.ndarray[Any, Any], width: int, height: int) -> np.ndarray[Any, Any]:
    return np.asarray(Image.fromarray(frame).resize((width, height), Image.Resampling.LANCZOS))
