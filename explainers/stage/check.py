"""Say what is wrong with a lesson: `python -m explainers.stage.check noise` (all lessons without a name).

The tests run it over every lesson in every language. It reads; it imports no lens.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

from explainers.stage.lesson import GIVEN, RUN, VIEWER, Lesson, lessons
from explainers.stage.rooms import folder
from explainers.stage.source import functions
from explainers.stage.words import Words, languages


def problems(lesson: Lesson) -> Iterator[str]:
    yield from _functions(lesson)
    yield from _controls(lesson)
    for language in languages():
        yield from _sentences(lesson, language)


def _functions(lesson: Lesson) -> Iterator[str]:
    lens, picture = functions(lesson.idea), functions(lesson.idea, "picture")
    measured = {p.measures for p in lesson.pictures} | {c.name for c in lesson.cuts} | {c.lens for c in lesson.cuts}
    drawn = {p.name for p in lesson.pictures} | {c.name for c in lesson.cuts if c.plot}
    if lesson.question:
        measured.add(lesson.question.lens)
    yield from (f"lens.py has no {name}()" for name in sorted(measured - lens.keys()))
    yield from (f"picture.py has no {name}(numbers, words)" for name in sorted(drawn - picture.keys()))
    yield from (
        f"picture.{name} must take (numbers, words)"
        for name in sorted(drawn & picture.keys())
        if picture[name].given != ("numbers", "words")
    )
    known = {c.name for c in lesson.controls} | {*VIEWER, *RUN}
    for name in sorted(measured & lens.keys()):
        yield from (f"lens.{name} asks for {x!r}, not one of {GIVEN}" for x in lens[name].given if x not in GIVEN)
        yield from (f"lens.{name} names the control {x!r}, undeclared" for x in lens[name].controls if x not in known)


def _controls(lesson: Lesson) -> Iterator[str]:
    own = [c.name for c in lesson.controls]
    names = [*own, *(p.name for p in lesson.pictures), *(c.name for c in lesson.cuts)]
    yield from (f"two things are called {name!r}" for name in sorted({n for n in names if names.count(n) > 1}))
    yield from (f"the control {name!r} is the viewer's or the run's already" for name in own if name in (*VIEWER, *RUN))
    for act in lesson.acts:
        unknown = [name for name in act.sets if name not in (*own, *VIEWER, *RUN)]
        yield from (f"act {act.name!r} sets {name!r}, which is no control" for name in unknown)
    yield from (f"opens sets {name!r}, not the viewer's" for name in lesson.opens if name not in VIEWER)


def _sentences(lesson: Lesson, language: str) -> Iterator[str]:
    if not (folder(lesson.idea) / f"words.{language}.md").exists():
        yield f"there is no words.{language}.md"
        return
    words = Words.of(lesson.idea, language)
    asked = {*lesson.sentences(), *asks(folder(lesson.idea) / "picture.py")}
    yield from (f"words.{language}.md has no {key!r}" for key in sorted(asked) if key not in words)
    optional = {"answer.unclear", *(f"{key}.help" for key in asked)}
    unused = words.sentences.keys() - asked - optional - prefixes(folder(lesson.idea) / "picture.py", words)
    yield from (f"words.{language}.md holds {key!r}, which nothing asks for" for key in sorted(unused))
    english = Words.of(lesson.idea, "en")
    for key in words.sentences.keys() & english.sentences.keys():
        if words.quoted(key) != english.quoted(key):
            yield f"words.{language}.md, {key!r}: quotes other numbers than the English sentence"


def asks(path: Path) -> set[str]:
    """The sentences that a picture asks for by name: `words("spectrum.x")`."""
    return {
        call.args[0].value
        for call in _calls(path)
        if isinstance(call.args[0], ast.Constant) and isinstance(call.args[0].value, str)
    }


def prefixes(path: Path, words: Words) -> set[str]:
    """Sentences that a picture may ask for by a name put together: `words(f"head.{kind}")` reaches all of `head.…`."""
    starts = {
        call.args[0].values[0].value
        for call in _calls(path)
        if isinstance(call.args[0], ast.JoinedStr) and isinstance(call.args[0].values[0], ast.Constant)
    }
    return {key for key in words.sentences for start in starts if key.startswith(str(start))}


def _calls(path: Path) -> list[ast.Call]:
    nodes = ast.walk(ast.parse(path.read_text("utf-8") if path.exists() else ""))
    return [
        n for n in nodes if isinstance(n, ast.Call) and isinstance(n.func, ast.Name) and n.func.id == "words" and n.args
    ]


def main(names: list[str]) -> int:
    wrong = [f"{x.idea}: {text}" for x in lessons() if not names or x.idea in names for text in problems(x)]
    print("\n".join(wrong) or "nothing is wrong")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
