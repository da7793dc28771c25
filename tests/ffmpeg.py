"""The ffmpeg with which tests read films: the machine's own where it has one, so that another build reads than wrote;
else the one that moviepy brings. Beside that one there is no ffprobe, so ffmpeg itself is asked."""

import re
import shutil
import subprocess
from pathlib import Path

from imageio_ffmpeg import get_ffmpeg_exe

FFMPEG = shutil.which("ffmpeg") or get_ffmpeg_exe()


def streams(path: Path) -> dict[str, float]:
    """{codec: seconds} of all streams of a film, by decoding each to its end."""
    told = subprocess.run([FFMPEG, "-i", path], capture_output=True, text=True, encoding="utf-8").stderr
    codecs = re.findall(r"Stream #0:(\d+).*?: (?:Video|Audio): (\w+)", told)
    return {codec: _seconds(path, number) for number, codec in codecs}


def _seconds(path: Path, stream: str) -> float:
    command = [FFMPEG, "-i", path, "-map", f"0:{stream}", "-f", "null", "-"]
    told = subprocess.run(command, capture_output=True, text=True, encoding="utf-8").stderr
    hours, minutes, seconds = re.findall(r"time=(\d+):(\d+):([\d.]+)", told)[-1]
    return 3600 * int(hours) + 60 * int(minutes) + float(seconds)
