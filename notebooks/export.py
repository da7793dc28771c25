"""Notebooks for the wall and for paper, without any network.

    python notebooks/export.py slides 05 out/      # runs 05, writes out/05_denoising.slides.html: arrow keys turn pages
    python notebooks/export.py pages 02 out/       # the same as one long page
    python notebooks/export.py handout out/        # guesses, space to write, names; handout.html and .pdf

Plotly and the viewer are written into the page, so that it opens from a memory stick. A Chromium or Chrome on this
machine prints the PDF; without one, the page itself prints from any browser.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import uuid
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

BROWSERS = (
    *("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge"),
    "chromium-headless-shell",
)

STYLES = {"slides": "slides.css", "handout": "handout.css"}


def filled(template, **values):
    from explainers.kit.html import environment

    return environment(HERE / "templates").get_template(template).render(values)


def executed(path, folder=HERE):
    """The notebook, run in a kernel of its own, in this folder."""
    import nbformat
    from nbclient import NotebookClient

    notebook = nbformat.read(path, 4)
    # The kernel's own log would say that its port of this machine is not encrypted. What cells print is not touched.
    quiet = ["--IPKernelApp.log_level=ERROR"]
    where = {"metadata": {"path": str(folder)}}
    NotebookClient(notebook, timeout=1200, resources=where, extra_arguments=quiet).execute()
    return notebook


def parts(notebook, slides):
    """The cells as HTML: one part for each slide, or one for all."""
    from nbconvert import HTMLExporter

    exporter = HTMLExporter(template_name="basic", exclude_input_prompt=True, exclude_output_prompt=True)
    groups = [[]]
    for cell in notebook.cells:
        place = cell.metadata.get("slideshow", {}).get("slide_type", "-")
        if slides and place in ("slide", "subslide") and groups[-1]:
            groups.append([])
        if not (slides and (place in ("notes", "skip") or "solution" in cell.metadata.get("tags", []))):
            groups[-1].append(cell)
    for cells in groups:
        for cell in (cell for cell in cells if cell.get("outputs")):
            for output in cell.outputs:
                output.get("data", {}).pop("application/vnd.jupyter.widget-view+json", None)  # no kernel to ask
                live(output.get("data", {}))
            cell.outputs = [o for o in cell.outputs if o.get("data") != {"text/plain": ""}]  # its still stands beside
        if cells:
            part = {"cells": cells, "metadata": notebook.metadata, "nbformat": 4, "nbformat_minor": 5}
            yield exporter.from_notebook_node(type(notebook)(part))[0]


def live(data):
    """A plot's still picture is drawn anew by the Plotly of the exported page."""
    from markupsafe import Markup

    from explainers.notebook.cells import PLOTLY

    if PLOTLY in data:
        figure = Markup(json.dumps(data.pop(PLOTLY)).replace("</", "<\\/"))  # a script, in which nothing ends it
        still = Markup(data.pop("image/svg+xml"))
        data["text/html"] = filled("plot.html", place=f"plot-{uuid.uuid4().hex}", figure=figure, still=still)


def page(notebook, title, slides=False):
    from plotly.offline import get_plotlyjs

    body = "".join(f"<section>{part}</section>" for part in parts(notebook, slides))
    return whole(title, body, "slides" if slides else "", get_plotlyjs().replace("</script", "<\\/script"))


def whole(title, body, kind="", plotly=""):
    """A page that needs nothing beside it. `body` and `plotly` are HTML and script already."""
    from markupsafe import Markup

    from explainers.provenance import MIXED, linked_data

    own = {"style": Markup(filled(STYLES[kind]) if kind else ""), "script": Markup("")}
    if kind == "slides":
        own["script"] = Markup(filled("slides.html"))
    films = kind != "handout"  # that a model made, beside rendered ones
    made = linked_data(MIXED, title, "WebPage") if films else None
    return filled("page.html", title=title, made=made, body=Markup(body), plotly=Markup(plotly), **own)


def handout():
    """What to guess, in the stories' own words; the names in the field stand on the last pages."""
    from explainers.kit.lesson import lessons
    from explainers.kit.sentences import Words
    from explainers.kit.story import Precisely, Predict

    guesses, names = [], []
    for lesson in lessons():
        words = Words.of(lesson.idea)
        for card in lesson.story:
            told = {"headline": words(card.key), "text": words(f"{card.key}.text")}
            if isinstance(card, Predict):
                guesses.append((words("title"), told, [words(f"{card.key}.{option}") for option in card.options]))
            if isinstance(card, Precisely):
                names.append((words("title"), told))
    return whole("Handout", filled("handout.html", guesses=guesses, names=names), "handout")


def pdf(source, target):
    """Print a page with the browser of this machine; False where there is none."""
    browser = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if browser is None:
        return False
    with tempfile.TemporaryDirectory() as profile:
        options = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            f"--user-data-dir={profile}",
            "--no-pdf-header-footer",
        ]
        command = [browser, *options, f"--print-to-pdf={target.resolve()}", source.resolve().as_uri()]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
    return True


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("slides", "pages", "handout"))
    parser.add_argument("names", nargs="*", help="which notebooks (none: all), then where to")
    arguments = parser.parse_args()
    *names, out = arguments.names or ["out"]
    out = Path(out)
    out.mkdir(parents=True, exist_ok=True)
    if arguments.what == "handout":
        target = out / "handout.html"
        target.write_text(handout(), "utf-8")
        print(target)
        printed = pdf(target, target.with_suffix(".pdf"))
        print(
            target.with_suffix(".pdf") if printed else "No Chromium or Chrome here: print handout.html from a browser."
        )
        return
    slides = arguments.what == "slides"
    for path in sorted(HERE.glob("*.ipynb")):
        if not names or path.name.startswith(tuple(names)):
            target = out / f"{path.stem}{'.slides' if slides else ''}.html"
            target.write_text(page(executed(path), path.stem, slides), "utf-8")
            print(target)


if __name__ == "__main__":
    main()
