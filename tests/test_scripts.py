"""The page's scripts, checked where Node is: types, what is pure, and that no two of them need each other."""

import json
import re
import shutil
import subprocess
from dataclasses import asdict
from pathlib import Path
from urllib.parse import parse_qsl

import pytest

from explainers.viewer.bundle import SOURCE
from explainers.worker.settings import Settings, write

ROOT = Path(__file__).resolve().parents[1]
SCRIPTS = ROOT / "explainers" / "web" / "static"
IMPORT = re.compile(r'^(?:import|export) (?:[^;]*? from )?"\./(\w+\.js)";', re.MULTILINE)

needs_node = pytest.mark.skipif(not shutil.which("node"), reason="there is no Node here, which the page's scripts need")


@needs_node
def test_what_is_pure_in_them():
    tests = sorted(str(path) for path in (ROOT / "tests" / "scripts").glob("*.test.js"))
    ran = subprocess.run(["node", "--test", *tests], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert ran.returncode == 0, ran.stdout + ran.stderr


@pytest.fixture
def tsc(tmp_path):
    """The TypeScript that package.json names: the one that lies here, or fetched for this test alone."""
    here = ROOT / "node_modules" / ".bin" / "tsc"
    if here.exists():
        return here
    if not shutil.which("npm"):
        pytest.skip(
            "there is no npm here, and TypeScript is not installed: types of the page's scripts are not checked"
        )
    for name in ("package.json", "package-lock.json"):
        shutil.copy(ROOT / name, tmp_path)
    fetch = ["npm", "ci", "--no-audit", "--no-fund", "--cache", str(tmp_path / "cache"), "--fetch-retries", "0"]
    try:
        subprocess.run(fetch, cwd=tmp_path, capture_output=True, timeout=90, check=True)
    except subprocess.SubprocessError:
        pytest.skip("TypeScript can't be fetched from here: types of the page's scripts are not checked")
    return tmp_path / "node_modules" / ".bin" / "tsc"


@pytest.mark.slow
@needs_node
def test_their_types(tsc):
    ran = subprocess.run([tsc, "--project", ROOT], capture_output=True, text=True, timeout=120)
    assert ran.returncode == 0, ran.stdout


def needs(name: str, home: Path) -> set[Path]:
    """The files that a script imports; the page finds the viewer beside its own."""
    found = set()
    for needed in IMPORT.findall((home / name).read_text("utf-8")):
        found.add(home / needed if (home / needed).exists() else SOURCE / needed)
    return found


def test_no_two_of_them_need_each_other():
    graph = {path: needs(path.name, path.parent) for home in (SCRIPTS, SOURCE) for path in home.glob("*.js")}
    assert sum(map(len, graph.values())) > 60
    while free := [path for path, needed in graph.items() if not needed & graph.keys()]:
        for path in free:
            del graph[path]
    assert not graph, f"in a circle, or behind one: {sorted(path.name for path in graph)}"


SETTINGS = [
    Settings("a red ball bounces", seed=7, guidance=4.5, scheduler="FlowMatchEuler"),
    Settings("a cat & a “zebra”, 100 %", steps=50, frames=33, size="96x64", recording="0123456789abcdef"),
    Settings("a boat", picture="0123456789abcdef", remix=0.65, model="org/name"),
]


@needs_node
@pytest.mark.parametrize("settings", SETTINGS, ids=lambda settings: settings.prompt)
def test_the_browser_writes_the_address_that_python_writes(settings):
    controls = {"level": 0.25, "which": "two", "on": True, "off": False}
    told = json.dumps([asdict(settings), {}, [], controls])
    script = f"import('{(SCRIPTS / 'address.js').as_uri()}').then((m) => console.log(String(m.queryOf(...{told}))))"
    said = subprocess.run(["node", "--eval", script], capture_output=True, text=True, timeout=60, check=True).stdout
    assert parse_qsl(said.strip()) == parse_qsl(write(settings, controls))
