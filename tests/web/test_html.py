"""Whatever a visitor types comes out as text."""

from explainers.kit.folders import KIT
from explainers.kit.lesson import Station
from explainers.kit.sentences import Words
from explainers.web.html import answer, code_html, filled, guess, note, progress, prose, stations_html, table_html

WORDS = Words.of(KIT)
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
        answer(BAD, BAD, BAD, BAD),
        guess(BAD, BAD, {BAD: BAD}),
        note(BAD, BAD),
        progress(BAD, 0.5),
        code_html(BAD, WORDS),
        filled("stand_in.html", top="", claim="", screen={"prompt": BAD}),
        stations_html([Station(None, BAD, BAD, [])], [["/pack/x.webp"]], []),
        stations_html([Station("noise", BAD, BAD, [])], [['"><img src=x>']], ["noise"]),
    ):
        assert "<img src=x" not in made and 'href="javascript' not in made


def test_a_station_is_a_link_only_where_its_page_exists():
    stations = [Station("noise", "a", "b", []), Station("sound", "a", "b", [])]
    made = stations_html(stations, [[], []], {"noise"})
    assert made.count("<a ") == 1 and 'href="/noise"' in made


def test_a_long_table_says_what_it_leaves_out():
    made = table_html("t", ["x"], [(n,) for n in range(1000)], WORDS)
    assert made.count("<tr>") == 201 and "The first 200 of 1000 rows." in made


def test_code_keeps_its_lines_where_a_template_loses_them():
    assert "<code>a:\n    b\n\n  c</code></pre></div>" in code_html("a:\n    b\n\n  c", WORDS)
