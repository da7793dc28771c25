"""What Gradio keeps for a visitor, without what only its deep links need.

    remember(mounted)          # the app that mount_gradio_app returned

For each visitor Gradio works out the settings of every component again, those of all pages, so that a deep link could
restore them: a second of a core, before the first question is answered. Our links hold the film's own settings instead.
"""

from types import SimpleNamespace

from fastapi import FastAPI
from gradio.routes import App
from gradio.state_holder import SessionState, StateHolder
from starlette.routing import Mount


class Sessions(StateHolder):
    def __getitem__(self, session_id: str) -> SessionState:
        if session_id not in self.session_data:
            # No components to begin with: what one of them becomes is added when a handler changes it.
            begun = SimpleNamespace(default_config=self.blocks.default_config, blocks={})
            self.session_data[session_id] = SessionState(begun)  # type: ignore[arg-type]
        return super().__getitem__(session_id)


def remember(mounted: FastAPI) -> None:
    (app,) = (route.app for route in mounted.routes if isinstance(route, Mount) and isinstance(route.app, App))
    sessions = Sessions()
    sessions.set_blocks(app.get_blocks())
    app.state_holder = sessions
