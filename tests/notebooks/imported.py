"""Importing this imports what a notebook needs of other people's libraries, and leaves nothing of our own behind."""

import importlib
import json
import sys
from pathlib import Path

import ipykernel.kernelapp
import ipykernel.zmqshell  # noqa: F401

import explainers.engine
import explainers.notebook.page

MODEL = Path(explainers.engine.__file__).resolve().parents[2] / "assets/model/model_index.json"

for part in json.loads(MODEL.read_text("utf-8")).values():  # [library, class] of each part of the shipped model
    if isinstance(part, list) and part[0]:
        getattr(importlib.import_module(part[0]), part[1])

for ours in [name for name in sys.modules if name.split(".")[0] == "explainers"]:
    del sys.modules[ours]  # each notebook finds the kit by itself
