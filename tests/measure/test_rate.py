"""The interval of a share against what it promises: it holds the true share some 95 times in 100."""

import numpy as np
import pytest

from explainers.measure.rate import interval


@pytest.mark.parametrize(("share", "of"), [(0.1, 20), (0.5, 20), (0.95, 24), (0.3, 6)])
def test_it_holds_the_truth_nineteen_times_in_twenty(share, of):
    hits = np.random.default_rng(0).binomial(of, share, 4000)
    held = np.mean([low <= share <= high for low, high in (interval(int(n), of) for n in hits)])
    assert 0.9 < held < 0.995


def test_none_of_few_is_not_never():
    low, high = interval(0, 10)
    assert low == pytest.approx(0, abs=1e-9) and high == pytest.approx(1.96**2 / (10 + 1.96**2))  # Wilson's, at 0
    assert interval(10, 10)[0] == pytest.approx(1 - high)
    assert interval(0, 0) == (0.0, 1.0)
