"""The moving picture at the top of README: one actual run, as anybody takes it home, lit by where one cube looks."""

import json

from docs.readme import PICTURES, ROOT
from explainers.engine import Request, open_model, record
from explainers.export.export import film, on_what_moves, shots
from explainers.kit.folders import KIT
from explainers.kit.lesson import finish
from explainers.kit.sentences import Words

PROMPT, SEED = "a red ball bounces in the snow", 7


def make() -> None:
    model = open_model("embedded")
    run = record(model, Request(PROMPT, seed=SEED)).finish()
    frame, row, col = patch = on_what_moves(model, run, finish(shots(model, run, Words.of(KIT))))
    target = film(model, run, ROOT / PICTURES / "develop.webp", patch=patch)
    alt = (
        f"“{PROMPT}” (seed {SEED}): static becomes a film in {len(run.steps)} steps; then the film plays, lit by "
        f"where one of its cubes (layer of time {frame + 1}, row {row + 1}, column {col + 1}) looks, "
        "each frame on a scale of its own."
    )
    target.with_suffix(".json").write_text(json.dumps({"alt": alt}, ensure_ascii=False) + "\n", "utf-8")
    print(target, f"{target.stat().st_size / 1e6:.2f} MB")
