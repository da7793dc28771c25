"""What is asked in a notebook: the lesson's question, before looking; and by clicks on the viewer.

predict(room, room.lesson.question)
kind, value = picked({"what": "patch", "frame": 2, "row": 3, "col": 4})        # "patch", (2, 3, 4)
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets
import numpy as np
from IPython.display import Markdown, display

from explainers.stage import pack as packs
from explainers.stage.desk import layer_for
from explainers.stage.lesson import Question, draw
from explainers.stage.notebook_widgets import Viewer, asked, shown
from explainers.stage.web_html import inline
from explainers.stage.worker import Refused

if TYPE_CHECKING:
    from explainers.stage.notebook import Room


def predict(room: Room, question: Question) -> None:
    """The question, its options, and the measured answer behind a button."""
    words = room.words
    options = [(words(f"question.{option}"), option) for option in question.options]
    guess = widgets.RadioButtons(options=options, value=None, layout={"width": "auto"})
    button = widgets.Button(description=words("measured.show"), layout={"width": "auto"})
    said = widgets.HTML()

    def reveal(_: Any) -> None:
        try:
            numbers = room.measure(question.lens)
        except Refused as refusal:
            said.value = inline(room.why(refusal))
            return
        told = numbers["answer"] != ""
        right = "" if not told or guess.value is None else " ✓" if guess.value == numbers["answer"] else " ✗"
        said.value = inline(words("answer" if told else "answer.unclear", **numbers)) + right

    button.on_click(reveal)
    display(Markdown(f"**{words('question')}**"))
    shown(widgets.VBox([guess, button, said]), lambda: asked(options, guess.value, said.value), guess, said)


def answer(room: Room, viewer: Viewer, message: Any) -> None:
    """The viewer asks for a map: answered by the layer that speaks of what was clicked."""
    try:
        layer = layer_for(room.lesson, str(message["what"]), str(message.get("name", "")))
        kind, value = picked(message)
        numbers = room.numbers(layer.measures, hand={"step": message["step"], **({kind: value} if kind else {})})
    except (Refused, KeyError, ValueError) as refusal:
        why = room.why(refusal) if isinstance(refusal, Refused) else str(refusal)
        viewer.send({"kind": "error", "id": message.get("id"), "text": why})
        return
    heat = draw(room.lesson, layer.name, numbers, room.words)
    tiles = {"patches": heat.patches, "words": heat.words, "sound": heat.sound}
    told, buffers = packs.map_answer(
        int(message["id"]),
        {over: np.asarray(values) for over, values in tiles.items() if values is not None},
        label=room.words(layer.name),
        normalised=room.words(f"{layer.name}.normalised"),
        unit=heat.unit,
        text=room.words(f"{layer.name}.see", **numbers),
    )
    viewer.send(told, buffers)


def pick(kind: str, value: Any) -> dict[str, Any]:
    """What a lens calls it, as the viewer says it."""
    if kind == "patch":
        return {"what": "patch", "frame": value[0], "row": value[1], "col": value[2]}
    return {"what": "sound" if kind == "slice" else "word", "index": value}


def picked(pick: Mapping[str, Any]) -> tuple[str, Any]:
    """What was clicked, as the lenses call it."""
    what = pick.get("what")
    if what == "patch":
        return "patch", (pick["frame"], pick["row"], pick["col"])
    if what in ("word", "sound"):
        return ("slice" if what == "sound" else "word"), pick["index"]
    return "", None
