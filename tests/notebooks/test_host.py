"""The first cell of a notebook: it finds the kit, or fetches it, and says what is missing; and where badges lead."""

import os
import subprocess
import sys
from pathlib import Path

from jinja2 import Template

from explainers.notebook import host
from notebooks import make

ROOT = Path(make.__file__).resolve().parents[1]
TEMPLATE = Template((ROOT / "notebooks" / "templates" / "first_cell.py").read_text("utf-8"))
ADDRESS = "https://github.com/somebody/darkroom"


def run(folder, address="", before=""):
    """The cell in a Python of its own that starts in this folder, and then whence the kit comes."""
    code = f"{before}\n{TEMPLATE.render(repository=address)}\nimport explainers; print(explainers.__file__)"
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return subprocess.run([sys.executable, "-c", code], cwd=folder, env=environment, capture_output=True, text=True)


def test_the_kit_is_found_above_the_notebook():
    done = run(ROOT / "notebooks")
    assert done.stdout.splitlines() == [str(ROOT / "explainers" / "__init__.py")], done.stderr


def test_where_it_is_nowhere_a_sentence_says_what_to_do(tmp_path):
    failed = run(tmp_path)
    assert failed.returncode == 1
    assert failed.stderr.strip().splitlines()[-1].startswith("ModuleNotFoundError: Darkroom is not here. Open")


def test_where_it_is_nowhere_and_has_an_address_it_is_fetched_and_installed(tmp_path):
    """From a repository on this machine; pip is only asked for."""
    source, here = tmp_path / "source", tmp_path / "here"
    (source / "explainers" / "notebook").mkdir(parents=True)
    here.mkdir()
    for name in ("__init__.py", "notebook/__init__.py", "notebook/host.py"):
        (source / "explainers" / name).write_bytes((ROOT / "explainers" / name).read_bytes())
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@example.org", "-C", str(source)]
    for command in (["init", "--quiet"], ["add", "."], ["commit", "--quiet", "-m", "kit"]):
        subprocess.run([*git, *command], check=True)
    pip = (
        "import subprocess, sys; plain = subprocess.run\n"
        "subprocess.run = lambda c, **k: print('pip', *c[3:]) if c[1:3] == ['-m', 'pip'] else plain(c, **k)"
    )
    done = run(here, source.as_uri(), before=pip)
    fetched = here / "darkroom"
    assert f"pip install --quiet --editable {fetched}" in done.stdout, done.stderr
    assert "The embedded model is not here" in done.stdout  # nor is it in that repository
    assert done.stdout.splitlines()[-1] == str(fetched / "explainers" / "__init__.py")


def test_what_is_missing_is_said_and_how_to_get_it(tmp_path):
    assert host.said(ROOT) == []
    (tmp_path / "requirements.txt").write_text("numpy~=2.0\nno-such-package~=1.0  # for nothing\n\n-r other.txt\n")
    packages, model = host.said(tmp_path)
    assert "no-such-package." in packages and "numpy" not in packages
    assert f"pip install -r {tmp_path / 'requirements.txt'}" in packages and "notebooks" in packages
    assert "assets/model" in model
    assert "3.10" in host.said(ROOT, python=(3, 10))[0] and "3.14" in host.said(ROOT, python=(3, 14))[0]


def test_an_address_gives_badges_and_what_to_fetch():
    source = make.sources()[0]
    plain, made = make.written(source, ""), make.written(source, ADDRESS)
    assert "colab" not in plain and f'REPOSITORY = \\"{ADDRESS}\\"' in made
    for part in (
        f"https://colab.research.google.com/github/somebody/darkroom/blob/main/notebooks/{source.stem}.ipynb",
        f"https://mybinder.org/v2/gh/somebody/darkroom/main?labpath=notebooks%2F{source.stem}.ipynb",
    ):
        assert part in made
    assert make.badges("https://git.example.org/somebody/darkroom", "05") == ""  # the hosts know GitHub's paths
    assert make.repository(f'title: x\nrepository-code: "{ADDRESS}/"\n') == ADDRESS
    assert make.repository("title: x") == ""


def test_binder_installs_what_the_kit_needs():
    lines = (ROOT / ".binder" / "requirements.txt").read_text("utf-8").splitlines()
    assert [line for line in lines if not line.startswith("#")] == ["-r ../requirements.txt", "-e ."]
    version = (ROOT / ".binder" / "runtime.txt").read_text("utf-8").strip()
    assert version in ("python-3.11", "python-3.12", "python-3.13")
