"""The tracker against rendered films, whose centre, contacts and gravity are known: its error is what it claims."""

import numpy as np
import pytest
import torch

from explainers.measure.film import as_film
from explainers.measure.track import centre, contacts, free_fall, turns
from training.world import BOARD_RESTITUTION, COLOURS, FPS, GRAVITY, PLACES, draw, follow, render, spell


@pytest.fixture(scope="module", params=[64, 128])
def balls(request):
    """Films, true tracks, and what the tracker finds: every colour before every place, or at 128 before one of them."""
    said = [{"subject": "ball", "colour": c, "place": p, "motion": "bounce"} for c in COLOURS for p in PLACES]
    said = said[:: {64: 1, 128: 5}[request.param]]  # nine of the 42: all colours, all places
    scenes = spell(said, seed=3)
    track = follow(scenes, 17)
    films = torch.cat([render(scenes[part], 17, *2 * [request.param]) for part in torch.arange(len(said)).split(6)])
    return films, track, [centre(film) for film in films]


def test_centre_of_a_ball(balls):
    _, track, paths = balls
    off = np.array([np.hypot(p.x - track.x[i].numpy(), p.y - track.y[i].numpy()) for i, p in enumerate(paths)])
    assert np.isfinite(off).all()
    assert np.median(off) < 0.2
    assert np.quantile(off, 0.95) < 0.7


def test_size_of_a_ball(balls):
    _, track, paths = balls
    ratio = np.array([np.median(p.size) / float(track.radius[i, 0]) for i, p in enumerate(paths)])
    assert abs(np.median(ratio) - 1) < 0.1


def test_contacts_of_a_ball(balls):
    _, track, paths = balls
    for i, path in enumerate(paths):
        true = [float(t) for t in track.contacts[i] if 1 < t < 15]
        found = contacts(path.y)
        for time in true:
            assert min(abs(time - f) for f in found) < 0.15
        assert len(found) <= len([t for t in track.contacts[i] if t < 17])


def test_gravity_of_a_ball(balls):
    _, _, paths = balls
    error = np.array([abs(free_fall(p.y).gravity / GRAVITY - 1) for p in paths])
    assert np.isfinite(error).all()
    assert np.median(error) < 0.02
    assert np.quantile(error, 0.9) < 0.1


@pytest.mark.parametrize("gravity", [0.15, 0.5])
def test_gravity_that_is_not_the_worlds(gravity):
    """It measures; it does not remember what gravity usually is."""
    said = [{"subject": "ball", "colour": c, "place": "snow", "motion": "bounce"} for c in ("red", "blue", "green")]
    films = render(spell(said, seed=4, gravity=gravity), 17, 64, 64)
    assert np.median([free_fall(centre(f).y).gravity for f in films]) == pytest.approx(gravity, rel=0.06)


def test_a_stripe_as_pale_as_the_sky_belongs_to_the_ball():
    """A disc before a flat sky, with a bar in the sky's own colour above its middle."""
    y, x = torch.meshgrid(torch.arange(64.0) + 0.5, torch.arange(64.0) + 0.5, indexing="ij")
    film = torch.full((17, 3, 64, 64), 0.8)
    for t in range(17):
        inside = 12 - torch.hypot(x - 20 - t, y - 30)
        film[t, 1:, (inside > 0) & ((inside < 1.5) | (y < 20) | (y > 26))] = 0.1
    path = centre(film)
    assert np.abs(path.x - 20 - np.arange(17)).max() < 0.1 and np.abs(path.y - 30).max() < 0.1


def test_tracks_of_all_subjects_and_motions():
    """Up to a constant: the centre of a silhouette is not the middle of a horse."""
    scenes = draw(60, 7)
    track = follow(scenes, 17)
    spread = []
    for i, film in enumerate(render(scenes, 17, 64, 64)):
        path = centre(film)
        dx, dy = path.x - track.x[i].numpy(), path.y - track.y[i].numpy()
        spread.append(np.median(np.hypot(dx - np.median(dx), dy - np.median(dy))))
    assert np.median(spread) < 0.35
    assert np.nanquantile(spread, 0.9) < 0.9


def test_other_sizes_and_the_engines_own_frames():
    scenes = spell([{"subject": "ball", "colour": "red", "place": "grass", "motion": "bounce"}], 5, aspect=1.5)
    track = follow(scenes, 17)
    film = render(scenes, 17, 96, 144)[0]
    frames = (film.permute(0, 2, 3, 1) * 255).round().to(torch.uint8).numpy()  # (frames, rows, cols, 3)
    for one in (film, frames):
        path = centre(one)
        assert np.median(np.hypot(path.x - track.x[0].numpy(), path.y - track.y[0].numpy())) < 0.3


def test_an_exact_parabola_gives_its_numbers_back():
    t = np.arange(17.0)
    fall = free_fall(10 + 0.4 * t + 0.21 * t**2 / 2, [])
    assert fall.gravity == pytest.approx(0.21, abs=1e-9)
    assert fall.error < 1e-9 and np.isfinite(fall.curve).all()


def test_a_kink_is_found_between_the_frames():
    t = np.arange(20.0)
    y = np.where(t < 8.37, 40 - 3.0 * (8.37 - t) + 0.1 * (8.37 - t) ** 2, 40 - 2.2 * (t - 8.37) + 0.1 * (t - 8.37) ** 2)
    (found,) = contacts(y)
    assert found == pytest.approx(8.37, abs=0.06)


def test_no_contact_where_nothing_strikes():
    t = np.arange(17.0)
    for y in (t, -t, 20 + 5 * np.sin(t / 3), np.full(17, 3.0), np.full(17, np.nan)):
        assert contacts(y) == []
    assert np.isnan(free_fall(np.full(17, np.nan)).gravity)


def test_a_rebound_off_the_board_is_a_kink_in_x():
    scenes = spell([{"subject": "ball", "colour": "orange", "place": "grass", "motion": "rebound"}], 6)
    track = follow(scenes, 17)
    hit = float(track.contacts[0][track.kind[0] == 3])
    x = centre(render(scenes, 17, 64, 64)[0]).x
    assert min(abs(hit - time) for time in contacts(x)) < 0.3
    speed = np.diff(track.x[0].numpy())
    assert -speed[-1] / speed[0] == pytest.approx(BOARD_RESTITUTION, abs=1e-3)  # what the film was rendered with


def test_what_turns_back_keeps_a_share_of_its_speed():
    t = np.arange(17)
    there_and_back = 12 + 3.0 * np.minimum(t, 8.4) - 1.5 * np.maximum(t - 8.4, 0)
    ((at, before, after),) = turns(there_and_back)
    assert at == pytest.approx(8.4, abs=0.1) and (before, after) == pytest.approx((3, 1.5), abs=0.01)
    assert turns(-there_and_back) == []


@pytest.mark.parametrize(
    "x",
    [
        np.concatenate([np.linspace(30, 30.4, 9), 30.4 - 2.0 * np.arange(1, 9)]),  # stands, and is struck
        np.concatenate([2.0 * np.arange(9), [14.5], 15.5 + 2.0 * np.arange(7)]),  # jolts, and goes on the same way
        np.full(17, 30.0),
    ],
)
def test_what_stands_or_goes_on_does_not_turn_back(x):
    assert turns(x) == []


def test_an_empty_film_has_no_centre():
    sky = torch.linspace(0, 1, 64).view(1, 1, 64, 1).expand(5, 3, 64, 64)
    assert np.isnan(centre(sky).x).all()


def test_what_is_not_a_film_is_refused():
    with pytest.raises(ValueError, match="frames, 3, rows, cols"):
        as_film(torch.zeros(4, 4))
    assert FPS == 8
