"""The front door, tried in a house of its own: a copy of darkroom.py, one tiny wheel to install, an app of two lines.

No network is needed or used, so what fails here is the door and nothing else.
"""

import os
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

import darkroom

DOOR = Path(darkroom.__file__)


def wheel(folder: Path, version: str) -> Path:
    """A package `lamp` that knows its version and nothing else."""
    about = f"lamp-{version}.dist-info"
    files = {
        "lamp.py": f"version = {version!r}\n",
        f"{about}/METADATA": f"Metadata-Version: 2.1\nName: lamp\nVersion: {version}\n",
        f"{about}/WHEEL": "Wheel-Version: 1.0\nGenerator: by hand\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    files[f"{about}/RECORD"] = "".join(f"{name},,\n" for name in [*files, f"{about}/RECORD"])
    path = folder / f"lamp-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return path


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


# A build of `lamp` that says when it has begun, and ends when it is told to.
SLOW = """
import pathlib, shutil, time

def build_wheel(folder, config_settings=None, metadata_directory=None):
    pathlib.Path("begun").touch()
    while not pathlib.Path("go on").exists():
        time.sleep(0.05)
    return shutil.copy({wheel!r}, folder).split("/")[-1]
"""


def wants_slow(house: Path, folder: Path) -> None:
    """A wish that takes until `folder/go on` is there, and is being fulfilled since `folder/begun` is."""
    (folder / "pyproject.toml").write_text(
        '[project]\nname = "lamp"\nversion = "1.0"\n'
        '[build-system]\nrequires = []\nbuild-backend = "slow"\nbackend-path = ["."]\n'
    )
    (folder / "slow.py").write_text(SLOW.format(wheel=str(wheel(folder, "1.0"))))
    (house / "requirements.txt").write_text(f"lamp @ {folder.as_uri()}\n")


def begin(house: Path, *arguments: str, **environment: str) -> subprocess.Popen:
    # wheels are found beside the door and nowhere else
    offline = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": (house / "x").parent.as_uri(), "PIP_CONFIG_FILE": os.devnull}
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PIP_", "DARKROOM_"))}
    return subprocess.Popen(
        [sys.executable, str(house / "darkroom.py"), *arguments],
        env=kept | offline | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )


def call(house: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess:
    begun = begin(house, *arguments, **environment)
    out, err = begun.communicate()
    return subprocess.CompletedProcess(begun.args, begun.returncode, out, err)


def wait_for(path: Path, seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while not path.exists():
        assert time.monotonic() < end, f"{path.name} never came"
        time.sleep(0.05)


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


def test_an_installation_that_was_killed_is_made_anew(house, tmp_path):
    """pip leaves half a package behind, and takes it for a whole one."""
    call(house, "app")
    wants_slow(house, tmp_path)
    killed = begin(house, "app")
    wait_for(tmp_path / "begun")
    os.killpg(killed.pid, signal.SIGKILL)  # the call and its pip
    killed.communicate()
    for half in (house / ".venv").rglob("lamp.py"):
        half.unlink()
    wants(house, "1.0")
    again = call(house, "app")
    assert again.stdout.splitlines()[-1] == "lamp 1.0", again.stderr
    assert again.stdout.startswith("Making a fresh environment")


def test_of_two_calls_at_once_one_installs_and_the_other_waits(house, tmp_path):
    """The app in one terminal, the tests in another, both for the first time."""
    wants_slow(house, tmp_path)
    venv = str(tmp_path / "venv")
    first = begin(house, "app", "first", DARKROOM_VENV=venv)
    wait_for(tmp_path / "begun")
    second = begin(house, "app", "second", DARKROOM_VENV=venv)
    assert second.stdout.readline().startswith("Another call is setting up")
    (tmp_path / "go on").touch()
    for one, name in ((first, "first"), (second, "second")):
        out, err = one.communicate(timeout=120)
        assert one.returncode == 0, err
        assert out.splitlines()[-1] == f"lamp 1.0 {name}"
        assert ("Installing" in out) == (one is first)


@pytest.mark.skipif(os.name == "nt", reason="Windows ends what a killed call began")
def test_a_pip_that_outlives_its_call_is_waited_for(house, tmp_path):
    wants_slow(house, tmp_path)
    venv = str(tmp_path / "venv")
    killed = begin(house, "app", DARKROOM_VENV=venv)
    wait_for(tmp_path / "begun")
    killed.kill()  # and not its pip
    killed.wait()
    second = begin(house, "app", DARKROOM_VENV=venv)
    assert second.stdout.readline().startswith("Another call is setting up")
    (tmp_path / "go on").touch()
    out, err = second.communicate(timeout=120)
    assert second.returncode == 0, err
    assert "Making a fresh environment" in out  # what the other left is not trusted
    assert out.splitlines()[-1] == "lamp 1.0"


def test_a_folder_that_cannot_be_written_is_said_in_a_sentence(house, tmp_path):
    (tmp_path / "file").touch()
    refused = call(house, "app", DARKROOM_VENV=str(tmp_path / "file" / "venv"))
    assert refused.returncode == 1
    assert "cannot be written" in refused.stderr and "Traceback" not in refused.stderr


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
