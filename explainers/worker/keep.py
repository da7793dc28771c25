"""Measure the stories, for kept.py to read: `python -m explainers.worker.keep`, or `… keep noise` for one lesson's.

Each card is printed as it will be read, with the seconds that it took. Run it again whenever `assets/model`, a lens or
a card changes; a test asks for what no longer fits.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from explainers.kit.lesson import Lesson, finish, lessons
from explainers.kit.sentences import Words, languages
from explainers.kit.story import Card
from explainers.viewer.thinned import thinned
from explainers.worker.gallery import FILMS
from explainers.worker.kept import FOLDER, questions, said, written
from explainers.worker.model_process import ModelProcess
from explainers.worker.settings import Settings

BESIDE = 5  # steps that are kept of a film beside another


def keep(lesson: Lesson, process: Any, opening: Settings, ready: set[str], folder: Path) -> Iterator[str]:
    """Measure a lesson's story and write it down; what each card says on the way."""
    numbers: dict[str, Any] = {}
    films: dict[str, str] = {}

    def film(key: str, pack: bytes) -> None:
        name = f"{lesson.idea}-{hashlib.sha256(pack).hexdigest()[:10]}.drk"
        (folder / name).write_bytes(pack)
        films[key] = name

    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob(f"{lesson.idea}-*.drk"):
        old.unlink()
    for card in lesson.story:
        begun = time.monotonic()
        asked = questions(lesson, card, opening)
        if asked.film.settings.key not in ready | films.keys():
            film(asked.film.settings.key, finish(process.work(asked.film)).pack)
        if asked.beside and asked.beside.settings.key not in ready | films.keys():
            film(asked.beside.settings.key, thinned(finish(process.work(asked.beside)).pack, BESIDE))
        if asked.cut and asked.cut.key not in films:
            film(asked.cut.key, thinned(finish(process.work(asked.cut)).pack, BESIDE))
        if asked.measure and asked.measure.key not in numbers:
            numbers[asked.measure.key] = finish(process.work(asked.measure))
        yield told(lesson, card, numbers.get(asked.measure.key) if asked.measure else None, time.monotonic() - begun)
    there = {"weights": process.facts["weights"], "films": films, "numbers": written(numbers)}
    (folder / f"{lesson.idea}.json").write_text(json.dumps(there, indent=1) + "\n", "utf-8")


def told(lesson: Lesson, card: Card, numbers: Mapping[str, Any] | None, seconds: float) -> str:
    lines = [f"\n[{lesson.idea}/{card.name}] {card.kind}, {seconds:.1f} s"]
    for language in languages():
        words = Words.of(lesson.idea, language)
        lines += [f"  {words(card.key)}", f"    {words(f'{card.key}.text')}"]
        lines += [f"    ( ) {words(f'{card.key}.{option}')}" for option in getattr(card, "options", ())]
        lines += [f"    -> {said(words, card, numbers)}"] if numbers is not None else []
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("ideas", nargs="*")
    parser.add_argument("--out", type=Path, default=FOLDER)
    arguments = parser.parse_args()
    process = ModelProcess("embedded")
    made = [Settings().changed({**process.facts["defaults"], "prompt": p, "seed": s}) for p, s in FILMS]
    for lesson in lessons():
        if not arguments.ideas or lesson.idea in arguments.ideas:
            for text in keep(lesson, process, made[0], {settings.key for settings in made}, arguments.out):
                print(text, flush=True)


if __name__ == "__main__":
    main()
