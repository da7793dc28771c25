"""Stories are short, and the tour leads to cards that there are."""

from explainers.kit import reading
from explainers.kit.lesson import lessons
from explainers.kit.sentences import Words, languages, parse
from explainers.kit.story import TOUR, Look, Predict


def test_a_card_is_counted_as_it_is_read_once():
    text = """
## story.most
Where does it look?
## story.most.text
One two three.
## story.most.own
Here
## story.most.other
Somewhere else
## story.most.answer.yes
Here.
## story.most.answer.no
Not here, but there.
"""
    words = Words("en", parse(text))
    assert reading.words_of(words, Predict("most", "own", "other", cases=("yes", "no"))) == 4 + 3 + 1 + 2 + 4
    assert reading.words_of(words, Look("most")) == 4 + 3
    assert reading.minutes(400, 6) == 4


def test_all_stories_together_take_an_hour_at_most():
    for language in languages():
        count = sum(reading.counted(lesson, language) for lesson in lessons())
        assert reading.minutes(count, sum(len(lesson.story) for lesson in lessons())) <= 60


def test_the_tour_leads_over_eight_pages_to_cards_that_there_are():
    there = {lesson.idea: [card.name for card in lesson.story] for lesson in lessons()}
    assert len(TOUR) == len({idea for idea, _ in TOUR}) == 8
    assert all(card in there[idea] for idea, card in TOUR)
    assert [idea for idea, _ in TOUR] == sorted((idea for idea, _ in TOUR), key=list(there).index)
