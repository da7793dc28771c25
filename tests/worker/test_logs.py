"""Lines for the operator, that say nothing of what visitors wrote."""

import json
import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest

from explainers.worker.logs import EVENTS, PROMPTS, Line, begin, tell

ROOT = Path(__file__).resolve().parents[2]


def lines(caplog):
    return [json.loads(Line().format(record)) for record in caplog.records]


@pytest.mark.parametrize("wanted", ["", "0", "1"])
def test_a_run_is_a_line_and_its_prompt_is_in_none_unless_it_is_wanted(caplog, monkeypatch, wanted):
    monkeypatch.setenv(PROMPTS, wanted)
    caplog.set_level(logging.INFO, EVENTS.name)
    tell("run", job="develop", end="done", seconds=1.5, prompt="a “secret”\nwish")
    (line,) = lines(caplog)
    assert (line["event"], line["job"], line["seconds"], line["level"]) == ("run", "develop", 1.5, "info")
    assert line.get("prompt") == ("a “secret”\nwish" if wanted == "1" else None)


def test_of_an_error_it_says_what_and_where_and_not_its_text(caplog):
    try:
        int("a secret wish")
    except ValueError:
        logging.getLogger("explainers.x").exception("a job failed")
    (record,) = caplog.records
    text = Line().format(record)
    line = json.loads(text)
    assert "\n" not in text and "secret" not in text
    assert line["error"] == "ValueError" and line["at"].startswith("tests/worker/test_logs.py:")


def test_the_models_process_writes_as_the_app_was_told():
    """It finds out from its environment."""
    script = (
        "from explainers.worker.logs import begin, tell\nimport logging\nbegin()\n"
        "tell('run', prompt='secret')\nlogging.getLogger('anybody').warning('so')"
    )
    environment = {**os.environ, "DARKROOM_LOG": "json"}
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, env=environment, capture_output=True, text=True)
    assert [json.loads(line)["event"] for line in done.stderr.splitlines()] == ["run", "so"]
    assert "secret" not in done.stderr


def test_in_plain_words_nothing_changes(monkeypatch):
    monkeypatch.delenv("DARKROOM_LOG", raising=False)
    handlers = list(logging.getLogger().handlers)
    begin()
    assert logging.getLogger().handlers == handlers
