"""The app around the probe lesson: `python -m tests.browser.server PORT FOLDER [CODE]`; with a code, as an exhibit.

In the folder lies then what it came with, and in `asked` each lens that was run and of which prompt, one a line.
"""

import os
import sys
from pathlib import Path

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")

from tests import fakes

PAUSE = 0.05  # seconds that a step of a film takes


def main(port, folder, code=""):
    import uvicorn

    from explainers.web import html
    from explainers.web.app import serve
    from explainers.web.running.outside import Outside
    from explainers.web.running.watched import WatchedQueue
    from explainers.web.service import Service

    html.TOUR = [(lesson.idea, lesson.story[0].name) for lesson in fakes.lessons()]
    queue = WatchedQueue(fakes.FAKE, PAUSE, folder / "asked")
    service = Service(queue, fakes.gallery(folder), story=fakes.kept(folder / "story"), kiosk=bool(code))
    app = serve(fakes.lessons(), queue, service)
    uvicorn.run(Outside(app, queue, code), port=port, log_level="warning")


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]), *sys.argv[3:])
