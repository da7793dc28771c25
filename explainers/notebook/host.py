"""Where a notebook runs, and what it lacks there: `missing()` says so in plain words, or nothing where all is well.

The first cell of each notebook asks it, before anything else of the kit is imported: it needs nothing but Python.
"""

from __future__ import annotations

import re
import sys
from importlib import metadata
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
PYTHON = (3, 11), (3, 13)


def missing(checkout: Path = CHECKOUT) -> None:
    for sentence in said(checkout):
        print(sentence)


def said(checkout: Path, python: tuple[int, int] = sys.version_info[:2]) -> list[str]:
    found = []
    if not PYTHON[0] <= python <= PYTHON[1]:
        found.append(f"This is Python {python[0]}.{python[1]}; Darkroom is tested with 3.11, 3.12 and 3.13.")
    needs = checkout / "requirements.txt"
    lacking = packages(needs.read_text("utf-8")) if needs.exists() else []
    if lacking:
        found.append(
            f"Not installed here: {', '.join(lacking)}. In a cell: %pip install -r {needs}\n"
            f"Or start JupyterLab with all it needs, in a terminal: python {checkout / 'darkroom.py'} notebooks"
        )
    if not (checkout / "assets" / "model").is_dir():
        found.append("The embedded model is not here: it lies in a checkout of Darkroom, in assets/model.")
    return found


def packages(requirements: str) -> list[str]:
    """Of these requirements, the names of those that are not installed, whatever their version."""
    lines = [line.split("#")[0].strip() for line in requirements.splitlines()]
    names = [re.split(r"[^\w.-]", line)[0] for line in lines if line and not line.startswith("-")]
    return [name for name in names if not _installed(name)]


def _installed(name: str) -> bool:
    try:
        metadata.version(name)
    except metadata.PackageNotFoundError:
        return False
    return True
