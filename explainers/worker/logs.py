"""What the operator reads of the app while it runs: in plain words, or as JSON, one line an event.

    begin("json")                                    # also for the model's process, which reads it in its environment
    tell("run", job="develop", end="done", seconds=3.1, prompt="a red ball")

What visitors asked for is in no line unless the operator wants it (`prompts=True`): of an error, for the same reason, a
line says what it is and where, but not its text, which may quote them.
"""

from __future__ import annotations

import json
import logging
import os
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

KIND, PROMPTS = "DARKROOM_LOG", "DARKROOM_LOG_PROMPTS"
HERE = Path(__file__).resolve().parents[2]
VISITORS = ("prompt",)  # what is a visitor's own in what is told
EVENTS = logging.getLogger("darkroom")


def begin(kind: str = "", prompts: bool | None = None) -> None:
    """As "plain", warnings and errors as Python writes them; as "json" these and every run, one line each."""
    if kind:
        os.environ[KIND] = kind
    if prompts is not None:
        os.environ[PROMPTS] = str(int(prompts))
    if os.environ.get(KIND) == "json":
        handler = logging.StreamHandler()
        handler.setFormatter(Line())
        logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
        EVENTS.setLevel(logging.INFO)


def tell(event: str, **about: Any) -> None:
    if os.environ.get(PROMPTS) != "1":
        about = {name: value for name, value in about.items() if name not in VISITORS}
    EVENTS.info(event, extra={"about": about})


class Line(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        when = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        told = {"time": when, "level": record.levelname.lower(), "by": record.name, "event": record.getMessage()}
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            told |= {"error": type(error).__name__, "at": ", ".join(places(error))}
        return json.dumps({**told, **getattr(record, "about", {})}, ensure_ascii=False, default=str)


def places(error: BaseException) -> list[str]:
    """Where it was raised, the innermost place last."""
    frames = traceback.extract_tb(error.__traceback__)
    return [f"{short(frame.filename)}:{frame.lineno}" for frame in frames]


def short(file: str) -> str:
    path = Path(file)
    return str(path.relative_to(HERE)) if path.is_relative_to(HERE) else "/".join(path.parts[-2:])
