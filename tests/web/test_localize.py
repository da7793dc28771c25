"""Every page tells its story in every language. Which page a browser is given: test_rendered.py."""

import json
import re

import pytest

from explainers.kit.lesson import lessons
from explainers.kit.markdown import inline
from explainers.kit.sentences import Words, languages


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("lesson", lessons(), ids=lambda x: x.idea)
def test_every_page_tells_its_story_in_every_language(app, lesson, language):
    answer = app.get(f"/{lesson.idea}?lang={language}")
    config, _ = json.JSONDecoder().raw_decode(answer.text.partition("window.gradio_config = ")[2])
    says = " ".join(str(part["props"].get("value")) for part in config["components"])
    assert re.search(r'<html\s+lang="(.*?)"', answer.text)[1] == language
    for card in lesson.story:
        assert f'<h1 tabindex="-1">{inline(Words.of(lesson.idea, language)(card.key))}</h1>' in says
