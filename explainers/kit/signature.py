"""Read what a lens needs, and its text, without importing it (a lens brings torch along: ten seconds).

signature("noise", "noised").controls        # ("level",)
signature("noise", "noised").given           # ("run", "model")
signature("noise", "noised").text            # the source, for the third depth
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cache

from explainers.kit.folders import folder


@dataclass(frozen=True)
class Signature:
    given: tuple[str, ...]  # positional arguments: run, other, model
    controls: tuple[str, ...]  # keyword-only arguments
    long: bool  # a generator: says how far it is, stands in line
    text: str

    @property
    def engine(self) -> bool:
        """Whether it needs the model, not only what a run left behind."""
        return "model" in self.given


@cache
def functions(idea: str, file: str = "lens") -> dict[str, Signature]:
    """The public functions of `explainers/<idea>/<file>.py`, by name."""
    path = folder(idea) / f"{file}.py"
    source = path.read_text("utf-8") if path.exists() else ""
    found = {}
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            given = tuple(a.arg for a in (*node.args.posonlyargs, *node.args.args))
            controls = tuple(a.arg for a in node.args.kwonlyargs)
            long = any(isinstance(inner, ast.Yield | ast.YieldFrom) for inner in ast.walk(node))
            found[node.name] = Signature(given, controls, long, ast.get_source_segment(source, node) or "")
    return found


def signature(idea: str, lens: str) -> Signature:
    return functions(idea)[lens]
