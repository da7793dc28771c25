"""The guard in front of a real Gradio app: what a page needs passes, everything else is not there."""

import gradio as gr
import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from explainers.web.guard import Guard, Rate


@pytest.fixture(scope="module")
def app():
    with gr.Blocks() as page:
        gr.Button("x").click(lambda: None)
    return gr.mount_gradio_app(FastAPI(), page, "/")


@pytest.fixture
def client(app):
    return TestClient(Guard(app))


CLOSED = [
    *("/docs", "/redoc", "/openapi.json", "/monitoring", "/monitoring/summary", "/login_check", "/token"),
    *("/gradio_api/info", "/gradio_api/openapi.json", "/gradio_api/runs", "/gradio_api/app_id"),
    *("/gradio_api/file=https://example.org/x", "/gradio_api/file=/etc/passwd", "/gradio_api/file/etc/passwd"),
    *("/gradio_api/proxy=https://example.org/x", "/gradio_api/deep_link", "/gradio_api/upload_progress"),
    *("/gradio_api/dev/reload", "/gradio_api/vibe-code", "/gradio_api/queue/status", "/file=/etc/passwd"),
    *("/assets/../../routes.py", "/pack/../app.py", "/gradio_api/mcp/sse"),
    *("/config", "/config/", "/manifest.json", "/gradio_api/startup-events", "/gradio_api/theme.css"),
    *("/svelte/svelte.js", "/page/page.js", "/pwa_icon", "/logout"),
]


@pytest.mark.parametrize("path", CLOSED)
def test_what_is_not_used_is_not_there(client, path):
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("path", ["upload", "process_recording", "run/predict", "api/predict", "call/x", "vibe-edit"])
def test_nothing_else_takes_a_post(client, path):
    assert client.post(f"/gradio_api/{path}", json={}).status_code == 404


@pytest.mark.parametrize("method", ["put", "delete", "patch", "options"])
def test_other_methods_are_refused(client, method):
    assert getattr(client, method)("/").status_code == 405


def test_the_page_itself_passes_and_may_load_nothing_from_elsewhere(client):
    answer = client.get("/")
    assert answer.status_code == 200
    assert "default-src 'self'" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_body_is_bounded_by_its_header_and_by_its_length(client):
    assert client.post("/gradio_api/queue/join", content=b"x" * 70_000).status_code == 413
    chunks = (b"x" * 40_000 for _ in range(10))
    assert client.post("/gradio_api/queue/join", content=chunks).status_code == 413


def test_an_address_that_posts_without_end_is_slowed_down(app):
    client = TestClient(Guard(app, rate=0.001, burst=3))
    codes = [client.post("/gradio_api/queue/join", json={}).status_code for _ in range(5)]
    assert 429 not in codes[:3] and codes[3:] == [429, 429]


def test_the_rate_remembers_a_bounded_number_of_visitors():
    rate = Rate(1, 1, visitors=2)
    assert [rate.allows(v) for v in "aabbc"] == [True, False, True, False, True]
    assert len(rate.buckets) == 2


def test_one_address_takes_a_file_and_bounds_it(app):
    client = TestClient(Guard(app, max_file=1000))
    kind = {"content-type": "application/octet-stream"}
    assert client.post("/open", content=b"x" * 1001, headers=kind).status_code == 413
    assert client.post("/open", content=b"x" * 1000, headers=kind).status_code not in (413, 429)  # passes the guard
    assert client.post("/open/more", content=b"x").status_code == 404
    assert client.get("/open").status_code == 404


def test_files_are_opened_far_more_seldom_than_a_page_speaks(app):
    client = TestClient(Guard(app, max_file=1000))
    codes = [client.post("/open", content=b"x").status_code for _ in range(60)]
    assert 429 not in codes[:30] and codes[-1] == 429
    assert client.post("/gradio_api/queue/join", json={}).status_code != 429
