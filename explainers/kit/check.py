"""Say what is wrong with a lesson: `python -m explainers.kit.check noise` (no name: all of them, and the sentences
that they share).

The tests run it over every lesson in every language. It reads; it imports no lens.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from explainers.kit.folders import KIT, folder
from explainers.kit.lesson import GIVEN, RUN, VIEWER, Lesson, lessons
from explainers.kit.sentences import NOTED, Words, languages, quoted
from explainers.kit.signature import functions
from explainers.kit.standing import lens_of
from explainers.kit.story import HEADLINE, MOST, STANDS, Card, Predict, Without

DRAWN = ("curves", "bars")  # their sentences are named by what they draw
MEANING = "meaning."  # what a word of the model means: a translation's own


def problems(lesson: Lesson) -> Iterator[str]:
    yield from _functions(lesson)
    yield from _controls(lesson)
    yield from _story(lesson)
    yield from _sentences(lesson)
    for language in languages()[1:]:
        yield from untranslated(lesson.idea, language)
    yield from unsaid(lesson.idea, sorted(folder(lesson.idea).glob("*.py")))


def shared_problems() -> Iterator[str]:
    for language in languages()[1:]:
        yield from untranslated(KIT, language)
    here = folder(KIT).parent
    yield from unsaid(KIT, sorted({*here.rglob("*.py")} - {*here.glob("lessons/**/*.py"), here / "note.py"}))


def _functions(lesson: Lesson) -> Iterator[str]:
    lens, picture = functions(lesson.idea), functions(lesson.idea, "picture")
    measured = {p.measures for p in lesson.pictures} | {c.lens for c in lesson.cuts}
    measured |= {c.name for c in lesson.cuts if c.film}
    drawn = {p.name for p in lesson.pictures} | {c.name for c in lesson.cuts if c.plot}
    measured |= {card.lens for card in lesson.story if card.lens}
    drawn |= {name for card in lesson.story for name in (card.figure, card.over) if name}
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


def _story(lesson: Lesson) -> Iterator[str]:
    """Cards that can't stand as they say, or say more than is read at once."""
    names = [card.name for card in lesson.story]
    yield from (f"two cards are called {name!r}" for name in sorted({n for n in names if names.count(n) > 1}))
    known = {*RUN, *STANDS, *(c.name for c in lesson.controls)}
    for card in lesson.story:
        yield from (f"card {card.name!r} sets {name!r}, which is no control" for name in card.at if name not in known)
        yield from (f"card {card.name!r}: {name!r} is no setting of a run" for name in card.beside if name not in RUN)
        if isinstance(card, Without) and card.cut not in (c.name for c in lesson.cuts):
            yield f"card {card.name!r}: there is no cut {card.cut!r}"
        if card.control and card.control not in (c.name for c in lesson.controls):
            yield f"card {card.name!r}: there is no control {card.control!r}"
        if card.picture and card.picture not in (p.name for p in lesson.pictures):
            yield f"card {card.name!r}: there is no picture {card.picture!r}"
        if (card.figure or card.over) and not lens_of(lesson, card):
            yield f"card {card.name!r}: a figure without a lens"
        for language in languages():
            words = Words.of(lesson.idea, language)
            if missing := [key for key in card.sentences() if key not in words.sentences]:
                yield f"card {card.name!r} has no {', '.join(missing)} in {language}"
                continue
            if (count := len(words.sentences[card.key].split())) > HEADLINE:
                yield f"card {card.name!r}, {language}: a headline of {count} words"
            first, after = _read(words, card)
            if max(first, after) > MOST:
                yield f"card {card.name!r}, {language}: {max(first, after)} words to read at once"


def _read(words: Words, card: Card) -> tuple[int, int]:
    """Words that are read at once on a card: before, and once it is measured (the longest way that may turn out)."""

    def count(*keys: str) -> int:
        return sum(len(words.sentences[key].split()) for key in keys)

    text = count(f"{card.key}.text")
    said = max((count(key) for key in card.measured()), default=0)
    if isinstance(card, Predict):
        return text + count(*(f"{card.key}.{option}" for option in card.options)), said
    return text, text + said


def _sentences(lesson: Lesson) -> Iterator[str]:
    """What the page asks for and what its English file holds are the same."""
    words = Words.of(lesson.idea)
    asked = {*lesson.sentences(), *asks(folder(lesson.idea) / "picture.py")}
    yield from (f"words.en.md has no {key!r}" for key in sorted(asked) if key not in words)
    optional = {*(f"{card.key}.unclear" for card in lesson.story), *(f"{key}.help" for key in asked)}
    unused = words.sentences.keys() - asked - optional - prefixes(folder(lesson.idea) / "picture.py", words)
    yield from (f"words.en.md holds {key!r}, which nothing asks for" for key in sorted(unused))


def untranslated(idea: str, language: str) -> Iterator[str]:
    """What a translation misses, has too much, or quotes otherwise than the English file."""
    file = f"words.{language}.md"
    if not (folder(idea) / file).exists():
        yield f"there is no {file}"
        return
    english, words = Words.of(idea), Words.of(idea, language)
    there = {key for key in words.sentences if not key.startswith((MEANING, NOTED))}
    yield from (f"{file} has no {key!r}" for key in sorted(english.sentences.keys() - there))
    yield from (f"{file} holds {key!r}, which nothing asks for" for key in sorted(there - english.sentences.keys()))
    for key in sorted(there & english.sentences.keys()):
        if english.sentences[key] and not words.sentences[key]:
            yield f"{file}, {key!r}: says nothing"
        elif words.quoted(key) != english.quoted(key):
            yield f"{file}, {key!r}: quotes other numbers than the English sentence"


def unsaid(idea: str, paths: Iterable[Path]) -> Iterator[str]:
    """What these files note, for which a language has no sentence, or one of other values; and sentences left over."""
    made: dict[str, str] = {}
    for path, call in ((file, call) for file in paths for call in notes(file)):
        code, english = (arg.value if isinstance(arg, ast.Constant) else None for arg in (*call.args, None, None)[:2])
        if not isinstance(code, str) or not isinstance(english, str):
            yield f"{path.name}, line {call.lineno}: a note needs its code and its sentence as plain texts"
        elif made.setdefault(code, english) != english:
            yield f"{path.name}, line {call.lineno}: another sentence has the code {code!r}"
        elif quoted(english) != {value.arg for value in call.keywords}:
            yield f"{path.name}, line {call.lineno}: {code!r} quotes other values than it is given"
    for language in languages()[1:]:
        words, file = Words.of(idea, language), f"words.{language}.md"
        there = {key.removeprefix(NOTED) for key in words.sentences if key.startswith(NOTED)}
        yield from (f"{file} has no {NOTED + code!r}: {made[code]}" for code in sorted(made.keys() - there))
        yield from (f"{file} holds {NOTED + code!r}, which nothing notes" for code in sorted(there - made.keys()))
        for code in sorted(there & made.keys()):
            if words.quoted(NOTED + code) != quoted(made[code]):
                yield f"{file}, {NOTED + code!r}: quotes other values than the note"


def notes(path: Path) -> list[ast.Call]:
    """Where a file makes a note."""
    nodes = ast.walk(ast.parse(path.read_text("utf-8")))
    return [n for n in nodes if isinstance(n, ast.Call) and isinstance(n.func, ast.Name) and n.func.id == "Note"]


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
