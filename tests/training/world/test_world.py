"""The rendered world is what it says: physics in the pixels, sound on the contact, pictures that can be told apart."""

import math
from dataclasses import replace

import pytest
import torch

from tests.training.world.worlds import centre_in_pixels, scene
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
    draw,
    follow,
    listen,
    render,
)
from training.world.motion import BOARD, FLOOR
from training.world.places import backdrop

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
    """From the sky to the rim of a ball, along a row: ten to ninety percent of the way."""
    s = scene(motion="spin", place="sea", colour="purple", radius=14.0, x=32.0, y=30.0, turn=0.0)
    film, empty = render(s, 1, 128, 128)[0, 0], backdrop(s, torch.zeros(1), 128, 128)[0, 0]
    apart = (film - empty).square().sum(0).sqrt()[60, 30:44]  # the rim is at 36
    share = apart[: int(apart.argmax())] / apart.max()
    assert 2 <= int(((share > 0.1) & (share < 0.9)).sum()) <= 4
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
