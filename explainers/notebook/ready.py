"""What came with the kit for the model that is open: films as packs, and what the stories measured of them.

    ready = Ready(process.facts["weights"])
    ready.films.get(settings.key), ready.numbers.get(job.key)       # None where it has to be made

With another model there is nothing ready: all is made while somebody waits.
"""

from __future__ import annotations

import json
from pathlib import Path

from explainers.worker.kept import FOLDER, Kept
from explainers.worker.model_process import ASSETS
from explainers.worker.settings import Settings


class Ready:
    def __init__(self, weights: str, gallery: Path = ASSETS / "gallery", story: Path = FOLDER) -> None:
        kept = Kept(story, weights)
        self.numbers, self.films = kept.numbers, dict(kept.films)
        index = gallery / "index.json"
        made = json.loads(index.read_text("utf-8")) if index.exists() else {}
        if made and made["facts"]["weights"] == weights:
            for film in made["films"]:
                self.films[Settings(**film["settings"]).key] = (gallery / film["pack"]).read_bytes()
