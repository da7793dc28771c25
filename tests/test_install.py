"""Darkroom as a package: `pip install -e .`, then imported from any folder; and what an installed copy holds.

Nothing is fetched: what Darkroom needs is taken from the environment of these tests.
"""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not (importlib.util.find_spec("setuptools") and importlib.util.find_spec("pip")),
        reason="pip and setuptools are not installed here, and fetching them needs a network",
    ),
]
OPENS = "from explainers.engine import open_model; print(open_model().name)"


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    """A copy to build in: building leaves files behind. The assets stay where they are."""
    folder = tmp_path_factory.mktemp("checkout")
    for name in ("pyproject.toml", "requirements.txt", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, folder)
    shutil.copytree(ROOT / "explainers", folder / "explainers", ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "assets").symlink_to(ROOT / "assets")
    return folder


@pytest.fixture(scope="module")
def wheel(checkout, tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    pip(sys.executable, "wheel", "--wheel-dir", str(folder), str(checkout))
    return next(folder.glob("*.whl"))


@pytest.fixture
def python(tmp_path):
    """The Python of a fresh environment that sees the packages of this one, but for Darkroom itself."""
    venv.create(tmp_path / "venv", symlinks=os.name != "nt")
    python = tmp_path / "venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    (site,) = (tmp_path / "venv").glob("**/site-packages")
    (site / "packages_of_the_tests.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return python


def pip(python, *arguments):
    call = [sys.executable, "-m", "pip", "--python", str(python), *arguments, "--no-build-isolation", "--no-deps"]
    done = subprocess.run([*call, "--no-index", "--quiet"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def elsewhere(python, code, folder):
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return subprocess.run([python, "-c", code], cwd=folder, env=environment, capture_output=True, text=True)


def test_an_editable_install_opens_the_embedded_model_from_any_folder(python, checkout, tmp_path):
    assert "No module named 'explainers'" in elsewhere(python, OPENS, tmp_path).stderr
    pip(python, "install", "--editable", str(checkout))
    done = elsewhere(python, OPENS, tmp_path)
    assert done.stdout.strip() == "embedded", done.stderr


def test_a_copy_without_assets_says_so(python, wheel, tmp_path):
    pip(python, "install", str(wheel))
    failed = elsewhere(python, OPENS, tmp_path)
    assert failed.returncode == 1
    assert "CannotOpen: The embedded model is not here" in failed.stderr and "pip install -e ." in failed.stderr


def test_words_scripts_and_styles_are_packed(wheel):
    there = {path.relative_to(ROOT).as_posix() for path in (ROOT / "explainers").rglob("*") if path.is_file()}
    there = {name for name in there if "__pycache__" not in name and not name.endswith(".pyi")}
    packed = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    assert packed == there


def test_what_it_needs_is_what_requirements_say(wheel):
    needs = (ROOT / "requirements.txt").read_text("utf-8").splitlines()
    needs = {line.split("#")[0].strip() for line in needs} - {""}
    with zipfile.ZipFile(wheel) as file:
        about = file.read(next(name for name in file.namelist() if name.endswith("/METADATA"))).decode()
    assert set(re.findall(r"^Requires-Dist: (.+)$", about, re.M)) == needs
