"""Clips that students bring: read where they can be, refused in plain words where not."""

import subprocess

import numpy as np
import pytest
from PIL import Image

from explainers.notebook.clip import BadClip, read_clip


def stripes(frames=6, height=30, width=46):
    film = np.zeros((frames, height, width, 3), np.uint8)
    for t in range(frames):
        film[t, :, 5 * t : 5 * t + 8] = (200, 40 * t, 30)
    return film


@pytest.fixture
def folder(tmp_path):
    for t, frame in enumerate(stripes()):
        Image.fromarray(frame).save(tmp_path / f"{t:02}.png")
    return tmp_path


def test_a_folder_of_pictures_comes_back_exactly(folder):
    assert np.array_equal(read_clip(folder), stripes())


def test_pictures_of_different_sizes_are_brought_to_the_first_ones(folder):
    Image.new("RGB", (90, 90), "red").save(folder / "99.png")
    assert read_clip(folder).shape == (7, 30, 46, 3)


def test_an_animation(tmp_path):
    images = [Image.fromarray(frame) for frame in stripes()]
    images[0].save(tmp_path / "a.webp", save_all=True, append_images=images[1:], lossless=True)
    assert np.array_equal(read_clip(tmp_path / "a.webp"), stripes())


def test_a_film_of_odd_length_and_large_size(folder, tmp_path):
    from imageio_ffmpeg import get_ffmpeg_exe

    target = tmp_path / "film.mp4"
    scale = ["-vf", "scale=920:600:flags=neighbor", "-pix_fmt", "yuv420p"]
    made = [get_ffmpeg_exe(), "-loglevel", "error", "-i", str(folder / "%02d.png"), *scale, str(target)]
    subprocess.run(made, check=True)
    film = read_clip(target)
    assert len(film) == 6 and film.shape[2] == 512 and film.shape[1] == 334
    there = np.asarray(Image.fromarray(stripes()[3]).resize((512, 334), Image.Resampling.NEAREST)).astype(int)
    assert abs(film[3] - there).mean() < 12  # the same picture, but for H.264
    assert len(read_clip(target, most=4)) == 4


@pytest.mark.parametrize("name", ["bad.mp4", "bad.gif", "bad.png"])
def test_a_damaged_file_gets_a_plain_message(tmp_path, name):
    (tmp_path / name).write_bytes(b"this is no film" * 50)
    with pytest.raises(BadClip, match="damaged"):
        read_clip(tmp_path / name)


def test_nothing_there(tmp_path):
    with pytest.raises(BadClip, match="no pictures"):
        read_clip(tmp_path)
    (tmp_path / "notes.txt").write_text("words")
    with pytest.raises(BadClip, match="by its name"):
        read_clip(tmp_path / "notes.txt")
    with pytest.raises(BadClip, match="no file"):
        read_clip(tmp_path / "holiday.mp4")
