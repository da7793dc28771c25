"""The controls of a lesson as widgets.

level = control_of(Slider("level", 0, 1, 0.05, start=0.5), words, facts)
value_of(level); put(level, 0.9)
steps = counter(50, 0, "Step")
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import ipywidgets as widgets

from explainers.kit.lesson import Choice, Control, Index, Slider, Switch, Text
from explainers.kit.sentences import Words

ALL = object()  # "all of them", which lenses call None; to ipywidgets None is "nothing chosen"


def control_of(control: Control, words: Words, facts: Mapping[str, Any]) -> Any:
    label = {"description": words(control.name), "style": {"description_width": "initial"}}
    wide = {"layout": {"width": "34em"}}
    if isinstance(control, Slider):
        whole = all(float(x).is_integer() for x in (control.low, control.high, control.by))
        kind = widgets.IntSlider if whole else widgets.FloatSlider
        ends = {"min": control.low, "max": control.high, "step": control.by}
        return kind(control.start, **ends, continuous_update=False, **label, **wide)
    if isinstance(control, Choice):
        options = [(words(f"{control.name}.{option}"), option) for option in control.options]
        return widgets.Dropdown(options=options, value=control.start, **label)
    if isinstance(control, Switch):
        return widgets.Checkbox(control.start, **label)
    if isinstance(control, Text):
        return widgets.Text(control.start, continuous_update=False, **label, **wide)
    assert isinstance(control, Index)
    whole_of: list[tuple[str, Any]] = [(words("all"), ALL)] if control.all else []
    each = [(str(i + 1), i) for i in range(facts[control.of])]
    return widgets.Dropdown(options=whole_of + each, value=ALL if control.start is None else control.start, **label)


def value_of(control: Any) -> Any:
    """How a control stands, as a lens is told."""
    if isinstance(control, Counter):
        return control.value - 1
    return None if control.value is ALL else control.value


def put(control: Any, value: Any) -> None:
    if isinstance(control, Counter):
        value += 1
    control.value = ALL if value is None else value


class Counter(widgets.IntSlider):
    """A slider over what lenses count from 0, and people from 1: steps, frames."""


def counter(count: int, at: int, label: str) -> Counter:
    return Counter(at % count + 1, 1, count, description=label, continuous_update=False)
