"""What the server keeps for each visitor."""

from gradio.routes import App
from gradio.state_holder import SessionState
from starlette.routing import Mount


def gradio_of(client):
    app = client.app
    while not hasattr(app, "routes"):  # what guards and translates is laid around it
        app = app.app
    return next(route.app for route in app.routes if isinstance(route, Mount) and isinstance(route.app, App))


def test_a_visitor_costs_nothing_until_they_ask(app):
    gradio = gradio_of(app)
    visitor = gradio.state_holder["somebody"]
    assert visitor.config_values == {}
    assert visitor is gradio.state_holder["somebody"]
    blocks = gradio.get_blocks()
    assert visitor.blocks_config.blocks.keys() == blocks.default_config.blocks.keys()  # and yet everything is there


def test_what_is_left_out_is_what_gradio_itself_would_work_out(app):
    """An alarm: once Gradio no longer does, web_sessions.py can go."""
    blocks = gradio_of(app).get_blocks()
    theirs, ours = SessionState(blocks), gradio_of(app).state_holder["somebody else"]
    assert len(theirs.config_values) == len(blocks.blocks)
    some = next(key for key, config in theirs.config_values.items() if "value" in config["props"])
    ours._update_value_in_config(some, "changed")
    assert ours.config_values[some] == theirs.config_values[some] | {
        "props": theirs.config_values[some]["props"] | {"value": "changed"}
    }
