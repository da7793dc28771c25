"""Every notebook from top to bottom in a kernel of its own, offline, with nothing printed that looks like a warning.

And what it leaves, as nbconvert renders it without a kernel, a script or a network: a picture for each figure and film.
"""

import base64
import os
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbconvert import HTMLExporter

from explainers.notebook.cells import PLOTLY
from notebooks import export
from tests.notebooks.forked import forked_kernels

NOTEBOOKS = sorted(export.HERE.glob("*.ipynb"))
FIRST = NOTEBOOKS[0]  # in a kernel as everybody starts it: what libraries say while they are imported is heard here
ROOT = export.HERE.parent
MARKS = ("}path", "}circle", "}rect", "}image")
TENTH = "0.1"  # of its training, for the notebook that trains; the whole of it is tried at night


@pytest.mark.slow
@pytest.mark.timeout(1500)
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_runs_alone_and_quietly(path, monkeypatch, tmp_path):
    monkeypatch.setenv("DARKROOM_THREADS", os.environ["OMP_NUM_THREADS"])
    monkeypatch.setenv("DARKROOM_TRAINING", os.environ.get("DARKROOM_TRAINING", TENTH))
    for proxy in ("http_proxy", "https_proxy"):
        monkeypatch.setenv(proxy, "http://127.0.0.1:9")  # whoever asks the network is refused at once
    if path != FIRST:
        forked_kernels(monkeypatch)
    (tmp_path / "explainers").symlink_to(ROOT / "explainers")  # where a first cell finds it: one folder up
    (tmp_path / "notebooks").mkdir()
    run = export.executed(path, tmp_path / "notebooks")
    printed = [
        o.text for c in run.cells for o in c.get("outputs", []) if o.output_type == "stream" and o.name == "stderr"
    ]
    assert printed == []
    said = "".join(o.text for c in run.cells for o in c.get("outputs", []) if o.output_type == "stream")
    assert "Warning" not in said
    assert_seen_without_a_kernel(run)


def assert_seen_without_a_kernel(run):
    shown = [o.get("data", {}) for c in run.cells for o in c.get("outputs", [])]
    page = BeautifulSoup(HTMLExporter().from_notebook_node(run)[0], "html.parser")
    plots = page.select(".jp-RenderedSVG img[src^='data:image/svg+xml;base64,']")
    assert len(plots) == sum(PLOTLY in data for data in shown)
    for plot in plots:  # whole, and with something on it
        drawn = ElementTree.fromstring(base64.b64decode(plot["src"].partition(",")[2]))
        assert len([part for part in drawn.iter() if part.tag.endswith(MARKS)]) > 1
    films = [data for data in shown if "whole-film" in data.get("text/html", "")]  # those in the viewer
    assert len(page.select(".still-film")) == len(films)
    pictures = [*page.select(".still-film"), *page.select("figure")]
    assert all(picture.select("img[src^='data:image/'], svg, ol") for picture in pictures)


def test_slides_turn_and_hold_no_address_of_another_machine():
    source = nbformat.v4.new_notebook()
    for text in ("one", "two"):
        cell = nbformat.v4.new_markdown_cell(f"# {text}")
        cell.metadata["slideshow"] = {"slide_type": "slide"}
        source.cells.append(cell)
    made = export.page(source, "two slides", slides=True)
    body = made.split("</script>", 2)[2]  # behind what made the page, in schema.org's words, and Plotly
    assert body.count("<section>") == 2
    assert "http://" not in body and "https://" not in body


def test_handout_asks_for_every_guess_in_the_lessons_own_words(tmp_path):
    from explainers.kit.lesson import lessons
    from explainers.kit.markdown import inline
    from explainers.kit.sentences import Words

    command = [sys.executable, str(Path(export.__file__)), "handout", str(tmp_path)]
    subprocess.run(command, check=True, env={**os.environ}, timeout=120)
    page = (tmp_path / "handout.html").read_text("utf-8")
    asked = 0
    for lesson in lessons():
        words = Words.of(lesson.idea)
        for card in lesson.story:
            if card.kind == "predict":
                asked += 1
                assert inline(words(card.key)) in page
                assert all(f"<li>{inline(words(f'{card.key}.{option}'))}</li>" in page for option in card.options)
            assert (inline(words(card.key)) in page) == (card.kind in ("predict", "precisely")), card.name
    assert page.count("☐") == 1 and page.count("<ul>") == asked > 0
    paper = tmp_path / "handout.pdf"
    if paper.exists():
        assert paper.read_bytes().startswith(b"%PDF") and paper.stat().st_size > 20_000
