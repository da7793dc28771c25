"""A finished pack with fewer of its steps: what is left is what it was."""

import pytest

from explainers.viewer.pack import film_pack, read_pack
from explainers.viewer.thinned import thinned
from explainers.worker.settings import Settings
from tests import fakes


def packed(steps):
    settings = Settings("a red ball", 7, steps, 4.0, "Euler")
    return film_pack(fakes.facts_of(settings), [fakes.step_of(settings, i) for i in range(steps)])


def contents(pack):
    """Of each step: how much noise there was, and the bytes of all that it shows."""
    header, blobs = read_pack(pack)

    def cut(place):
        offset, length = place
        assert offset + length <= len(blobs)
        return bytes(blobs[offset : offset + length])

    return header, [
        {
            "rest": {k: v for k, v in step.items() if k not in ("images", "peaks", "sound")},
            **{kind: cut(place) for kind, place in step["images"].items()},
            **{name: cut(step[name]) for name in ("peaks", "sound") if name in step},
        }
        for step in header["steps"]
    ]


@pytest.mark.parametrize(
    ("steps", "asked", "left"),
    [
        (12, 5, [0, 3, 6, 8, 11]),  # evenly over the way, as near as whole steps come
        (9, 5, [0, 2, 4, 6, 8]),
        (12, 2, [0, 11]),
        (3, 5, [0, 1, 2]),
        (1, 5, [0]),
    ],
)
def test_what_is_left_is_as_it_was_first_and_last_among_it(steps, asked, left):
    whole = packed(steps)
    header, all_of_it = contents(whole)
    small, few = contents(thinned(whole, asked))
    assert few == [all_of_it[index] for index in left]
    assert small["total"] == len(left) and small["maps"] == []
    same = {key: value for key, value in header.items() if key not in ("steps", "total", "maps")}
    assert {key: small[key] for key in same} == same


def test_it_is_as_much_smaller():
    whole = packed(12)
    assert len(thinned(whole, 3)) < len(whole) / 3
    assert "sound" in contents(thinned(whole, 3))[1][-1]  # the finished film keeps its sound
