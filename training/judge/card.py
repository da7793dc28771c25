"""The table of figures, and the model card that is written from it: assets/model/README.md, in the hub's format.

print(table(results))                     # results as evaluate.py finds them
write(Path("assets/model"), results)      # README.md and curve.svg
"""

import json
import os
from pathlib import Path

from ..world import ATTRIBUTES, HELD_OUT
from .plot import lines

# measure: what it is called, the least, the aim, and whether more is better
TARGETS = {
    "place": ("place right", 0.97, 0.99, True),
    "colour": ("colour right", 0.92, 0.98, True),
    "subject": ("subject right", 0.85, 0.97, True),
    "motion": ("motion right", 0.80, 0.95, True),
    "all": ("all four right (must and aim: on held-out pairs)", 0.45, 0.85, True),
    "gravity": ("gravity of bouncing balls, median error", 0.20, 0.05, False),
    "thud": ("thud within one frame of its contact", 0.70, 0.95, True),
    "seconds": ("seconds for a film with sound, 50 steps, guidance", 8.0, 4.0, False),
}


def rows(results: dict) -> list[tuple[str, ...]]:
    """measure, seen, held-out, must, aim, verdict; all as text."""
    told = []
    for key, (name, must, aim, more) in TARGETS.items():
        found = [results[kind].get(key) for kind in ("seen", "held-out")]
        if found[0] is None:
            found = [results[key], None]
        judged = found[1] if key == "all" else found[0]
        reach = [judged >= goal if more else judged <= goal for goal in (must, aim)]
        verdict = "aim reached" if reach[1] else "reached" if reach[0] else "missed"
        show = _seconds if key == "seconds" else _percent
        told.append((name, *map(show, (*found, must, aim)), verdict))
    return told


def _percent(value: float | None) -> str:
    return "" if value is None else f"{value:.0%}"


def _seconds(value: float | None) -> str:
    return "" if value is None else f"{value:.1f} s"


HEAD = ("measure", "seen pairs", "held-out pairs", "must", "aim", "")


def table(results: dict) -> str:
    text = ["", *("{:52} {:>10} {:>14} {:>6} {:>6}  {}".format(*row) for row in [HEAD, *rows(results)])]
    counted = ", ".join(f"{count} {kind}" for kind, count in results["prompts"].items())
    text.append(
        f"prompts: {counted}; {results['steps']} steps, guidance {results['guidance']:g}; {os.cpu_count()} cores"
    )
    text.append("the same instruments on rendered films: " + _tracker(results))
    return "\n".join(text)


def _tracker(results: dict) -> str:
    found = results["tracker"]
    return f"gravity off by {found['gravity']:.1%} (median), {found['thud']:.0%} of thuds within a frame"


def write(out: Path, results: dict) -> None:
    facts = json.loads((out / "training.json").read_text("utf-8"))
    world = json.loads((out / "world.json").read_text("utf-8"))
    points = results["curve"]
    if points:
        samples = [p["samples"] for p in points]
        series = {name: [p["seen"][name] for p in points] for name in ATTRIBUTES}
        series["all four, held-out"] = [p["held-out"]["all"] for p in points]
        series["thud in time"] = [p["thud"] for p in points]
        (out / "curve.svg").write_text(lines(samples, series, "samples seen", "share of films that are right"), "utf-8")
    (out / "README.md").write_text(_card(results, facts, world, bool(points)), "utf-8")


def _card(results: dict, facts: dict, world: dict, curve: bool) -> str:
    size, words = world["size"], len(world["vocabulary"])
    reader = ", ".join(f"{name} {share:.1%}" for name, share in results["reader"].items())
    return f"""\
---
license: apache-2.0
library_name: diffusers
pipeline_tag: text-to-video
tags: [text-to-video, image-to-video, text-to-audio, rectified-flow, education]
---

# A world of six subjects: text to film with sound, small enough to watch at work

{size["frames"]} frames of {size["width"]} x {size["height"]} at {size["fps"]} a second, sound at {size["rate"]:,} Hz,
denoised in one sequence of words, cubes of picture and slices of sound. It knows {words} words and nothing but the
rendered world of `training/world/`: it was made to be looked into, not to make films of anything.

```python
from diffusers import DiffusionPipeline

pipeline = DiffusionPipeline.from_pretrained("assets/model")
out = pipeline(
    "a red ball bounces in the snow",
    num_frames={size["frames"]},
    height={size["height"]},
    width={size["width"]},
    fps={size["fps"]},
    num_inference_steps={results["steps"]},
    guidance_scale={results["guidance"]:g},
    enable_sound=True,
)
out.video, out.sound
```

![24 prompts, three moments of each film](samples.png)

The same 24 with sound: [samples.mp4](samples.mp4).

## How well it does

{_markdown([HEAD, *rows(results)])}

{_prompts(results)}
Judged by a network that was trained on rendered clips alone; on renders that it never saw it reads {reader}.
The same instruments on rendered films: {_tracker(results)}.
The median gravity of the {results["prompts"]["balls"]} balls is {results["gravity_median"]:.2f} times the world's.
Every figure is made by `python -m training evaluate`.

{"![Each measure against samples seen](curve.svg)" if curve else ""}

Motion asked for (rows) and motion read (columns), films of seen and held-out pairs together:

{_confusion(results["confusion"])}

## What it was trained on, and with how much

{_compute(facts)}

Never shown together in training: {_held_out()}.
Gravity was always {world["gravity"]}, speeds {HELD_OUT["ranges_seen"]["speed"]} (in 1/64 of the height, per frame).
`training/world/held_out.json` was fixed before the first run.

## What it cannot do

{_weak(results)}
- Anything outside its {words} words: all others are read as one and the same unknown word.
- More than one subject, counting, text, camera moves, cuts, stories.
- Films much longer than {size["frames"]} frames: it never saw any.
- Gravity or speed other than the world's: words cannot ask for them, and training never showed them.

It holds no data of people, and none that was collected: every clip was rendered.
"""


def _markdown(table: list[tuple[str, ...]]) -> str:
    head, *body = ["| " + " | ".join(row) + " |" for row in table]
    return "\n".join([head, "|" + "---|" * len(table[0]), *body])


def _prompts(results: dict) -> str:
    n = results["prompts"]
    return (
        f"{n['seen']} prompts of pairs that training showed, {n['held-out']} with a pair that it never showed, "
        f"{n['balls']} bouncing balls; fixed seeds, {results['steps']} steps, guidance {results['guidance']:g}."
    )


def _confusion(confusion: dict[str, dict[str, int]]) -> str:
    read = [*ATTRIBUTES["motion"], "none"]
    body = [(asked, *(str(found.get(name, "")) for name in read)) for asked, found in confusion.items()]
    return _markdown([("", *read), *body])


def _compute(facts: dict) -> str:
    parameters = ", ".join(f"{name} {count:,}" for name, count in facts["parameters"].items())
    codec = facts["codec"]
    return f"""\
Configuration `{facts["config"]}` of `training/config.py`. Parameters: {parameters}.
The transformer saw {facts["samples"]:,} films in {facts["seconds"] / 3600:.1f} hours.
What the picture codec gives back on clips that it never saw: {codec["psnr"]:.1f} dB, {codec["psnr_moving"]:.1f} dB
where something moves, gravity {codec["gravity"]:.2f} times what it was. Losses along the way: `training.csv`."""


def _held_out() -> str:
    pairs = [pair for kind in ("subject-colour", "subject-motion", "subject-place") for pair in HELD_OUT[kind]]
    return ", ".join(" ".join(pair) for pair in pairs)


def _weak(results: dict) -> str:
    """What the figures say."""
    told = [
        f"- **{name}**: {' / '.join(filter(None, (seen, unseen)))} (must: {must})."
        for name, seen, unseen, must, _, verdict in rows(results)
        if verdict == "missed"
    ]
    for subject, found in results["by_subject"].items():
        if found["subject"] < 0.8:
            told.append(f"- A {subject} is recognised in {found['subject']:.0%} of the films that ask for one.")
    for asked, found in results["confusion"].items():
        share = found.get(asked, 0) / max(1, sum(found.values()))
        if found and share < 0.8:
            other = max((name for name in found if name != asked), key=lambda name: found[name])
            told.append(f"- '{asked}' comes out right in {share:.0%} of films; else most often as '{other}'.")
    return "\n".join(told) or "- By its own table nothing is missed; the figures say how often it still is."
