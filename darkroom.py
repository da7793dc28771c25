"""Set Darkroom up and start it, on a machine that has Python 3.11, 3.12 or 3.13 and nothing else.

    python darkroom.py app           # the browser demo; what follows goes to app.py, for instance --port 8000
    python darkroom.py test          # the tests; what follows goes to pytest, for instance tests/engine
    python darkroom.py test --quick  # those that a change needs before each commit, in a minute or two
    python darkroom.py notebooks     # the companion notebooks, in JupyterLab
    python darkroom.py python ...    # anything else in the same environment, for instance python -m training

The first call installs the pinned requirements into `.venv` beside this file (or into the folder that the variable
DARKROOM_VENV names). Later calls see that they are there and start at once, without any network. Nothing outside that
folder is changed, but for the small file `.venv.lock` beside it: of two calls at once, one installs and the other
waits. Delete the folder to start afresh.
"""

import contextlib
import hashlib
import os
import platform
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

HERE = Path(__file__).resolve().parent
OLDEST, NEWEST = (3, 11), (3, 13)

# What a command needs, and what it starts.
COMMANDS = {
    "app": ("requirements.txt", [str(HERE / "app.py")]),
    "test": (
        "requirements-test.txt",
        ["-m", "pytest", "--rootdir", str(HERE), "-c", str(HERE / "pyproject.toml"), "-n", "auto"],
    ),
    "notebooks": ("requirements.txt", [str(HERE / "app.py"), "--notebooks"]),
    "python": ("requirements.txt", []),
}


def main(arguments: list) -> int:
    if not arguments or arguments[0] in ("-h", "--help"):
        print(__doc__.strip())
        return 0
    if arguments[0] not in COMMANDS:
        return sorry(f"There is no command {arguments[0]!r}. There are: {', '.join(COMMANDS)}.")
    reason = unsupported(sys.version_info[:2], platform.system(), platform.machine(), sys.maxsize)
    if reason:
        return sorry(reason)
    requirements, start = COMMANDS[arguments[0]]
    venv = Path(os.environ.get("DARKROOM_VENV") or HERE / ".venv").resolve()
    try:
        python = set_up(venv, HERE / requirements)
    except CannotSetUp as problem:
        return sorry(str(problem))
    except KeyboardInterrupt:
        return sorry("Stopped. The same command begins the installation anew.")
    if arguments[0] == "test":  # tests belong to this folder; a path given to the app, to where the visitor stands
        os.chdir(HERE)
    command = [str(python), *start, *arguments[1:]]
    if os.name == "posix":  # become what was asked for, so that a signal reaches it
        os.execv(command[0], command)
    signal.signal(signal.SIGINT, lambda *_: None)  # Ctrl-C reaches what was started as well, and that decides
    return subprocess.call(command)


class CannotSetUp(Exception):
    """Says in plain words what is missing and what helps."""


def unsupported(version: tuple, system: str, machine: str, largest: int) -> str:
    """Why nothing can be installed here, before minutes are lost; empty where it can."""
    if not OLDEST <= version <= NEWEST:
        return (
            f"This is Python {version[0]}.{version[1]}. Darkroom needs 3.11, 3.12 or 3.13, because PyTorch "
            "and the others are tested with these. Install one of them and call it by its own name, for instance\n"
            "    python3.12 darkroom.py app       (Linux, macOS)\n"
            "    py -3.12 darkroom.py app         (Windows)"
        )
    if largest < 2**32:
        return "This Python is a 32-bit build. PyTorch exists for 64 bits only: install the 64-bit Python."
    if system == "Darwin" and machine == "x86_64":
        return (
            "This Python is built for Intel processors, and PyTorch no longer is on macOS. "
            "On a Mac with an M chip, install the arm64 (or universal) Python."
        )
    return ""


def set_up(venv: Path, requirements: Path) -> Path:
    """The Python of an environment in which these requirements are installed."""
    python = venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    files = read(requirements)
    wanted = {venv / f"{path.name}.installed": digest(read(path)) for path in files}

    def ready() -> bool:
        return python.exists() and all(s.exists() and s.read_text("utf-8") == is_now for s, is_now in wanted.items())

    if ready():
        return python
    with alone(venv) as lock:
        if ready():  # whoever was waited for has done it
            return python
        killed_halfway = lock.read()  # pip would take half a package for a whole one
        write(lock, "installing")
        if killed_halfway or not (python.exists() and works(python)):
            create(venv)
        print(f"Installing {requirements.name} into {venv}: this happens once and takes some minutes.", flush=True)
        pip = [
            str(python),
            "-m",
            "pip",
            "install",
            "--disable-pip-version-check",
            "--no-input",
            "-r",
            str(requirements),
        ]
        # pip holds the lock as well: it may outlive a call that is killed
        shared = {"pass_fds": (lock.fileno(),)} if os.name == "posix" else {}
        failed = subprocess.call(pip, stdin=subprocess.DEVNULL, **shared)
        write(lock, "")
        if failed:
            raise CannotSetUp(
                "pip could not install everything; its last lines above say why. "
                "Without network, or with a full disk,\nput that right and give the same command again."
            )
        for stamp, is_now in wanted.items():  # last, so that an interrupted installation is not taken for a whole one
            stamp.write_text(is_now, "utf-8")
    return python


@contextlib.contextmanager
def alone(venv: Path) -> Iterator[TextIO]:
    """The lock file of an environment, while nobody else sets that up; a second call waits here, and says so.

    The system frees a lock when its holder ends, however it ends. What is written in the file then tells the next.
    """
    try:
        venv.parent.mkdir(parents=True, exist_ok=True)
        lock = open(venv.with_name(venv.name + ".lock"), "a+", encoding="utf-8")  # noqa: SIM115  (closed below)
    except OSError as problem:
        raise CannotSetUp(
            f"{venv.parent} cannot be written ({problem.strerror}). Let DARKROOM_VENV name a folder that can."
        ) from None
    with lock:
        if not locked(lock):
            print(f"Another call is setting up {venv}. Waiting for it to finish.", flush=True)
            while not locked(lock):
                time.sleep(0.5)
        lock.seek(0)
        yield lock


def locked(file: TextIO) -> bool:
    """Lock a file, unless somebody else has."""
    try:
        if os.name == "nt":
            import msvcrt

            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def write(file: TextIO, text: str) -> None:
    """Make this all that a file holds."""
    file.truncate(0)
    file.write(text)
    file.flush()


def create(venv: Path) -> None:
    try:
        import ensurepip  # noqa: F401
        import venv as environments
    except ImportError:
        raise CannotSetUp(
            "This Python lacks the modules venv and ensurepip. On Debian and Ubuntu they come with the package "
            "python3-venv:\n    sudo apt-get install python3-venv"
        ) from None
    if venv.exists() and any(venv.iterdir()) and not (venv / "pyvenv.cfg").exists():
        raise CannotSetUp(f"{venv} holds something else than a Python environment. Name another folder.")
    print(f"Making a fresh environment in {venv}.", flush=True)
    # Windows copies the interpreter: links need a right there that not everybody has.
    environments.EnvBuilder(with_pip=True, clear=True, symlinks=os.name != "nt").create(str(venv))


def works(python: Path) -> bool:
    """Whether an environment's Python still runs: it does not when the Python that it came from is gone."""
    try:
        return subprocess.call([str(python), "-c", "import pip"], stderr=subprocess.DEVNULL) == 0
    except OSError:
        return False


def read(requirements: Path) -> dict:
    """{path: text} of a requirements file and of those that it includes with `-r`."""
    text = requirements.read_text("utf-8")
    files = {requirements: text}
    for line in text.splitlines():
        if line.startswith("-r "):
            files.update(read(requirements.parent / line[3:].split("#")[0].strip()))
    return files


def digest(files: dict) -> str:
    return hashlib.sha256("\0".join(files[path] for path in sorted(files)).encode()).hexdigest()


def sorry(reason: str) -> int:
    print(reason, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
