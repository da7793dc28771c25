"""The page's own scripts and styles, under an address that holds their hash: a browser asks for each once.

    files()                  # {"page.js": its bytes, …}
    head()                   # what a page begins with, to find them

A page names a script as `import("page/page.js")`, wherever the app stands and whichever version it is: the import map
says where that is. All have one hash, so that a script finds those beside it.
"""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path

from explainers.viewer.bundle import STYLE as VIEWER_STYLE
from explainers.viewer.bundle import module

STATIC = Path(__file__).parents[1] / "static"


@cache
def files() -> dict[str, bytes]:
    own = {path.name: path.read_bytes() for path in sorted(STATIC.iterdir()) if path.suffix in (".js", ".css")}
    return {**own, "viewer.css": VIEWER_STYLE.read_bytes(), "viewer.js": module().encode()}


@cache
def folder() -> str:
    """Where they lie, from where a page stands."""
    named = b"\0".join(part for name, body in files().items() for part in (name.encode(), body))
    return f"page/{hashlib.sha256(named).hexdigest()[:12]}"


def styles() -> str:
    return "".join(f'<link rel="stylesheet" href="{folder()}/{name}.css">' for name in ("viewer", "page"))


def head() -> str:
    """Before any other script of the page: an import map holds for those behind it."""
    where = json.dumps({"imports": {"page/": f"./{folder()}/"}})
    return f'{styles()}<script type="importmap">{where}</script>'
