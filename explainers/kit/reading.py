"""How long the stories are: `python -m explainers.kit.reading` counts the words and minutes of each page.

A card is read once: its headline, its text, the options of a guess, and the longest of the sentences that may be said
once it is measured. Then somebody looks at the film.
"""

from __future__ import annotations

from explainers.kit.lesson import Lesson, lessons
from explainers.kit.sentences import Words, languages
from explainers.kit.story import Card, Predict

PACE = 200  # words a minute, of somebody who reads to understand
LOOK = 20  # seconds for the film, on each card


def words_of(words: Words, card: Card) -> int:
    def count(key: str) -> int:
        return len(words.sentences[key].split())

    options = [f"{card.key}.{option}" for option in card.options] if isinstance(card, Predict) else []
    said = max(map(count, card.measured()), default=0)
    return said + sum(map(count, [card.key, f"{card.key}.text", *options]))


def minutes(count: int, cards: int) -> float:
    return count / PACE + cards * LOOK / 60


def counted(lesson: Lesson, language: str) -> int:
    words = Words.of(lesson.idea, language)
    return sum(words_of(words, card) for card in lesson.story)


def main() -> None:
    for language in languages():
        total = cards = 0
        for lesson in lessons():
            count = counted(lesson, language)
            total, cards = total + count, cards + len(lesson.story)
            told = f"{len(lesson.story)} cards, {count} words, {minutes(count, len(lesson.story)):.1f} minutes"
            print(f"{language} {lesson.idea:10} {told}")
        print(f"{language} {'all':10} {cards} cards, {total} words, {minutes(total, cards):.0f} minutes")


if __name__ == "__main__":
    main()
