"""What the films of training held, as training/publish/catalogue.py left it: counts, and where each film lies.

counts(model)["together"]["seen"]["colour"]      # [[…]]: how often each subject came with each colour
near = nearest(model, latent)                     # the films of training that are nearest to a latent
near["apart"], near["unseen"]                     # their distances, and those of rendered films never trained on

Distance is that of whole latents, every cell counted. It is taken from DIRECTIONS random projections of each, which
keep it to some 7 %. Its unit is the distance of two films picked at random; a copy has distance 0.
"""

import json
from functools import cache

import numpy as np
import torch
from PIL import Image
from safetensors.torch import load_file

from explainers.engine import CannotOpen, NotVisible
from explainers.note import Note

DIRECTIONS = 96
TILE, COLUMNS = 32, 128  # pixels of each small picture, pictures beside each other


def counts(model):
    return json.loads((_folder(model) / "catalogue.json").read_text("utf-8"))


def nearest(model, latent, count=3):
    index = load_file(_folder(model) / "index.safetensors")
    if tuple(latent.shape) != tuple(index["shape"].tolist()):
        raise NotVisible(
            Note("other_size", "The films of training are of one length and size; this film is of another.")
        )
    step, here = index["step"], projected(latent.flatten()[None].float())
    apart = ((index["places"].float() * step - here).norm(dim=1)) / index["unit"]  # (films,)
    best = apart.argsort()[:count].tolist()
    attributes = counts(model)["attributes"]
    said = [
        {kind: attributes[kind][i] for kind, i in zip(attributes, index["words"][film].tolist(), strict=True)}
        for film in best
    ]
    sheet = Image.open(_folder(model) / "films.webp")
    return {
        "films": len(apart),
        "apart": apart[best].tolist(),
        "words": said,
        "pictures": [_tile(sheet, film) for film in best],
        "unseen": index["unseen"].numpy(),
    }


def projected(latents):
    """(films, numbers) -> (films, DIRECTIONS), with about the same distances between them."""
    return latents @ _directions(latents.shape[1])


@cache
def _directions(numbers):
    # of all of numpy's generators, the one whose numbers are promised never to change
    signs = np.random.RandomState(0).randint(0, 2, (numbers, DIRECTIONS)) * 2 - 1
    return torch.from_numpy(signs.astype(np.float32)) / DIRECTIONS**0.5


def _tile(sheet, film):
    top, left = film // COLUMNS * TILE, film % COLUMNS * TILE
    return np.asarray(sheet.crop((left, top, left + TILE, top + TILE)).convert("RGB"))


def _folder(model):
    folder = None if model.folder is None else model.folder / "catalogue"
    if folder is None or not folder.is_dir():
        raise CannotOpen(Note("unlisted", "What {name} was trained on is not listed here.", name=model.name))
    return folder
