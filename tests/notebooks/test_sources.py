"""What stands in git: sources and notebooks in step, nothing left over from somebody's run, every lesson has one."""

import ast
import json
import re
from pathlib import Path

import nbformat
import pytest

from explainers.kit.lesson import lessons
from notebooks import make

FOLDER = Path(make.__file__).parent
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
by_name = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def test_each_notebook_has_a_source_and_each_source_its_notebook():
    assert [path.stem for path in make.sources()] == [path.stem for path in NOTEBOOKS]
    assert NOTEBOOKS


@by_name
def test_in_step_with_its_source(path):
    source = FOLDER / "source" / f"{path.stem}.py"
    assert path.read_text("utf-8") == make.written(source), "run `python notebooks/make.py`"


@by_name
def test_valid_and_without_outputs(path):
    raw = json.loads(path.read_text("utf-8"))
    nbformat.validate(nbformat.from_dict(raw))
    assert "widgets" not in raw["metadata"]
    for cell in raw["cells"]:
        assert not cell.get("outputs") and cell.get("execution_count") is None


@by_name
def test_it_can_be_presented_and_solutions_are_folded(path):
    cells = nbformat.read(path, 4).cells
    assert sum(cell.metadata.get("slideshow", {}).get("slide_type") == "slide" for cell in cells) >= 5
    exercises = len(re.findall(r"^\*\*\d\.\*\*", "\n".join(c.source for c in cells if c.cell_type == "markdown"), re.M))
    folded = [c for c in cells if c.cell_type == "code" and "solution" in c.metadata.get("tags", [])]
    assert len(folded) == exercises and all(c.metadata.jupyter.source_hidden for c in folded)


def test_a_notebook_names_only_what_its_lesson_has():
    for lesson in lessons():
        for path in (FOLDER / "source").glob(f"*_{lesson.idea}.py"):
            calls = [node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)]
            parts = {"picture": lesson.pictures, "cut": lesson.cuts, "card": lesson.story}
            named = {kind: [part.name for part in there] for kind, there in parts.items()}
            for call in calls:
                kind = getattr(call.func, "attr", "")
                if kind in named and getattr(call.func.value, "id", "") == "page":
                    assert call.args[0].value in named[kind], f"{path.name}: {call.args[0].value}"


@by_name
def test_a_cell_is_marked_with_what_jupyter_knows(path):
    """A mark that is misspelt comes out of jupytext as the cell's title, or under a name that nobody reads."""
    for cell in nbformat.read(path, 4).cells:
        assert set(cell.metadata) <= {"slideshow", "tags", "jupyter", "cellView"}
        assert cell.metadata.get("slideshow", {"slide_type": "slide"}) == {"slide_type": "slide"}


def test_the_quiz_has_twenty_questions_and_each_its_answer():
    text = (FOLDER / "source" / "teacher.py").read_text("utf-8")
    quiz, key = text[text.index("# # Quiz") :].split("Answer key", 1)
    assert [int(n) for n in re.findall(r"^# (\d+)\. ", quiz, re.M)] == list(range(1, 21))
    answers = re.findall(r"^# (\d+)\. .*`(\d\d_\w+)`", key, re.M)  # each names the notebook where the evidence is
    assert [int(n) for n, _ in answers] == list(range(1, 21))
    assert {name for _, name in answers} <= {path.stem for path in NOTEBOOKS}
