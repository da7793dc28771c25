"""What a step learns from: the same on every machine where it has to be, fresh where it should be."""

import json
import random
from dataclasses import replace

import pytest
import torch
from safetensors.torch import save_file

from training.codec.latents import Cache, part_of
from training.config import CONFIGS
from training.denoiser import model as models
from training.denoiser.examples import Captions, Examples, Stored
from training.denoiser.fresh import DRAWN, Fresh
from training.world import COLOURS, SYNONYMS, caption, draw

TOY = CONFIGS["toy"]
CPU = torch.device("cpu")


def marked(scenes):
    """Latents that tell which film they are of: the numbers of its scene."""
    numbers = [
        scenes.x,
        scenes.y,
        scenes.radius,
        scenes.ground,
        scenes.horizon,
        scenes.phase,
        scenes.turn,
        scenes.drift,
    ]
    marks = torch.stack(numbers, 1)  # (films, 8)
    return marks[:, :, None, None, None].expand(-1, -1, 3, 4, 4), marks[:, :, None].expand(-1, -1, 5)


def marks(latents) -> list[tuple[float, ...]]:
    return [tuple(film) for film in latents[:, :, 0, 0, 0].half().tolist()]


@pytest.fixture
def cache(tmp_path):
    scenes = part_of(TOY, 0, 0, 16)
    latents, slices = marked(scenes)
    save_file(
        {"latents": latents.half().contiguous(), "slices": slices.half().contiguous()}, tmp_path / "0.safetensors"
    )
    (tmp_path / "0.json").write_text(json.dumps([scenes.words(i) for i in range(16)]))
    return Cache(tmp_path)


def test_captions_have_the_ids_that_the_pipeline_gives_them():
    captions, words, rng = Captions(TOY), models.tokenizer(TOY), random.Random(0)
    scenes = draw(60, seed=5)
    said = [caption(scenes.words(i), rng) for i in range(60)]
    said += ["", "a plaid ball", " ".join(["ball"] * 40)]  # nothing, a word that it never learned, too many words
    assert [captions.ids(text) for text in said] == [models.token_ids(words, text) for text in said]


def test_a_batch_depends_on_the_step_alone_and_is_noise_and_film(cache):
    examples = Examples(TOY, Stored(TOY, cache), CPU)
    first, other = examples(3), examples(4)
    again = Examples(TOY, Stored(TOY, cache), CPU)(3)
    assert all(torch.equal(first[k], again[k]) for k in first)
    assert not torch.equal(first["eps"], other["eps"]) and not torch.equal(first["t"], other["t"])
    held = set(marks(cache.latents[: cache.held_back]))
    for step in range(20):
        assert not held & set(marks(examples(step)["x0"]))
        assert set(marks(examples(step, held_back=True)["x0"])) <= held


def test_a_tenth_of_the_captions_and_a_tenth_of_the_first_frames(cache):
    examples = Examples(TOY, Stored(TOY, cache), CPU)
    batches = [examples(step, 100) for step in range(10)]
    empty = torch.tensor(Captions(TOY).ids(""))
    unsaid = torch.cat([(b["ids"] == empty).all(1) for b in batches]).float().mean()
    given = torch.cat([b["given"] for b in batches])
    assert 0.07 < unsaid < 0.13 and 0.07 < given[:, 0].float().mean() < 0.13
    assert not given[:, 1:].any()


def test_fresh_films_hold_back_what_a_cache_holds_back(cache):
    """Films, words and noise: or the loss on held-back films would mean something else on each machine."""
    fresh = Examples(TOY, Fresh(TOY, marked, CPU, seen=0), CPU)
    stored = Examples(TOY, Stored(TOY, cache), CPU)
    for step in (0, 250):
        a, b = fresh(step, held_back=True), stored(step, held_back=True)
        assert all(torch.equal(a[k], b[k]) for k in a)


def test_fresh_films_are_shown_a_few_times_and_never_come_back():
    config = replace(TOY, transformer=replace(TOY.transformer, films=8))
    films = Fresh(config, marked, CPU, seen=0)
    held = set(marks(films.kept.cache.latents))
    shown = [marks(films.draw(random.Random(step), 8)[0]) for step in range(60)]
    seen = [x for batch in shown for x in batch]
    assert len(set(seen)) > len(seen) / DRAWN * 0.8  # a film is shown DRAWN times or so
    assert set(shown[0]).isdisjoint(shown[-1]) and held.isdisjoint(seen)

    later = Fresh(config, marked, CPU, seen=len(seen))
    went_on = set(marks(later.draw(random.Random(0), 64)[0]))
    assert went_on.isdisjoint(shown[0]) and went_on.isdisjoint(seen[: len(seen) // 2])


def test_a_fresh_films_caption_is_about_that_film():
    films = Fresh(TOY, lambda s: (s.colour.view(-1, 1, 1, 1, 1).expand(-1, 8, 3, 4, 4), marked(s)[1]), CPU, seen=0)
    latents, _, ids = films.draw(random.Random(0), 200)
    known = Captions(TOY).known
    named = {known[word]: i for i, name in enumerate(COLOURS) for word in SYNONYMS["colour"][name]}
    told = [[named[i] for i in row if i in named] for row in ids.tolist()]
    spoken = [(int(x), colours[0]) for x, colours in zip(latents[:, 0, 0, 0, 0].tolist(), told, strict=True) if colours]
    assert len(spoken) > 100 and all(shown == said for shown, said in spoken)


def test_films_that_are_rendered_meanwhile_are_taken_in(cache):
    before = len(cache)
    films = {"latents": cache.latents + 1000, "slices": cache.slices}
    (cache.folder / "1.json").write_text(json.dumps(cache.words))
    save_file(films, cache.folder / "1.safetensors")
    held = cache.held_back
    cache.grow()
    assert len(cache) == 2 * before and cache.held_back == held
    assert torch.equal(cache.latents[before:], films["latents"])
    cache.grow()
    assert len(cache) == 2 * before
