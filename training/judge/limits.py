"""The limits: what the published model can't do, and how often.

    python -m training limits --config small        # assets/model/limits.json, in some minutes

Every film is asked for, and judged, as the page of limits does it live (explainers/limits/trials.py). The judge's own
eyes are tried on rendered films first: what they get wrong there is written beside every rate.
"""

import json
import statistics
import time
from collections import Counter
from pathlib import Path

from tqdm.auto import tqdm

from explainers.engine import Request
from explainers.lessons.limits.trials import TRIALS, USUAL, fine_detail, look, plain
from explainers.measure.asked import asked
from explainers.measure.reader import Reader

from ..config import Config
from ..denoiser.sample import GUIDANCE, opened, sample
from ..world import render, spell

STEPS = 20
SEED = 850_001
FEW = 6  # films where each takes long


def measure(config: Config, out: Path) -> None:
    began = time.monotonic()
    pipeline, reader = opened(out), Reader.load(out / "reader")
    defaults = json.loads((out / "defaults.json").read_text("utf-8")) if (out / "defaults.json").exists() else {}
    usual = Request(frames=config.frames, height=config.height, width=config.width)
    guidance = defaults.get("guidance", GUIDANCE)
    prompts = plain()[:2] if config.toy else plain()

    scenes = spell([asked(prompt) for prompt in prompts], SEED, aspect=config.width / config.height)
    rendered = render(scenes, config.frames, config.height, config.width)
    detail = statistics.mean(fine_detail(film) for film in rendered)
    eyes = [look(film, reader, config.frames) for film in rendered]

    def judged(trial, films: list[str], seeds: list[int]) -> list[dict]:
        asks = [trial.pushed(_asked(usual, prompt)) for prompt in films]
        size = asks[0].frames, asks[0].height, asks[0].width
        made, _ = sample(pipeline, [a.prompt for a in asks], seeds, STEPS, guidance, size, batch=10)
        seen = [look(film, reader, config.frames) for film in made]
        return [
            {"prompt": a.prompt, "seed": seed, "frames": size[0], "height": size[1], "width": size[2]}
            | {"right": trial.right(s, prompt, detail)}
            | s
            for a, seed, s, prompt in zip(asks, seeds, seen, films, strict=True)
        ]

    seeds = [SEED + i for i in range(len(prompts))]
    same = judged(TRIALS["side"], prompts, seeds)  # asked for nothing unusual
    found = {}
    for name, trial in tqdm(TRIALS.items(), desc="limits"):
        few = slice(None, None, len(prompts) // FEW if trial.few and len(prompts) > FEW else 1)
        if trial.pushed(_asked(usual, prompts[0])) != _asked(usual, prompts[0]):
            rows = judged(trial, prompts[few], seeds[few])
        else:
            rows = [film | {"right": trial.right(film, film["prompt"], detail)} for film in same]
        eye = USUAL.get(name, trial.judged)
        found[name] = {
            "failed": sum(not row["right"] for row in rows),
            "of": len(rows),
            "eyes": sum(not eye(seen, asked(prompt), detail) for seen, prompt in zip(eyes, prompts, strict=True)),
            "things": Counter(row["things"] for row in rows),
            "films": rows,
        }
        if name in USUAL:
            found[name]["usual"] = sum(not eye(film, asked(film["prompt"]), detail) for film in same)
    told = {"steps": STEPS, "guidance": guidance, "detail": detail, "usual_of": len(prompts), "trials": found}
    (out / "limits.json").write_text(json.dumps(told, indent=1) + "\n")
    for name, row in found.items():
        print(
            f"{name:8} failed in {row['failed']:2} of {row['of']:2}",
            f"(usual: {row.get('usual', '-')} of {len(prompts)})",
        )
    print(f"in {time.monotonic() - began:.0f} s")


def _asked(usual: Request, prompt: str) -> Request:
    return Request(prompt, frames=usual.frames, height=usual.height, width=usual.width)
