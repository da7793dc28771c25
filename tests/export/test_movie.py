"""Films to take home, opened again by others: ffmpeg on mp4, Pillow on gif; the thud is where it was put."""

import re
import subprocess
import time
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageSequence

from explainers.export.frame import lit, readable, wrapped
from explainers.export.movie import DEVELOPS, PLAYS, SIZE, Development, Look, development, write
from explainers.export.reel import SECONDS, reel, settles
from explainers.kit.folders import KIT
from explainers.kit.sentences import Words
from explainers.measure.onset import onsets
from explainers.provenance import MODEL
from tests.declared import declared
from tests.ffmpeg import FFMPEG

RATE, FRAMES, FPS, STEPS, THUD = 8000, 9, 8, 6, 0.5
WORDS = Words.of(KIT)


@pytest.fixture
def shown():
    """Red fades in over six steps: a run of which everything is known."""
    guesses = []
    for step in range(STEPS):
        film = np.zeros((FRAMES, 32, 32, 3), np.uint8)
        film[..., 0] = 250 * (step + 1) // STEPS
        guesses.append(film)
    given = [np.full((FRAMES, 8, 8, 3), 40 * step, np.uint8) for step in range(STEPS)]
    t = np.arange(RATE * FRAMES // FPS) / RATE
    sound = np.where(t >= THUD, 0.8 * np.sin(2 * np.pi * 200 * t) * np.exp(-(t - THUD) * 12), 0).astype(np.float32)
    about = ("a red ball; bounces = high", "seed 7, 6 steps")
    return Development(*about, FPS, given, guesses, guesses[-1], sound, RATE, source=MODEL)


def look(steps):
    heat = np.zeros((steps, 3, 4, 4), np.float32)
    heat[:, :, 1, 2] = 1
    return Look(heat, (1, 0, 0), [0, 0, 0, 1, 1, 1, 2, 2, 2])


def written(scenes, path, shown):
    told = list(write(scenes, path, shown))
    assert told == sorted(told) and told[-1] == 1
    return path


def frames_of(path, at):
    """The picture at a time, and the number of pictures in the file."""
    said = subprocess.run([FFMPEG, "-i", path, "-map", "0:v", "-f", "null", "-"], capture_output=True, text=True).stderr
    count = int(re.findall(r"frame=\s*(\d+)", said)[-1])
    pipe = ["-f", "rawvideo", "-pix_fmt", "rgb24", "-"]
    command = [FFMPEG, "-v", "error", "-ss", str(at), "-i", path, "-frames:v", "1", *pipe]
    data = subprocess.run(command, capture_output=True, check=True).stdout
    return np.frombuffer(data, np.uint8).reshape(SIZE[1], SIZE[0], 3), count


def heard_in(path):
    pipe = ["-f", "f32le", "-ac", "1", "-ar", "16000", "-"]
    data = subprocess.run([FFMPEG, "-v", "error", "-i", path, "-map", "0:a", *pipe], capture_output=True, check=True)
    return np.frombuffer(data.stdout, np.float32)


def about(path):
    """What the file says of itself: (fields, [(start, end, title) of each chapter])."""
    told = subprocess.run([FFMPEG, "-v", "error", "-i", path, "-f", "ffmetadata", "-"], capture_output=True, text=True)
    top, *chapters = told.stdout.replace("\\", "").split("[CHAPTER]")
    fields = dict(line.split("=", 1) for line in top.splitlines() if "=" in line)
    found = []
    for chapter in chapters:
        of = dict(line.split("=", 1) for line in chapter.strip().splitlines())
        unit = eval(of["TIMEBASE"].replace("/", "./"))
        found.append((int(of["START"]) * unit, int(of["END"]) * unit, of["title"]))
    return fields, found


def test_a_film_holds_the_development_then_the_film_with_its_sound_where_it_belongs(shown, tmp_path):
    path = written(development(shown, WORDS), tmp_path / "film.mp4", shown)
    seconds = DEVELOPS + PLAYS * FRAMES / FPS
    early, count = frames_of(path, 0.5)
    late, _ = frames_of(path, seconds - 0.5)
    assert count == round(seconds * 16)
    reds = [picture[200:300, 560:700, 0].mean() for picture in (early, late)]  # the panel of the guess
    assert abs(reds[0] - 41) < 12 and abs(reds[1] - 250) < 12
    wanted = [DEVELOPS + round_ * FRAMES / FPS + THUD for round_ in range(PLAYS)]
    assert np.allclose(onsets(heard_in(path), 16000), wanted, atol=0.03)
    fields, chapters = about(path)
    assert fields["title"] == shown.prompt and fields["comment"] == shown.about
    assert [round(end, 2) for _, end, _ in chapters] == [DEVELOPS, seconds]
    assert declared(path) == MODEL


def test_a_film_without_sound_has_no_sound_stream(shown, tmp_path):
    from dataclasses import replace

    mute = replace(shown, sound=None, rate=0, source="")
    path = written(development(mute, WORDS), tmp_path / "film.mp4", mute)
    said = subprocess.run([FFMPEG, "-i", path], capture_output=True, text=True).stderr
    assert "Video: h264" in said and "yuv420p" in said and "Audio:" not in said
    assert declared(path) is None


def test_two_runs_stand_side_by_side_and_heat_lies_where_it_belongs(shown, tmp_path):
    from dataclasses import replace

    other = replace(shown, film=shown.film[..., ::-1], label="cut")  # blue
    scenes = development(replace(shown, label="as it was"), WORDS, other)
    picture = np.asarray(scenes[1].draw(0.1, SIZE))
    left, right = picture[200:300, 260:300].mean((0, 1)), picture[200:300, 660:700].mean((0, 1))
    assert left[0] > 200 > 50 > left[2] and right[2] > 200 > 50 > right[0]
    heated = np.asarray(lit(shown.film[0], look(1).heat[0, 0])).astype(int)  # (384, 384, 3)
    assert heated[96:192, 192:288, 1].mean() > 120  # amber in row 1, column 2
    outside = heated.copy()
    outside[96:192, 192:288] = 0
    assert np.ptp(outside[..., 0] - outside[..., 1]) == 0  # grey everywhere else


def test_a_gif_is_read_by_pillow_frame_by_frame(shown, tmp_path):
    path = written(development(shown, WORDS), tmp_path / "film.gif", shown)
    with Image.open(path) as gif:
        durations = [frame.info["duration"] for frame in ImageSequence.Iterator(gif)]
        assert gif.info["loop"] == 0 and gif.info["comment"] == shown.about.encode()
    assert abs(sum(durations) / 1000 - (DEVELOPS + PLAYS * FRAMES / FPS)) < 0.5
    assert declared(path) == MODEL


@pytest.mark.slow
def test_the_reel_is_thirty_seconds_in_chapters(shown, tmp_path):
    scenes = reel(shown, look(1), WORDS)
    assert [scene.title for scene in scenes] == ["Static", "Shapes", "Texture", "Film", "Attention", "Sound"]
    path = written(scenes, tmp_path / "reel.mp4", shown)
    _, count = frames_of(path, 1)
    _, chapters = about(path)
    assert count == round(SECONDS * 16)
    assert [title for *_, title in chapters] == [scene.title for scene in scenes]
    assert chapters[0][0] == 0 and abs(chapters[-1][1] - SECONDS) < 0.1
    assert all(abs(end - start) < 0.002 for (_, end, _), (start, *_) in pairwise(chapters))


def test_a_reel_leaves_out_what_a_model_does_not_have(shown):
    from dataclasses import replace

    titles = [scene.title for scene in reel(replace(shown, sound=None), None, WORDS)]
    assert titles == ["Static", "Shapes", "Texture", "Film"]


def test_shapes_end_where_the_coarse_guess_has_come_within_a_tenth(shown):
    # distances to the last guess are 5, 4, 3, 2, 1, 0 sixths of 250: only the last one is within a tenth of the first
    assert settles(shown) == STEPS - 1


def encodes(pid):
    try:
        return b"rawvideo" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except FileNotFoundError:  # it ended while we looked
        return False


def test_cancelling_leaves_no_file_and_no_process(shown, tmp_path):
    path = tmp_path / "film.mp4"
    work = write(development(shown, WORDS), path, shown)
    next(work)
    children = Path(f"/proc/self/task/{__import__('os').getpid()}/children")
    work.close()
    assert not path.exists()
    until = time.monotonic() + 20  # a process that was told to end takes a moment to
    while children.exists() and (left := [pid for pid in children.read_text("utf-8").split() if encodes(pid)]):
        assert time.monotonic() < until, left


def test_text_is_set_in_letters_that_the_font_has():
    assert readable("“Größe” — é 日") == "“Groesse” - e ?"
    lines = wrapped("one two three four", 17, 80)
    assert " ".join(lines) == "one two three four" and len(lines) > 1
