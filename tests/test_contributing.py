"""CONTRIBUTING.md, followed to the letter: a new idea, a new family, a new language.

The steps are taken from its own text, so that it cannot promise what does not work.
"""

import ast
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import plotly.graph_objects as go
import pytest

import explainers.lessons
from explainers.kit import check, folders
from explainers.kit import sentences as words
from explainers.kit import signature as source
from explainers.kit.lesson import IDEAS, draw, finish, measure
from explainers.kit.new import NameTaken, grow
from explainers.kit.standing import lens_of
from tests.markdown import blocks as read_blocks

ROOT = Path(__file__).resolve().parents[1]
GUIDE = (ROOT / "CONTRIBUTING.md").read_text("utf-8")


def blocks(section: str) -> list[str]:
    """The fenced blocks under a heading of the guide."""
    return [block.text for block in read_blocks(GUIDE) if block.section == section]


@pytest.fixture
def lesson(tmp_path, monkeypatch):
    """The lesson that the guide's own command grows, in a folder of its own."""
    command = next(block for block in blocks("A new idea") if "kit.new" in block)
    idea, title = re.search(r"python -m explainers\.kit\.new (\w+) \"(.+?)\"", command).groups()
    grow(idea, title, among=tmp_path)
    monkeypatch.setattr(explainers.lessons, "__path__", [*explainers.lessons.__path__, str(tmp_path)])
    forget(idea)
    module = __import__(f"explainers.lessons.{idea}.lesson", fromlist=["lesson"])
    yield module.lesson
    forget(idea)


def forget(idea):
    for cached in (source.functions, words._of, folders.folder):
        cached.cache_clear()
    for name in [name for name in sys.modules if name.startswith(f"explainers.lessons.{idea}")]:
        del sys.modules[name]


def test_a_page_grown_from_the_template_is_a_whole_lesson(lesson):
    assert lesson.idea not in IDEAS
    assert list(check.problems(lesson)) == []


def test_check_sees_what_a_newcomer_forgets(lesson):
    text = folders.folder(lesson.idea) / "words.en.md"
    text.write_text(text.read_text("utf-8").replace("## settling.x\nstep\n", ""), "utf-8")
    forget(lesson.idea)
    assert "words.en.md has no 'settling.x'" in list(check.problems(lesson))


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
    predict, without, _ = lesson.story
    asked = finish(measure(lesson, predict.lens, given, {}))
    assert asked["answer"] in predict.options
    assert str(asked["settled"]) in said("story.half.answer", **asked)
    curve = draw(lesson, predict.figure, asked, said)
    assert list(curve.x) == [1, 2, 3, 4] and list(curve.lines.values()) == [asked["distance"]]
    given["other"] = finish(measure(lesson, without.cut, given, {}))
    assert finish(measure(lesson, lens_of(lesson, without), given, {}))["change"] > 0


@pytest.mark.parametrize("name", ["noise", "No", "two words", "../up", ""])
def test_a_name_that_cannot_be_is_refused_before_anything_is_written(name, tmp_path):
    (tmp_path / "noise").mkdir()
    with pytest.raises(NameTaken):
        grow(name, among=tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["noise"]


def test_the_worked_family_is_the_one_in_the_table():
    """The row that the guide shows is read as code, and equals the one that the engine uses."""
    from explainers.engine.model import families

    shown = next(block for block in blocks("A new family of models") if "Family(" in block)
    row = eval(compile(ast.parse(shown.strip().rstrip(","), mode="eval"), "CONTRIBUTING.md", "eval"), vars(families))
    assert row in families.FAMILIES


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """A copy of the house, with the guide's own page in it, where a newcomer may write."""
    home = tmp_path_factory.mktemp("house")
    for part in ("explainers", "tests"):
        shutil.copytree(ROOT / part, home / part, ignore=shutil.ignore_patterns("__pycache__"))
    (home / "tests" / "__init__.py").touch()
    command = next(block for block in blocks("A new idea") if "kit.new" in block)
    grow, idea = re.search(r"-m (explainers\.kit\.new) (\w+)", command).groups()
    run(home, grow, idea)
    listed = home / "explainers" / "kit" / "lesson.py"
    listed.write_text(listed.read_text("utf-8").replace("IDEAS = (", f'IDEAS = ("{idea}",', 1), "utf-8")
    return home


def run(home, *command):
    """A module of the copied house, as somebody there would run it."""
    done = subprocess.run([sys.executable, "-m", *command], cwd=home, capture_output=True, text=True, timeout=120)
    return (done.stdout + done.stderr).strip()


def complaints(house, command, name):
    """What the check says of one translation of the new page and of the sentences that all pages share."""
    return [line for line in run(house, command, "settling", "kit").splitlines() if name in line]


def test_a_language_is_added_as_the_guide_says(house):
    """Files are copied, sentences translated; the app then offers the language, and its page says the sentence."""
    section = GUIDE[GUIDE.index("## A new language") : GUIDE.index("## Habits")]
    name, language = re.search(r"Copy `words\.en\.md` to `(words\.(\w+)\.md)` in `explainers/kit/`", section).groups()
    assert language not in words.languages()
    checked = re.search(r"`python -m (explainers\.kit\.check)`", section)[1]
    assert complaints(house, checked, name) == []  # nobody there has heard of it
    for place in [path.parent for path in house.glob("explainers/**/words.en.md")]:
        shutil.copy(place / "words.en.md", place / name)
    for complaint in complaints(house, checked, name):  # English files hold no notes: the check tells each
        idea, key, english = re.fullmatch(rf"(\w+): {name} has no '(note\.[\w.]+)': (.+)", complaint).groups()
        with open(
            house / "explainers" / ("kit" if idea == "kit" else f"lessons/{idea}") / name, "a", encoding="utf-8"
        ) as file:
            file.write(f"\n## {key}\n{english}\n")
    assert complaints(house, checked, name) == []

    (of_page,) = (words.parse(block) for block in blocks("A new language"))
    translate(house / "explainers" / "lessons" / "settling" / name, of_page)
    assert complaints(house, checked, name) == []

    english, theirs, chosen = (json.loads(line) for line in run(house, *served(house, language)).splitlines()[-3:])
    assert {"fr": "français"}[language] in english["offers"]  # behind its name at the top of each page
    assert (english["lang"], theirs["lang"], chosen["lang"]) == ("en", language, language)
    for page in (theirs, chosen):
        assert of_page["story.half"] in page["says"]
        assert of_page["story.half"] not in english["says"]


def test_the_check_lists_what_a_translation_lost(house):
    name = "words.xx.md"
    for place in ("kit", "lessons/settling"):
        text = (house / "explainers" / place / "words.en.md").read_text("utf-8")
        text = text.replace("From step {settled}", "From some step").replace("## settling.x\nstep\n", "")
        (house / "explainers" / place / name).write_text(text + "\n## extra\nmore\n", "utf-8")
    try:
        told = complaints(house, "explainers.kit.check", name)
        said = [complaint for complaint in told if "'note." not in complaint]  # copied from English, which holds none
    finally:
        for place in ("kit", "lessons/settling"):
            (house / "explainers" / place / name).unlink()
    assert said == [
        f"settling: {name} has no 'settling.x'",
        f"settling: {name} holds 'extra', which nothing asks for",
        f"settling: {name}, 'story.half.answer': quotes other numbers than the English sentence",
        f"kit: {name} holds 'extra', which nothing asks for",
    ]


def translate(path, said):
    text = path.read_text("utf-8")
    for key, sentence in said.items():
        pattern = r"^# .*$" if key == "title" else rf"(?<=^## {re.escape(key)}\n).*$"
        text, found = re.subn(
            pattern, f"# {sentence}" if key == "title" else sentence, text, count=1, flags=re.MULTILINE
        )
        assert found == 1, key
    path.write_text(text, "utf-8")


def served(house, language):
    """A module that asks the app for the page: in English, from a browser that prefers the language, by its address."""
    (house / "ask.py").write_text(ASK, "utf-8")
    return "ask", language


ASK = """
import html, importlib, json, pathlib, re, sys, tempfile
from starlette.testclient import TestClient
from tests import fakes
from explainers.web.service import Service
from explainers.web.app import serve
from explainers.worker.queue import JobQueue

lessons = [fakes.lessons()[0], importlib.import_module("explainers.lessons.settling.lesson").lesson]
line = JobQueue(fakes.FAKE)
browser = TestClient(serve(lessons, line, Service(line, fakes.gallery(pathlib.Path(tempfile.mkdtemp())))))
language = sys.argv[1]
for address, accepts in (("", "en"), ("", f"{language},en;q=0.5"), (f"?lang={language}", "en")):
    page = browser.get("/settling" + address, headers={"accept-language": accepts}).text
    lang = re.search(r'<html\\s+lang="(.*?)"', page)[1]
    config, _ = json.JSONDecoder().raw_decode(page.partition("window.gradio_config = ")[2])
    says = html.unescape(" ".join(str(part["props"].get("value")) for part in config["components"]))
    print(json.dumps({"lang": lang, "offers": re.findall(r"hreflang=[^>]*>([^<]*)<", says), "says": says}))
"""
