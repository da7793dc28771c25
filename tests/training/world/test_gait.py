"""Who walks, leaps, tumbles, rocks or slides does it on the ground: read off the silhouettes and the tracks."""

import pytest
import torch

from tests.training.world.worlds import scene
from training.world import GRAVITY, SUBJECTS, follow
from training.world.gait import STRIDE
from training.world.motion import HOOF, at
from training.world.shapes import SHAPES
from training.world.words import LEGGED


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
        # the fore pair ends the leap; the hind pair lands when the body is down already
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
