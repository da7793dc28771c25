"""The address that takes pixels, behind its guard: exactly as many as a frame has, nothing decoded."""

import dataclasses

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from explainers.web import uploads as web_take
from explainers.web.guard import Guard
from explainers.web.uploads import KIND
from explainers.worker.jobs import Lay
from explainers.worker.settings import Settings, read, write

PIXELS = bytes(range(256)) * 48  # 64 x 64 x 3


class JobQueue:
    def __init__(self):
        self.laid = []

    async def result(self, visitor, job):
        self.laid.append(job)
        return "0123456789abcdef"


@dataclasses.dataclass
class Service:
    queue: JobQueue
    facts: dict


@pytest.fixture
def service():
    return Service(JobQueue(), {"sizes": ["64x64", "96x64"], "longest": 17})


@pytest.fixture
def client(service):
    app = FastAPI()
    web_take.add_laying(app, service)
    return TestClient(Guard(app, max_picture=2 * len(PIXELS)))


def post(client, data, query="?size=64x64", kind=KIND):
    return client.post(f"/picture{query}", content=data, headers={"content-type": kind})


def test_pixels_of_a_frame_are_kept_under_their_hash(client, service):
    assert post(client, PIXELS).json() == {"picture": "0123456789abcdef"}
    assert service.queue.laid == [Lay(PIXELS, 64, 64)]


def test_so_are_those_of_all_frames_of_a_film(client, service):
    assert post(client, 2 * PIXELS, "?size=64x64&frames=2").json() == {"picture": "0123456789abcdef"}
    assert service.queue.laid == [Lay(2 * PIXELS, 64, 64, 2)]


@pytest.mark.parametrize(
    ("data", "query"),
    [
        (PIXELS, "?size=64x64&frames=2"),
        (PIXELS, "?size=64x64&frames=99"),
        (PIXELS[:-1], "?size=64x64"),
        (PIXELS, "?size=96x64"),
        (PIXELS, "?size=axb"),
        (b"", ""),
    ],
)
def test_anything_else_is_refused_in_plain_words(client, service, data, query):
    assert post(client, data, query).json()["key"] == "first_frame.bad"
    assert service.queue.laid == []


def test_what_is_too_large_or_comes_from_another_page_is_not_read(client, service):
    assert post(client, 2 * PIXELS + b"x").status_code == 413
    assert post(client, PIXELS, kind="text/plain").status_code == 415
    assert client.get("/picture").status_code == 404
    assert service.queue.laid == []


def test_the_picture_is_in_the_address_and_nothing_else_passes_for_one():
    settings = Settings("a red ball", picture="0123456789abcdef")
    assert read(write(settings))[0] == settings
    assert Settings().changed({"picture": "../../etc/passwd"}).picture == ""
