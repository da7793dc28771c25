"""Whatever is sent: a result or a clear refusal, one line in the log, and the next visitor is served."""

import json
import logging
import random

import pytest
from starlette.testclient import TestClient

from explainers.web.app import serve
from explainers.web.served.refusing import Refusing
from explainers.web.service import Service
from explainers.worker.queue import JobQueue
from tests import fakes
from tests.web.conftest import within

SECRET = "what nobody else may read"


@pytest.fixture(scope="module")
def probe(tmp_path_factory):
    """The app around the probe lesson, at work."""
    queue = JobQueue(fakes.FAKE)
    app = serve(fakes.lessons(), queue, Service(queue, fakes.gallery(tmp_path_factory.mktemp("gallery"))))
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


def handlers(client):
    return within(client, Refusing).blocks.fns


def join(client, fn, data, session="visitor", **more):
    return client.post("/gradio_api/queue/join", json={"fn_index": fn, "data": data, "session_hash": session, **more})


def answers(client, session="visitor"):
    """What comes back, until nothing more is to come."""
    with client.stream("GET", f"/gradio_api/queue/data?session_hash={session}") as stream:
        return [json.loads(line.removeprefix("data: ")) for line in stream.iter_lines() if line.startswith("data: ")]


def lines(caplog):
    return [record.message for record in caplog.records if record.levelno >= logging.WARNING]


GOOD = {"fn_index": 0, "data": [], "session_hash": "a"}
BAD = [
    b"",
    b"[]",
    b"{",
    b"\xff\xfe",
    b'"' + SECRET.encode() + b'"',
    b"[" * 5000,
    json.dumps({**GOOD, "fn_index": float("nan")}).encode(),  # the one that was found: Gradio answered 500
    json.dumps({**GOOD, "data": [float("inf")]}).encode(),
    b'{"fn_index": 0, "data": ["\\ud800"], "session_hash": "a"}',  # half a letter
    *(
        json.dumps({**GOOD, **wrong}).encode()
        for wrong in (
            *({"fn_index": wrong} for wrong in (99999, -1, "0", True, None, [0], 1e30)),
            *({"data": wrong} for wrong in ({}, "", None, 1)),
            *({"session_hash": wrong} for wrong in ("", None, 1, "a/b", "a" * 65, "a\n", ["a"])),
            *({"trigger_id": wrong} for wrong in ("a", 0.5, [])),
        )
    ),
]


@pytest.mark.parametrize("body", BAD, ids=range(len(BAD)))
def test_a_message_that_no_page_sends_is_refused_in_one_line(probe, caplog, capfd, body):
    answer = probe.post("/gradio_api/queue/join", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 400 and answer.content == b""
    (line,) = lines(caplog)
    assert line.startswith("refused: ") and "\n" not in line and SECRET not in line
    assert "Traceback" not in capfd.readouterr().err


ASK = {"fn_name": "ask", "session_hash": "a", "data": {"id": 1}}


def viewer(client):
    """The component that answers questions about the film."""
    components = within(client, Refusing).blocks.config["components"]
    return next(each["id"] for each in components if each["props"].get("elem_id") == "viewer")


@pytest.mark.parametrize("wrong", [{"component_id": 10**6}, {"component_id": "0"}, {"fn_name": "a.b"}, {"data": [1]}])
def test_a_question_to_nobody_is_refused(probe, wrong):
    asked = {**ASK, "component_id": viewer(probe), **wrong}
    assert probe.post("/gradio_api/component_server/", json=asked).status_code == 400


@pytest.mark.parametrize("name", ["__init__", "preprocess", "get_config", "_id"])
def test_of_a_component_only_what_is_meant_to_be_asked_can_be_asked(probe, name):
    asked = {**ASK, "component_id": viewer(probe), "fn_name": name}
    assert probe.post("/gradio_api/component_server/", json=asked).status_code == 404


def test_what_a_page_never_says_does_not_reach_gradio(probe):
    """`batched` makes Gradio unpack the data otherwise; a token would be handed on."""
    refusing = within(probe, Refusing)
    more = {"batched": True, "event_id": "x", "simple_format": True, "oauth_token": "x", "event_data": {}}
    said = json.loads(refusing.checked("queue/join", json.dumps({**GOOD, **more}).encode()))
    assert said == {**GOOD, "trigger_id": None}


def test_a_stream_for_nobody_ends_in_one_line(probe, caplog, capfd):
    (answer,) = answers(probe, "nobody")
    assert answer["msg"] == "unexpected_error" and len(lines(caplog)) == 1
    assert probe.get("/gradio_api/queue/data?session_hash=a%0a").status_code == 400
    assert probe.get("/gradio_api/queue/data").status_code == 400
    assert "Traceback" not in capfd.readouterr().err


def values(rng, deep=0):
    """Something that JSON can say."""
    plain = [None, True, -1, 0, 7, 10**18, -1e300, 1e-9, "", "nan", "a" * 300, "\x00<b>", "🎬", "../../etc/passwd"]
    if deep > 2 or rng.random() < 0.6:
        return rng.choice(plain)
    names = ("settings", "prompt", "seed", "steps", "size", "cut", "name", "hand", "controls", "patch", "card", "own")
    if rng.random() < 0.5:
        return [values(rng, deep + 1) for _ in range(rng.randrange(4))]
    made = {rng.choice(names): values(rng, deep + 1) for _ in range(rng.randrange(6))}
    return made | rng.choice([{}, {"path": "/etc/passwd", "meta": {"_type": "gradio.FileData"}}])


def test_every_handler_answers_whatever_it_is_given(probe, caplog, capfd):
    rng, asked, told = random.Random(23), 0, []
    for number, handler in handlers(probe).items():
        if not handler.fn or handler.cancels:
            continue
        for few in (False, True, False):
            data = [values(rng) for _ in handler.inputs][: 1 if few else None]
            asked += join(probe, number, data).status_code == 200
            told += [each for each in answers(probe) if each["msg"] == "process_completed"]
    assert asked == len(told) > 30
    refused = [each for each in told if not each["success"]]
    assert len(lines(caplog)) <= len(refused)
    assert all(line.startswith("refused: ") for line in lines(caplog))
    assert "Traceback" not in capfd.readouterr().err


def test_every_question_about_the_film_is_answered(probe, caplog, capfd):
    rng = random.Random(42)
    for _ in range(60):
        message = {"id": 1, "what": rng.choice(["patch", "word", "sound", "map", values(rng)]), "film": "b"}
        for name in ("frame", "row", "col", "index", "step", "settings", "controls", "cut", "name"):
            if rng.random() < 0.7:
                message[name] = values(rng)
        answer = probe.post(
            "/gradio_api/component_server/", json={**ASK, "component_id": viewer(probe), "data": message}
        )
        assert answer.status_code == 200 and answer.json()["kind"] in ("map", "error")
    assert not lines(caplog) and "Traceback" not in capfd.readouterr().err


def test_the_next_visitor_is_served(probe):
    number = next(
        number for number, handler in handlers(probe).items() if handler.fn and handler.fn.__name__ == "develop"
    )
    assert join(probe, number, [vars(fakes.OPENING)], "next").status_code == 200
    (end,) = [each for each in answers(probe, "next") if each["msg"] == "process_completed"]
    assert end["success"]
