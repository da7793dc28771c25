"""Cells as HTML, from templates/: `filled("rows.html", heads=("step",), rows=[(1,)])`. All that goes in is escaped."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from markupsafe import Markup

from explainers.kit.html import environment

TEMPLATES = environment(Path(__file__).parent / "templates")


def filled(template: str, **values: Any) -> Markup:
    """Fit to go into another template as it is."""
    return Markup(TEMPLATES.get_template(template).render(values))
