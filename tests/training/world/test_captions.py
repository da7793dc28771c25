"""Captions tell the truth, say no more than they should, and old ones are still said."""

import random
from dataclasses import replace

import pytest
import torch

from training.world import MOTIONS, SYNONYMS, VOCABULARY, caption, draw, follow
from training.world.words import DETAILS, FACINGS, HEIGHTS, LEGGED, PACES, SIZES, WALK, brief

SIDES = ("left", "right")


def said_in(text: str) -> dict[str, set[str]]:
    """What a caption says, by looking for each phrase: the inverse of the grammar."""
    padded = f" {text} "
    tables = SYNONYMS | {"motion": SYNONYMS["motion"] | {side: SYNONYMS["motion"][side] + WALK[side] for side in SIDES}}
    found = {
        name: {word for word, phrases in table.items() if any(f" {phrase} " in padded for phrase in phrases)}
        for name, table in tables.items()
    }
    if "backboard" in text:
        found["motion"], found["subject"], found["colour"] = {"rebound"}, {"ball"}, {"orange"}
    return found


def details_in(text: str, motion: str) -> dict[str, str]:
    """The same of what is said besides."""
    padded, found = f" {text} ", {}
    for key, table in {"size": SIZES, "pace": PACES, "facing": FACINGS, "height": HEIGHTS}.items():
        said = [word for word, phrases in table.items() if any(f" {phrase} " in padded for phrase in phrases)]
        found |= {key: said[0]} if said else {}
    for side in (*SIDES, "middle"):
        if any(f" {word} the {side} " in padded for word in ("from", "on", "in")):
            found["start"] = side
        if motion not in SIDES and f" to the {side} " in padded:
            found["way"] = side
    return found


def test_captions_say_what_the_scene_shows():
    rng, scenes = random.Random(0), draw(1500, 1)
    used, orders = set(), set()
    for i in range(len(scenes)):
        words = scenes.words(i)
        text = caption(words, rng)
        used |= set(text.split())
        orders.add(text.split()[0] in {"a", "an"})
        found = said_in(text)
        for name in ("subject", "colour", "place", "motion"):
            vague = name == "motion" and words["subject"] in LEGGED and {"walks", "walking"} & set(text.split())
            assert found[name] == {words[name]} or (vague and not found[name]), (text, name, found)
        assert details_in(text, words["motion"]) == {k: v for k, v in words.items() if k in DETAILS}, text
    assert used <= set(VOCABULARY)
    assert orders == {True, False}


def test_details_are_true_and_distinct():
    """Against the track: what is said of one half of the clips is not true of those of which the contrary is said."""
    scenes = draw(3000, 9)
    track = follow(scenes, 17)
    measures = {
        "size": track.radius[:, 0],
        "pace": torch.where(
            scenes.motion == MOTIONS.index("spin"),
            track.angle.diff(dim=1).abs().mean(1) * 4.5,
            (track.x.diff(dim=1) ** 2 + track.y.diff(dim=1) ** 2).sqrt().mean(1),
        ),
        "way": track.x[:, -1] - track.x[:, 0],
        "height": -track.y[:, 0],
        "start": track.x[:, 0],
        "facing": scenes.direction,
    }
    said = {key: {} for key in DETAILS}
    for i in range(len(scenes)):
        for key, word in scenes.words(i).items():
            if key in DETAILS:
                said[key].setdefault(word, []).append(float(measures[key][i]))
    for key, low, high in [
        ("size", "small", "big"), ("way", "left", "right"), ("start", "left", "middle"), ("start", "middle", "right"),
        ("facing", "left", "right"),
    ]:  # fmt: skip
        assert max(said[key][low]) < min(said[key][high]), key
    for key, low, high in [("pace", "slow", "fast"), ("height", "low", "high")]:  # of several kinds of motion
        assert sorted(said[key][low])[-len(said[key][low]) // 10] < sorted(said[key][high])[len(said[key][high]) // 10]


def test_each_detail_is_left_out_half_of_the_time_and_apart_from_the_others():
    scenes = draw(4000, 10)
    every = replace(scenes, seed=torch.full_like(scenes.seed, -1))
    could = [every.words(i) for i in range(len(scenes))]
    does = [scenes.words(i) for i in range(len(scenes))]
    for key in DETAILS:
        both = [(key in d, "start" in d) for c, d in zip(could, does, strict=True) if key in c and "start" in c]
        assert len(both) > 200
        assert sum(a for a, _ in both) / len(both) == pytest.approx(0.5, abs=0.08)
        if key != "start":
            assert sum(a for a, b in both if b) / sum(b for _, b in both) == pytest.approx(0.5, abs=0.1)
    longest = max(len(caption(c, random.Random(i)).split()) for i, c in enumerate(could))
    assert longest <= 22


def test_old_prompts_are_still_said():
    words = {"subject": "ball", "colour": "red", "place": "snow", "motion": "bounce"}
    assert caption(words, random.Random(0), plain=True) == "a red ball bounces in the snow"
    assert brief(words | {"size": "big", "start": "left", "facing": "left"}) == words | {"size": "big"}


def test_every_word_of_the_vocabulary_is_used():
    rng, used = random.Random(1), set()
    for seed in range(8):
        scenes = draw(800, seed)
        used |= {word for i in range(800) for word in caption(scenes.words(i), rng).split()}
    assert used == set(VOCABULARY)


def test_plain_captions_use_the_first_synonym_and_drop_leaves_one_thing_out():
    words = {"subject": "cat", "colour": "orange", "place": "sea", "motion": "left"}
    assert caption(words, random.Random(0), plain=True) == "an orange cat moves left at sea"
    lengths = {
        len(said) for s in range(40) for said in [said_in(caption(words, random.Random(s), plain=True, drop=1.0))]
    }
    assert lengths == {4}
    for s in range(40):
        found = said_in(caption(words, random.Random(s), plain=True, drop=1.0))
        assert sorted(map(len, found.values())) == [0, 1, 1, 1] and found["subject"]
    assert WALK[""]  # the one phrase that leaves a motion open
