"""Make the films that the app shows before its model is open: `python -m explainers.worker.gallery`.

For each prompt a recording and its pack, and `index.json` with what the page must know of the model. Run it again
whenever `assets/model` changes; the first film is the one on the front page.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from pathlib import Path

from explainers.engine import save_recording
from explainers.kit.lesson import finish
from explainers.worker.jobs import Develop
from explainers.worker.model_process import ASSETS, ModelProcess
from explainers.worker.settings import Settings

FILMS = (  # prompt and seed
    ("a red ball bounces in the snow", 7),
    ("a brown mammoth walks left in the snow", 3),
    ("a blue boat moves right at sea", 5),
    ("a yellow star floats up at night", 11),
)


def make(model: str, folder: Path, films: tuple[tuple[str, int], ...] = FILMS) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    process = ModelProcess(model, gallery=folder / "none")
    entries = []
    for prompt, seed in films:
        settings = Settings().changed({**process.facts["defaults"], "prompt": prompt, "seed": seed})
        pack = finish(process.work(Develop(settings))).pack
        name = "-".join(prompt.split()) + f"-{seed}"
        save_recording(process.films.recordings[settings.key], folder / f"{name}.darkroom")
        (folder / f"{name}.drk").write_bytes(pack)
        entries.append({"settings": asdict(settings), "recording": f"{name}.darkroom", "pack": f"{name}.drk"})
        size = (folder / f"{name}.darkroom").stat().st_size
        print(f"{prompt}: film {len(pack) / 1e6:.2f} MB, recording {size / 1e6:.2f} MB")
    index = {"facts": process.facts, "films": entries}
    (folder / "index.json").write_text(json.dumps(index, indent=1) + "\n", "utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="embedded")
    parser.add_argument("--out", type=Path, default=ASSETS / "gallery")
    arguments = parser.parse_args()
    make(arguments.model, arguments.out)


if __name__ == "__main__":
    main()
