"""What is to be seen in a film: place, colour, subject and motion, read by a small network trained on rendered clips.

    reader = Reader.load()                  # assets/model/reader, some 400 kB
    reader.says(film)                       # {"subject": "ball", "colour": "red", "place": "sea", "motion": "roll"}
    reader.read(film)["subject"]            # {"ball": 0.97, "cat": 0.01, ..., "none": 0.0}
    reader.per_frame(film)["subject"]       # (frames, options) probabilities, columns as reader.options["subject"]
    reader.right(film, {"subject": "ball"})  # {"subject": True}

It can also say "none": no subject, no colour, no motion (a still picture). ``reader.accuracy`` holds what it gets right
on rendered clips that it never saw: quote it wherever you quote its word. Trained by training/judge/reader.py.
"""

import json
from collections.abc import Mapping
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import load_file
from torch import Tensor, nn

from .film import as_film

FOLDER = Path(__file__).resolve().parents[2] / "assets" / "model" / "reader"
HEIGHT = 64  # rows that films are brought to
STRIDE = 2  # every second frame: what turns or gallops shows it still
GRID, SPACING = 7, 4.0  # points along each side at which the subject is looked at, units between them
ZOOM = 8.0  # of coordinates and their changes, so that they weigh as much as other features


class Reader(nn.Module):
    def __init__(self, options: Mapping[str, list[str]], accuracy: Mapping[str, float] | None = None):
        super().__init__()
        self.options = {name: list(values) for name, values in options.items()}
        self.accuracy = dict(accuracy or {})
        self.see = nn.Sequential(
            *_stage(3, 16, 5, stride=2), *_stage(16, 32, stride=2), *_stage(32, 48), *_stage(48, 32, dilation=2)
        )  # to a quarter of the size
        self.heat = nn.Conv2d(32, 1, 1)  # where the subject is
        self.look = nn.Linear(32 * GRID**2, 128)
        self.place = nn.Linear(32 * HEIGHT // 4, len(options["place"]))
        self.colour = nn.Linear(128, len(options["colour"]))
        self.subject = nn.Linear(128, len(options["subject"]))
        self.moves = nn.Sequential(
            nn.Conv1d(2 * 128 + 4, 128, 3, padding=1), nn.ReLU(), nn.Conv1d(128, 128, 3, padding=1), nn.ReLU()
        )
        self.motion = nn.Linear(2 * 128, len(options["motion"]))

    @staticmethod
    def around(device: torch.device) -> Tensor:
        """Points about a centre at which the subject is looked at: (GRID, GRID, 2), x and y in units."""
        offset = (torch.arange(GRID, device=device) - (GRID - 1) / 2) * SPACING
        y, x = torch.meshgrid(offset, offset, indexing="ij")
        return torch.stack([x, y], -1)

    @classmethod
    def load(cls, folder: Path | str = FOLDER) -> "Reader":
        about = json.loads((Path(folder) / "reader.json").read_text("utf-8"))
        reader = cls(about["options"], about["accuracy"])
        reader.load_state_dict({k: v.float() for k, v in load_file(Path(folder) / "reader.safetensors").items()})
        return reader.eval().requires_grad_(False)

    def forward(self, films: Tensor) -> dict[str, Tensor]:
        """(clips, frames, 3, 64, cols) -> logits.

        place, colour, subject (clips, frames, options); motion (clips, options); ``where`` (clips, frames, 2) is x, y
        of the centre in units.
        """
        clips, frames, _, rows, cols = films.shape
        seen = self.see(
            (films.flatten(0, 1) - 0.5).contiguous(memory_format=torch.channels_last)
        )  # (clips * frames, 32, ...)
        heat = self.heat(seen).float().flatten(1).softmax(1).view(-1, *seen.shape[2:])
        x = (torch.arange(heat.shape[2], device=heat.device) + 0.5) * cols / heat.shape[2]
        y = (torch.arange(heat.shape[1], device=heat.device) + 0.5) * rows / heat.shape[1]
        where = torch.stack([(heat.sum(1) * x).sum(1), (heat.sum(2) * y).sum(1)], 1)  # (clips * frames, 2)

        around = where.detach()[:, None, None] + self.around(where.device)  # (clips * frames, GRID, GRID, 2) units
        scale = 2 / torch.tensor([cols, rows], device=where.device)
        patch = F.grid_sample(seen.float(), around * scale - 1, align_corners=False)  # (clips * frames, 32, GRID, GRID)
        look = F.relu(self.look(patch.flatten(1))).view(clips, frames, -1)  # of the subject
        profile = seen.mean(3).flatten(1).view(clips, frames, -1)  # of the rows
        where = where.view(clips, frames, 2)
        step, change = (torch.cat([torch.zeros_like(v[:, :1]), v.diff(dim=1)], 1) for v in (where, look))
        told = torch.cat([look, change.abs(), (where - 32) / 32, step * ZOOM / 32], 2)  # legs and bands, and the way
        told = told.transpose(1, 2)  # (clips, features, frames)
        moves = self.moves(told)
        return {
            "place": self.place(profile),
            "colour": self.colour(look),
            "subject": self.subject(look),
            "motion": self.motion(torch.cat([moves.mean(2), moves.amax(2)], 1)),
            "where": where,
        }

    @torch.no_grad()
    def logits(self, film: object) -> dict[str, Tensor]:
        """(options,) of the whole film: the mean over frames; of motion, over the even and the odd frames."""
        x = _resized(as_film(film))
        parts = [x[k::STRIDE] for k in range(STRIDE)] if len(x) >= 4 * STRIDE else [x]
        out = [self(part[None]) for part in parts]
        each = {name: torch.cat([o[name][0] for o in out]) for name in ("place", "colour", "subject")}
        return {name: v.mean(0) for name, v in each.items()} | {"motion": torch.cat([o["motion"] for o in out]).mean(0)}

    def read(self, film: object) -> dict[str, dict[str, float]]:
        """The probability of each option of each attribute."""
        return {
            name: dict(zip(self.options[name], logits.softmax(-1).tolist(), strict=True))
            for name, logits in self.logits(film).items()
        }

    def says(self, film: object) -> dict[str, str]:
        return {name: max(p, key=lambda option: p[option]) for name, p in self.read(film).items()}

    def right(self, film: object, asked: Mapping[str, str]) -> dict[str, bool]:
        """For each attribute asked for: does the film show it?"""
        said = self.says(film)
        return {name: said[name] == option for name, option in asked.items() if name in said}

    @torch.no_grad()
    def per_frame(self, film: object) -> dict[str, object]:
        """Probabilities frame by frame of place, colour and subject: (frames, options) arrays, for flicker.drift."""
        out = self(_resized(as_film(film))[None])
        return {name: out[name][0].softmax(-1).double().numpy() for name in ("place", "colour", "subject")}


def _stage(inside: int, out: int, size: int = 3, stride: int = 1, dilation: int = 1) -> list[nn.Module]:
    padding = dilation * (size // 2)
    return [nn.Conv2d(inside, out, size, stride, padding, dilation, bias=False), nn.BatchNorm2d(out), nn.ReLU()]


def _resized(film: Tensor) -> Tensor:
    """To 64 rows, and a number of columns that the strides divide."""
    rows, cols = film.shape[2:]
    wide = max(8, round(cols * HEIGHT / rows / 8) * 8)
    if (rows, cols) == (HEIGHT, wide):
        return film
    return F.interpolate(film, (HEIGHT, wide), mode="bilinear", antialias=True, align_corners=False)
