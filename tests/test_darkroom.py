"""The front door, tried in a house of its own: a copy of darkroom.py, one tiny wheel to install, an app of two lines.

No network is needed or used, so what fails here is the door and nothing else.
"""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import darkroom

DOOR = Path(darkroom.__file__)


def wheel(folder: Path, version: str) -> None:
    """A package `lamp` that knows its version and nothing else."""
    about = f"lamp-{version}.dist-info"
    files = {
        "lamp.py": f"version = {version!r}\n",
        f"{about}/METADATA": f"Metadata-Version: 2.1\nName: lamp\nVersion: {version}\n",
        f"{about}/WHEEL": "Wheel-Version: 1.0\nGenerator: by hand\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    files[f"{about}/RECORD"] = "".join(f"{name},,\n" for name in [*files, f"{about}/RECORD"])
    with zipfile.ZipFile(folder / f"lamp-{version}-py3-none-any.whl", "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """A folder whose name has a space, as on many a desktop."""
    house = tmp_path_factory.mktemp("my house") / "dark room"
    house.mkdir()
    (house / "darkroom.py").write_bytes(DOOR.read_bytes())
    (house / "app.py").write_text("import sys, lamp\nprint('lamp', lamp.version, *sys.argv[1:])\n")
    wheel(house, "1.0")
    wheel(house, "2.0")
    wants(house, "1.0")
    return house


def wants(house: Path, version: str) -> None:
    (house / "requirements.txt").write_text(f"lamp=={version}  # light\n")


def call(house: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess:
    # wheels are found beside the door and nowhere else
    offline = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": (house / "x").parent.as_uri(), "PIP_CONFIG_FILE": os.devnull}
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PIP_", "DARKROOM_"))}
    return subprocess.run(
        [sys.executable, str(house / "darkroom.py"), *arguments],
        env=kept | offline | environment,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )


def test_sets_up_once_and_then_only_starts(house):
    first = call(house, "app", "--port", "8000")
    assert first.returncode == 0, first.stderr
    assert first.stdout.splitlines()[-1] == "lamp 1.0 --port 8000"
    # The second call must not even ask pip: with wheels out of reach pip would fail.
    second = call(house, "app", PIP_FIND_LINKS="")
    assert second.stdout == "lamp 1.0\n"


def test_installs_again_when_what_is_pinned_changes(house):
    call(house, "app")
    wants(house, "2.0")
    assert call(house, "app").stdout.splitlines()[-1] == "lamp 2.0"


def test_an_installation_that_failed_is_not_taken_for_a_whole_one(house):
    wants(house, "3.0")  # there is no such wheel
    failed = call(house, "app")
    assert failed.returncode == 1
    assert "pip could not install everything" in failed.stderr
    wheel(house, "3.0")
    assert call(house, "app").stdout.splitlines()[-1] == "lamp 3.0"


def test_an_installation_that_was_killed_is_made_anew(house):
    """pip leaves half a package behind, and takes it for a whole one."""
    call(house, "app")
    venv = house / ".venv"
    (venv / "installing").touch()
    for half in venv.rglob("lamp.py"):
        half.unlink()
    for stamp in venv.glob("*.installed"):
        stamp.unlink()
    assert call(house, "app").stdout.splitlines()[-1].startswith("lamp ")


def test_what_it_cannot_use_it_leaves_alone(house, tmp_path):
    (tmp_path / "diary.txt").write_text("mine")
    refused = call(house, "app", DARKROOM_VENV=str(tmp_path))
    assert refused.returncode == 1
    assert "something else than a Python environment" in refused.stderr
    assert (tmp_path / "diary.txt").read_text("utf-8") == "mine"


@pytest.mark.parametrize(
    ("python", "says"),
    [
        (((3, 10), "Linux", "x86_64", 2**63 - 1), "This is Python 3.10."),
        (((3, 14), "Windows", "AMD64", 2**63 - 1), "3.11, 3.12 or 3.13"),
        (((3, 12), "Windows", "x86", 2**31 - 1), "32-bit"),
        (((3, 12), "Darwin", "x86_64", 2**63 - 1), "Intel"),
        (((3, 11), "Linux", "x86_64", 2**63 - 1), ""),
        (((3, 13), "Darwin", "arm64", 2**63 - 1), ""),
    ],
)
def test_says_at_once_where_it_cannot_run(python, says):
    answer = darkroom.unsupported(*python)
    assert says in answer
    assert bool(says) == bool(answer)


def test_without_a_command_it_says_what_there_is(house):
    assert "python darkroom.py app" in call(house).stdout
    assert "There are: app, test, notebooks, python." in call(house, "dance").stderr


def test_promises_the_pythons_that_pyproject_promises():
    text = (DOOR.parent / "pyproject.toml").read_text("utf-8")
    oldest, newest = darkroom.OLDEST, darkroom.NEWEST
    assert f'requires-python = ">={oldest[0]}.{oldest[1]},<{newest[0]}.{newest[1] + 1}"' in text
