"""What several tests of the page begin with."""

import contextlib

import pytest
from starlette.testclient import TestClient

from explainers.kit.lesson import lessons
from explainers.web.app import serve
from explainers.web.service import Service
from explainers.worker.queue import MODEL, JobQueue
from tests import fakes


@pytest.fixture(scope="session")
def app():
    """The real app, its model not opened."""
    queue = JobQueue(MODEL, "embedded")
    return TestClient(serve(lessons(), queue, Service(queue)))


def within(client, kind):
    """Of the apps that are laid around each other, the one of that kind."""
    app = client.app
    while not isinstance(app, kind):
        app = app.app
    return app


@contextlib.asynccontextmanager
async def opened(folder, kind=JobQueue):
    """The service of the probe lessons, its model open."""
    queue = kind(fakes.FAKE)
    await queue.start()
    try:
        await queue.ready.wait()
        yield Service(queue, fakes.gallery(folder))
    finally:
        queue.stop()
