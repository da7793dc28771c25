"""The house stands: nothing imports in a circle, no folder is a drawer, and the contracts of pyproject.toml hold."""

import subprocess
import sys
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).resolve().parents[1]
MOST = 20  # modules of a folder
FOLDERS = sorted(
    {path.parent.relative_to(ROOT) for top in ("explainers", "training") for path in ROOT.glob(f"{top}/**/*.py")}
)


def in_order(*packages: str) -> list[str]:
    """Modules, each after those that it imports, for types alone too; a circle among them raises."""
    graph = grimp.build_graph(*packages, cache_dir=None)
    return list(
        TopologicalSorter({m: graph.find_modules_directly_imported_by(m) for m in graph.modules}).static_order()
    )


def test_nothing_imports_in_a_circle():
    order = in_order("explainers", "training")
    assert order.index("explainers.engine.run.record") < order.index("training.burst")


def test_a_circle_would_be_found(tmp_path, monkeypatch):
    package = tmp_path / "turning"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "wheel.py").write_text("from .axle import Axle\n")
    (package / "axle.py").write_text(
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from .wheel import Wheel\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(CycleError, match=r"turning\.wheel"):
        in_order("turning")


@pytest.mark.parametrize("folder", FOLDERS, ids=str)
def test_no_folder_is_a_drawer(folder):
    assert len([path for path in (ROOT / folder).glob("*.py") if path.name != "__init__.py"]) <= MOST


def test_the_contracts_hold():
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0 and " 0 broken" in done.stdout, done.stdout
