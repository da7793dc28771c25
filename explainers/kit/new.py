"""Grow a new page from the template: `python -m explainers.kit.new tides`, or with its title after the name.

Writes explainers/lessons/tides/ with the four files of a lesson that works already, its story of three cards included.
Then make it yours, one file at a time: lesson.py declares the story, words.en.md says it, lens.py measures, picture.py
draws. CONTRIBUTING.md walks through it.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

LESSONS = Path(__file__).resolve().parents[1] / "lessons"
TEMPLATE = LESSONS / "_template"
FILES = ("__init__.py", "lens.py", "picture.py", "lesson.py", *(path.name for path in TEMPLATE.glob("words.*.md")))


class NameTaken(Exception):
    """Says in plain words why a page cannot have this name."""


def grow(idea: str, title: str = "", among: Path = LESSONS) -> Path:
    """A folder for this idea, filled from the template."""
    if not re.fullmatch(r"[a-z][a-z0-9_]*", idea):
        raise NameTaken(f"{idea!r} cannot be a folder of Python: lower-case letters, digits and _ can.")
    folder = among / idea
    if folder.exists():
        raise NameTaken(f"{folder} is there already.")
    folder.mkdir()
    for name in FILES:
        text = (TEMPLATE / name).read_text("utf-8").replace('"_template"', f'"{idea}"')
        if name == "words.en.md":
            text = re.sub(r"^# .+$", f"# {title or idea.capitalize()}", text, count=1, flags=re.MULTILINE)
        (folder / name).write_text(text, "utf-8")
    return folder


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("idea", help="one lower-case word: the folder, and the address of the page")
    parser.add_argument("title", nargs="?", default="", help="what stands above the page")
    arguments = parser.parse_args()
    try:
        folder = grow(arguments.idea, arguments.title)
    except NameTaken as problem:
        print(problem, file=sys.stderr)
        return 1
    print(f"{folder} is a whole lesson. To see it:")
    print(f'  1. write "{arguments.idea}" into IDEAS in explainers/kit/lesson.py, where it belongs in teaching order')
    print(f"  2. python -m explainers.kit.check {arguments.idea}      # says what is missing, now and later")
    print(f"  3. python darkroom.py app                 # and open the page /{arguments.idea}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
