"""What the container file and the Space say, done step by step in a plain folder: no container tools are needed.

The folder that a Space is uploaded from is what the image is made from here. What the container file copies is started
by its own command, on a read-only root, without what it leaves out, and asked by its own health check.
"""

import fnmatch
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import time
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from deploy.space import ROOT, write
from tests.browser.conftest import free_port, wait_for

OF_NOTEBOOKS = ("jupyterlab", "ipywidgets", "anywidget", "IPython", "traitlets", "nbformat", "jupyter_core", "tornado")
LEFT_OUT = f"""
import sys
class LeftOut:
    def find_spec(self, name, *_):
        if name.partition(".")[0] in {OF_NOTEBOOKS}:
            raise ModuleNotFoundError(name + " is not in the image")
sys.meta_path.insert(0, LeftOut())
"""
# In a mount namespace of its own: nothing can be written but what lies in the folder that is named first.
READ_ONLY = 'mount -t tmpfs tmpfs "$1" && mount --bind "$2" "$2" && mount -o remount,bind,ro "$2"'
READ_ONLY += ' && mount -o remount,bind,ro / && shift 2 && exec "$@"'


def instructions(file):
    """[(instruction, what follows it)] of a container file."""
    text = re.sub(r"^#.*\n", "", file.read_text("utf-8"), flags=re.MULTILINE).replace("\\\n", " ")
    return [tuple(line.split(None, 1)) for line in text.splitlines() if line.strip()]


def last(steps, instruction):
    return [rest for name, rest in steps if name == instruction][-1]


def called(text):
    """The command of CMD, or of HEALTHCHECK."""
    return json.loads(text[text.index("[") :])


@pytest.fixture(scope="module")
def space(tmp_path_factory):
    folder = tmp_path_factory.mktemp("space")
    write(folder)
    return folder


@pytest.fixture(scope="module")
def steps(space):
    return instructions(space / "Dockerfile")


@pytest.fixture(scope="module")
def image(space, steps, tmp_path_factory):
    """What the container file copies from its context."""
    folder = tmp_path_factory.mktemp("image")
    let_through = [line[1:] for line in (space / ".dockerignore").read_text("utf-8").splitlines() if line[:1] == "!"]
    for rest in (rest for name, rest in steps if name == "COPY" and not rest.startswith("--from")):
        *names, to = shlex.split(rest)
        for name in names:
            assert any(fnmatch.fnmatch(name, pattern) for pattern in let_through), f"{name} is not let through"
            target = folder / to / name if to.startswith(".") else folder / to
            if (space / name).is_dir():
                shutil.copytree(space / name, target, copy_function=os.link)
            else:
                shutil.copy(space / name, target)
    return folder


def test_a_space_begins_with_its_header(space, steps):
    yaml = pytest.importorskip("yaml")
    _, header, text = (space / "README.md").read_text("utf-8").split("---\n", 2)
    told = yaml.safe_load(header)
    assert (told["sdk"], told["app_port"]) == ("docker", int(last(steps, "EXPOSE"))) and "# Darkroom" in text
    assert len(told["short_description"]) <= 60
    assert "DARKROOM_FRAMED_BY=https://huggingface.co" in last(steps, "ENV")
    assert not (ROOT / "README.md").read_text("utf-8").startswith("---")
    binary = {path.suffix for path in space.rglob("*") if path.is_file() and b"\0" in path.read_bytes()[:8000]}
    assert binary <= {line.split()[0][1:] for line in (space / ".gitattributes").read_text("utf-8").splitlines()}
    with pytest.raises(FileExistsError):
        write(space)


def test_it_is_an_ordinary_user_who_needs_no_tools(steps):
    assert last(steps, "USER") not in ("root", "0")
    needed = (ROOT / "requirements.txt").read_text("utf-8")
    pattern = re.search(r"grep -vE '(.+?)'", next(rest for name, rest in steps if name == "RUN"))[1]
    left = [line for line in needed.splitlines() if re.search(pattern, line)]
    assert {re.split(r"\W", line)[0] for line in left} == {"jupyterlab", "ipywidgets", "anywidget"}


def can_be_read_only(folder):
    if not shutil.which("unshare"):
        return False
    command = ["unshare", "--mount", "--map-root-user", "sh", "-c", READ_ONLY, "sh", folder, folder, "true"]
    return subprocess.run(command, capture_output=True).returncode == 0


@pytest.mark.slow
def test_it_serves_and_makes_films_on_a_read_only_root(image, steps, tmp_path):
    room, own = tmp_path / "room", tmp_path / "own"
    room.mkdir(), own.mkdir()
    (own / "sitecustomize.py").write_text(LEFT_OUT)
    if not can_be_read_only(room):
        pytest.skip("no file system can be made read-only here: that wants Linux with `unshare`")
    port = str(free_port())
    said = {"PORT": port, "HOME": str(room), "TMPDIR": str(room), "PYTHONPATH": str(own), "OMP_NUM_THREADS": "1"}
    environment = {**os.environ, **said, "PYTHONDONTWRITEBYTECODE": "1"}
    python, *arguments = called(last(steps, "CMD"))
    assert python == "python"
    ask = [sys.executable, *called(last(steps, "HEALTHCHECK"))[1:]]
    assert subprocess.run(ask, env=environment, capture_output=True).returncode == 1  # nobody is there yet
    start = ["unshare", "--mount", "--map-root-user", "sh", "-c", READ_ONLY, "sh", room, image]
    app = subprocess.Popen([*start, sys.executable, *arguments], cwd=image, env=environment)
    try:
        wait_for(f"http://127.0.0.1:{port}/", app)
        assert subprocess.run(ask, env=environment, capture_output=True).returncode == 0
        assert ready(f"http://127.0.0.1:{port}/readyz", app)
    finally:
        app.terminate()
        app.wait(20)


def ready(address, app, seconds=120):
    """Whether the model is open, once it is known."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and app.poll() is None:
        try:
            with urlopen(address, timeout=5) as answer:
                return json.loads(answer.read())["ready"]
        except URLError as error:
            told = json.loads(error.read()) if hasattr(error, "read") else {}
            if told.get("why") == "broken":
                return False
        time.sleep(0.2)
    return False
