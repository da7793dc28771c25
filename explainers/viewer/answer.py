"""What comes back to a viewer that asked for a map: the tiles, their names, and the sentence beside them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from explainers.kit.lesson import Heat, Layer, Lesson, draw
from explainers.kit.sentences import Words
from explainers.viewer import pack as packs


def answer(
    number: int, lesson: Lesson, layer: Layer, numbers: Mapping[str, Any], words: Words
) -> tuple[dict[str, Any], list[bytes]]:
    """`number` is the question's. The message, and the bytes that go with it."""
    heat: Heat = draw(lesson, layer.name, numbers, words)
    tiles = {"patches": heat.patches, "words": heat.words, "sound": heat.sound}
    return packs.map_answer(
        number,
        {over: np.asarray(values) for over, values in tiles.items() if values is not None},
        label=words(layer.name),
        normalised=words(f"{layer.name}.normalised"),
        unit=heat.unit,
        text=words(f"{layer.name}.see", **numbers),
    )
