"""Where an idea lies: `folder("noise")` is explainers/noise/. Nothing of the idea is imported."""

import importlib.util
from functools import cache
from pathlib import Path


@cache
def folder(idea: str) -> Path:
    spec = importlib.util.find_spec(f"explainers.{idea}")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError(f"there is no idea called {idea!r}")
    return Path(next(iter(spec.submodule_search_locations)))
