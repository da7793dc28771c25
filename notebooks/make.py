"""Write the notebooks from their sources: `python notebooks/make.py`. Edit `source/*.py`, never the `.ipynb` beside it.

A source is a Python file that reads, lints and differs like any other. `# %%` begins a cell, `# %% [markdown]` one of
prose. Behind it may stand, in this order of words: `slide`, `sub`, `fragment`, `notes`, `skip` (where the cell stands
when the notebook is presented) and `solution` (folded away).
"""

import re
import sys
from pathlib import Path

import nbformat

HERE = Path(__file__).parent
CELL = re.compile(r"^# %%(?P<prose> \[markdown\])?(?P<marks>[ a-z]*)$", re.MULTILINE)
PLACES = {"slide": "slide", "sub": "subslide", "fragment": "fragment", "notes": "notes", "skip": "skip"}
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def notebook(source: str) -> nbformat.NotebookNode:
    """The notebook that a source describes, without outputs."""
    _, *parts = CELL.split(source)
    cells = []
    for prose, marks, body in zip(parts[::3], parts[1::3], parts[2::3], strict=True):
        cells.append(cell(body.strip("\n"), bool(prose), marks.split(), f"cell-{len(cells):02}"))
    return nbformat.from_dict({"cells": cells, "metadata": METADATA, "nbformat": 4, "nbformat_minor": 5})


def cell(body: str, prose: bool, marks: list[str], name: str) -> dict:
    metadata: dict = {}
    for mark in marks:
        if mark in PLACES:
            metadata["slideshow"] = {"slide_type": PLACES[mark]}
        elif mark == "solution" and prose:
            metadata["tags"] = ["solution"]
        elif mark == "solution":  # folded in JupyterLab, in VS Code, and in Colab
            metadata |= {"tags": ["solution", "hide-input"], "jupyter": {"source_hidden": True}, "cellView": "form"}
            body = "# @title Solution\n" + body
        else:
            raise ValueError(f"no such mark of a cell: {mark!r}")
    if prose:
        text = "\n".join(line.removeprefix("#").removeprefix(" ") for line in body.splitlines())
        return {"cell_type": "markdown", "id": name, "metadata": metadata, "source": text}
    return {
        "cell_type": "code",
        "id": name,
        "metadata": metadata,
        "source": body,
        "execution_count": None,
        "outputs": [],
    }


def sources() -> list[Path]:
    return sorted((HERE / "source").glob("*.py"))


def written(source: Path) -> str:
    return nbformat.writes(notebook(source.read_text("utf-8"))) + "\n"


def main() -> None:
    for source in sources():
        (HERE / f"{source.stem}.ipynb").write_text(written(source), "utf-8")
        print(f"{source.stem}.ipynb")


if __name__ == "__main__":
    sys.exit(main())
