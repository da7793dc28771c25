"""One viewer for every host: the files that it is written in, and the module that is made of them."""

import re
import urllib.request

from explainers.notebook.page import Viewer
from explainers.viewer.bundle import SOURCE, module
from explainers.viewer.static_page import static_page


def lines(text):
    """Statements, without the words that tie files together."""
    code = [queue.removeprefix("export ").strip() for queue in text.splitlines()]
    return [queue for queue in code if queue and not queue.startswith(("//", "import {"))]


def test_the_module_is_every_file_once_and_nothing_else():
    files = "\n".join(file.read_text("utf-8") for file in SOURCE.glob("*.js"))
    assert sorted(lines(module())) == sorted(lines(files))


def test_the_module_imports_nothing_and_exports_what_hosts_use():
    assert not re.search(r"^import |\bimport\(", module(), re.MULTILINE)
    (named,) = re.findall(r"^export \{ (.*) \};$", module(), re.MULTILINE)
    used = {"Atlases", "Film", "LABELS", "Viewer", "createModel", "css", "fill", "gradientStops", "heatColour", "inkOf"}
    used |= {"layout", "make", "sameWords", "still", "tileValue"}
    assert set(named.split(", ")) == used
    assert re.findall(r"^export default .*", module(), re.MULTILINE) == ["export default { render };"]


def test_every_host_is_given_the_same(tmp_path):
    from starlette.testclient import TestClient

    from explainers.web.app import serve
    from explainers.web.served import scripts
    from explainers.web.service import Service
    from explainers.worker.queue import JobQueue
    from tests import fakes

    queue = JobQueue(fakes.FAKE)
    page = TestClient(serve(fakes.lessons(), queue, Service(queue, fakes.gallery(tmp_path))))
    assert page.get(f"{scripts.folder()}/viewer.js").text == module()
    assert str(Viewer._esm) == module()
    assert static_page(b"").count("class Viewer {") == 1


def test_the_files_run_unjoined_too(open_viewer, server):
    """Each imports all that it uses: the browser itself follows the imports."""
    picked = {"pick": {"what": "word", "index": 2}, "grid": True}
    view = open_viewer({"pack": "/red", "pack_b": "/blue", **picked})
    view.page.evaluate(
        """async (state) => {
            stop();
            const { default: viewer, createModel } = await import("/source/viewer.js");
            events.length = 0;
            model = createModel(window.state = state, {});
            viewer.render({ model, el: document.querySelector("#here") });
        }""",
        {"pack": "/red", **picked},
    )
    view.event("ready")
    view.rest()
    joined = open_viewer({"pack": "/red", **picked})
    joined.rest()
    for mode in ("film", "frames", "stack"):
        for each in (view, joined):
            each.set(view=mode)
            each.drawn()
        if mode != "stack":
            assert (view.pixels() == joined.pixels()).all()
    assert urllib.request.urlopen(f"{server.address}/source/viewer.js").status == 200
