"""Training's own house: folders that can be taken in at a glance, and imports that go one way."""

from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import grimp
import pytest

FOLDER = Path(__file__).parents[2] / "training"
MOST = 20  # modules a folder


@pytest.mark.parametrize("folder", sorted({f.parent for f in FOLDER.rglob("*.py")}), ids=lambda f: f.name)
def test_a_folder_can_be_taken_in_at_a_glance(folder):
    assert len(set(folder.glob("*.py")) - {folder / "__init__.py"}) <= MOST


def in_order(package: str) -> list[str]:
    """The modules, each after those that it imports, for types alone too; a circle among them raises."""
    graph = grimp.build_graph(package, cache_dir=None)
    return list(
        TopologicalSorter({m: graph.find_modules_directly_imported_by(m) for m in graph.modules}).static_order()
    )


def test_no_module_imports_itself_by_way_of_others():
    order = in_order("training")
    assert order.index("training.world.motion") < order.index("training.codec.latents") < order.index("training.burst")


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
