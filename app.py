"""Darkroom in the browser: `python app.py`, then open the address that it prints.

    python app.py --host 0.0.0.0 --port 7860      # for others on the network
    python app.py --model FOLDER-OR-HUB-ID        # another video model; its pages are the same
    python app.py --models FOLDER,HUB-ID          # visitors may open these instead, on the page Real models
    python app.py --kiosk                         # for an exhibit: words to tap, large, no way out, tours by itself
    python app.py --metrics 9100 --log json       # for whoever keeps it running: deploy/README.md
    python app.py --notebooks                     # JupyterLab on the companion notebooks instead

The page is up before the model is open: a finished film can be scrubbed at once, and the page says when it is live.
"""

import argparse
import contextlib
import os
import subprocess
import sys
from pathlib import Path

# Before anything of Gradio or Hugging Face is imported: telemetry is off.
os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")

from explainers.web.running.door import Closed, listening, place, port, why


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=port, default=os.environ.get("PORT", "7860"), help="else as PORT says")
    parser.add_argument("--model", default="embedded", help="embedded, a folder, or a model of the Hugging Face hub")
    parser.add_argument("--models", default="", help="others that visitors may open in its place, with commas between")
    parser.add_argument("--kiosk", action="store_true", help="the variable DARKROOM_STAFF_CODE holds what ends it")
    parser.add_argument("--metrics", type=place, metavar="[HOST:]PORT", help="figures for Prometheus, there alone")
    parser.add_argument("--log", choices=("plain", "json"), default="plain")
    parser.add_argument("--log-prompts", action="store_true", help="write down what visitors ask for, too")
    parser.add_argument("--notebooks", action="store_true", help="open JupyterLab on the notebooks")
    arguments = parser.parse_args()
    others = [model.strip() for model in arguments.models.split(",") if model.strip()]
    if all(model == "embedded" or Path(model).exists() for model in (arguments.model, *others)):
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
    if arguments.notebooks:
        notebooks = Path(__file__).parent / "notebooks"
        return subprocess.call([sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={notebooks}"])
    code = os.environ.get("DARKROOM_STAFF_CODE", "")
    if arguments.kiosk and not (code.isdecimal() and len(code) >= 4):
        parser.error("--kiosk: the variable DARKROOM_STAFF_CODE must hold a code of at least four digits")
    from explainers.worker.model_names import offers

    try:
        offered = offers(arguments.model, others)
    except ValueError as wrong:
        parser.error(f"--models: {wrong}")
    try:
        return serve(arguments, offered, code if arguments.kiosk else "")
    except Closed as closed:
        print(closed, file=sys.stderr)
        return 2


def serve(arguments: argparse.Namespace, models: dict[str, str], code: str) -> int:
    door = listening(arguments.host, arguments.port)  # before all that takes seconds
    from explainers.web.running import metrics
    from explainers.web.running.watched import WatchedQueue
    from explainers.worker import logs
    from explainers.worker.queue import MODEL

    logs.begin(arguments.log, arguments.log_prompts)
    queue = WatchedQueue(MODEL, models[""], models)
    if arguments.metrics:
        try:
            metrics.serve(*arguments.metrics, queue)
        except OSError as error:
            raise Closed(why(*arguments.metrics, error)) from None

    import uvicorn

    from explainers.kit.lesson import lessons
    from explainers.web.app import serve as pages
    from explainers.web.running.outside import Outside
    from explainers.web.service import Service

    service = Service(queue, offers=models, kiosk=arguments.kiosk)
    app = Outside(pages(lessons(), queue, service), queue, code, os.environ.get("DARKROOM_FRAMED_BY", ""))
    host = "localhost" if arguments.host in ("127.0.0.1", "0.0.0.0") else arguments.host
    print(f"Darkroom: http://{host}:{door.getsockname()[1]}", flush=True)
    told = {"log_config": None} if arguments.log == "json" else {}
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=8, **told))
    with contextlib.suppress(KeyboardInterrupt):
        server.run(sockets=[door])
    return 0 if server.started else 1


if __name__ == "__main__":
    sys.exit(main())
