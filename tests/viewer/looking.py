"""What a person would read off the screen, as numbers."""

import numpy as np


def ball(pixels, channel=0):
    """Middle of what is of one colour, in shares of width and height."""
    others = np.delete(pixels, channel, axis=2).max(axis=2)
    rows, cols = np.nonzero(pixels[..., channel] - others > 0.35)
    return (cols.mean() + 0.5) / pixels.shape[1], (rows.mean() + 0.5) / pixels.shape[0]


def brightest_patch(pixels, patches=8):
    """(row, col) of the patch that is brightest in the middle."""
    height, width, _ = pixels.shape
    at = [(np.arange(patches) + 0.5) * size / patches for size in (height, width)]
    light = pixels.sum(axis=2)[np.ix_(at[0].astype(int), at[1].astype(int))]
    return np.unravel_index(light.argmax(), light.shape)
