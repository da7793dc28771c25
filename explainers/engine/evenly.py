"""Some of many, so that a long run costs no more to look at than a short one.

evenly(50, 5)          # [0, 12, 24, 37, 49]
"""

from __future__ import annotations

import numpy as np


def evenly(count: int, most: int) -> list[int]:
    """At most so many indices of a range, first and last among them."""
    return sorted({round(i) for i in np.linspace(0, count - 1, min(most, count)).tolist()})
