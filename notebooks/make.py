"""Write the notebooks from their sources: `python notebooks/make.py`. Edit `source/*.py`, never the `.ipynb` beside it.

A source is a Python file that reads, lints and differs like any other, in jupytext's percent format: JupyterLab with
jupytext, VS Code and PyCharm open it as a notebook, too. This adds what the format leaves open: the kernel, and names
of cells that stay the same from one writing to the next.
"""

from pathlib import Path

import jupytext
import nbformat

HERE = Path(__file__).parent
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def sources() -> list[Path]:
    return sorted((HERE / "source").glob("*.py"))


def written(source: Path) -> str:
    notebook = jupytext.read(source, fmt="py:percent")
    notebook.metadata = METADATA
    for number, cell in enumerate(notebook.cells):
        cell.id = f"cell-{number:02}"
        cell.metadata.pop("lines_to_next_cell", None)  # jupytext's note on blank lines in the source
    return nbformat.writes(notebook) + "\n"


def main() -> None:
    for source in sources():
        (HERE / f"{source.stem}.ipynb").write_text(written(source), "utf-8")
        print(f"{source.stem}.ipynb")


if __name__ == "__main__":
    main()
