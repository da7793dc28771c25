"""The app where nobody tried it: a folder with a space and an umlaut, a plain locale, a home that can't be written."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory):
    """A copy of the checkout; what tests write lies beside it."""
    place = tmp_path_factory.mktemp("dark") / "Haus im Grünen"
    place.mkdir()
    for name in ("app.py", ".ci/serves.py"):
        (place / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, place / name)
    shutil.copytree(ROOT / "explainers", place / "explainers", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "assets", place / "assets")
    return place


@pytest.fixture
def surroundings(tmp_path):
    """No home to write into, no UTF-8, no programs but Python, a time zone of its own."""
    kept = {name: os.environ[name] for name in ("SYSTEMROOT", "LD_LIBRARY_PATH") if name in os.environ}
    home = str(tmp_path / "a file" / "home")  # nobody can make it, not even root
    (tmp_path / "a file").write_text("no folder", "utf-8")
    room = {"TMPDIR": str(tmp_path), "OMP_NUM_THREADS": "1"}
    return kept | room | {"HOME": home, "LC_ALL": "C", "PATH": "", "TZ": "Asia/Kathmandu", "HF_HUB_OFFLINE": "1"}


@pytest.mark.slow
def test_the_app_serves_its_page(elsewhere, surroundings):
    command = [sys.executable, str(elsewhere / ".ci/serves.py"), sys.executable, str(elsewhere / "app.py")]
    served = subprocess.run(command, cwd="/", env=surroundings, capture_output=True, text=True, encoding="utf-8")
    assert served.returncode == 0, served.stdout + served.stderr


@pytest.mark.slow
def test_the_command_makes_a_film(elsewhere, surroundings, tmp_path):
    command = [sys.executable, "-m", "explainers", "a red ball bounces", "--steps", "2", "--out", "für dich"]
    environment = surroundings | {"PYTHONPATH": str(elsewhere)}
    made = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, encoding="utf-8")
    assert made.returncode == 0, made.stdout + made.stderr
    written = {path.name for path in (tmp_path / "für dich").iterdir()}
    assert written == {"run.darkroom", "film.mp4", "index.html"}
