"""Say what is wrong with a lesson: `python -m explainers.kit.check noise` (no name: all of them, and the sentences
that they share).

The tests run it over every lesson in every language. It reads; it imports no lens.
"""

from __future__ import annotations

import ast
import itertools
import sys
from collections.abc import Iterator
from pathlib import Path

from explainers.kit.folders import KIT, folder
from explainers.kit.lesson import GIVEN, RUN, VIEWER, Lesson, lessons
from explainers.kit.sentences import NOTED, Words, languages
from explainers.kit.signature import functions

REACH_VISITORS = {"CannotOpen", "CannotRun", "NotVisible", "WrongModel", "BadRecording"}  # what these say
DRAWN = ("curves", "bars")  # their sentences are named by what they draw
MEANING = "meaning."  # what a word of the model means: a translation's own


def problems(lesson: Lesson) -> Iterator[str]:
    yield from _functions(lesson)
    yield from _controls(lesson)
    yield from _sentences(lesson)
    for language in languages()[1:]:
        yield from untranslated(lesson.idea, language)


def shared_problems() -> Iterator[str]:
    for language in languages()[1:]:
        yield from untranslated(KIT, language)
    for path in sorted((folder(KIT).parent / "engine").rglob("*.py")):
        yield from unsaid(path, Words.of(KIT))


def _functions(lesson: Lesson) -> Iterator[str]:
    lens, picture = functions(lesson.idea), functions(lesson.idea, "picture")
    measured = {p.measures for p in lesson.pictures} | {c.lens for c in lesson.cuts}
    measured |= {c.name for c in lesson.cuts if c.film}
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


def _sentences(lesson: Lesson) -> Iterator[str]:
    """What the page asks for and what its English file holds are the same."""
    words = Words.of(lesson.idea)
    lens = folder(lesson.idea) / "lens.py"
    yield from unsaid(lens, words)
    found = [words.noted(note) for note in notes(lens)]
    asked = {*lesson.sentences(), *asks(folder(lesson.idea) / "picture.py"), *(key for key, _ in filter(None, found))}
    yield from (f"words.en.md has no {key!r}" for key in sorted(asked) if key not in words)
    optional = {"answer.unclear", *(f"{key}.help" for key in asked)}
    unused = words.sentences.keys() - asked - optional - prefixes(folder(lesson.idea) / "picture.py", words)
    yield from (f"words.en.md holds {key!r}, which nothing asks for" for key in sorted(unused))


def untranslated(idea: str, language: str) -> Iterator[str]:
    """What a translation misses, has too much, or quotes otherwise than the English file."""
    file = f"words.{language}.md"
    if not (folder(idea) / file).exists():
        yield f"there is no {file}"
        return
    english, words = Words.of(idea), Words.of(idea, language)
    there = {key for key in words.sentences if not key.startswith(MEANING)}
    yield from (f"{file} has no {key!r}" for key in sorted(english.sentences.keys() - there))
    yield from (f"{file} holds {key!r}, which nothing asks for" for key in sorted(there - english.sentences.keys()))
    for key in sorted(there & english.sentences.keys()):
        if english.sentences[key] and not words.sentences[key]:
            yield f"{file}, {key!r}: says nothing"
        elif words.quoted(key) != english.quoted(key):
            yield f"{file}, {key!r}: quotes other numbers than the English sentence"


def unsaid(path: Path, words: Words) -> Iterator[str]:
    """What a part of the engine, or a lens, notes or refuses in a sentence that can't be said in other languages."""
    yield from (
        f"words.en.md has no {note!r} of {path.name} under {NOTED}…" for note in notes(path) if not words.noted(note)
    )


def notes(path: Path) -> Iterator[str]:
    """Sentences in English that reach visitors out of code, with … for what they quote."""
    for node in ast.walk(ast.parse(path.read_text("utf-8") if path.exists() else "")):
        call = node.exc if isinstance(node, ast.Raise) else node
        if isinstance(call, ast.Call) and call.args and not isinstance(call.args[0], ast.Call):
            name = ast.unparse(call.func)
            if name in REACH_VISITORS if isinstance(node, ast.Raise) else name == "notes.append":
                yield from _written(call.args[0])


def _written(node: ast.expr) -> list[str]:
    """All that an f-string can come out as."""
    if isinstance(node, ast.Constant):
        return [str(node.value)]
    if isinstance(node, ast.IfExp):
        return [*_written(node.body), *_written(node.orelse)]
    if isinstance(node, ast.JoinedStr | ast.BinOp):
        parts = node.values if isinstance(node, ast.JoinedStr) else [node.left, node.right]
        return ["".join(each) for each in itertools.product(*map(_written, parts))]
    return ["…"]


def asks(path: Path) -> set[str]:
    """The sentences that a picture asks for by name: `words("spectrum.x")`, `curves(…, words, "way", …, off="own")`."""
    named = {
        call.args[0].value
        for call in _calls(path)
        if isinstance(call.args[0], ast.Constant) and isinstance(call.args[0].value, str)
    }
    return named | {
        f"{ast.literal_eval(call.args[2])}.{drawn.arg}"
        for call in _calls(path, *DRAWN)
        if isinstance(call.args[2], ast.Constant)
        for drawn in call.keywords
        if drawn.arg
    }


def prefixes(path: Path, words: Words) -> set[str]:
    """Sentences that a picture may ask for by a name put together: `words(f"head.{kind}")` reaches all of `head.…`."""
    starts = {
        call.args[0].values[0].value
        for call in _calls(path)
        if isinstance(call.args[0], ast.JoinedStr) and isinstance(call.args[0].values[0], ast.Constant)
    }
    return {key for key in words.sentences for start in starts if key.startswith(str(start))}


def _calls(path: Path, *names: str) -> list[ast.Call]:
    nodes = ast.walk(ast.parse(path.read_text("utf-8") if path.exists() else ""))
    calls = [n for n in nodes if isinstance(n, ast.Call) and isinstance(n.func, ast.Name) and n.args]
    return [call for call in calls if call.func.id in (names or ("words",))]  # type: ignore[attr-defined]


def main(names: list[str]) -> int:
    wrong = [f"{x.idea}: {text}" for x in lessons() if not names or x.idea in names for text in problems(x)]
    if not names or KIT in names:
        wrong += [f"{KIT}: {text}" for text in shared_problems()]
    print("\n".join(wrong) or "nothing is wrong")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
