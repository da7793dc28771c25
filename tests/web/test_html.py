"""Whatever a visitor types comes out as text."""

import json
import re
from dataclasses import replace
from html import unescape

from explainers.kit.folders import KIT
from explainers.kit.lesson import Station
from explainers.kit.markdown import prose
from explainers.kit.sentences import Words
from explainers.kit.story import TOUR, Predict
from explainers.web.html import code_html, filled, note, progress, stations_html, story, table_html
from tests import fakes

WORDS = Words.of(KIT)
FACTS = {"heads": 4}
BAD = "<img src=x onerror=alert(1)>"


def test_the_little_markdown_of_words_files():
    assert prose("One **two** *three* `four`\nfive") == (
        "<p>One <strong>two</strong> <em>three</em> <code>four</code> five</p>"
    )
    assert prose("- a\n- b\n\nc") == "<ul><li>a</li><li>b</li></ul><p>c</p>"
    assert prose("[paper](https://example.org/a?b=1)") == '<p><a href="https://example.org/a?b=1">paper</a></p>'


def test_nothing_that_was_typed_becomes_markup():
    for made in (
        prose(BAD),
        prose(f"**{BAD}**"),
        prose("[x](javascript:alert(1))"),
        table_html(BAD, [BAD], [(BAD, BAD)], WORDS),
        note(BAD, BAD),
        progress(BAD, 0.5),
        code_html(BAD, WORDS),
        filled("stand_in.html", top="", story="", screen={"prompt": BAD}, made={"name": BAD}, kiosk=False),
        stations_html([Station(None, BAD, BAD, [])], [["/pack/x.webp"]], []),
        stations_html([Station("noise", BAD, BAD, [])], [['"><img src=x>']], ["noise"]),
    ):
        assert "<img src=x" not in made and 'href="javascript' not in made


def test_a_story_escapes_its_words_and_what_its_cards_declare():
    second, probe = fakes.lessons()
    words = Words.of("probe")
    spoiled = Words("en", dict.fromkeys(words.sentences, f'{BAD}"'), words.behind)
    bad = replace(probe, story=[Predict("guess", "up", said=BAD), *probe.story[1:]])
    made = story(bad, [second, bad], spoiled, WORDS, FACTS)
    assert "<img" not in made and made.count("<article") == len(probe.story)
    told = json.loads(unescape(re.search(r'data-told="(.*?)"', made)[1]))
    assert told["controls"]["said"] == BAD  # and yet the page is told what stands
    assert json.loads(unescape(re.search(r'data-tour="(.*?)"', made)[1])) == [
        f"{idea}?card={card}" for idea, card in TOUR
    ]


def test_a_story_shows_its_first_card_and_the_way_to_the_pages_around():
    second, probe = fakes.lessons()
    made = story(probe, [second, probe], Words.of("probe"), WORDS, FACTS)
    hidden = dict(re.findall(r'<article class="story-card" data-card="(\w+)"[^>]*?( hidden)?>', made))
    assert [name for name, how in hidden.items() if not how] == ["guess"]
    assert 'class="turn back" data-page="second" data-title="Second"' in made
    assert 'class="turn next" data' not in made and "data-play" not in made  # it is the last page, and not the front
    front = story(second, [second, probe], Words.of("second"), WORDS, FACTS)
    assert "data-play" in front and 'class="turn next" data-page="probe"' in front


def test_a_station_is_a_link_only_where_its_page_exists():
    stations = [Station("noise", "a", "b", []), Station("sound", "a", "b", [])]
    made = stations_html(stations, [[], []], {"noise"})
    assert made.count("<a ") == 1 and 'href="noise"' in made


def test_a_long_table_says_what_it_leaves_out():
    made = table_html("t", ["x"], [(n,) for n in range(1000)], WORDS)
    assert made.count("<tr>") == 201 and "The first 200 of 1000 rows." in made


def test_code_keeps_its_lines_where_a_template_loses_them():
    assert "<code>a:\n    b\n\n  c</code></pre></div>" in code_html("a:\n    b\n\n  c", WORDS)
