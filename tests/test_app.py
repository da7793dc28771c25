"""How `python app.py` begins: at the port that was asked for, or not at all, in a sentence."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from explainers.web.running.door import Closed, listening, place, port

ROOT = Path(__file__).resolve().parents[1]


def started(*arguments, **variables):
    environment = {**{name: value for name, value in os.environ.items() if name != "PORT"}, **variables}
    command = [sys.executable, "app.py", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120)


@pytest.fixture
def taken():
    with socket.create_server(("127.0.0.1", 0)) as other:
        yield other.getsockname()[1]


@pytest.mark.parametrize("by", ["argument", "variable"])
def test_a_taken_port_is_said_in_one_sentence_and_no_other_is_taken(taken, by):
    done = started("--port", str(taken)) if by == "argument" else started(PORT=str(taken))
    assert done.returncode == 2 and not done.stdout
    assert done.stderr.startswith(f"Port {taken} is taken") and done.stderr.count("\n") == 1


def test_nor_is_one_for_the_figures(taken):
    with socket.create_server(("127.0.0.1", 0)) as free:
        own = free.getsockname()[1]
    done = started("--port", str(own), "--metrics", str(taken))
    assert done.returncode == 2 and f"Port {taken} is taken" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("code", ["", "123", "abcd"])
def test_an_exhibit_without_a_code_would_have_no_way_out(code):
    done = started("--kiosk", DARKROOM_STAFF_CODE=code)
    assert done.returncode == 2 and "at least four digits" in done.stderr


def test_what_is_no_port_is_refused():
    assert port("0") == 0 and place("9100") == ("127.0.0.1", 9100)
    assert place("0.0.0.0:9100") == ("0.0.0.0", 9100) and place("[::1]:9100") == ("::1", 9100)
    for text in ("", "x", "-1", "65536", "1.5"):
        with pytest.raises(ValueError):
            port(text)


def test_an_address_that_is_not_this_machines_is_said(taken):
    with pytest.raises(Closed, match="Nothing can listen at "):
        listening("192.0.2.1", 0)
    with pytest.raises(Closed, match=f"Port {taken} is taken"):
        listening("127.0.0.1", taken)
