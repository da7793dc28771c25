# %% [markdown] slideshow={"slide_type": "slide"}
# *After this notebook you can* count the operations of a transformer on paper, measure how cost grows with length, size
# and steps, and tell a measured watt-hour from a guessed one. · **45 minutes** · Needs: patches (04).

# %% slideshow={"slide_type": "slide"}
from explainers.notebook.page import NotebookPage, show_plot

page = NotebookPage("cost", steps=12)  # made anew, so that the seconds are those of this machine
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
page.picture("bill")

# %% slideshow={"slide_type": "slide"}
page.picture("parts")

# %% slideshow={"slide_type": "slide"}
page.picture("course")

# %% slideshow={"slide_type": "slide"}
page.picture("published")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## See it, then cut it

# %%
page.cut("half_steps")

# %% slideshow={"slide_type": "slide"}
page.cut("half_frames")


# %% [markdown] slideshow={"slide_type": "slide"}
# # Under the hood: count it on paper
# A product of a matrix of m x k with one of k x n takes m n k multiplications and as many additions: `2 m n k`
# operations. A transformer is hardly anything else. Per token and layer: four products that make queries, keys, values
# and the way out, and the network behind them. Per *pair* of tokens: one product of q and k, one of weights and v.

# %%
import torch

from explainers.engine import Request, record
from explainers.engine.run.calls import call_again
from explainers.lessons.cost.meter import count, seconds


def products(tokens, width, hidden, gated):
    """Operations with weights of one layer: attention's four square matrices and the network behind it."""
    return 2 * tokens * (4 * width * width + (3 if gated else 2) * width * hidden)


def pairs(queries, keys, width):
    """Operations of attention itself: q with k, then the weights with v."""
    return 2 * queries * keys * width * 2


# %% [markdown]
# Is it true? We check it on an attention that we build ourselves, against torch's own counter:

# %%
width, heads, tokens = 96, 6, 200
layer = torch.nn.TransformerEncoderLayer(width, heads, 4 * width, dropout=0.0, batch_first=True).eval()
x = torch.randn(1, tokens, width)
layer.requires_grad_(True)  # else torch takes a fused path that its counter does not know
counted = count(lambda: layer(x))
on_paper = {"weights": products(tokens, width, 4 * width, gated=False), "attention": pairs(tokens, tokens, width)}
print({name: f"{counted[name]:,} counted, {number:,} on paper" for name, number in on_paper.items()})
assert counted["weights"] == on_paper["weights"] and counted["attention"] == on_paper["attention"]

# %% [markdown] slideshow={"slide_type": "slide"}
# # Under the hood: a scaling plot
# Now the model itself: one call of the network for films of other lengths. What it would show at lengths that it never
# learned is another question; what it costs is not.

# %%
model, run = page.model, page.run


def one_call(frames):
    """Tokens, operations and seconds of one call of the network, for a film of so many frames."""
    begun = record(model, Request(run.request.prompt, seed=1, steps=1, guidance=1.0, frames=frames, sound=False))
    next(begun)
    begun.close()
    film = begun.recording
    rows, cols = model.patches(tuple(film.latents[0].shape[1:]))[1:]
    cubes = model.patches(tuple(film.latents[0].shape[1:]))[0] * rows * cols
    return cubes, count(lambda: call_again(model, film, 0)), seconds(lambda: call_again(model, film, 0))


lengths = [9, 17, 33, 65, 97]
found = [one_call(frames) for frames in lengths]
tokens = [cubes for cubes, _, _ in found]
for frames, (cubes, counted, took) in zip(lengths, found, strict=True):
    print(f"{frames:3} frames: {cubes:5} cubes, {sum(counted.values()) / 1e9:7.2f} billion operations, {took:.3f} s")

# %% slideshow={"slide_type": "slide"}
import numpy as np
import plotly.graph_objects as go

figure = go.Figure()
slopes = {}
for name in ("weights", "attention"):
    work = [counted[name] for _, counted, _ in found]
    slopes[name] = float(np.polyfit(np.log(tokens), np.log(work), 1)[0])  # in a log-log plot a power is a slope
    figure.add_scatter(x=tokens, y=work, mode="lines+markers", name=f"{name}: slope {slopes[name]:.2f}")
figure.update_layout(xaxis_title="cubes", yaxis_title="operations of one call", xaxis_type="log", yaxis_type="log")
show_plot(figure, "Weights grow with the tokens, attention with their square")
assert 0.8 < slopes["weights"] < 1.1 < slopes["attention"] < 2.1

# %% [markdown]
# The slopes are a little below 1 and 2, for the words are there in the shortest film too, and they don't grow.

# %% slideshow={"slide_type": "slide"}
clock = [took for _, _, took in found]
figure = go.Figure(go.Scatter(x=tokens, y=clock, mode="lines+markers", name="seconds of one call"))
figure.update_layout(xaxis_title="cubes", yaxis_title="seconds", xaxis_type="log", yaxis_type="log")
show_plot(figure, "The same on the clock of this machine")

# %% [markdown] slideshow={"slide_type": "slide"}
# # Watt-hours: measured, or guessed?
# Energy is power times time. The seconds are measured. The watts are only measured where the processor counts its own
# joules and lets us read them; else they are a guess of yours, and so is every watt-hour that follows.

# %%
from explainers.lessons.cost.meter import counters, spent

before = counters()
took = seconds(lambda: call_again(model, run, 0), times=1)
joules = spent(before, counters())
watts = page.controls["watts"].value
if joules is None:
    print(f"No counter can be read here. With {watts} W assumed: {watts * took:.2f} J for one call in {took:.3f} s.")
else:
    print(f"The processor counted {joules:.2f} J in {took:.3f} s: {joules / took:.0f} W, whoever used it.")

# %% [markdown] slideshow={"slide_type": "slide"}
# # Exercises
# **1.** From how many tokens on does attention cost more than the weights, in a layer of width 96 like the one above?
# Solve it on paper, then look for it with `products` and `pairs`.

# %% tags=["solution", "hide-input"] jupyter={"source_hidden": true} cellView="form"
# @title Solution
# 2 n (4 w² + 2 w · 4 w) = 24 n w²  against  4 n² w:  equal at n = 6 w.
enough = next(n for n in range(1, 10_000) if pairs(n, n, 96) > products(n, 96, 4 * 96, gated=False))
print(f"from {enough} tokens on; 6 x 96 = {6 * 96}")
assert enough == 6 * 96 + 1

# %% [markdown]
# **2.** A minute at 1280 x 720 with 24 frames a second has some 1.3 million tokens with this codec and these cubes
# (notebook 04). Go on with the two slopes: how many operations would one call take, and how long on this machine?

# %% tags=["solution", "hide-input"] jupyter={"source_hidden": true} cellView="form"
# @title Solution
many = 1.3e6
each, square = (
    np.polyfit(tokens, [c["weights"] for _, c, _ in found], 1)[0],
    found[-1][1]["attention"] / tokens[-1] ** 2,
)
speed = sum(found[-1][1].values()) / found[-1][2]
work = each * many + square * many**2
print(
    f"{work:.1e} operations, {square * many**2 / work:.1%} of them attention: {work / speed / 3600:,.0f} hours a call"
)
assert square * many**2 > each * many

# %% [markdown]
# **3.** Steps against seconds: is the time of a run proportional to its steps? Which part is not?

# %% tags=["solution", "hide-input"] jupyter={"source_hidden": true} cellView="form"
# @title Solution
steps = np.arange(1, len(run.seconds) + 1)
share = np.cumsum(run.seconds) / sum(run.seconds)
print(f"after half the steps {float(share[len(steps) // 2 - 1]):.0%} of the time had gone")
# Every step asks the network for the same sequence. Reading the words and unpacking the latent happen once a film.
