"""python -m explainers "a red ball bouncing on grass"

Writes a folder: the recording (run.darkroom), how it developed and then the film with its sound (film.mp4), and a page
to look at every step of it, offline (index.html). --help tells the rest.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from pathlib import Path


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m explainers", description=__doc__.partition("\n\n")[2])
    parser.add_argument("prompt")
    parser.add_argument("--model", default="embedded", help="embedded, a folder, or a name on the hub")
    parser.add_argument("--out", type=Path, help="folder to write (out/<prompt>-<seed>)")
    parser.add_argument("--negative", default="", help="what to lead away from")
    for name, kind in (("seed", int), ("steps", int), ("guidance", float), ("height", int), ("width", int)):
        parser.add_argument(f"--{name}", type=kind)
    parser.add_argument("--frames", type=int)
    parser.add_argument("--scheduler")
    parser.add_argument("--image", type=Path, help="a picture to start from")
    given = parser.parse_args(arguments)
    if given.model == "embedded":
        os.environ.setdefault("HF_HUB_OFFLINE", "1")

    from tqdm import tqdm

    from explainers.engine import CannotOpen, Request, open_model, record, save_recording
    from explainers.export.export import film, page

    asked = {k: getattr(given, k) for k in ("steps", "guidance", "height", "width", "frames", "scheduler")}
    try:
        model = open_model(given.model)
        request = Request(given.prompt, given.negative, given.seed or 0, image=_pixels(given.image), **asked)
        run = record(model, request)
    except (CannotOpen, ValueError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    for note in run.recording.notes:
        print(note)
    for _ in tqdm(run, total=run.recording.request.steps, unit="step"):
        pass
    recording = run.recording
    name = re.sub(r"\W+", "-", given.prompt.lower()).strip("-")[:60] or "no-words"
    folder = given.out or Path("out") / f"{name}-{recording.request.seed}"
    folder.mkdir(parents=True, exist_ok=True)
    save_recording(recording, folder / "run.darkroom")
    film(model, recording, folder / "film.mp4")
    try:
        page(model, recording, folder / "index.html")
    except ValueError as error:  # more than one page can hold
        print(f"No index.html: {error}", file=sys.stderr)
    print(f"Written to {folder}: {', '.join(sorted(path.name for path in folder.iterdir()))}")
    return 0


def _pixels(path: Path | None):  # type: ignore[no-untyped-def]
    if path is None:
        return None
    import numpy as np
    from PIL import Image

    return np.array(Image.open(path).convert("RGB"))


if __name__ == "__main__":
    sys.exit(main())
