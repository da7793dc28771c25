"""HTML from templates: all that goes into one is escaped there, a visitor's prompt first of all.

    TEMPLATES = environment(Path(__file__).parent / "templates")
    TEMPLATES.get_template("card.html").render(title="**Noise**")

In a template, `| inline` and `| prose` read the little Markdown of words files, and escape everything else.
"""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2.ext import Extension
from markupsafe import Markup

from explainers.kit.markdown import inline, prose


def environment(folder: Path, *extensions: type[Extension]) -> Environment:
    made = Environment(
        loader=FileSystemLoader(folder),
        extensions=extensions,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"inline": lambda text: Markup(inline(text)), "prose": lambda text: Markup(prose(text))}
    return made
