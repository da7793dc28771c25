"""`python -m explainers "…"`: a folder with the run, opened again by others than those who wrote it."""

import pytest

from explainers.__main__ import main
from explainers.engine import load_recording
from explainers.provenance import MODEL
from tests.declared import declared
from tests.ffmpeg import streams
from tests.tiny_models import cosmos3


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tiny")
    cosmos3().save_pretrained(folder)
    return folder


@pytest.mark.slow
def test_it_writes_the_run_its_film_and_its_page(folder, tmp_path, capsys):
    out, prompt = tmp_path / "x", "a <i>red ball"
    asked = ["--steps", "2", "--frames", "5", "--height", "32", "--width", "48", "--seed", "3"]
    assert main([prompt, "--model", str(folder), "--out", str(out), *asked]) == 0
    assert {path.name for path in out.iterdir()} == {"run.darkroom", "film.mp4", "index.html"}
    request = load_recording(out / "run.darkroom").request
    assert (request.prompt, request.seed, request.steps, request.frames) == (prompt, 3, 2, 5)
    assert {"h264", "aac"} == set(streams(out / "film.mp4"))
    assert {declared(path) for path in out.iterdir()} == {MODEL}  # each says, for programs, what made it
    page = (out / "index.html").read_text("utf-8")
    assert "<h1>a &lt;i&gt;red ball</h1>" in page and "<i>" not in page and 'src="' not in page.split("<script")[0]


def test_it_says_plainly_what_is_wrong(tmp_path, capsys):
    assert main(["a ball", "--model", str(tmp_path)]) == 1
    assert "model_index.json" in capsys.readouterr().err
