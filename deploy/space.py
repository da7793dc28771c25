"""A Hugging Face Space as a folder, ready to be uploaded: python -m deploy.space out/space

A Space is a repository of its own, whose README.md must begin with a header in YAML. In this repository's README that
header would stand as a table above the title, wherever it is read; so it is written here, into the Space's own.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TAKEN = ("Dockerfile", ".dockerignore", "app.py", "requirements.txt", "LICENSE", "explainers", "assets")

README = """---
title: Darkroom
emoji: 🎞️
colorFrom: yellow
colorTo: gray
sdk: docker
app_port: 7860
license: apache-2.0
short_description: Watch an AI video develop, from static to film
---

# Darkroom

Watch an AI video develop, from static to film: a small text-to-video-and-sound model runs live, and shows what happens
inside it.
"""
# Their page shows the app in a frame; their proxies, which nobody can go around, say who asks.
FRAME = "ENV DARKROOM_FRAMED_BY=https://huggingface.co FORWARDED_ALLOW_IPS=*\n"
LARGE = "".join(f"*.{kind} filter=lfs diff=lfs merge=lfs -text\n" for kind in
                ("safetensors", "npz", "drk", "darkroom", "webp", "png", "mp4"))  # fmt: skip


def write(folder: Path) -> None:
    """The folder must be new or empty."""
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise FileExistsError(f"{folder} is not empty")
    for name in TAKEN:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "*.pyi"))
        else:
            shutil.copy(ROOT / name, folder / name)
    (folder / "README.md").write_text(README, "utf-8")
    (folder / ".gitattributes").write_text(LARGE, "utf-8")
    before, line, after = (ROOT / "Dockerfile").read_text("utf-8").rpartition("EXPOSE")
    (folder / "Dockerfile").write_text(before + FRAME + line + after, "utf-8")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    try:
        write(Path(sys.argv[1]))
    except OSError as error:
        sys.exit(str(error))
    print(f"Written to {sys.argv[1]}. To upload it: hf upload --repo-type space YOU/darkroom {sys.argv[1]} .")
