"""The judge's eyes: a small network that reads place, colour, subject and motion, trained on rendered clips alone.

    python -m training reader --config small --minutes 20

It never sees a generated film in training. So that it can read them all the same, clips are blurred, smeared over time
and made noisy, as a codec would. It learns all pairs, the held-out ones too: it must judge them.
"""

import json
from pathlib import Path

import torch
import torch.nn.functional as F
from accelerate import PartialState
from safetensors.torch import save_file
from torch import Tensor
from tqdm.auto import tqdm

from explainers.measure.reader import Reader

from ..config import Config
from ..run.precision import autocast
from ..run.run import Run
from ..run.state import load_state
from ..world import ATTRIBUTES, FPS, draw, follow, render
from ..world.places import backdrop
from ..world.scene import Scenes

MUST = 0.97  # of each attribute on renders that it never saw, or its word counts for nothing
NONE = "none"
SIZE, FRAMES = 64, 17
BATCH = 8  # clips rendered for two steps, the second in a mirror; their even and odd frames are two examples
STEPS = 8000
RATE = 2e-3
HELD_OUT_SHARE = 4  # one clip in so many is of the held-out pairs
EMPTY, STILL = 0.04, 0.06  # share of clips without a subject, and without motion
SEED_UNSEEN = 700_000_001  # far from the seeds of training


def options() -> dict[str, list[str]]:
    return {name: values if name == "place" else [*values, NONE] for name, values in ATTRIBUTES.items()}


def build() -> Reader:
    torch.manual_seed(0)
    return Reader(options())


def clips(step: int, count: int = BATCH, world: str = "mixed") -> tuple[Tensor, dict[str, Tensor]]:
    """Films (count, 17, 3, 64, 64) and their answers; a few have no subject, or no motion."""
    g = torch.Generator().manual_seed(step)
    rare = count // HELD_OUT_SHARE if world == "mixed" else count * (world == "held-out")
    hard = 0.0 if step % 3 else 0.6
    parts = []
    for i, (n, kind) in enumerate([(count - rare, "seen"), (rare, "held-out")]):
        if n and world == "mixed":
            parts.append(_subtle_first(draw(2 * n, 2 * step + i, kind, hard=hard))[slice(n)])
        elif n:
            parts.append(draw(n, 2 * step + i, kind, hard=hard))
    scenes = Scenes(**{name: torch.cat([vars(p)[name] for p in parts]) for name in vars(parts[0])})
    track = follow(scenes, FRAMES)
    films = render(scenes, FRAMES, SIZE, SIZE, track)
    answers = {name: getattr(scenes, name).clone() for name in ATTRIBUTES}
    answers["where"] = torch.stack([track.x, track.y], -1)  # (clips, frames, 2) units

    chance = torch.rand(count, generator=g)
    event = scenes.motion == ATTRIBUTES["motion"].index("rebound")  # its place is the court
    empty, still = (chance < EMPTY) & ~event, (chance > 1 - STILL) & ~event
    if empty.any():
        films[empty] = backdrop(scenes[empty], torch.arange(FRAMES).float(), SIZE, SIZE).clamp(0, 1)
    for i in still.nonzero().flatten().tolist():
        k = int(torch.randint(FRAMES, (1,), generator=g))
        films[i], answers["where"][i] = films[i, k].clone(), answers["where"][i, k].clone()
    for name in ("subject", "colour", "motion"):
        answers[name][empty if name != "motion" else empty | still] = len(ATTRIBUTES[name])
    return films, answers


def _subtle_first(scenes: Scenes) -> Scenes:
    """A gallop and a roll differ from sliding by legs and turns alone: those who might do either are met more often."""
    might = scenes.subject != ATTRIBUTES["subject"].index("boat")
    alike = torch.tensor([name in {"gallop", "roll", "left", "right"} for name in ATTRIBUTES["motion"]])
    return scenes[(might & alike[scenes.motion]).int().argsort(descending=True, stable=True)]


def worn(films: Tensor, g: torch.Generator) -> Tensor:
    """As if through a codec: softer, smeared over time, noisy. Each clip by its own amount, some not at all."""
    out = []
    for film in films:
        soft, smear, noise, tint = torch.rand(4, generator=g).tolist()
        if soft > 0.4:
            size = round(film.shape[-1] / (1 + 1.5 * (soft - 0.4)))  # up to 1.9 pixels into one
            small = F.interpolate(film, (size, size), mode="bilinear", antialias=True)
            film = F.interpolate(small, film.shape[-2:], mode="bicubic")
        if smear > 0.5:
            ends = torch.cat([film[:1], film, film[-1:]])
            film = film + 0.6 * (smear - 0.5) * ((ends[:-2] + ends[2:]) / 2 - film)
        if noise > 0.5:
            film = film + 0.06 * (noise - 0.5) * torch.randn(film.shape, generator=g)
        out.append(film * (0.94 + 0.12 * tint))
    return torch.stack(out).clamp(0, 1)


def mirrored(films: Tensor, answers: dict[str, Tensor]) -> tuple[Tensor, dict[str, Tensor]]:
    """The world in a mirror is a world: another picture for nothing. Only left and right change places."""
    left, right = (ATTRIBUTES["motion"].index(side) for side in ("left", "right"))
    motion = answers["motion"]
    swapped = torch.where(motion == left, right, torch.where(motion == right, left, motion))
    where = torch.stack([SIZE - answers["where"][..., 0], answers["where"][..., 1]], -1)
    return films.flip(-1), answers | {"motion": swapped, "where": where}


def examples(films: Tensor, answers: dict[str, Tensor], g: torch.Generator) -> tuple[Tensor, dict[str, Tensor]]:
    """Worn, and each cut into its even and its odd frames."""
    films = worn(films, g)
    known = {name: torch.cat([v, v]) for name, v in answers.items()}
    known["where"] = torch.cat([answers["where"][:, 0:-1:2], answers["where"][:, 1::2]])
    return torch.cat([films[:, 0:-1:2], films[:, 1::2]]), known


def loss(reader: Reader, films: Tensor, answers: dict[str, Tensor]) -> tuple[Tensor, dict[str, float]]:
    told = reader(films)
    total, log = films.new_zeros(()), {}
    for name in ATTRIBUTES:
        logits = told[name].float()
        answer = answers[name] if logits.ndim == 2 else answers[name][:, None].expand(-1, logits.shape[1])
        total = total + F.cross_entropy(logits.flatten(0, -2), answer.flatten(), label_smoothing=0.02)
        log[name] = (logits.argmax(-1) == answer).float().mean().item()
    there = answers["subject"] < len(ATTRIBUTES["subject"])
    distance = F.smooth_l1_loss(told["where"][there], answers["where"][there], beta=2.0)
    log["units_off"] = (told["where"][there] - answers["where"][there]).norm(dim=-1).median().item()
    return total + 0.2 * distance, log


def train(config: Config, folder: Path, minutes: float | None = None) -> bool:
    """The same for every config: it reads films of any size."""
    device = PartialState().device
    steps = 4 if config.toy else STEPS
    reader = build().to(device).train()
    optimizer = torch.optim.AdamW(reader.parameters(), lr=RATE, betas=(0.9, 0.99), weight_decay=0.02)
    with Run(folder / "reader", minutes) as run:
        run.resume(reader=reader, optimizer=optimizer)
        films = None
        for step in run.steps(steps):
            for group in optimizer.param_groups:
                group["lr"] = RATE * min(1.0, (step + 1) / 50) * max(0.01, (1 - step / steps) ** 1.2)
            if step % 2 == 0 or films is None:
                films, answers = clips(step - step % 2)
            g = torch.Generator().manual_seed(step)
            batch, known = examples(*(mirrored(films, answers) if step % 2 else (films, answers)), g)
            batch, known = batch.to(device), {name: v.to(device) for name, v in known.items()}
            with autocast(device):
                value, told = loss(reader, batch, known)
            optimizer.zero_grad()
            value.backward()
            torch.nn.utils.clip_grad_norm_(reader.parameters(), 2.0)
            optimizer.step()
            if step % 20 == 0:
                run.log(loss=value.item(), **told)
    if run.finished:
        reader.cpu().eval()
        reader.accuracy = accuracy(reader, count=64 if config.toy else 480)
        publish(reader, folder / "reader" / "published")
    return run.finished


@torch.no_grad()
def accuracy(reader: Reader, count: int = 480, seed: int = SEED_UNSEEN) -> dict[str, float]:
    """Share read rightly, by attribute, on renders never seen: half of held-out pairs, half worn as by a codec."""
    right: dict[str, list[bool]] = {name: [] for name in ATTRIBUTES}
    for part in tqdm(range(count // BATCH), desc="reader on unseen renders"):
        films, answers = clips(seed + part, world=("seen", "held-out")[part % 2])
        if part // 2 % 2:
            films = worn(films, torch.Generator().manual_seed(seed + part))
        for i, film in enumerate(films):
            said = reader.says(film)
            for name in right:
                right[name].append(said[name] == options()[name][answers[name][i]])
    return {name: sum(hits) / len(hits) for name, hits in right.items()}


def publish(reader: Reader, folder: Path) -> None:
    """Two files that explainers/measure/reader.py opens, in half precision."""
    folder.mkdir(parents=True, exist_ok=True)
    state = {k: v.half() if v.is_floating_point() else v for k, v in reader.state_dict().items()}
    save_file({k: v.contiguous() for k, v in state.items()}, folder / "reader.safetensors")
    about = {"options": reader.options, "accuracy": reader.accuracy, "fps": FPS}
    (folder / "reader.json").write_text(json.dumps(about, indent=1) + "\n")


def load(folder: Path) -> Reader:
    """As far as it has been trained."""
    reader = build()
    reader.load_state_dict(load_state(folder / "reader" / "checkpoint")[0]["reader"])
    return reader.eval().requires_grad_(False)
