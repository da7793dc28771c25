"""Write the notebooks from their sources: `python notebooks/make.py`. Edit `source/*.py`, never the `.ipynb` beside it.

A source is a Python file that reads, lints and differs like any other, in jupytext's percent format: JupyterLab with
jupytext, VS Code and PyCharm open it as a notebook, too. This adds what the format leaves open: the kernel, names of
cells that stay the same from one writing to the next, and before all others the cell that finds the kit, or fetches it
(templates/first_cell.py).

Where the kit can be fetched from stands in CITATION.cff, as `repository-code`. With an address there, the notebooks get
badges that open them in Colab and Binder; without one, there is nothing that these could open.
"""

import re
from pathlib import Path

import jupytext
import nbformat
from jinja2 import Template

HERE = Path(__file__).parent
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
FOLDED = {"tags": ["hide-input"], "jupyter": {"source_hidden": True}, "cellView": "form"}
BADGES = {  # picture and address, as the hosts' own documentation gives them
    "Colab": (
        "https://colab.research.google.com/assets/colab-badge.svg",
        "https://colab.research.google.com/github/{owner}/{name}/blob/main/notebooks/{notebook}.ipynb",
    ),
    "Binder": (
        "https://mybinder.org/badge_logo.svg",
        "https://mybinder.org/v2/gh/{owner}/{name}/main?labpath=notebooks%2F{notebook}.ipynb",
    ),
}


def sources() -> list[Path]:
    return sorted((HERE / "source").glob("*.py"))


def repository(citation: str) -> str:
    """Where the kit can be fetched from, or nothing."""
    found = re.search(r'^repository-code: *"?([^"\s]+)', citation, re.M)
    return found[1].removesuffix("/") if found else ""


def badges(address: str, notebook: str) -> str:
    """One line of Markdown; none where the kit lies nowhere that the hosts can open."""
    place = re.fullmatch(r"https://github\.com/([\w.-]+)/([\w.-]+?)(\.git)?", address)
    if place is None:
        return ""
    names = {"owner": place[1], "name": place[2], "notebook": notebook}
    return " ".join(f"[![Open in {host}]({badge})]({to.format(**names)})" for host, (badge, to) in BADGES.items())


def written(source: Path, address: str | None = None) -> str:
    if address is None:
        address = repository((HERE.parent / "CITATION.cff").read_text("utf-8"))
    notebook = jupytext.read(source, fmt="py:percent")
    notebook.metadata = METADATA
    first = Template((HERE / "templates" / "first_cell.py").read_text("utf-8")).render(repository=address)
    notebook.cells.insert(1, nbformat.v4.new_code_cell(first, metadata=FOLDED))
    line = badges(address, source.stem)
    if line:
        notebook.cells[0].source += f"\n\n{line}"
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
