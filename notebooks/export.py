"""Notebooks for the wall and for paper, without any network.

    python notebooks/export.py slides 05 out/      # runs 05, writes out/05_denoising.slides.html: arrow keys turn pages
    python notebooks/export.py pages 02 out/       # the same as one long page
    python notebooks/export.py handout out/        # questions, space to write, names and key; handout.html and .pdf

Plotly and the viewer are written into the page, so that it opens from a memory stick. A Chromium or Chrome on this
machine prints the PDF; without one, the page itself prints from any browser.
"""

import argparse
import html
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

BROWSERS = (
    *("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge"),
    "chromium-headless-shell",
)

PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<script>{plotly}</script>
<style>
body {{ font: 17px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 1100px; padding: 24px; color: #211d17; }}
pre {{ background: #f6f2e9; padding: 10px 14px; border-radius: 6px; overflow-x: auto; font-size: 14px; }}
table {{ border-collapse: collapse; font-size: 14px; }}
td, th {{ padding: 2px 10px; border-bottom: 1px solid #ddd5c5; }}
.jp-InputPrompt, .jp-OutputPrompt, .prompt, .jp-Collapser, .anchor-link {{ display: none; }}
img {{ max-width: 100%; }}
.cell:has(.whole-film) .still-film {{ display: none !important; }}
{style}
</style>
{body}
{script}
</html>
"""
SLIDES = """
section { display: none; min-height: 90vh; } section.here { display: block; }
body { max-width: 1400px; font-size: 22px; } .number { position: fixed; right: 16px; bottom: 8px; color: #5f574a; }
@media print { section { display: block; break-after: page; } }
"""
TURN = """<div class="number" aria-live="polite"></div><script>
const slides = [...document.querySelectorAll("section")];
let at = Math.min(slides.length, Math.max(1, parseInt(location.hash.slice(1)) || 1)) - 1;
const show = () => {
  slides.forEach((slide, i) => slide.classList.toggle("here", i === at));
  document.querySelector(".number").textContent = `${at + 1} / ${slides.length}`;
  history.replaceState(null, "", `#${at + 1}`);
  window.dispatchEvent(new Event("resize"));  // plots drawn while hidden take their width now
};
addEventListener("keydown", (event) => {
  if (event.target.closest("input, textarea, iframe")) return;
  const by = { ArrowRight: 1, PageDown: 1, " ": 1, ArrowLeft: -1, PageUp: -1 }[event.key];
  if (by) { event.preventDefault(); at = Math.min(slides.length - 1, Math.max(0, at + by)); show(); }
});
show();
</script>"""


def executed(path):
    """The notebook, run in a kernel of its own."""
    import nbformat
    from nbclient import NotebookClient

    notebook = nbformat.read(path, 4)
    # The kernel's own log would say that its port of this machine is not encrypted. What cells print is not touched.
    quiet = ["--IPKernelApp.log_level=ERROR"]
    where = {"metadata": {"path": str(HERE)}}
    NotebookClient(notebook, timeout=600, resources=where, extra_arguments=quiet).execute()
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
            cell.outputs = [o for o in cell.outputs if o.get("data") != {"text/plain": ""}]  # its still stands beside
        if cells:
            part = {"cells": cells, "metadata": notebook.metadata, "nbformat": 4, "nbformat_minor": 5}
            yield exporter.from_notebook_node(type(notebook)(part))[0]


def page(notebook, title, slides=False):
    from plotly.offline import get_plotlyjs

    body = "".join(f"<section>{part}</section>" for part in parts(notebook, slides))
    return PAGE.format(
        title=html.escape(title),
        plotly=get_plotlyjs().replace("</script", "<\\/script"),
        style=SLIDES if slides else "",
        body=body,
        script=TURN if slides else "",
    )


HANDOUT = """
@page { size: A4; margin: 16mm; } body { font-size: 11.5pt; padding: 0; }
article { break-inside: avoid; margin-bottom: 8mm; } h2 { margin-bottom: 1mm; }
.line { border-bottom: 1px solid #aaa; height: 8mm; } .key { break-before: page; } li { margin: 1mm 0; }
ul { list-style: "☐  "; } .strip img { width: 19%; image-rendering: pixelated; border-radius: 3px; }
"""


def handout():
    """One page for each two ideas, in the lessons' own words; names and honest sentences stand on the last pages."""
    from explainers.kit.lesson import lessons
    from explainers.kit.sentences import Words
    from explainers.web.html import inline

    sheets, key = [], []
    for lesson in lessons():
        words = Words.of(lesson.idea)
        if lesson.question is None:
            continue
        options = "".join(f"<li>{inline(words(f'question.{option}'))}</li>" for option in lesson.question.options)
        lines = '<div class="line"></div>' * 2
        sheets.append(
            f"<article><h2>{inline(words('title'))}</h2><p>{inline(words('question'))}</p><ul>{options}</ul>"
            f"<p>Why I think so:</p>{lines}<p>What was measured, and what it is called:</p>{lines}</article>"
        )
        key.append(
            f"<article><h3>{inline(words('title'))}</h3><p>{inline(words('claim'))}</p>"
            f"<p>{inline(words('name'))}</p><p>{inline(words('honest'))}</p></article>"
        )
    heading = "<h1>Watch an AI video develop: what I think, and what I see</h1><p>Name: ______________________</p>"
    names = f'<div class="key"><h1>Names, and popular phrases made precise</h1>{"".join(key)}</div>'
    body = heading + "".join(sheets) + names
    return PAGE.format(title="Handout", plotly="", style=HANDOUT, body=body, script="")


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
