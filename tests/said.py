"""What the product says, looked up where it stands, so that a sentence can be edited without touching a test.

page.get_by_text(said("cancelled.picture")).wait_for()
page.get_by_text(saying("looked.see", "words", text="ball")).wait_for()     # its figures are known to nobody yet
figures(card.inner_text(), "joint.see", "start")["jump"]                    # … and now as a number
"""

import re
from string import Formatter

from explainers.kit.folders import KIT
from explainers.kit.sentences import Words

NUMBER = r"[-+]?(?:[\d.,]*\d|nan)%?"


def said(key, idea=KIT, language="en", **numbers):
    """The sentence under this key of a words file, its numbers filled in."""
    return Words.of(idea, language)(key, **numbers)


def saying(key, idea=KIT, **known):
    """A pattern of that sentence in English, for a browser or for `re`: anything may stand where nothing is known."""
    words, pattern = Words.of(idea), ""
    for text, name, how, _ in _parts(key, idea):
        pattern += re.escape(text)
        if name:
            pattern += re.escape(words.figure(known[name], how)) if name in known else _gap(how)
    return re.compile(pattern)


def figures(text, key, idea=KIT):
    """The numbers that this text quotes in that sentence, by their names; a percentage is a share."""
    names = [(name, how) for _, name, how, _ in _parts(key, idea) if name]
    pattern = "".join(
        re.escape(before) + (f"({_gap(how)})" if name else "") for before, name, how, _ in _parts(key, idea)
    )
    found = re.search(pattern, text)
    assert found, f"{key} of {idea} is not said in: {text}"
    quoted = zip(names, found.groups(), strict=True)
    return {name: _number(value) for (name, how), value in quoted if _gap(how) == NUMBER}


def _parts(key, idea):
    return list(Formatter().parse(Words.of(idea).everything()[key]))


def _gap(how):
    return ".+?" if not how or "|" in how else NUMBER


def _number(text):
    number = float(text.removesuffix("%").replace(",", ""))
    return number / 100 if text.endswith("%") else number
