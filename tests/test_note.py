"""A note crosses processes and files, and brings nothing along that a stranger could use."""

import json
import pickle
import subprocess
import sys

import pytest

from explainers.note import LONGEST, Note, note_from

WHY = Note("smaller", "Close other programs.")
NOTE = Note("memory", "{name} takes {size:.1f} GB. {why}", name="a {big} one", size=14.52, why=WHY)


def test_it_is_a_sentence():
    assert str(NOTE) == "a {big} one takes 14.5 GB. Close other programs."


def test_it_comes_back_from_json():
    again = note_from(json.loads(json.dumps(NOTE.json())))
    assert again == NOTE and str(again) == str(NOTE)
    assert again != Note("memory", NOTE.english, **{**NOTE.values, "size": 14.53})


def test_what_is_no_number_is_kept_as_text(tmp_path):
    note = Note("x", "{file} {error} {value}", file=tmp_path, error=ValueError("broken"), value=float("nan"))
    assert note.values == {"file": str(tmp_path), "error": "broken", "value": "nan"}
    assert note_from(json.loads(json.dumps(note.json(), allow_nan=False))) == note


def test_the_page_reads_a_note_before_torch_is_there():
    assert pickle.loads(pickle.dumps(NOTE)) == NOTE
    code = "import pickle, sys; print(pickle.load(sys.stdin.buffer)); assert 'torch' not in sys.modules"
    done = subprocess.run([sys.executable, "-c", code], input=pickle.dumps(NOTE), capture_output=True, check=True)
    assert done.stdout.decode().strip() == str(NOTE)


def test_older_files_hold_sentences():
    assert str(note_from("The model never learned “{near}”.")) == "The model never learned “{near}”."


def told(english, **values):
    return {"code": "unknown", "english": english, "values": values}


DEEP = told("{a}", a=told("{a}", a=told("{a}", a=told("deep"))))


@pytest.mark.parametrize(
    "bad",
    [
        told("{a.__class__}", a=1),
        told("{a[0]}", a="text"),
        {**told(""), "english": "{a.b}", "values": {"a.b": 1}},
        told("{a:>999999999}", a="text"),
        told("{a:999999999}", a=1),
        told("{a:.1f}", a="text"),
        told("{a:{b}}", a=1, b=999999999),
        told("{a!r}", a="text"),
        told("{a} {a}", a="text"),
        told("{b}", a=1),
        told("{} {0}"),
        told("{"),
        told("", a=[1]),
        told("", a=None),
        told("", a=float("inf")),
        told("", a=10**400),
        told("", a="x" * (LONGEST + 1)),
        told("x" * (LONGEST + 1)),
        told("", **{f"a{n}": n for n in range(99)}),
        "x" * (LONGEST + 1),
        DEEP,
        {**told(""), "code": 7},
        {**told(""), "values": [1]},
        {},
        7,
        None,
    ],
    ids=lambda bad: repr(bad)[:60],
)
def test_what_is_no_note_is_refused(bad):
    with pytest.raises(ValueError):
        note_from(bad)
