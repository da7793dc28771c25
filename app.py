"""Darkroom in the browser: `python app.py`, then open the address that it prints.

    python app.py --host 0.0.0.0 --port 7860      # for others on the network
    python app.py --model FOLDER-OR-HUB-ID        # another video model; its pages are the same
    python app.py --models FOLDER,HUB-ID          # visitors may open these instead, on the page Real models
    python app.py --notebooks                     # JupyterLab on the companion notebooks instead

The page is up before the model is open: a finished film can be scrubbed at once, and the page says when it is live.
"""

import argparse
import os
import subprocess
import sys
from pathlib import Path

# Before anything of Gradio or Hugging Face is imported: telemetry is off.
os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=7860)
    parser.add_argument("--model", default="embedded", help="embedded, a folder, or a model of the Hugging Face hub")
    parser.add_argument("--models", default="", help="others that visitors may open in its place, with commas between")
    parser.add_argument("--notebooks", action="store_true", help="open JupyterLab on the notebooks")
    arguments = parser.parse_args()
    others = [model.strip() for model in arguments.models.split(",") if model.strip()]
    if all(model == "embedded" or Path(model).exists() for model in (arguments.model, *others)):
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
    if arguments.notebooks:
        notebooks = Path(__file__).parent / "notebooks"
        return subprocess.call([sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={notebooks}"])
    from explainers.worker.model_names import offers

    try:
        offered = offers(arguments.model, others)
    except ValueError as wrong:
        parser.error(f"--models: {wrong}")
    serve(arguments.host, arguments.port, offered)
    return 0


def serve(host: str, port: int, models: dict[str, str]) -> None:
    import uvicorn

    from explainers.kit.lesson import lessons
    from explainers.web.app import serve as pages
    from explainers.web.service import Service
    from explainers.worker.queue import MODEL, JobQueue

    queue = JobQueue(MODEL, models[""], models)
    app = pages(lessons(), queue, Service(queue, offers=models))
    print(f"Darkroom: http://{'localhost' if host in ('127.0.0.1', '0.0.0.0') else host}:{port}", flush=True)
    uvicorn.run(app, host=host, port=port, log_level="warning")


if __name__ == "__main__":
    sys.exit(main())
