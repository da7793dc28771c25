"""The app around the probe lesson: `python -m tests.browser.server PORT GALLERY`."""

import os
import sys
from pathlib import Path

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")

from tests import fakes

PAUSE = 0.05  # seconds that a step of a film takes


def main(port, folder):
    import uvicorn

    from explainers.web.app import serve
    from explainers.web.service import Service
    from explainers.worker.queue import JobQueue

    queue = JobQueue(fakes.FAKE, PAUSE)
    app = serve(fakes.lessons(), queue, Service(queue, fakes.gallery(folder)))
    uvicorn.run(app, port=port, log_level="warning")


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
