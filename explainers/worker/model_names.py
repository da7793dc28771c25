"""The models that visitors may choose between: `python app.py --models FOLDER,HUB-ID`.

offers("embedded", ["big/wan"])        # {"": "embedded", "wan": "big/wan"}: Settings.model -> what the engine opens
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from explainers.worker.settings import MODEL


def offers(first: str, others: Sequence[str]) -> dict[str, str]:
    """What may be chosen, the one that is open first under no name. Raises ValueError for the operator."""
    names = {"": first}
    for model in others:
        if model == first:
            continue
        name = called(model)
        if not name or not MODEL.fullmatch(name):
            raise ValueError(f"{model!r} is neither a folder here nor a name on the hub (someone/something)")
        if name in (*names, called(first)):
            raise ValueError(f"two models are called {name}: rename one of the folders")
        names[name] = model
    return names


def called(model: str) -> str:
    """A model's name for visitors: a folder's own, for where it lies is nobody's business."""
    return Path(model).resolve().name if Path(model).is_dir() else model
