"""What somebody sees who runs the tests, tried on a small heap of tests with a failure and something that can't run."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests import progress

HERE = Path(__file__).parent
TESTS = """
import time
from pathlib import Path
import pytest

def test_holds():
    pass

def test_does_not():
    assert 1 + 1 == 3

@pytest.mark.skip("no telescope: buy one")
def test_sees_the_moon():
    pass

@pytest.mark.xfail(reason="known")
def test_is_known_to_fail():
    assert False

@pytest.mark.slow
def test_takes_its_time():
    Path(__file__).with_name("late").touch()

{many}
"""


@pytest.fixture(scope="module")
def heap(tmp_path_factory):
    heap = tmp_path_factory.mktemp("heap")
    tests = heap / "tests"
    tests.mkdir()
    (tests / "__init__.py").touch()
    for name in ("conftest.py", "progress.py"):
        shutil.copy(HERE / name, tests)
    many = "\n".join(f"def test_one_of_many_{n}():\n    time.sleep(0.02)\n" for n in range(30))
    (tests / "test_heap.py").write_text(TESTS.format(many=many), "utf-8")
    shutil.copy(HERE.parent / "pyproject.toml", heap)
    return heap


def run(heap, *arguments):
    command = [sys.executable, "-m", "pytest", "-n", "2", "-p", "no:cacheprovider", *arguments]
    return subprocess.run(command, cwd=heap, capture_output=True, text=True, encoding="utf-8", timeout=240)


@pytest.fixture(scope="module")
def whole(heap):
    """All of them once, and what they took written down."""
    return run(heap, "--write-seconds")


def test_a_failure_is_told_when_it_happens_and_not_again(whole):
    assert whole.returncode == 1
    told, summary = whole.stdout.split("= short test summary info =")
    assert told.count("assert 1 + 1 == 3") == 1
    assert "FAILED tests/test_heap.py::test_does_not" in summary
    assert "1 failed, 32 passed, 1 skipped, 1 xfailed" in summary


def test_what_did_not_run_is_named_with_its_reason(whole):
    _, said = whole.stdout.split("= not run, and why =")
    assert "1 in tests/test_heap.py: no telescope: buy one" in said and "known" not in said


def test_what_each_test_took_is_written_down(whole, heap):
    took = progress.expected(heap / "tests" / "seconds.json")
    assert len(took) == 35 and 0.02 <= took["tests/test_heap.py::test_one_of_many_7"] < 10


def test_the_quick_ones_alone(whole, heap):
    late = heap / "tests" / "late"
    assert late.exists()
    late.unlink()
    done = run(heap, "--quick", "-k", "not does_not")
    assert not late.exists()
    assert done.returncode == 0 and "python darkroom.py test runs all" in done.stdout


def test_the_quick_ones_are_of_every_file_and_end_in_time():
    known = {"a.py::test_long": 60.0, "a.py::test_short": 0.1, "b.py::test_each": 0.4, "c.py::test_only": 5.0}
    nodes = ["a.py::test_long", "a.py::test_short", *(f"b.py::test_each[{n}]" for n in range(9)), "c.py::test_only"]
    assert progress.quick(nodes, known) == {"a.py::test_short", "b.py::test_each[0]", "b.py::test_each[1]"}
    assert progress.quick(["new.py::test_new"], known) == {"new.py::test_new"}


def test_seconds_left():
    """On a machine just as fast, the rest takes what it is expected to; on one half as fast, about twice that."""
    assert progress.left(600, 300, 600, 1) == pytest.approx(300)
    assert progress.left(600, 300, 300, 2) == pytest.approx(150)
    assert progress.left(6000, 300, 12000, 1) == pytest.approx(600, rel=0.01)
    assert progress.left(0, 300, 0, 2) == pytest.approx(150)
    assert progress.spoken(29) == "less than a minute left"
    assert progress.spoken(100) == "about 2 minutes left"
    assert progress.spoken(61) == "about 1 minute left"
