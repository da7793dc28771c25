# @title Darkroom: found here, or fetched
import importlib.util
import subprocess
import sys
from pathlib import Path

REPOSITORY = "{{ repository }}"
if importlib.util.find_spec("explainers") is None:  # not installed: it lies above this notebook, or has to be fetched
    folder = next((here for here in (Path.cwd(), *Path.cwd().parents) if (here / "explainers").is_dir()), None)
    if folder is None and not REPOSITORY:
        raise ModuleNotFoundError(
            "Darkroom is not here. Open this notebook in Darkroom's own folder, or run `pip install -e .` there first."
        )
    if folder is None:
        folder = Path("darkroom").resolve()
        print(f"Fetching Darkroom and what it needs into {folder}: once, some minutes.")
        subprocess.run(["git", "clone", "--quiet", "--depth=1", REPOSITORY, str(folder)], check=True)
        subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "--editable", str(folder)], check=True)
    sys.path.append(str(folder))

from explainers.notebook.host import missing

missing()
