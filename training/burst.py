"""Codecs, transformer and decoder on one device, in a given number of minutes, from a folder and back into it.

    python -m training burst --config medium --minutes 9 --out runs/burst

For a machine that is lent for minutes and has no network. It needs training/ and assets/model of this repository, and
where Diffusers is not installed its wheel, unpacked beside them:

    cp earlier/unfinished* left/               # what an earlier run left, this one's or save-unfinished's; if there is
    PYTHONPATH=wheels python -m training burst --config medium --minutes 9 --out left

Codecs that were made beforehand (picture-codec, sound-codec, save-unfinished) save it a minute. It leaves at most eight
files of at most 15 MiB (see run/unfinished.py) and writes them anew every minute. Killed at any moment, it goes on from
the last of them, here or on another machine:

    python -m training burst --config medium --minutes 9 --out left          # goes on
    python -m training transformer --config medium --folder left             # goes on, at a processor's pace
    python -m training burst --config medium --minutes 9 --out left          # and on again

It ends by itself, 20 seconds early, counted from its call. Films are rendered on the device, new ones all the time; no
cache is written.
"""

import shutil
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import torch
from accelerate import PartialState

from .codec import decoder, latents, picture_codec, sound_codec
from .config import Config
from .denoiser import transformer
from .denoiser.fresh import Fresh
from .denoiser.sample import at_checkpoint, sample
from .denoiser.warm import SHIPPED
from .judge.prompts import sheet
from .judge.sheet import contact_sheet
from .run import unfinished

EARLY = 20.0  # seconds
SHOWN = 0.06  # of the time is kept for the sheet
ROOM = 60_000_000  # bytes: four files, beside the index and the sheet


@dataclass(frozen=True)
class Stage:
    name: str
    share: float  # of the minutes, in proportion to the other stages still to do
    train: Callable[..., bool]


def burst(config: Config, out: Path, until: float) -> None:
    """``until``: when time.monotonic() will say that the minutes are over."""
    until -= EARLY
    training = until - SHOWN * (until - time.monotonic())
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        run = Path(scratch)
        _arrive(out, run, config)
        done: list[str] = []
        stages = plan(config, run, saved=lambda: _leave(run, out, config))
        for i, stage in enumerate(stages):
            left = training - time.monotonic()
            share = stage.share / sum(s.share for s in stages[i:])
            if left <= 1:
                break
            print(f"burst: {stage.name}, {left * share / 60:.1f} of {left / 60:.1f} minutes", flush=True)
            if stage.train(config, run, minutes=left * share / 60):
                done.append(stage.name)
            _leave(run, out, config)
        else:
            _show(config, run, out / "sheet.png", until)
    print(f"burst: done with {', '.join(done) or 'none of the stages'}; the next one goes on from here")


def plan(config: Config, run: Path, saved: Callable[[], None]) -> list[Stage]:
    """What comes first is needed by what comes next; a stage that is done takes no time of its share."""
    device = PartialState().device

    def films(seen: int) -> Fresh:
        coder = latents.Coder(config, *(codec.to(device) for codec in latents.load_codecs(run, config)))
        return Fresh(config, coder, device, seen)

    return [
        Stage("picture-codec", 3, picture_codec.train),
        Stage("sound-codec", 1, partial(sound_codec.train, published=SHIPPED)),
        Stage("transformer", 9, partial(transformer.train, films=films, fast=True, saved=saved)),
        Stage("decoder", 2, partial(decoder.train, saved=saved)),
    ]


def _arrive(out: Path, run: Path, config: Config) -> None:
    """What an earlier burst left, or a training in that same folder that got further."""
    for checkpoint in out.glob("*/checkpoint"):
        shutil.copytree(checkpoint.parent, run / checkpoint.parent.name)
    if (out / "scale.json").exists():
        shutil.copy2(out / "scale.json", run)
    taken = unfinished.unpack(out, run, config)
    if taken:
        print(f"burst: goes on with {', '.join(taken)}")


def _leave(run: Path, out: Path, config: Config) -> None:
    """What travels; a folder that can't be written to costs a line, and a minute's work if this was the last time."""
    try:
        left_out = unfinished.pack(run, out, config, ROOM)
    except OSError as error:
        print(f"burst: {out} could not be written ({error}); what lay there stands")
        return
    if left_out:
        print(f"burst: too big to travel: {', '.join(left_out)}")


def _show(config: Config, run: Path, path: Path, until: float) -> None:
    """A sheet of films to look at, as many as there is time for."""
    began, films, texts = time.monotonic(), [], []
    pipeline = at_checkpoint(config, run).to(PartialState().device)
    size = (config.frames, config.height, config.width)
    prompts = sheet()
    for k in range(0, len(prompts), 6):
        here = prompts[k : k + 6]
        films.append(sample(pipeline, [a.text for a in here], [a.seed for a in here], size=size)[0])
        texts += [a.text for a in here]
        each = (time.monotonic() - began) / len(films)
        if time.monotonic() + 1.5 * each > until:
            break
    contact_sheet(torch.cat(films), texts).save(path, optimize=True)
