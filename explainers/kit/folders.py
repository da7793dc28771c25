"""Where an idea lies: `folder("noise")` is explainers/lessons/noise/. Nothing of the idea is imported."""

import importlib.util
from functools import cache
from pathlib import Path

KIT = "kit"  # no idea: here lie the sentences that all pages share


@cache
def folder(idea: str) -> Path:
    if idea == KIT:
        return Path(__file__).parent
    spec = importlib.util.find_spec(f"explainers.lessons.{idea}")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError(f"there is no idea called {idea!r}")
    return Path(next(iter(spec.submodule_search_locations)))
