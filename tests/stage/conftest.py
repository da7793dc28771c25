"""What several tests of the stage begin with."""

import pytest
from starlette.testclient import TestClient

from explainers.stage.desk import Desk
from explainers.stage.lesson import lessons
from explainers.stage.web import serve
from explainers.stage.worker import MODEL, Line


@pytest.fixture(scope="session")
def app():
    """The real app, its model not opened."""
    line = Line(MODEL, "embedded")
    return TestClient(serve(lessons(), line, Desk(line)))
