"""The house stands: nothing imports in a circle, no folder is a drawer, and the walls of pyproject.toml hold."""

import subprocess
import sys
from collections import Counter
from graphlib import TopologicalSorter
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).resolve().parents[1]
MOST = 20  # modules of a folder, its subfolders not counted


@pytest.fixture(scope="module")
def imports():
    """{module: what it imports}, of what is only imported for types too."""
    graph = grimp.build_graph("explainers", "training", exclude_type_checking_imports=False, cache_dir=None)
    return {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}


def test_nothing_imports_in_a_circle(imports):
    assert len(imports) > 150  # the graph was read
    TopologicalSorter(imports).prepare()  # CycleError names the circle


def test_no_folder_is_a_drawer(imports):
    leaves = [m for m in imports if not any(other.startswith(f"{m}.") for other in imports)]
    count = Counter(module.rpartition(".")[0] for module in leaves)
    assert {folder: n for folder, n in count.items() if n > MOST and not folder.startswith("training")} == {}


def test_the_walls_hold():
    done = subprocess.run(
        [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout
    assert " 0 broken" in done.stdout
