# %% [markdown] slideshow={"slide_type": "slide"}
# *After this notebook you can* measure gravity off a film with a few lines, say how sure one film makes
# you, and tell *looks like a fall* from *is a fall*. · **60 minutes** · Needs: nothing but parabolas.

# %% slideshow={"slide_type": "slide"}
from explainers.notebook.page import NotebookPage, show_plot

page = NotebookPage("physics", prompt="a red ball bounces on the grass", seed=3, steps=16)
page.opening()

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The story
# One card at a time, with the film that it speaks of.

# %%
page.story()

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Look
# Now it is yours: move what you like, and every picture follows.

# %%
page.film()

# %% slideshow={"slide_type": "slide"}
page.picture("fall")

# %% slideshow={"slide_type": "slide"}
page.picture("falls")

# %% slideshow={"slide_type": "slide"}
page.picture("gravities")

# %% slideshow={"slide_type": "slide"}
page.picture("conflict")

# %% slideshow={"slide_type": "slide"}
page.picture("pairs")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## See it, then cut it

# %%
page.cut("alone")


# %% [markdown] slideshow={"slide_type": "slide"}
# # Under the hood: gravity off a film, by hand
# First a world whose law we know: a ball thrown up and to the right, drawn from `y = y0 + v t + g t² / 2`, with the
# speed at which it comes down again when the film ends.

# %%
import numpy as np

asked = page.run.request
side, frames = asked.height, asked.frames


def thrown(gravity, radius=6, y0=52.0):
    """(frames, side, side, 3) uint8, and the true heights in pixels from the top."""
    t = np.arange(frames)
    speed = -gravity * (frames - 1) / 2
    heights = y0 + speed * t + gravity * t**2 / 2
    y, x = np.mgrid[:side, :side] * 64 / side
    film = np.full((frames, side, side, 3), 205, np.uint8)
    for n, height in enumerate(heights):
        film[n][(x - 8 - 3 * n) ** 2 + (y - height) ** 2 < radius**2] = (200, 40, 30)
    return film, heights


def tracked(film):
    """(frames,) where the middle of what moves is, in 64ths of the height from the top. NaN where nothing is seen."""
    apart = np.abs(film.astype(float) - np.median(film, 0)).sum(-1)  # (frames, rows, cols)
    weight = np.where(apart > 60, apart, 0).sum(2)  # (frames, rows)
    rows = (np.arange(film.shape[1]) + 0.5) * 64 / film.shape[1] - 0.5
    seen = weight.sum(1) > 0
    return np.where(seen, (weight * rows).sum(1) / weight.sum(1).clip(1e-9), np.nan)


def parabola(y):
    """Gravity of the parabola with the least error: twice the number before t²."""
    t = np.flatnonzero(np.isfinite(y))
    return 2 * np.polyfit(t, y[t], 2)[0]


# %%
for true in (0.2, 0.4, 0.6):
    film, heights = thrown(true)
    found = parabola(tracked(film))
    print(
        f"drawn with gravity {true:.2f}: track off by {np.abs(tracked(film) - heights).max():.2f}, gravity {found:.3f}"
    )
    assert abs(found - true) < 0.05 * true

# %% [markdown] slideshow={"slide_type": "slide"}
# Units: a 64th of the picture's height per frame, and per frame again. Nobody can read metres off a film without being
# told how large the ball is. Now the model's film, from one contact to the next, with the kit's tracker, which also
# copes with a background that moves:

# %%
import plotly.graph_objects as go

from explainers.engine import decode
from explainers.measure.track import centre, contacts, free_fall

model, run = page.model, page.run
made = decode(model, run, sound=False)
path = centre(made.frames)
fall = free_fall(path.y)
figure = go.Figure()
figure.add_scatter(y=path.y, mode="markers", name="track of what moves")
figure.add_scatter(y=fall.curve, mode="lines", name=f"parabola, gravity {fall.gravity:.2f}")
for t in contacts(path.y):
    figure.add_vline(x=t, line_dash="dot")
figure.update_layout(xaxis_title="frame", yaxis_title="64ths of the height, from the top")
show_plot(figure.update_yaxes(autorange="reversed"), "The track, its longest flight, and contacts (dotted)")

# %% [markdown] slideshow={"slide_type": "slide"}
# # Is a parabola special?
# Almost any smooth way down looks like one. So compare with a rival: a straight line with a kink has as many numbers to
# choose. Which of the two misses the track by less?


# %%
def misses(y):
    """Root mean square error of the best parabola and of the best pair of straight lines."""
    t = np.flatnonzero(np.isfinite(y)).astype(float)
    y = y[np.isfinite(y)]
    smooth = np.polyval(np.polyfit(t, y, 2), t) - y
    kinked = []
    for at in t[2:-2]:
        columns = np.stack([np.ones_like(t), t, np.maximum(t - at, 0)], 1)
        kinked.append(np.square(columns @ np.linalg.lstsq(columns, y, rcond=None)[0] - y).mean() ** 0.5)
    return float(np.square(smooth).mean() ** 0.5), float(min(kinked))


smooth, kinked = misses(tracked(thrown(0.4)[0]))
print(f"drawn ball: parabola misses by {smooth:.2f}, kinked line by {kinked:.2f}")
assert smooth < kinked
flight = path.y[int(np.ceil(fall.start)) : int(np.floor(fall.end)) + 1] if np.isfinite(fall.gravity) else path.y
if np.isfinite(flight).sum() >= 6:
    smooth, kinked = misses(flight)
    print(f"the model's ball: parabola misses by {smooth:.2f}, kinked line by {kinked:.2f}")
else:
    print("This film has no flight of six frames: nothing can be said about it.")

# %% [markdown] slideshow={"slide_type": "slide"}
# # Exercises
# **1.** A track is never exact. Shake the drawn track by half a unit a frame, a hundred times. How far do the measured
# gravities spread? What does that say about a single film?

# %% tags=["solution", "hide-input"] jupyter={"source_hidden": true} cellView="form"
# @title Solution
dice = np.random.default_rng(0)
_, heights = thrown(0.4)
many = [parabola(heights + 0.5 * dice.standard_normal(frames)) for _ in range(100)]
few = [parabola((heights + 0.5 * dice.standard_normal(frames))[:6]) for _ in range(100)]
print(f"over {frames} frames {np.mean(many):.3f} ± {np.std(many):.3f}")
print(f"over 6 frames {np.mean(few):.2f} ± {np.std(few):.2f}")
assert np.std(few) > 5 * np.std(many)
# The flights of a film are short, so one film says little. That is why the page measures many and shows their spread.

# %% [markdown]
# **2.** Play the drawn film at half the frames (every second one). What happens to the number, and to the law?

# %% tags=["solution", "hide-input"] jupyter={"source_hidden": true} cellView="form"
# @title Solution
slow = parabola(tracked(thrown(0.4)[0])[::2])
print(f"gravity {slow:.2f}, {slow / 0.4:.1f} times as much: frames are the clock, and time counts twice")
assert abs(slow / 0.4 - 4) < 0.3

# %% [markdown]
# **3.** Does a heavier ball fall faster? Draw a large one and a small one with the same gravity, and measure. Then say
# what the *model* would have had to see to know that.

# %% tags=["solution", "hide-input"] jupyter={"source_hidden": true} cellView="form"
# @title Solution
for radius in (3, 9):
    print(f"radius {radius}: gravity {parabola(tracked(thrown(0.4, radius=radius)[0])):.3f}")
# In the formula size does not occur. A model only knows it if its films showed balls of many sizes falling alike;
# otherwise size and speed may go together in its data, and it learns that instead.
