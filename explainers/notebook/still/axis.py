"""An axis of a Plotly figure, as picture.py draws it: where a value stands, and which ticks it has.

axis = Axis.of(figure, "y", values)        # all values that stand on it
axis.at(0.3)                               # 0..1 along the axis, as its scale and its direction say
axis.ticks                                 # [(0.0, "0%"), (0.5, "50%"), (1.0, "100%")], by where they stand
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

ROOM = 0.04  # of its length, beyond the first and the last value
POWERS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass
class Axis:
    given: Any  # as the figure's layout has it
    kind: str  # "linear", "log" or "category"
    names: list[str] = field(default_factory=list)  # of a category axis, in order
    low: float = 0.0  # of a log axis: its logarithm
    high: float = 1.0

    @classmethod
    def of(cls, figure: Any, name: str, values: Iterable[Any], flush: Sequence[float] = ()) -> Axis:
        """`flush` values, such as the foot of bars, touch the axis's end."""
        given = figure.layout[f"{name[0]}axis{name[1:]}"]
        there = [value for value in values if not missing(value)]
        kind = given.type or ("category" if any(isinstance(value, str) for value in there) else "linear")
        if kind == "category":
            axis = cls(given, kind, list(dict.fromkeys(map(str, there))))
            axis.low, axis.high = -0.5, len(axis.names) - 0.5
            return axis
        axis = cls(given, "log" if kind == "log" else "linear")
        if kind == "log":  # it has no place for nothing
            there, flush = ([value for value in each if float(value) > 0] for each in (there, flush))
        along = [axis.scaled(value) for value in (*there, *flush)]
        if given.rangemode == "tozero" and kind != "log":
            flush, along = (*flush, 0.0), [*along, 0.0]
        axis.low, axis.high = (min(along), max(along)) if along else (0.0, 1.0)
        if axis.low == axis.high:
            axis.low, axis.high = axis.low - 0.5, axis.high + 0.5
        spare, ends = ROOM * (axis.high - axis.low), [axis.scaled(value) for value in flush]
        axis.low, axis.high = axis.low - spare * (axis.low not in ends), axis.high + spare * (axis.high not in ends)
        if given.range:
            axis.low, axis.high = sorted(float(end) for end in given.range)
        return axis

    @property
    def reversed(self) -> bool:
        turned = bool(self.given.range) and self.given.range[0] > self.given.range[1]
        return self.given.autorange == "reversed" or turned

    def scaled(self, value: Any) -> float:
        if self.kind == "category":
            return float(self.names.index(str(value))) if str(value) in self.names else float(value)
        return math.log10(float(value)) if self.kind == "log" else float(value)

    def at(self, value: Any) -> float:
        if self.kind == "log" and float(value) <= 0:
            return 1.0 if self.reversed else 0.0
        return self.along(self.scaled(value))

    def along(self, scaled: float) -> float:
        share = (scaled - self.low) / (self.high - self.low)
        return 1 - share if self.reversed else share

    @property
    def ticks(self) -> list[tuple[float, str]]:
        if self.given.showticklabels is False:
            return []
        if self.given.tickvals is not None:
            texts = self.given.ticktext or [self.written(value) for value in self.given.tickvals]
            found = [(self.at(value), str(text)) for value, text in zip(self.given.tickvals, texts, strict=True)]
        elif self.kind == "category":
            found = [(self.along(n), name) for n, name in enumerate(self.names)]
        elif self.kind == "log":
            found = [(self.at(value), _power(value)) for value in _decades(self.low, self.high)]
        else:
            found = [(self.at(value), self.written(value)) for value in self._steps()]
        return [(share, text) for share, text in found if -1e-6 <= share <= 1 + 1e-6]

    def _steps(self) -> list[float]:
        step = self.given.dtick if isinstance(self.given.dtick, int | float) else _round((self.high - self.low) / 5)
        while (self.high - self.low) / step > 24:
            step *= 2
        first = math.ceil(self.low / step - 1e-9)
        return [n * step for n in range(first, math.floor(self.high / step + 1e-9) + 1)]

    def written(self, value: Any) -> str:
        value = 0.0 if abs(value) < 1e-12 else value
        form = str(self.given.tickformat or "")
        try:
            return f"{value:{form}}" if form else f"{float(f'{value:.6g}'):,.10g}"
        except ValueError:  # a format that Plotly knows and Python does not
            return f"{value:g}"


def missing(value: Any) -> bool:
    return value is None or (not isinstance(value, str) and not math.isfinite(float(value)))


def _round(step: float) -> float:
    """The nearest of 1, 2 and 5 times a power of ten above."""
    power = 10.0 ** math.floor(math.log10(step))
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= step * 0.999)


def _decades(low: float, high: float) -> list[float]:
    factors = (1,) if high - low > 2.2 else (1, 2, 5)
    every = max(1, round((high - low) / 8))
    powers = range(math.floor(low), math.ceil(high) + 1)
    return [factor * 10.0**power for power in powers if power % every == 0 for factor in factors]


def _power(value: float) -> str:
    power = round(math.log10(value))
    return f"{value:g}" if -4 < power < 5 or 10.0**power != value else "10" + str(power).translate(POWERS)
