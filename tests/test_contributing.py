"""CONTRIBUTING.md, followed to the letter: a new idea, a new family, a new language.

The steps are taken from its own text, so that it cannot promise what does not work.
"""

import ast
import re
import sys
from pathlib import Path

import plotly.graph_objects as go
import pytest

import explainers
from explainers.stage import check, rooms, source, words
from explainers.stage.lesson import IDEAS, draw, finish, measure
from explainers.stage.new import NameTaken, grow
from tests.markdown import blocks as read_blocks

ROOT = Path(__file__).resolve().parents[1]
GUIDE = (ROOT / "CONTRIBUTING.md").read_text("utf-8")


def blocks(section: str) -> list[str]:
    """The fenced blocks under a heading of the guide."""
    return [block.text for block in read_blocks(GUIDE) if block.section == section]


@pytest.fixture
def lesson(tmp_path, monkeypatch):
    """The lesson that the guide's own command grows, in a folder of its own."""
    command = next(block for block in blocks("A new idea") if "stage.new" in block)
    idea, title = re.search(r"python -m explainers\.stage\.new (\w+) \"(.+?)\"", command).groups()
    grow(idea, title, among=tmp_path)
    monkeypatch.setattr(explainers, "__path__", [*explainers.__path__, str(tmp_path)])
    forget(idea)
    module = __import__(f"explainers.{idea}.lesson", fromlist=["lesson"])
    yield module.lesson
    forget(idea)


def forget(idea):
    for cached in (source.functions, words._of, rooms.folder):
        cached.cache_clear()
    for name in [name for name in sys.modules if name.startswith(f"explainers.{idea}")]:
        del sys.modules[name]


def test_a_page_grown_from_the_template_is_a_whole_lesson(lesson):
    assert lesson.idea not in IDEAS
    assert list(check.problems(lesson)) == []


def test_check_sees_what_a_newcomer_forgets(lesson):
    text = rooms.folder(lesson.idea) / "words.en.md"
    text.write_text(text.read_text("utf-8").replace("## settling.x\nstep\n", ""), "utf-8")
    forget(lesson.idea)
    assert list(check.problems(lesson)) == ["words.en.md has no 'settling.x'"]


def test_the_grown_page_measures_draws_cuts_and_answers(lesson):
    from explainers.engine import Request, record, wrap
    from tests.tiny_models import TINY

    model = wrap(TINY["cosmos3"].build())
    run = record(model, Request("a red ball", steps=4, guidance=3.0, seed=1)).finish()
    given = {"run": run, "model": model}
    numbers = finish(measure(lesson, "settling", given, lesson.starts()))
    assert len(numbers["distance"]) == 4
    assert numbers["distance"][-1] == pytest.approx(0, abs=1e-4)  # the last guess is the finished film
    said = words.Words.of(lesson.idea)
    assert isinstance(draw(lesson, "settling", numbers, said), go.Figure)
    asked = finish(measure(lesson, lesson.question.lens, given, {}))
    assert asked["answer"] in lesson.question.options
    assert str(asked["settled"]) in said("answer", **asked)
    given["other"] = finish(measure(lesson, "unguided", given, {}))
    assert finish(measure(lesson, "apart", given, {}))["change"] > 0


@pytest.mark.parametrize("name", ["noise", "No", "two words", "../up", ""])
def test_a_name_that_cannot_be_is_refused_before_anything_is_written(name, tmp_path):
    (tmp_path / "noise").mkdir()
    with pytest.raises(NameTaken):
        grow(name, among=tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["noise"]


def test_the_worked_family_is_the_one_in_the_table():
    """The row that the guide shows is read as code, and equals the one that the engine uses."""
    from explainers.engine import families

    shown = next(block for block in blocks("A new family of models") if "Family(" in block)
    row = eval(compile(ast.parse(shown.strip().rstrip(","), mode="eval"), "CONTRIBUTING.md", "eval"), vars(families))
    assert row in families.FAMILIES


def test_a_language_is_complete_only_when_every_sentence_is_there(lesson):
    """The guide's own example: the file it names is written, the check says what is missing until it is whole."""
    shown = next(block for block in blocks("A new language") if block.startswith("# "))
    folder = rooms.folder(lesson.idea)
    stage = words.parse((rooms.folder("stage") / "words.en.md").read_text("utf-8"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(check, "languages", lambda: ["en", "xx"])
        patch.setattr(words, "_of", translated(stage))
        assert "there is no words.xx.md" in list(check.problems(lesson))
        (folder / "words.xx.md").write_text(shown, "utf-8")  # a title and two sentences of many
        missing = list(check.problems(lesson))
        assert "words.xx.md has no 'honest'" in missing
        assert "words.xx.md has no 'claim'" not in missing
        (folder / "words.xx.md").write_text((folder / "words.en.md").read_text("utf-8"), "utf-8")
        assert list(check.problems(lesson)) == []


def translated(stage):
    """Words as they are read from disk, but the stage itself speaks English in every language."""

    def read(idea, language):
        behind = words.Words(language, stage)
        if idea == "stage":
            return behind
        text = (rooms.folder(idea) / f"words.{language}.md").read_text("utf-8")
        return words.Words(language, words.parse(text), behind)

    return read
