"""In which language a page is opened: the one that its address asks for, else what the browser likes best.

    asked(request)             # "de"
    page("noise", "de")        # "noise.de": Gradio's name of that page

The address stays as it was, so a link without `lang` opens in the language of whoever opens it. Nothing is remembered
for anybody: a language that was chosen by hand stands in the address and travels with it.
"""

from __future__ import annotations

from starlette.requests import HTTPConnection

from explainers.kit.sentences import choose, languages


def page(idea: str, language: str) -> str:
    """The name of an idea's page in a language other than English; no visitor sees it."""
    return f"{idea}.{language}"


def asked(request: HTTPConnection) -> str:
    """The language that a request is to be answered in."""
    wish = request.query_params.get("lang", "")
    return wish if wish in languages() else choose(request.headers.get("accept-language", ""))
