"""Learning: packed weights against the weights, ages against their own runs, distances against the plain ones."""

import csv
import dataclasses
import json

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from explainers.engine import CannotOpen, NotVisible, decode, record
from explainers.kit.lesson import finish
from explainers.kit.sentences import Words
from explainers.lessons.learning import catalogue, lens, picture, weights
from explainers.measure.asked import asked
from tests.lessons.readers import BlueReader
from training.codec.latents import Cache, part_of
from training.config import CONFIGS
from training.publish.catalogue import build
from training.publish.quantize import bits_of, pack
from training.world import ATTRIBUTES

WORDS = Words.of("learning")
SHARES = {"place": 0.9, "colour": 0.2, "subject": 0.1, "motion": 0.3, "all": 0.1}


@pytest.fixture(scope="module")
def schooled(model, tmp_path_factory):
    """The model with a youth: weights halved and doubled, a second model whose attention alone differs."""
    folder = tmp_path_factory.mktemp("model")
    (folder / "learning").mkdir()
    state = model.denoiser.state_dict()
    for samples, by in ((100, 0.5), (4000, 2.0)):
        save_file(pack({n: w * by for n, w in state.items()}), folder / "learning" / f"{samples:08}.safetensors")
    attention = {name: -w for name, w in state.items() if "self_attn" in name}
    save_file(pack(attention), folder / "learning" / "skewed.safetensors")
    facts = {"samples": 9000, "skewed": {"samples": 32, "films": 16}}
    (folder / "training.json").write_text(json.dumps(facts))
    with (folder / "training.csv").open("w", newline="") as f:
        rows = csv.writer(f)
        rows.writerow(["samples", "picture", "held_back_picture"])
        rows.writerows([n, 1 / n, 2 / n if n % 50 == 0 else ""] for n in range(1, 201))
    curve = [
        {"samples": 100, "seen": dict.fromkeys(SHARES, 0.1), "held-out": {"all": 0.0}},
        {"samples": 4000, "seen": SHARES, "held-out": {"all": 0.0}},
    ]
    last = {"seen": dict.fromkeys(SHARES, 1.0), "held-out": {"all": 0.5}, "curve": curve}
    (folder / "evaluation.json").write_text(json.dumps(last))
    return dataclasses.replace(model, folder=folder)


def test_few_bits_are_as_near_as_few_bits_can_be(model):
    state = model.denoiser.state_dict()
    again = weights.unpack(pack(state), state)
    assert again.keys() == state.keys()
    for name, w in state.items():
        assert again[name].shape == w.shape and again[name].dtype == w.dtype
        if w.ndim >= 2 and w.numel() % weights.GROUP == 0 and bits_of(name) < 16:
            groups, back = w.reshape(-1, weights.GROUP), again[name].reshape(-1, weights.GROUP)
            most = groups.abs().amax(1, keepdim=True)
            half_step = most / (2 ** bits_of(name) - 1)
            assert ((groups - back).abs() <= half_step + most / 1024 + 1e-6).all(), name  # steps are half precision
        else:
            assert torch.equal(again[name], w.half().to(w.dtype)), name


def test_what_writes_into_the_film_is_kept_best():
    names = ("layers.0.mlp.down_proj.weight", "layers.0.self_attn.to_q.weight", "layers.0.self_attn.add_q_proj.weight")
    assert [bits_of(name) for name in names] == [2, 2, 4]
    names = ("layers.3.mlp_moe_gen.down_proj.weight", "layers.3.self_attn.to_add_out.weight", "proj_in.weight")
    assert [bits_of(name) for name in names] == [8, 8, 16]


def test_another_age_is_another_model_and_this_one_stays(schooled):
    before = {name: w.clone() for name, w in schooled.denoiser.state_dict().items()}
    assert list(weights.ages(schooled)) == [100, 4000]
    young = weights.opened(schooled, weights.ages(schooled)[100])
    assert young.weights != schooled.weights and young.pipeline.vae is schooled.pipeline.vae
    second = weights.opened(schooled, schooled.folder / "learning" / "skewed.safetensors").denoiser.state_dict()
    for name, w in schooled.denoiser.state_dict().items():
        assert torch.equal(w, before[name])
        assert "self_attn" in name or torch.equal(second[name], w), name
    assert any(not torch.equal(second[name], w) for name, w in before.items())


def test_a_model_without_a_youth_says_so(model, run):
    with pytest.raises(CannotOpen, match="No weights were kept"):
        lens.guesses(run, model, step=0)


def test_each_age_guesses_what_it_would_have_guessed_in_its_own_run(schooled, model, run):
    """At the first step the noise is the same, so the guess is that of a whole run of that age."""
    plain = record(schooled, run.request).finish()
    found = lens.guesses(plain, schooled, step=0)
    assert list(found["guesses"]) == [100, 4000, 9000] and found["steps"] == 4 and found["step"] == 1
    for samples, path in weights.ages(schooled).items():
        own = next(record(weights.opened(schooled, path), run.request))
        a, b = plain.x0_rule[0]
        unpushed = a * own.latent + b * own.cond  # without guidance
        expected = decode(schooled, plain, unpushed, sound=False).frames.astype(int)
        assert np.abs(expected - found["guesses"][samples]).max() <= 1
    assert len(picture.guesses(found, WORDS)) == 3
    assert found["last"] == pytest.approx(found["alike"][2]) and len(found["alike"]) == 3
    assert "9,000" in list(picture.guesses(found, WORDS))[-1]


def test_the_film_grows_with_the_model(schooled, run, monkeypatch):
    monkeypatch.setattr("explainers.measure.reader.Reader", BlueReader)
    monkeypatch.setattr(lens, "asked", lambda prompt: {"colour": "red"})
    found = finish(lens.grown(run, schooled))
    assert found["samples"] == [100, 4000, 9000] and found["kinds"] == ["colour"]
    assert np.array_equal(
        found["films"][9000], decode(schooled, record(schooled, run.request).finish(), sound=False).frames
    )
    assert found["sure"]["colour"][0] == pytest.approx(BlueReader().read(found["films"][100])["colour"]["red"])
    assert found["old"] == found["sure"]["colour"][-1]
    assert len(picture.grown(found, WORDS)) == 3 and len(picture.sure(found, WORDS).data) == 1


def test_loss_and_judgement_stand_over_the_same_samples(schooled, run):
    found = lens.course(run, schooled)
    assert found["judged"] == [100, 4000, 9000] and found["place"] == [0.1, 0.9, 1.0] and found["total"] == 9000
    assert len(found["loss"]) == lens.BINS and found["held_samples"] == [50, 100, 150, 200]
    assert found["loss"][0] == pytest.approx(np.mean([1, 1 / 2, 1 / 3, 1 / 4, 1 / 5])) and found["unseen"] == 0.01
    figure = picture.course(found, WORDS)
    assert len(figure.data) == 7 and figure.layout.yaxis2.title.text and figure.layout.xaxis.title.text


def test_the_answer_is_what_came_first(schooled, run):
    found = lens.answer(run, schooled)
    assert (found["answer"], found["case"], found["at"], found["colour"]) == ("place", "place", 4000, 0.2)
    assert next(iter(picture.learned(found, WORDS).values.values())) == 0.9


def test_the_film_of_an_age_is_that_models_own(schooled, run, monkeypatch):
    monkeypatch.setattr("explainers.measure.reader.Reader", BlueReader)
    for age, (samples, path) in enumerate([*weights.ages(schooled).items(), (9000, None)], 1):
        found = finish(lens.aged(run, schooled, age=age))
        own = record(schooled if path is None else weights.opened(schooled, path), run.request).finish()
        assert np.array_equal(found["film"], decode(schooled, own, sound=False).frames)
        said = BlueReader().says(found["film"])
        assert found["found"] == sum(said[k] == name for k, name in asked(run.request.prompt).items())
        assert (found["samples"], found["total"], found["asked"]) == (samples, 9000, 4)
        assert list(picture.young(found, WORDS).films) == [f"after {samples:,} showings"]
    assert finish(lens.aged(run, schooled, age=6))["samples"] == 9000  # no older than the model is


@pytest.fixture(scope="module")
def listed(schooled, tmp_path_factory):
    """The catalogue of a tiny cache, by the stage that makes the real one."""
    runs, config = tmp_path_factory.mktemp("runs"), CONFIGS["toy"]
    g = torch.Generator().manual_seed(0)
    for name, world in (("latents", None), ("latents-skewed", "skewed")):
        (runs / name).mkdir()
        scenes = part_of(config, 0, 0, 16, world)
        (runs / name / "0000.json").write_text(json.dumps([scenes.words(i) for i in range(16)]))
        tensors = {"latents": torch.randn(16, 8, 3, 4, 4, generator=g).half(), "slices": torch.zeros(16, 8, 5)}
        save_file(tensors, runs / name / "0000.safetensors")
    build(config, runs, schooled.folder)
    return Cache(runs / "latents")


def test_a_copy_has_no_distance_and_others_have_about_their_own(schooled, listed):
    copied = listed.held_back + 5
    found = catalogue.nearest(schooled, listed.latents[copied].float(), count=8)
    assert found["films"] == 8 and found["apart"][0] < 0.05 < found["apart"][1]
    assert found["words"][0] == {kind: listed.words[copied][kind] for kind in ATTRIBUTES}
    trained = listed.latents[listed.held_back :].float().flatten(1)
    apart = torch.cdist(trained, trained)
    plain = apart[5].sort().values / apart[apart > 0].median()
    assert found["apart"][1:] == pytest.approx(plain[1:].tolist(), rel=0.3)
    unseen = torch.cdist(listed.latents[: listed.held_back].float().flatten(1), trained).amin(1)
    assert found["unseen"] == pytest.approx((unseen / apart[apart > 0].median()).numpy(), rel=0.3)
    assert found["pictures"][0].shape == (catalogue.TILE, catalogue.TILE, 3)


def test_a_film_of_another_length_is_not_compared(schooled, listed, run):
    with pytest.raises(NotVisible, match="another"):
        lens.nearest(run, schooled)


@pytest.mark.parametrize(("copied", "case"), [(5, "copy"), (None, "no")])
def test_a_copy_is_told_from_a_film_of_its_own(schooled, listed, run, monkeypatch, copied, case):
    own = torch.randn(listed.latents[0].shape, generator=torch.Generator().manual_seed(9))
    latent = own if copied is None else listed.latents[listed.held_back + copied].float()
    monkeypatch.setattr(lens, "_film", lambda run, model: np.zeros((17, 64, 64, 3), np.uint8))
    found = lens.nearest(dataclasses.replace(run, latents=[*run.latents[:-1], latent]), schooled)
    assert found["case"] == case and found["closest"] == found["apart"][0]
    assert len(picture.near(found, WORDS)) == 4 and len(picture.neighbours(found, WORDS).films) == 3


@pytest.mark.parametrize("kind", ["colour", "place", "motion"])
def test_counts_are_those_of_the_films(schooled, listed, run, kind):
    found = lens.together(run, schooled, kind=kind)
    words = listed.words[listed.held_back :]
    assert found["table"].sum() == found["films"] == len(words)
    first = words[0]
    row, col = found["subjects"].index(first["subject"]), found["names"].index(first[kind])
    same = [w for w in words if (w["subject"], w[kind]) == (first["subject"], first[kind])]
    assert found["table"][row][col] == len(same) > 0
    assert picture.together(found, WORDS).data[0].z.shape == found["table"].shape


@pytest.mark.parametrize(("new", "case"), [(0.7, "even"), (0.9, "even"), (0.3, "worse")])
def test_new_pairs_are_worse_only_when_so_many_films_show_it(schooled, run, monkeypatch, new, case):
    prompts = {"seen": 120, "held-out": 120}
    monkeypatch.setattr(
        lens, "_evaluation", lambda model: {"seen": {"all": 0.7}, "held-out": {"all": new}, "prompts": prompts}
    )
    found = lens.pairs(run, schooled)
    assert (found["known"], found["new"], found["case"]) == (0.7, new, case)
    assert list(picture.together_or_not(found, WORDS).values.values()) == [0.7, new]


def test_words_that_it_never_had_are_all_the_same(schooled, run, monkeypatch):
    monkeypatch.setattr("explainers.measure.reader.Reader", BlueReader)
    assert lens._strange("a red ball bounces in the snow", lens.STRANGE) == "a pink dog bounces in the snow"
    assert lens._strange("nothing known", lens.STRANGE) == "dog pink nothing known"
    other = finish(lens.strange(run, schooled))
    assert sorted(other.unknown) == ["dog", "pink"]
    found = finish(lens.unheard(run, other, schooled))
    assert found["same"] == 0.0 and found["case"] == "same" and found["instead"] == "a chrome zebra bounces in the snow"
    assert "{" not in WORDS("strange.see", **found)


def test_clips_are_shown_with_their_captions(run):
    found = lens.clips(run, who="horse")
    assert found["shown"] == len(found["films"]) > 0 and all("horse" in caption for caption in found["films"])
    assert all(c.rendered and c.frames.shape == (17, 64, 64, 3) for c in picture.clips(found, WORDS).values())
