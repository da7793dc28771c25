"""What is asked in a notebook: the lesson's question, before looking; and by clicks on the viewer.

predict(lesson.question, words, measure)              # measure(lens) -> its numbers, or Refused
reply(viewer, message, lesson, words, numbers)        # numbers(lens, hand) -> what it measures there, or Refused
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import ipywidgets as widgets
from IPython.display import Markdown, display

from explainers.kit.clicks import layer_for, picked
from explainers.kit.lesson import Lesson, Question
from explainers.kit.markdown import inline
from explainers.kit.refused import Refused
from explainers.kit.sentences import Words
from explainers.notebook.widgets import Viewer, asked, shown
from explainers.viewer.answer import answer

Numbers = Mapping[str, Any]


def predict(question: Question, words: Words, measure: Callable[[str], Numbers]) -> None:
    """The question, its options, and the measured answer behind a button."""
    options = [(words(f"question.{option}"), option) for option in question.options]
    guess = widgets.RadioButtons(options=options, value=None, layout={"width": "auto"})
    button = widgets.Button(description=words("measured.show"), layout={"width": "auto"})
    said = widgets.HTML()

    def reveal(_: Any) -> None:
        try:
            numbers = measure(question.lens)
        except Refused as refusal:
            said.value = inline(refusal.told(words))
            return
        told = numbers["answer"] != ""
        right = "" if not told or guess.value is None else " ✓" if guess.value == numbers["answer"] else " ✗"
        said.value = inline(words("answer" if told else "answer.unclear", **numbers)) + right

    button.on_click(reveal)
    display(Markdown(f"**{words('question')}**"))
    shown(widgets.VBox([guess, button, said]), lambda: asked(options, guess.value, said.value), guess, said)


def reply(
    viewer: Viewer,
    message: Mapping[str, Any],
    lesson: Lesson,
    words: Words,
    measure: Callable[[str, Mapping[str, Any]], Numbers],
) -> None:
    """The viewer asks for a map: answered by the layer that speaks of what was clicked."""
    number = int(message["id"])
    try:
        layer = layer_for(lesson, str(message["what"]), str(message.get("name", "")))
        numbers = measure(layer.measures, {"step": message["step"], **picked(message)})
    except Refused as refusal:
        viewer.send({"kind": "error", "id": number, "text": refusal.told(words)})
        return
    viewer.send(*answer(number, lesson, layer, numbers, words))
