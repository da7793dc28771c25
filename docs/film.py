"""The moving picture at the top of README: one actual run, from static to film, and where one cube of it looks.

Three panels on one clock: what the model is given at a step (x_t), its guess of the finished film (x0), and that guess
lit by where one cube, on what moves in the middle of the film, looks. First the steps go by, then the film plays.
"""

import json

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from docs.readme import PICTURES, ROOT
from explainers.engine import Patch, Request, attention, decode, open_model, preview, record

PROMPT, SEED = "a red ball bounces in the snow", 7
SIDE, GAP, TOP = 240, 12, 40  # pixels
DARK, LIGHT, AMBER = (18, 17, 16), (236, 231, 220), np.array([255, 196, 84])
PLAYS = 2  # times that the finished film is shown


def make() -> None:
    model = open_model("embedded")
    run = record(model, Request(PROMPT, seed=SEED)).finish()
    film = decode(model, run, sound=False).frames  # (frames, rows, cols, 3), uint8
    where = on_what_moves(model, run, film)
    sheets, pauses = [], []
    for step in run.steps:
        at = step.index % len(film)
        guess = decode(model, run, step.x0, sound=False).frames[at]
        heat = looks(model, run, step.index, where, len(film))
        given = preview(model, step.latent)[at]
        titles = ("what it is given", "its guess of the film", "where one cube looks")
        sheets.append(sheet(f"step {step.index + 1}/{len(run.steps)}", titles, given, guess, light(guess, heat[at])))
        pauses.append(100)
    static = preview(model, run.latents[0])
    for at in [*range(len(film))] * PLAYS:
        titles = ("out of this static", "this film", "where one cube looks")
        sheets.append(sheet(f"frame {at + 1}/{len(film)}", titles, static[at], film[at], light(film[at], heat[at])))
        pauses.append(160)
    target = ROOT / PICTURES / "develop.webp"
    sheets[0].save(target, save_all=True, append_images=sheets[1:], duration=pauses, loop=0, quality=70, method=4)
    alt = (
        f"“{PROMPT}” (seed {SEED}): static becomes a film in {len(run.steps)} steps; then the film plays, lit by "
        f"where one of its cubes (layer of time {where.frame + 1}, row {where.row + 1}, column {where.col + 1}) looks, "
        "each frame on a scale of its own."
    )
    target.with_suffix(".json").write_text(json.dumps({"alt": alt}, ensure_ascii=False) + "\n", "utf-8")
    print(target, f"{target.stat().st_size / 1e6:.2f} MB")


def on_what_moves(model, run, film):
    """The patch of the middle frames whose pixels change most."""
    frames, rows, cols = model.patches(tuple(run.latent.shape[1:]))
    moves = np.abs(np.diff(film.astype(float), axis=0)).mean(-1)  # (frames - 1, height, width)
    here = moves[len(moves) // 2]
    blocks = here.reshape(rows, here.shape[0] // rows, cols, -1).mean((1, 3))  # (rows, cols)
    row, col = np.unravel_index(blocks.argmax(), blocks.shape)
    return Patch(frames // 2, int(row), int(col))


def looks(model, run, step, where, frames):
    """(frames, rows, cols) in 0..1: a map for each frame of the film, from its middling patch up to its brightest."""
    maps = attention(model, run, step, query=where).video  # one a latent frame
    maps = maps[np.linspace(0, len(maps) - 1, frames).round().astype(int)]
    low, high = np.median(maps, (1, 2), keepdims=True), maps.max((1, 2), keepdims=True)
    return ((maps - low) / (high - low)).clip(0, 1)


def light(frame, heat):
    """The frame in grey, its lit patches in amber."""
    height, width, _ = frame.shape
    mask = np.asarray(Image.fromarray((heat * 255).astype(np.uint8)).resize((width, height), Image.Resampling.BICUBIC))
    share = (mask / 255.0)[..., None]
    grey = frame.mean(-1, keepdims=True)
    return (grey * 0.4 + (AMBER - grey * 0.25) * 0.75 * share).clip(0, 255).astype(np.uint8)


def sheet(says, titles, *frames):
    """Three panels and what they are."""
    picture = Image.new("RGB", (3 * SIDE + 4 * GAP, SIDE + TOP + 2 * GAP + 14), DARK)
    draw, font = ImageDraw.Draw(picture), ImageFont.load_default(15)
    for index, (frame, title) in enumerate(zip(frames, titles, strict=True)):
        left = GAP + index * (SIDE + GAP)
        panel = Image.fromarray(np.asarray(frame, np.uint8)).resize((SIDE, SIDE), Image.Resampling.BICUBIC)
        picture.paste(panel, (left, TOP))
        draw.text((left, 12), title, LIGHT, font)
    draw.text((GAP, SIDE + TOP + 8), f"“{PROMPT}”", LIGHT, font)
    draw.text((3 * (SIDE + GAP), SIDE + TOP + 8), says, LIGHT, font, anchor="ra")
    return picture
