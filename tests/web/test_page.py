"""How what happens on a page is wired."""

from collections import Counter

from tests.web.test_sessions import gradio_of


def test_no_two_handlers_put_each_other_off_for_ever(app):
    """What is asked while its handler is busy, Gradio's page starts anew by the cause, for all handlers of that cause.
    Two of them that overlap put each other off again, and a page left alone asks for ever."""
    handlers = gradio_of(app).get_blocks().config["dependencies"]
    newest = [each for each in handlers if each["trigger_mode"] == "always_last" and each["backend_fn"]]
    causes = Counter((component, event) for each in newest for component, event in each["targets"])
    assert newest and [cause for cause, heard in causes.items() if heard > 1 and cause[1] != "then"] == []
