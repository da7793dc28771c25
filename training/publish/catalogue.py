"""After skewed, the catalogue: what the films of training held, and where each of them lies.

    python -m training catalogue --config small    # assets/model/catalogue, in some minutes

catalogue.json counts what came together with what, in the world of training and in the one-sided one. For every film
that was trained on, index.safetensors holds what is needed to tell how far another film's latent is from its own, and
films.webp a small picture of its beginning. Films that training never touched are measured too: a generated film must
be compared with how near one comes to its nearest by chance.
"""

import json
from collections import Counter
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from safetensors.torch import save_file
from torch import Tensor
from tqdm.auto import tqdm

from explainers.lessons.learning.catalogue import COLUMNS, TILE, projected

from ..codec.latents import PIECE, Cache, part_of
from ..config import Config
from ..world import ATTRIBUTES, render

PAIRS = 4_096  # of films picked at random, for the unit of distance
CLIPS = 32  # rendered at once, as the cache was


def build(config: Config, folder: Path, out: Path) -> None:
    cache = Cache(folder / "latents")
    one_sided = [
        w for f in sorted((folder / "latents-skewed").glob("*.json")) for w in json.loads(f.read_text("utf-8"))
    ]
    if not one_sided:
        raise SystemExit("The one-sided world was not rendered yet: run `python -m training skewed` first.")
    words = cache.words[cache.held_back :]
    where = torch.cat([projected(part.flatten(1).float()) for part in cache.latents.split(512)])
    step = where.abs().amax(0).clamp(min=1e-6) / 127  # a byte a number
    places = (where / step).round().to(torch.int8)
    unseen, seen = (part.float() * step for part in (places[: cache.held_back], places[cache.held_back :]))
    a, b = (torch.randint(len(seen), (PAIRS,), generator=torch.Generator().manual_seed(i)) for i in (0, 1))
    unit = (seen[a] - seen[b]).norm(dim=1).median()
    near = torch.cdist(unseen, seen).amin(1) / unit

    (out / "catalogue").mkdir(exist_ok=True)
    index = {
        "places": places[cache.held_back :],  # (films, directions) in steps
        "step": step,
        "unit": unit.view(1),  # the distance of two films picked at random
        "unseen": near,  # (films never trained on,) to the nearest that was
        "words": torch.tensor([[ATTRIBUTES[k].index(w[k]) for k in ATTRIBUTES] for w in words], dtype=torch.uint8),
        "shape": torch.tensor(cache.latents.shape[1:]),
    }
    save_file({k: v.contiguous() for k, v in index.items()}, out / "catalogue" / "index.safetensors")
    counts = {
        "attributes": ATTRIBUTES,
        "films": {"seen": len(words), "skewed": len(one_sided)},
        "together": {"seen": together(words), "skewed": together(one_sided)},
    }
    (out / "catalogue" / "catalogue.json").write_text(json.dumps(counts) + "\n")
    sheet(beginnings(config, cache.words)[cache.held_back :]).save(
        out / "catalogue" / "films.webp", quality=45, method=6
    )
    size = sum(f.stat().st_size for f in (out / "catalogue").iterdir())
    print(f"{out / 'catalogue'}: {len(words):,} films, {size / 1e6:.1f} MB. One never trained on is, in the middle,")
    print(f"{near.median():.2f} from its nearest (1 is the distance of any two).")


def together(words: list[dict[str, str]]) -> dict[str, list[list[int]]]:
    """How often each subject came with each colour, place and motion: rows are subjects."""
    found = {}
    for kind in ("colour", "place", "motion"):
        seen = Counter((w["subject"], w[kind]) for w in words)
        found[kind] = [[seen[subject, name] for name in ATTRIBUTES[kind]] for subject in ATTRIBUTES["subject"]]
    return found


def beginnings(config: Config, words: list[dict[str, str]]) -> Tensor:
    """The first frame of every film of the cache, rendered anew and small: (films, TILE, TILE, 3) bytes."""
    clips, found = min(CLIPS, len(words)), []
    for first in tqdm(range(0, len(words), clips), desc="pictures"):
        scenes = part_of(config, first // PIECE, first % PIECE // clips, clips)
        assert scenes.words(0) == words[first], "the cache was not rendered from these seeds"
        first_frames = render(scenes, 1, TILE, TILE)[:, 0]  # (clips, 3, TILE, TILE)
        found.append((first_frames.permute(0, 2, 3, 1) * 255).round().byte())
    return torch.cat(found)


def sheet(pictures: Tensor) -> Image.Image:
    """All of them in one picture, COLUMNS beside each other."""
    rows = -(-len(pictures) // COLUMNS)
    blank = torch.zeros(rows * COLUMNS - len(pictures), TILE, TILE, 3, dtype=torch.uint8)
    tiles = torch.cat([pictures, blank]).view(rows, COLUMNS, TILE, TILE, 3)
    return Image.fromarray(np.ascontiguousarray(tiles.permute(0, 2, 1, 3, 4).reshape(rows * TILE, -1, 3)))
