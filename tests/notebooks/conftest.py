"""What the cells of a notebook hold, without a notebook."""

import pytest

from explainers.notebook import page as pages
from explainers.notebook import widgets as notebook_widgets


@pytest.fixture
def cells(monkeypatch):
    """What a cell would hold: {display_id: newest HTML, or the still picture of a plot}."""
    held = {}

    def put(bundle, *, display_id=None, **_):
        if display_id:
            held[display_id] = bundle.get("text/html", bundle.get("image/svg+xml", ""))

    for module in (notebook_widgets, pages):
        monkeypatch.setattr(module, "display", put)
        monkeypatch.setattr(module, "update_display", put)
    return held
