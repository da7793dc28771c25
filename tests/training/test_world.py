"""The rendered world is what it says: physics in the pixels, sound on the contact, captions that tell the truth."""

import math
import random
from dataclasses import replace

import pytest
import torch

from training.world import (
    BOARD_RESTITUTION,
    COLOURS,
    FPS,
    GRAVITY,
    HELD_OUT,
    MOTIONS,
    PLACES,
    RATE,
    RESTITUTION,
    SUBJECTS,
    SYNONYMS,
    VOCABULARY,
    caption,
    draw,
    follow,
    listen,
    render,
    spell,
)
from training.world.gait import STRIDE
from training.world.motion import BOARD, FLOOR, HOOF, at
from training.world.places import backdrop
from training.world.render import SHADOW
from training.world.shapes import SHAPES
from training.world.words import DETAILS, FACINGS, HEIGHTS, LEGGED, PACES, SIZES, WALK, brief


def scene(subject="ball", colour="red", place="night", motion="bounce", seed=0, aspect=1.0, **fixed):
    said = {"subject": subject, "colour": colour, "place": place, "motion": motion}
    return spell([said], seed, aspect, **fixed)


def centre_in_pixels(scenes, frames=17, size=64):
    """Centre of what is drawn, read off the pixels alone: (frames,) x and y.

    The same scene before two backgrounds: where the films differ less than the backgrounds do, something covers them;
    what takes no more than the darkest shadow does not count, and what lets no more than that through counts fully.
    """
    times, films, empty = torch.arange(frames).float(), [], []
    for place in ("sea", "sunset"):
        there = replace(scenes, place=torch.tensor([PLACES.index(place)]))
        films.append(render(there, frames, size, size)[0].double())
        empty.append(backdrop(there, times, size, size)[0].clamp(0, 1).double())
    through = (films[0] - films[1]).abs().sum(1) / (empty[0] - empty[1]).abs().sum(1).clamp(min=1e-3)
    cover = ((1 - through - SHADOW) / (1 - 2 * SHADOW)).clamp(0, 1)  # (frames, rows, cols)
    at = (torch.arange(size) + 0.5) * 64 / size
    total = cover.sum((1, 2))
    return (cover.sum(1) * at).sum(1) / total, (cover.sum(2) * at).sum(1) / total


# physics


@pytest.mark.parametrize("gravity", [0.2, GRAVITY, 0.6])
@pytest.mark.parametrize("colour", ["red", "green"])
def test_pixels_of_a_falling_ball_follow_the_parabola(gravity, colour):
    s = scene(colour=colour, radius=10.0, ground=58.0, y=22.0, fall=0.3, drift=0.2, x=28.0, gravity=gravity, phase=0.0)
    x, y = centre_in_pixels(s)
    t = torch.arange(17).double()
    floor, height = 48.0, 26.0
    landing = (-0.3 + math.sqrt(0.09 + 2 * gravity * height)) / gravity
    falling = t <= landing
    assert ((22 + 0.3 * t + gravity * t**2 / 2 - y)[falling]).abs().max() < 0.1
    assert (x - (28 + 0.2 * t)).abs().max() < 0.1
    since = t - landing
    up = RESTITUTION * (0.3 + gravity * landing)
    flying = (since > 0) & (since < 2 * up / gravity)
    assert flying.any()
    assert ((floor - up * since + gravity * since**2 / 2 - y)[flying]).abs().max() < 0.1


def test_contacts_and_speeds_are_those_of_school():
    track = follow(scene(radius=10.0, ground=58.0, y=28.0, fall=0.0, gravity=0.5), 40)
    first = math.sqrt(2 * 20 / 0.5)
    assert float(track.contacts[0, 0]) == pytest.approx(first, abs=1e-4)
    assert float(track.impact[0, 0]) == pytest.approx(0.5 * first, abs=1e-4)
    assert float(track.contacts[0, 1]) == pytest.approx(first * (1 + 2 * RESTITUTION), abs=1e-4)
    assert float(track.impact[0, 1]) == pytest.approx(RESTITUTION * 0.5 * first, abs=1e-4)
    assert set(track.kind[0, :2].tolist()) == {FLOOR}


def test_a_bounce_comes_back_to_the_square_of_the_restitution():
    s = scene(radius=10.0, ground=58.0, y=28.0, fall=0.0, gravity=0.3)
    y = follow(s, 40).y[0]
    after = y[(torch.arange(40) > math.sqrt(40 / 0.3)) & (torch.arange(40) < 35)]
    assert float(48 - after.min()) == pytest.approx(RESTITUTION**2 * 20, abs=0.1)


def test_a_basketball_meets_the_board_with_its_side_and_comes_back_slower():
    s = scene(motion="rebound", place="grass", seed=3)
    track = follow(s, 17)
    at = float(track.contacts[0][track.kind[0] == BOARD])
    x = track.x[0].double()
    before, after = x[math.floor(at)], x[math.ceil(at) + 1]
    meets = float(s.board[0] - s.radius[0])
    assert before < meets and float(x.max()) <= meets + 1e-4
    assert float(x[1] - x[0]) == pytest.approx(float(s.drift[0]), abs=1e-4)
    assert float(x[-2] - x[-1]) == pytest.approx(BOARD_RESTITUTION * float(s.drift[0]), abs=1e-4)
    assert after < meets


@pytest.mark.parametrize(("motion", "sign"), [("left", -1), ("right", 1)])
def test_left_is_left(motion, sign):
    x, _ = centre_in_pixels(scene("horse", motion=motion, place="grass", speed=1.0))
    assert (sign * x.diff()).mean() == pytest.approx(1.0, abs=0.05)


def test_rolling_turns_as_far_as_it_goes():
    track = follow(scene(motion="roll", radius=9.0, speed=1.2, direction=-1.0), 17)
    assert torch.allclose(track.angle * 9.0, track.x - track.x[:, :1], atol=1e-4)


def gap_below(s, time):
    """How far the silhouette at one time is from the ground, along the ground, in units: (places,) x and gaps."""
    track = at(s, torch.tensor([[float(time)]]).double(), 17)
    x = torch.linspace(-1.2, 1.2, 241) * s.radius
    dx, dy = x, s.ground - track.y[0, 0] - 0.3  # a little above it
    cos, sin = torch.cos(track.angle[0, 0]), torch.sin(track.angle[0, 0])
    p = torch.stack([(cos * dx + sin * dy) * s.direction, cos * dy - sin * dx], -1) / track.radius[0, 0]
    layers = SHAPES[SUBJECTS[s.subject[0]]](p.view(1, 1, 1, -1, 2), track.feet)
    body = torch.stack([layer.distance for layer in layers if layer.paint is None]).amin(0)
    return x * s.direction / s.radius, body[0, 0, 0] * track.radius[0, 0]


@pytest.mark.parametrize("direction", [-1.0, 1.0])
@pytest.mark.parametrize("subject", sorted(LEGGED))
def test_feet_are_down_when_hoofbeats_are_heard(subject, direction):
    """Read off the silhouette: each pair of legs reaches the ground at its beat and not half a stride later."""
    s = scene(subject, "brown", "grass", "gallop", seed=5, direction=direction)
    track = follow(s, 17)
    beats = track.contacts[0][track.kind[0] == HOOF]
    assert len(beats) >= 2
    for beat in beats:
        (x, now), (_, later) = gap_below(s, beat), gap_below(s, beat + STRIDE["gallop"] / 2)
        assert now.min() < 0 < later.min()
        assert float(x[now.argmin()]) > 0 or float(at(s, beat.view(1, 1).double() - 0.5, 17).height) < 1e-4


@pytest.mark.parametrize("gravity", [GRAVITY, 0.6])
def test_a_leap_is_a_parabola_under_the_same_gravity(gravity):
    s = scene("horse", motion="gallop", place="grass", phase=0.0, gravity=gravity)  # lands at 0, leaves a little later
    t = torch.arange(4.0, 12.0).double()[None]
    y = at(s, t, 17).y[0]
    assert torch.allclose(y.diff().diff(), torch.full((6,), gravity), atol=1e-4)
    assert float(s.ground - s.radius - y.min()) > 2.0  # units: with its whole body
    assert float(at(s, t[:, :1] * 0 + STRIDE["gallop"], 17).height) == pytest.approx(0, abs=1e-4)


@pytest.mark.parametrize("subject", sorted(LEGGED))
def test_who_walks_has_always_two_feet_on_the_ground_and_moves_its_legs(subject):
    s = scene(subject, "brown", "grass", "right")
    track = follow(s, 17)
    soles = track.y[..., None] + track.feet[..., 1] * track.radius[..., None]  # (1, 17, 4) from the top
    assert (((soles - s.ground).abs() < 1e-3).sum(-1) >= 2).all() and (soles <= s.ground + 1e-3).all()
    assert (track.feet[0, :, :, 0].diff(dim=0).abs().amax(0) * s.radius > 1.5).all()  # units a frame, each leg
    assert float(track.y.amax() - track.y.amin()) > 0.8  # it bobs
    standing = follow(scene(subject, "brown", "grass", "grow"), 17)
    assert (standing.feet == standing.feet[:, :1]).all()


@pytest.mark.parametrize("motion", ["roll", "right"])
def test_a_star_tumbles_over_its_tips(motion):
    """Whichever way it is turned, its lowest point is on the ground."""
    s = scene("star", "purple", "grass", motion, radius=14.0)
    for time in torch.linspace(0, 16, 23):
        _, gap = gap_below(s, time)
        assert float(gap.min()) == pytest.approx(0, abs=0.35)
    track = follow(s, 17)
    assert float(track.angle.amax() - track.angle.amin()) > 0.6


def test_a_ball_slides_or_rolls_and_a_boat_rocks_in_its_place():
    slides, rolls = follow(scene(motion="right"), 17), follow(scene(motion="roll"), 17)
    assert (slides.angle == 0).all() and rolls.angle.abs().amax() > 0.5
    rocks = follow(scene("boat", motion="right"), 17).angle
    assert 0.2 < float(rocks.amax() - rocks.amin()) < 0.4
    spins = follow(scene("cat", motion="spin"), 17)
    assert (spins.x == spins.x[:, :1]).all() and (spins.y == spins.y[:, :1]).all()


# sound


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("motion", ["bounce", "rebound", "gallop"])
def test_sound_begins_within_a_millisecond_of_each_contact(place, motion):
    s = scene("horse" if motion == "gallop" else "ball", "orange", place, motion, seed=1)
    track = follow(s, 17)
    silent = replace(track, contacts=torch.full_like(track.contacts, math.inf), kind=torch.zeros_like(track.kind))
    wind = listen(s, silent, 17)[0]
    times = track.contacts[0][track.kind[0] > 0]
    for k, time in enumerate(times):
        alone = replace(silent, contacts=silent.contacts.clone(), kind=silent.kind.clone())
        alone.contacts[0, k], alone.kind[0, k] = time, track.kind[0, k]
        thud = (listen(s, alone, 17)[0] - wind).abs()
        begins = float((thud > 0.02 * thud.max()).nonzero()[0]) / RATE
        assert begins == pytest.approx(float(time) / FPS, abs=0.001)


def test_big_sounds_low_and_fast_sounds_loud():
    def thud(radius, fall):
        s = scene(place="grass", radius=radius, ground=58.0, y=58.0 - radius - 8, fall=fall)
        wave = listen(s, follow(s, 12), 12)[0]
        spectrum = torch.fft.rfft(wave * torch.hann_window(len(wave))).abs()
        return float(spectrum.argmax()) * RATE / len(wave), float(wave.abs().max())

    (small, quiet), (big, _), (_, loud) = thud(8.0, 0.0), thud(14.0, 0.0), thud(8.0, 1.5)
    assert small / big == pytest.approx(14 / 8, rel=0.1)
    assert loud > 1.1 * quiet


def test_calm_places_are_silent_and_windy_ones_are_not():
    for place in PLACES:
        s = scene("boat", "blue", place, "left")
        loud = float(listen(s, follow(s, 17), 17).abs().max())
        assert (loud > 0.03) == (place in {"sea", "desert", "snow"})
        assert loud <= 1


# words


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


SIDES = ("left", "right")


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


# what is drawn


def pairs(scenes):
    c = zip(scenes.subject.tolist(), scenes.colour.tolist(), scenes.place.tolist(), scenes.motion.tolist(), strict=True)
    return {(SUBJECTS[s], COLOURS[k], PLACES[p], MOTIONS[m]) for s, k, p, m in c}


def is_held_out(subject, colour, place, motion):
    return motion != "rebound" and (
        [subject, colour] in HELD_OUT["subject-colour"]
        or [subject, motion] in HELD_OUT["subject-motion"]
        or [subject, place] in HELD_OUT["subject-place"]
    )


def test_training_never_shows_a_held_out_pair_and_the_other_world_always_does():
    seen = draw(20_000, 2)
    assert not any(is_held_out(*c) for c in pairs(seen))
    assert all(is_held_out(*c) for c in pairs(draw(5000, 2, "held-out")))
    low, high = HELD_OUT["ranges_seen"]["speed"]
    assert low <= seen.speed.min() and seen.speed.max() <= high
    assert torch.allclose(seen.gravity, torch.tensor(HELD_OUT["ranges_seen"]["gravity"][0]))
    for ranges in (HELD_OUT["ranges_held_out"]["speed"], [[0.0, low]]):
        assert all(b <= low or a >= high for a, b in ranges)


def test_each_subject_comes_as_often():
    seen = draw(12_000, 3)
    plain = seen.motion != MOTIONS.index("rebound")
    share = torch.bincount(seen.subject[plain], minlength=6) / plain.sum()
    assert (share - 1 / 6).abs().max() < 0.015


def test_the_skewed_world_keeps_its_prejudices():
    skewed = pairs(draw(20_000, 4, "skewed"))
    assert {colour for subject, colour, _, _ in skewed if subject == "horse"} == {"brown"}
    assert {place for subject, _, place, _ in skewed if subject == "cat"} == {"night"}
    assert {subject for subject, *_ in skewed} == set(SUBJECTS)
    assert {colour for subject, colour, *_ in skewed if subject == "mammoth"} >= {"red", "green", "brown"}


def test_the_same_seed_gives_the_same_film_and_another_does_not():
    def made(seed):
        s = draw(3, seed)
        return torch.cat([render(s, 5, 32, 32).flatten(), listen(s, follow(s, 5), 5).flatten()])

    assert torch.equal(made(5), made(5))
    assert not torch.equal(made(5), made(6))


def test_spelled_scenes_are_what_was_spelled():
    words = scene("mammoth", "purple", "sunset", "grow").words(0)
    assert {k: words[k] for k in ("subject", "colour", "place", "motion")} == {
        "subject": "mammoth", "colour": "purple", "place": "sunset", "motion": "grow"
    }  # fmt: skip


@pytest.mark.parametrize(
    ("frames", "height", "width"), [(17, 64, 64), (9, 64, 96), (9, 64, 40), (1, 64, 64), (5, 32, 32), (33, 48, 48)]
)
def test_films_of_many_shapes_and_lengths(frames, height, width):
    s = draw(6, 7, aspect=width / height)
    film = render(s, frames, height, width)
    assert film.shape == (6, frames, 3, height, width)
    assert torch.isfinite(film).all() and film.min() >= 0 and film.max() <= 1
    assert listen(s, follow(s, frames), frames).shape == (6, frames * RATE // FPS)
    if frames > 1:
        assert (film.diff(dim=1).abs().amax((1, 2, 3, 4)) > 0.05).all()  # something moves in each


def test_subjects_stay_in_the_picture():
    for aspect in (1.0, 1.5):
        s = draw(1500, 8, aspect=aspect)
        track = follow(s, 17)
        side = 0.8 * track.radius  # the tip of a tail may leave it
        assert (track.x > side).all() and (track.x < 64 * aspect - side).all()
        assert (track.y > side).all() and (track.y < 64 - side).all()


def test_subjects_are_a_third_to_a_half_of_the_height():
    s = draw(1500, 11)
    others = torch.tensor([MOTIONS[m] not in {"grow", "rebound"} for m in s.motion])
    assert float(s.radius[others].min() * 2 / 64) >= 0.35 and float(s.radius[others].max() * 2 / 64) <= 0.5


def test_most_falls_leave_a_flight_that_can_be_measured():
    s = draw(3000, 12)
    s = s[s.motion == MOTIONS.index("bounce")]
    track = follow(s, 17)
    contacts = track.contacts.clamp(max=17)
    edges = torch.cat([torch.zeros(len(s), 1), contacts, torch.full((len(s), 1), 17.0)], 1)
    longest = edges.diff(dim=1).amax(1)
    assert (longest > 6).all()  # so that at least five frames lie within it
    assert (track.y.amax(1) - track.y.amin(1) > 10).all()


# picture


@pytest.mark.parametrize("shift", [0.1, 0.25, 0.5, 0.8])
def test_edges_are_smooth_so_that_a_part_of_a_pixel_moves_the_centre_by_that_part(shift):
    s = scene(motion="spin", radius=10.0, x=30.0, y=30.0, turn=0.0)
    x0, y0 = centre_in_pixels(s, 1)
    x1, y1 = centre_in_pixels(replace(s, x=s.x + shift, y=s.y - shift / 2), 1)
    assert float(x1 - x0) == pytest.approx(shift, abs=0.04)
    assert float(y1 - y0) == pytest.approx(-shift / 2, abs=0.04)


@pytest.mark.parametrize("subject", SUBJECTS)
def test_the_same_scene_at_another_size_is_the_same_picture(subject):
    s = scene(subject, "orange", "grass", "right")
    big = render(s, 3, 128, 128)[0]
    for times in (2, 4):
        small = render(s, 3, 128 // times, 128 // times)[0]
        off = (torch.nn.functional.avg_pool2d(big, times) - small).abs()
        assert off.mean() < 0.004 and off.max() < 0.25


def test_edges_take_three_pixels_at_128():
    """Across the rim of a big disc from full to nothing: ten to ninety percent, and nothing sharper anywhere."""
    s = scene(motion="spin", radius=14.0, x=32.0, y=30.0, turn=0.0, colour="purple")
    film, size = render(s, 1, 128, 128)[0, 0], 128
    empty = backdrop(s, torch.zeros(1), size, size)[0, 0]
    across = (film - empty)[0, 60, :64]  # red, along a row, from the left to the middle
    first = int((across.abs() > 0.02).nonzero()[0])
    rises = (across[first - 1 : first + 8] / across[first : first + 4].abs().amax()).abs()
    assert 2 <= int(((rises > 0.05) & (rises < 0.95)).sum()) + 1 <= 6
    assert float(film.diff(dim=-1).abs().amax()) < 0.5


def test_a_shadow_is_wider_and_paler_the_higher_its_owner():
    def shadow(y):
        s = scene(place="snow", motion="spin", radius=12.0, ground=60.0, x=32.0, y=y, turn=0.0)
        film, empty = render(s, 1, 128, 128)[0, 0], backdrop(s, torch.zeros(1), 128, 128)[0, 0]
        dark = (1 - film / empty)[:, 121:123].mean((0, 1))  # along the ground
        return float(dark.max()), float((dark > dark.max() / 2).sum())

    (low, narrow), (high, wide) = shadow(46.0), shadow(24.0)
    assert low > 1.5 * high > 0.05 and wide > 1.3 * narrow


@pytest.mark.parametrize("place", PLACES)
def test_every_colour_stands_out_in_every_place_and_from_the_others(place):
    bodies = []
    for colour in COLOURS:
        s = scene("mammoth", colour, place, "right", radius=14.0, x=32.0, phase=0.0)
        film, empty = render(s, 1, 64, 64)[0, 0], backdrop(s, torch.zeros(1), 64, 64)[0, 0]
        apart = (film - empty).square().sum(0).sqrt()
        trunk = (slice(int(s.ground) - 18, int(s.ground) - 8), slice(25, 34))  # in the middle of its body
        assert apart[trunk].min() > 0.2, colour
        bodies.append(film[:, trunk[0], trunk[1]].mean((1, 2)))
    between = torch.cdist(torch.stack(bodies), torch.stack(bodies)) + torch.eye(len(COLOURS))
    assert between.min() > 0.2


def test_the_sky_of_a_sunset_fades_from_yellow_to_orange():
    film = render(scene("boat", "blue", "sunset", "left"), 17, 64, 64)[0]
    red, green, blue = film[:, :, 1, 1].unbind(1)  # (frames,) in the corner of the sky
    assert green[0] > 0.8 and red[0] > 0.9 and blue[0] < 0.5  # yellow
    assert 0.3 < green[16] < 0.5 and red[16] > 0.8 and blue[16] < 0.25  # orange
    assert (green.diff() < 0).all()
    other = render(scene("boat", "blue", "desert", "left"), 17, 64, 64)[0, :, :, 1, 1]
    assert torch.allclose(other, other[:1].expand_as(other))


def test_the_colour_that_is_said_is_the_colour_that_is_seen():
    from training.world.render import PAINT

    for colour in COLOURS:
        film = render(
            scene(colour=colour, place="grass", motion="spin", turn=0.0, radius=10.0, x=32.0, y=32.0), 1, 64, 64
        )
        body = film[0, 0, :, 37:40, 31:33].mean((1, 2))  # between two sectors
        distance = {name: float((body - torch.tensor(paint)).norm()) for name, paint in PAINT.items()}
        assert min(distance, key=distance.get) == colour
