"""How sure a share is, from few films: Wilson's interval, which stays within 0..1 and is never empty.

interval(3, 24)                  # (0.04, 0.31): the shares that 3 of 24 fits with, 19 times in 20
"""

Z = 1.96  # standard deviations on either side that hold 95 %


def interval(hits: int, of: int) -> tuple[float, float]:
    if of == 0:
        return 0.0, 1.0
    share, spread = hits / of, Z**2 / of
    middle = (share + spread / 2) / (1 + spread)
    half = Z * (share * (1 - share) / of + Z**2 / (4 * of**2)) ** 0.5 / (1 + spread)
    return max(0.0, middle - half), min(1.0, middle + half)
