"""The vocabulary of a story: a card's state is complete, and what a card lacks or says too much of is said."""

import pytest

from explainers.kit import check
from explainers.kit.lesson import PICKS, RUN, Choice, Cut, Index, Lesson, Plot, Slider, lessons
from explainers.kit.standing import lens_of, stands
from explainers.kit.story import HEADLINE, MOST, STANDS, TOUR, Look, Measured, Precisely, Predict, Without
from tests.kit.test_lesson import forget

LENS = """
def answer(run, *, level):
    return {"answer": "small", "case": "more"}

def weight(run, *, step):
    return {"weight": 0.5}

def cut(run, model, *, level):
    yield 0.5
    return run

def apart(run, other):
    return {"apart": 0.5}
"""
PICTURE = """
def weight(numbers, words):
    return None
"""
WORDS = """
# Told
## story.guess
How heavy is it?
## story.guess.text
Guess.
## story.guess.small
Small
## story.guess.large
Large
## story.guess.answer
It is small.
## story.look
Look
## story.look.text
See it.
## story.weigh
Weigh it
## story.weigh.text
On a scale.
## story.weigh.see.more
It weighs {weight:.1f}, which is more.
## story.weigh.see.less
It weighs {weight:.1f}, which is less.
## story.cut
Cut it
## story.cut.text
In two.
## story.cut.see
They are {apart:.0%} apart.
## story.named
The name
## story.named.text
It has one.
## cut
Cut
## cut.press
Cut
## cut.see
They are {apart:.0%} apart.
## level
Level
## way
Way
## way.up
Up
## way.down
Down
## head
Head
## weight
Weight
## weight.see
It weighs {weight:.1f}.
"""


@pytest.fixture
def told(tmp_path, monkeypatch):
    """The idea `told`, as a folder among the ideas; `told.words` is its file in each language."""
    import explainers.lessons

    folder = tmp_path / "told"
    folder.mkdir()
    files = {"__init__.py": "", "lens.py": LENS, "picture.py": PICTURE, "words.en.md": WORDS, "words.de.md": WORDS}
    for name, text in files.items():
        (folder / name).write_text(text)
    monkeypatch.setattr(explainers.lessons, "__path__", [*explainers.lessons.__path__, str(tmp_path)])
    forget("told")
    yield Lesson(
        "told",
        story=[
            Predict("guess", "small", "large"),
            Look("look", step=3, patch=(1, 2, 3), prompt="a ball", level=0.9),
            Measured("weigh", lens="weight", figure="weight", cases=("more", "less")),
            Without("cut", step=2),
            Precisely("named"),
        ],
        controls=[
            Slider("level", 0, 1, 0.1, start=0.5),
            Choice("way", ("up", "down"), "down"),
            Index("head", of="heads", start=None, all=True),
        ],
        pictures=[Plot("weight")],
        cuts=[Cut("cut", lens="apart", plot=False)],
    )
    forget("told")


def problems(lesson):
    """What is wrong with its story."""
    return [text for text in check.problems(lesson) if "card" in text or "story" in text]


def test_a_whole_story_has_nothing_wrong(told):
    assert problems(told) == []
    assert [card.kind for card in told.story] == ["predict", "look", "measured", "cut", "precisely"]


# --- how everything stands


def test_a_cards_state_is_complete_and_what_it_says_is_in_it(told):
    for card in told.story:
        at = stands(told, card)
        assert set(at) == {"run", "viewer", "controls"}
        assert set(at["viewer"]) == set(STANDS) and set(at["controls"]) == {"level", "way", "head"}
    look = stands(told, told.card("look"))
    assert look["run"] == {"prompt": "a ball"}
    assert look["controls"] == {"level": 0.9, "way": "down", "head": None}
    assert (look["viewer"]["step"], look["viewer"]["patch"], look["viewer"]["film"]) == (3, (1, 2, 3), "x0")
    weigh = stands(told, told.card("weigh"))
    assert weigh["viewer"]["step"] == -1 and weigh["viewer"]["patch"] is None and weigh["run"] == {}
    assert weigh["controls"]["level"] == 0.5


def test_a_film_stands_still_where_something_is_picked_on_it_and_nowhere_else(told):
    assert {card.name: stands(told, card)["viewer"]["playing"] for card in told.story} == {
        **dict.fromkeys(["guess", "weigh", "cut", "named"], True),
        "look": False,
    }
    assert stands(told, Look("look", patch=(0, 0, 0), playing=True))["viewer"]["playing"] is True


def test_what_measures_a_card_is_its_lens_or_its_cuts(told):
    assert [lens_of(told, card) for card in told.story] == ["answer", "", "weight", "apart", ""]
    assert [card.measures for card in told.story] == [True, False, True, True, False]
    assert lens_of(told, Without("other", cut="cut")) == "apart"


def test_a_card_names_the_sentences_of_every_way_that_it_may_turn_out(told):
    guess, weigh = told.card("guess"), told.card("weigh")
    assert weigh.measured() == ["story.weigh.see.more", "story.weigh.see.less"]
    assert set(guess.sentences()) == {f"story.guess{end}" for end in ("", ".text", ".answer", ".small", ".large")}


# --- what check says


@pytest.mark.parametrize(
    ("card", "complaint"),
    [
        (Look("look", levle=1), "sets 'levle', which is no control"),
        (Look("look", control="volume"), "there is no control 'volume'"),
        (Look("look", picture="photo"), "there is no picture 'photo'"),
        (Look("look", beside={"level": 1}), "'level' is no setting of a run"),
        (Look("look", figure="weight"), "a figure without a lens"),
        (Without("look", cut="nothing"), "there is no cut 'nothing'"),
        (Measured("look", lens="nowhere"), "lens.py has no nowhere()"),
        (Measured("look", lens="weight", figure="nowhere"), "picture.py has no nowhere(numbers, words)"),
        (Measured("look", lens="weight"), "card 'look' has no story.look.see in en"),
        (Measured("look", lens="weight", cases=("a", "b")), "has no story.look.see.a, story.look.see.b in de"),
        (Predict("look", "small"), "has no story.look.answer, story.look.small in en"),
        (Look("guess"), "two cards are called 'guess'"),
        (Look("other"), "card 'other' has no story.other, story.other.text in en"),
    ],
)
def test_what_a_card_lacks_is_said(told, card, complaint):
    told.story[1] = card
    assert any(complaint in text for text in check.problems(told)), list(check.problems(told))


def rewritten(told, tmp_path, key, text, language="en"):
    path = tmp_path / "told" / f"words.{language}.md"
    head, _, rest = path.read_text().partition(f"## {key}\n")
    path.write_text(f"{head}## {key}\n{text}\n{rest[rest.index('##') :]}")
    forget("told")
    return problems(told)


@pytest.mark.parametrize(
    ("key", "most", "said"),
    [
        ("story.look", HEADLINE, "a headline of {} words"),
        ("story.look.text", MOST, "{} words to read at once"),
        ("story.guess.text", MOST - 2, "{} words to read at once"),  # its options are read with it
        ("story.guess.answer", MOST, "{} words to read at once"),  # in their place
        ("story.weigh.see.less", MOST - 3, "{} words to read at once"),  # under the text
    ],
)
@pytest.mark.parametrize("language", ["en", "de"])
def test_more_words_than_are_read_at_once_are_said(told, tmp_path, key, most, said, language):
    allowed = MOST if most != HEADLINE else HEADLINE
    text = " ".join(["word"] * most)
    name = key.split(".")[1]
    before = rewritten(told, tmp_path, key, text, language)
    assert not [x for x in before if "read at once" in x or "headline" in x]
    after = rewritten(told, tmp_path, key, f"{text} more", language)
    (found,) = [x for x in after if "read at once" in x or "headline" in x]
    assert found == f"card {name!r}, {language}: {said.format(allowed + 1)}"


def test_a_sentence_that_only_one_language_has_is_missed(told, tmp_path):
    path = tmp_path / "told" / "words.de.md"
    path.write_text(path.read_text().replace("## story.look.text\nSee it.\n", ""))
    forget("told")
    assert "card 'look' has no story.look.text in de" in problems(told)


# --- the stories that there are


@pytest.mark.parametrize("lesson", lessons(), ids=lambda lesson: lesson.idea)
def test_a_story_is_whole(lesson):
    assert 4 <= len(lesson.story) <= 7
    kinds = [card.kind for card in lesson.story]
    assert kinds[-1] == "precisely" and kinds.count("precisely") == 1
    assert "predict" in kinds[:3]
    for card in lesson.story:
        assert sum(name in card.at for name in PICKS) <= 1  # one thing is picked at a time
        assert not set(card.beside) - set(RUN)


def test_the_tour_stops_at_cards_that_there_are_each_page_once():
    there = {lesson.idea: {card.name for card in lesson.story} for lesson in lessons()}
    assert all(card in there[idea] for idea, card in TOUR)
    assert len({idea for idea, _ in TOUR}) == len(TOUR)
