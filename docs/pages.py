"""A picture of the top of every page, taken from the running app at 1440 pixels: `docs/pictures/<idea>.webp`."""

import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

from docs.readme import PICTURES, ROOT

SHOWN = (1440, 1080)  # of the page
SIZE = (480, 360)  # in README


def make() -> None:
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "tests.browser.screenshots", "--out", folder, "--widths", "1440"]
        subprocess.run(command, cwd=ROOT, check=True)
        for shot in sorted(Path(folder).glob("*-1440.png")):
            small = Image.open(shot).convert("RGB").crop((0, 0, *SHOWN)).resize(SIZE, Image.Resampling.LANCZOS)
            target = ROOT / PICTURES / f"{shot.name.removesuffix('-1440.png')}.webp"
            small.save(target, quality=80, method=6)
            print(target)
