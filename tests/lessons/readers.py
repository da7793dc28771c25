"""Readers whose answer can be reckoned from the pixels, in place of the trained one."""

from typing import ClassVar

import numpy as np


class BlueReader:
    """A reader that tells how blue a film is, and nothing else."""

    accuracy: ClassVar = {"colour": 1.0}

    @classmethod
    def load(cls):
        return cls()

    def read(self, film):
        red, _, blue = np.asarray(film, float).mean((0, 1, 2))
        colour = {"red": red / (red + blue), "blue": blue / (red + blue)}
        return {"colour": colour, **{kind: {"ball": 0.5} for kind in ("subject", "place", "motion")}}

    def says(self, film):
        colour = self.read(film)["colour"]
        return {"colour": max(colour, key=colour.get), "subject": "ball", "place": "snow", "motion": "left"}
