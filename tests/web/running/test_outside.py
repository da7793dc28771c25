"""What is asked of the app by others than its pages."""

from dataclasses import dataclass

import pytest
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient

from explainers.web.guard import Guard
from explainers.web.running.metrics import ANSWERS
from explainers.web.running.outside import Outside


@dataclass
class Queue:
    open: bool = True
    broken: str = ""
    length: int = 0


def client(queue=None, **options):
    return TestClient(Outside(Guard(PlainTextResponse("a page")), queue or Queue(), **options))


def counted(status):
    return ANSWERS.labels(str(status))._value.get()


def test_it_lives_while_it_answers_and_is_ready_while_the_model_is_open():
    queue = Queue(open=False)
    asked = client(queue)
    assert asked.get("/healthz").text == "ok"
    assert asked.get("/readyz").status_code == 503 and asked.get("/readyz").json()["why"] == "opening"
    queue.broken = "no such model"
    assert asked.get("/readyz").json() == {"ready": False, "why": "broken"}  # not why: that may name a folder
    queue.broken, queue.open = "", True
    assert asked.get("/readyz").status_code == 200 and asked.get("/readyz").json()["ready"]
    assert asked.get("/readyz").headers["cache-control"] == "no-store"


def test_how_many_wait_and_whether_the_model_is_there():
    assert client(Queue(length=3)).get("/waiting").json() == {"films": 3, "open": True}
    assert client(Queue(open=False)).get("/waiting").json() == {"films": 0, "open": False}


def test_everything_else_is_the_guards_and_every_answer_is_counted():
    asked = client()
    before = counted(200), counted(404), counted(405)
    assert asked.get("/").text == "a page"
    assert asked.get("/docs").status_code == asked.post("/staff", content="1").status_code == 404
    assert asked.put("/").status_code == asked.put("/healthz").status_code == 405
    assert (counted(200), counted(404), counted(405)) == (before[0] + 1, before[1] + 2, before[2] + 2)


def test_the_code_ends_an_exhibit_and_is_not_found_by_trying():
    asked = client(staff="4711")
    assert asked.get("/staff").status_code == 405
    assert asked.post("/staff", content="4711").status_code == 204
    wrong = [asked.post("/staff", content=code).status_code for code in ("", "471", "47110" * 10_000)]
    assert wrong == [403] * 3
    assert [asked.post("/staff", content="0000").status_code for _ in range(3)] == [403, 429, 429]
    assert asked.post("/staff", content="4711").status_code == 429


@pytest.mark.parametrize(("by", "policy"), [("", "'self'"), ("https://example.org", "'self' https://example.org")])
def test_who_may_show_it_in_a_frame(by, policy):
    told = client(framed_by=by).get("/").headers["content-security-policy"]
    assert told.endswith(f"frame-ancestors {policy}")
