"""Samples for people to look at: a contact sheet of films, and the films one after the other with their sound.

contact_sheet(films, prompts).save("samples.png")        # three moments of each, words below
film_strip(films, waves, prompts, Path("samples.mp4"))
"""

import tempfile
import textwrap
import wave
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageDraw, ImageFont
from torch import Tensor

from explainers.provenance import MODEL, marked

from ..world import FPS, RATE

COLUMNS, CELL, GAP, LINE = 3, 128, 10, 17
PAPER, INK = (250, 249, 246), (40, 38, 36)
BIG = 384  # pixels of a frame in the film strip


def picture(frame: Tensor, height: int) -> Image.Image:
    """(3, height, width) in 0..1, enlarged."""
    pixels = (frame.permute(1, 2, 0).clamp(0, 1) * 255).round().to(torch.uint8).numpy()
    return Image.fromarray(pixels).resize((height * frame.shape[2] // frame.shape[1], height), Image.Resampling.BICUBIC)


def contact_sheet(films: Tensor, prompts: list[str]) -> Image.Image:
    """films (clips, frames, 3, height, width); the first, the middle and the last frame stand beside each other."""
    moments = [0, films.shape[1] // 2, films.shape[1] - 1]
    one = CELL * films.shape[4] // films.shape[3]
    wide, high = len(moments) * (one + 2) + GAP, CELL + 2 * LINE + GAP
    lines = -(-len(films) // COLUMNS)
    sheet = Image.new("RGB", (COLUMNS * wide + GAP, lines * high + GAP), PAPER)
    pen, font = ImageDraw.Draw(sheet), ImageFont.load_default(size=14)
    for i, (film, text) in enumerate(zip(films, prompts, strict=True)):
        x, y = GAP + i % COLUMNS * wide, GAP + i // COLUMNS * high
        for k, moment in enumerate(moments):
            sheet.paste(picture(film[moment], CELL), (x + k * (one + 2), y))
        pen.multiline_text((x, y + CELL + 2), textwrap.fill(text, 56), INK, font, spacing=2)
    return sheet


def film_strip(films: Tensor, waves: Tensor, prompts: list[str], path: Path) -> None:
    """One film after the other, its prompt below, as H.264 with AAC."""
    import imageio_ffmpeg  # here: a machine lent for training need not have it, and makes sheets all the same

    width = BIG * films.shape[4] // films.shape[3] // 2 * 2
    font = ImageFont.load_default(size=18)
    heard = (waves[:, : films.shape[1] * RATE // FPS].flatten().clamp(-1, 1) * 32767).short().numpy()
    with tempfile.TemporaryDirectory() as folder:
        sound = Path(folder) / "sound.wav"
        with wave.open(str(sound), "wb") as f:
            f.setparams((1, 2, RATE, len(heard), "NONE", ""))
            f.writeframes(heard.tobytes())
        writer = imageio_ffmpeg.write_frames(
            str(path),
            (width, BIG + 64),
            fps=FPS,
            audio_path=str(sound),
            audio_codec="aac",
            macro_block_size=2,
            output_params=["-movflags", "+faststart", "-crf", "25", "-ar", "44100"],  # a rate that every player has
            ffmpeg_log_level="error",
        )
        writer.send(None)
        for film, text in zip(films, prompts, strict=True):
            below = Image.new("RGB", (width, 64), PAPER)
            ImageDraw.Draw(below).multiline_text((8, 8), textwrap.fill(text, 40), INK, font)
            for frame in film:
                writer.send(np.concatenate([np.asarray(picture(frame, BIG)), np.asarray(below)]).tobytes())
        writer.close()
    path.write_bytes(marked(path.read_bytes(), MODEL))
