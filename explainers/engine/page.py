"""A run as files to look at: the film, its sound, and one page of pictures that needs nothing else.

write_film(film, folder)                             # film.webp, sound.wav, film.mp4 where ffmpeg is at hand
write_page(model, recording, film, "index.html")     # noise to film, where a patch looks, which patch reads which word
"""

from __future__ import annotations

import base64
import html
import io
import subprocess
import wave
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from explainers.engine.evenly import evenly
from explainers.engine.maps.attention import attention, frame_matrix, word_maps
from explainers.engine.maps.look import NotVisible
from explainers.engine.maps.reduce import Patch
from explainers.engine.model.codec import preview
from explainers.engine.model.video_model import VideoModel
from explainers.engine.request import Pixels
from explainers.engine.run.decode import Film
from explainers.engine.run.recording import Recording

STYLE = """
body{background:#16181d;color:#d8d8d8;font:16px/1.5 system-ui;max-width:75rem;margin:2rem auto;padding:0 1rem}
img{image-rendering:pixelated;width:100%;display:block;border-radius:4px} figure{margin:2rem 0} figcaption{color:#aaa}
img.film,figure.small img{width:20rem;max-width:100%} pre{white-space:pre-wrap;overflow-wrap:anywhere}"""
BACK = (0x16, 0x18, 0x1D)


def write_film(film: Film, folder: Path) -> None:
    pictures = [Image.fromarray(frame) for frame in film.frames]
    pause = round(1000 / film.fps)
    pictures[0].save(folder / "film.webp", save_all=True, append_images=pictures[1:], duration=pause, loop=0)
    if film.sound is not None:
        with wave.open(str(folder / "sound.wav"), "wb") as file:
            file.setnchannels(film.sound.shape[1])
            file.setsampwidth(2)
            file.setframerate(film.rate)
            file.writeframes((np.clip(film.sound, -1, 1) * 32767).astype("<i2").tobytes())
    try:
        from imageio_ffmpeg import get_ffmpeg_exe
    except ImportError:
        return
    rows, cols = film.frames.shape[1:3]
    given = ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{cols}x{rows}", "-r", str(film.fps), "-i", "-"]
    sound = ["-i", str(folder / "sound.wav"), "-c:a", "aac"] if film.sound is not None else []
    # four times the size, pixels kept sharp: a player would blur them
    size = ["-vf", "scale=4*iw:4*ih:flags=neighbor", "-pix_fmt", "yuv420p", "-crf", "16", "-movflags", "+faststart"]
    command = [get_ffmpeg_exe(), "-y", "-v", "error", *given, *sound, *size, str(folder / "film.mp4")]
    subprocess.run(command, input=film.frames.tobytes(), check=True)


def write_page(model: VideoModel, recording: Recording, film: Film, path: Path, rows: int = 8) -> None:
    steps = recording.steps
    shown = evenly(len(steps), rows)
    said = ", ".join(map(str, shown))
    noisy = _sheet([preview(model, steps[i].latent) for i in shown])
    guess = _sheet([preview(model, steps[i].x0) for i in shown])
    parts = [
        f"<h1>{html.escape(recording.request.prompt) or '(no words)'}</h1>",
        f'<img class="film" src="film.webp" alt="The finished film: {html.escape(recording.request.prompt)}">',
        '<audio controls aria-label="Its sound" src="sound.wav"></audio>' if film.sound is not None else "",
        _figure(noisy, f"What the model was given at steps {said}, one row a step, one column a frame."),
        _figure(guess, "Its guess of the finished film at the same steps."),
        *_looks(model, recording),
    ]
    notes = "".join(f"<li>{html.escape(str(note))}</li>" for note in recording.notes)
    title = html.escape(recording.request.prompt) or "A run"
    path.write_text(
        f'<!doctype html><html lang="en"><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{title}</title><style>{STYLE}</style>"
        + "".join(parts)
        + (f"<ul>{notes}</ul>" if notes else "")
        + f"<pre>{html.escape(str(recording.request.json()))}</pre></html>",
        "utf-8",
    )


def _looks(model: VideoModel, recording: Recording) -> list[str]:
    """Where patches look, half way through, in the middle layer that can be seen."""
    step = len(recording.steps) // 2
    frames, rows, cols = model.patches(recording.latent.shape[1:])  # type: ignore[arg-type]
    made = []
    try:
        layer = frame_matrix(model, recording, step, each=True).layers
        middle = layer[len(layer) // 2]
        patch = Patch(frames // 2, rows // 2, cols // 2)
        look = attention(model, recording, step, middle, query=patch)
        made.append(
            _figure(
                _sheet([_heat(look.video)]),
                f"Step {step}, layer {middle}, a column a frame. {look.label} {_most(look.video)}",
            )
        )
        matrix = frame_matrix(model, recording, step, middle)
        text = f"Step {step}, layer {middle}. {matrix.label} {_most(matrix.weights)}"
        made.append(_figure(_heat(matrix.weights[None])[0], text, "small"))
        words = word_maps(model, recording, step, middle)
        heats = [_heat(words.weights[token.index]) for token in recording.tokens if token.word is not None]
        names = ", ".join(token.text for token in recording.tokens if token.word is not None)
        if heats:
            text = f"Step {step}, layer {middle}, a row a word: {names}. {words.label} In each row white is its most."
            made.append(_figure(_sheet(heats), text))
    except NotVisible as reason:
        made.append(f"<p>{html.escape(str(reason))}</p>")
    return made


def _heat(weights: npt.NDArray[np.float32], size: int = 16) -> Pixels:
    """(frames, rows, cols) as pictures from black over red to white, a patch `size` pixels wide."""
    scaled = np.clip(weights / max(float(weights.max()), 1e-9), 0, 1)[..., None]
    colour = np.clip(scaled * 3 - np.array([0.0, 1.0, 2.0]), 0, 1)
    return (colour * 255).astype(np.uint8).repeat(size, 1).repeat(size, 2)


def _most(weights: npt.NDArray[np.float32]) -> str:
    return f"Black is nothing, white the most: {float(weights.max()):.1%}."


def _sheet(films: list[Pixels], gap: int = 4) -> Pixels:
    """Films under one another, frames side by side, with gaps between: (rows, cols, 3)."""
    frames, rows, cols = films[0].shape[:3]
    sheet = np.full((len(films) * (rows + gap) - gap, frames * (cols + gap) - gap, 3), BACK, np.uint8)
    for at, film in enumerate(films):
        for frame, picture in enumerate(film):
            top, left = at * (rows + gap), frame * (cols + gap)
            sheet[top : top + rows, left : left + cols] = picture
    return sheet


def _figure(picture: Pixels, caption: str, kind: str = "") -> str:
    held = io.BytesIO()
    Image.fromarray(picture).save(held, "PNG")
    data = base64.b64encode(held.getvalue()).decode()
    text = html.escape(caption)
    shown = f'<img alt="{text}" src="data:image/png;base64,{data}"><figcaption>{text}</figcaption>'
    return f'<figure class="{kind}">{shown}</figure>'
