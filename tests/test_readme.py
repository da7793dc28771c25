"""README, CONTRIBUTING and the other pages promise nothing that does not work: every command in their text is tried.

What starts and stays (the app, JupyterLab), fetches weights or takes an hour is not run to its end here: its program is
asked whether it knows the options. The first command is started for real by `.ci/run`, the second is what runs this.
"""

import json
import re
import shlex
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

import darkroom
from explainers.engine.model.families import FAMILIES
from tests.markdown import blocks

ROOT = Path(__file__).resolve().parents[1]
PAGES = ("README.md", "CONTRIBUTING.md", "MODEL.md", "ACCESSIBILITY.md")
COMMANDS = [
    pytest.param(page, line, id=f"{page}: {line}")
    for page in PAGES
    for block in blocks((ROOT / page).read_text("utf-8"))
    if block.language == ""
    for line in block.text.splitlines()
]
EXAMPLES = [block.text for block in blocks((ROOT / "README.md").read_text("utf-8")) if block.language == "python"]


@pytest.mark.parametrize(("page", "line"), COMMANDS)
def test_every_command_is_known_where_it_goes(page, line):
    python, *words = shlex.split(line, comments=True)
    assert python == "python", "README says that the first word is python everywhere"
    if words[0] == "darkroom.py":
        _, command, *rest = words
        assert command in darkroom.COMMANDS
        if command == "python":
            assert knows(*module(rest))
        elif command == "test":
            assert_pytest_takes(rest)
        else:
            assert knows(("app.py",), rest)
    else:
        assert words[0] == "-m"
        assert knows(*module(words))


def module(words):
    """`-m name` and what follows it."""
    assert words[0] == "-m"
    return ("-m", words[1]), words[2:]


def knows(program, words) -> bool:
    """Whether the program starts, and its help names every option, and every word that is one of its choices."""
    says = help_of(program)
    options = [word for word in words if word.startswith("--")]
    if program[1:] == ("pip",):
        return words[:2] == ["config", "set"] and "set" in help_of((*program, "config"))
    return all(re.search(rf"(?<![\w-]){option}(?![\w-])", says) for option in options)


@cache
def help_of(program) -> str:
    asked = subprocess.run([sys.executable, *program, "--help"], cwd=ROOT, capture_output=True, text=True)
    assert asked.returncode == 0, asked.stderr
    return asked.stdout


def assert_pytest_takes(words):
    """Paths are there, and marks are registered (`--strict-markers` does not look at -m)."""
    registered = (ROOT / "pyproject.toml").read_text("utf-8")
    for before, word in zip(["", *words], words, strict=False):
        if before == "-m":
            for mark in set(re.findall(r"\w+", word)) - {"not", "and", "or"}:
                assert f'"{mark}: ' in registered
        elif word.startswith("tests"):
            assert (ROOT / word).exists(), word


def test_the_two_commands_are_there_as_ci_reads_them():
    text = (ROOT / "README.md").read_text("utf-8")
    assert re.findall(r"^python darkroom\.py (app|test)$", text, re.MULTILINE) == ["app", "test"]


@pytest.mark.slow
@pytest.mark.parametrize("code", EXAMPLES)
def test_the_example_runs_as_it_stands(code):
    found = {}
    exec(compile(code, "README.md", "exec"), found)
    assert sum(found["maps"].share.values()) == pytest.approx(1, abs=1e-3)
    assert not found["flicker"].latent.equal(found["recording"].latent)


def test_every_family_in_the_table_is_named():
    text = (ROOT / "README.md").read_text("utf-8").lower().replace(" ", "")
    names = {"hunyuan": "hunyuanvideo", "svd": "stablevideodiffusion", "wan-i2v": "wan2.1"}
    missing = [family.name for family in FAMILIES if names.get(family.name, family.name) not in text]
    assert missing == []


def test_tables_and_pictures_are_those_of_today():
    """`python -m docs readme` would change nothing."""
    from docs.readme import README, filled

    text = README.read_text("utf-8")
    assert filled(text) == text, "lessons or the model have changed: python darkroom.py python -m docs readme"


def test_the_citation_is_of_this_version():
    """The citation and the package carry one version."""
    version = re.search(r'^version = "(.+)"', (ROOT / "pyproject.toml").read_text("utf-8"), re.MULTILINE)[1]
    assert f"\nversion: {version}\n" in (ROOT / "CITATION.cff").read_text("utf-8")


def test_no_more_than_ten_targets():
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert len(targets) <= 10
    for words in re.findall(r"darkroom\.py (.+)$", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE):
        assert shlex.split(words)[0] in darkroom.COMMANDS


@pytest.mark.parametrize("page", sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml")), ids=lambda p: p.name)
def test_issue_forms_are_whole(page):
    yaml = pytest.importorskip("yaml")
    form = yaml.safe_load(page.read_text("utf-8"))
    if page.name != "config.yml":
        assert {"name", "description", "body"} <= form.keys()
        assert all({"type", "attributes"} <= field.keys() for field in form["body"])
        json.dumps(form)
