# %% [markdown] slideshow={"slide_type": "slide"}
# *After this notebook you can* say what training asks of a model and what it leaves behind, train a
# small one on a world that you can count, and test whether it copies. · **60 minutes** · Needs: noise (02).

# %% slideshow={"slide_type": "slide"}
from explainers.notebook.page import NotebookPage, show_plot

page = NotebookPage("learning", steps=10)  # few, so that a cut is made in seconds
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
page.picture("guesses")

# %% slideshow={"slide_type": "slide"}
page.picture("course")

# %% slideshow={"slide_type": "slide"}
page.picture("clips")

# %% slideshow={"slide_type": "slide"}
page.picture("together")

# %% slideshow={"slide_type": "slide"}
page.picture("near")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## See it, then cut it

# %%
page.cut("strange")


# %% [markdown] slideshow={"slide_type": "slide"}
# # Under the hood: what is learned
# The whole of training is one question, asked millions of times: *here is a film under some noise; which way was it
# drowned?* The answer is the velocity of notebook 02, `eps - x0`, and the error of the guess is all that the model is
# ever told. We ask it ourselves, at several levels of noise, and we ask younger models too.

# %%
from dataclasses import replace

import torch

from explainers.engine.run.calls import call_again
from explainers.lessons.learning.weights import ages, opened

model, run = page.model, page.run
film = run.latent  # (channels, frames, rows, cols)


def error(of, step, seed=0):
    """Mean square error of the velocity that a model predicts, for this film under fresh noise of this step's level."""
    sigma = run.sigmas[step]
    eps = torch.randn(film.shape, generator=torch.Generator().manual_seed(seed))
    noisy = (1 - sigma) * film + sigma * eps
    # The recorded call once more, with our noisy film in its place. `weights` says whom the recording is meant for.
    asked = replace(run, weights=of.weights, latents=[*run.latents[:step], noisy, *run.latents[step + 1 :]])
    which = next(n for n, call in enumerate(run.calls[step]) if call.branch == "cond")
    said = call_again(of, asked, step, which)[0][0].reshape(film.shape)
    return float((said - (eps - film)).square().mean())


# %% slideshow={"slide_type": "slide"}
import plotly.graph_objects as go

steps = [round(part * (len(run.steps) - 1)) for part in (0.1, 0.5, 0.9)]
models = {f"after {seen:,} clips": opened(model, path) for seen, path in ages(model).items()} | {"finished": model}
errors = {name: [error(of, step) for step in steps] for name, of in models.items()}
figure = go.Figure()
for name, values in errors.items():
    figure.add_scatter(x=[run.sigmas[step] for step in steps], y=values, mode="lines+markers", name=name)
figure.update_layout(xaxis_title="share of noise", yaxis_title="mean square error of the velocity")
show_plot(figure, "The one number that training makes smaller, by age")
youngest, finished = (sum(errors[name]) for name in (next(iter(errors)), "finished"))
assert finished < youngest

# %% [markdown]
# (The film is one that the finished model made itself, so this flatters it. Exercise 1 is fairer.)

# %% [markdown] slideshow={"slide_type": "slide"}
# # A world of your own
# A model knows what its data held, in the shares in which the data held it. Nothing shows this better than a world so
# small that you can count it: dots in four places, each with a *caption* of two words. One pair is never shown, and one
# colour is rare.

# %%
import math
from itertools import pairwise

SIDES, HEIGHTS = ["left", "right"], ["up", "down"]
PLACES = {("left", "up"): (-1, 1), ("left", "down"): (-1, -1), ("right", "up"): (1, 1), ("right", "down"): (1, -1)}
SHARES = {("left", "up"): 0.60, ("left", "down"): 0.30, ("right", "up"): 0.10}  # and "right down" never


def sampled_world(count, dice):
    """Captions as two numbers each, and dots near the caption's place."""
    pairs = list(SHARES)
    which = torch.multinomial(torch.tensor(list(SHARES.values())), count, replacement=True, generator=dice)
    words = torch.tensor([[SIDES.index(a), HEIGHTS.index(b)] for a, b in pairs])[which]
    middle = torch.tensor([PLACES[pair] for pair in pairs], dtype=torch.float32)[which]
    return words, middle + 0.15 * torch.randn(count, 2, generator=dice)


# %% slideshow={"slide_type": "slide"}
class Toy(torch.nn.Module):
    """Dot under noise, level and caption in, velocity out. A caption may be left empty (index 2)."""

    def __init__(self, width=96):
        super().__init__()
        self.side, self.height = torch.nn.Embedding(3, 8), torch.nn.Embedding(3, 8)
        self.body = torch.nn.Sequential(
            torch.nn.Linear(2 + 8 + 16, width), torch.nn.SiLU(), torch.nn.Linear(width, width), torch.nn.SiLU(),
            torch.nn.Linear(width, 2),
        )  # fmt: skip

    def forward(self, x, sigma, words):
        waves = sigma[:, None] * math.pi * torch.tensor([0.5, 1.0, 2.0, 4.0])
        said = torch.cat([self.side(words[:, 0]), self.height(words[:, 1])], 1)
        return self.body(torch.cat([x, waves.sin(), waves.cos(), said], 1))


@torch.no_grad()
def made(toy, words, count=400, steps=25, seed=1):
    x = torch.randn(count, 2, generator=torch.Generator().manual_seed(seed))
    levels = torch.linspace(1, 0, steps + 1)
    for now, then in pairwise(levels):
        x = x + (then - now) * toy(x, now.expand(count), torch.tensor(words).expand(count, 2))
    return x


# %% slideshow={"slide_type": "slide"}
import copy
import time

torch.manual_seed(0)
dice = torch.Generator().manual_seed(0)
toy, youth, losses = Toy(), {}, []
optimiser = torch.optim.AdamW(toy.parameters(), 3e-3)
began = time.perf_counter()
for turn in range(1501):
    if turn in (20, 100, 400, 1500):
        youth[turn] = copy.deepcopy(toy)
    words, x0 = sampled_world(256, dice)
    words = torch.where(torch.rand(words.shape, generator=dice) < 0.1, 2, words)  # now and then without a word
    eps, sigma = torch.randn(x0.shape, generator=dice), torch.rand(256, generator=dice)
    x_t = (1 - sigma)[:, None] * x0 + sigma[:, None] * eps
    loss = (toy(x_t, sigma, words) - (eps - x0)).square().mean()
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    losses.append(float(loss.detach()))
print(f"{time.perf_counter() - began:.0f} s; error {sum(losses[:20]) / 20:.2f} -> {sum(losses[-100:]) / 100:.2f}")
assert sum(losses[-100:]) / 100 < sum(losses[:20]) / 20

# %% [markdown] slideshow={"slide_type": "slide"}
# The same noise and the same words, through its youth:

# %%
from plotly.subplots import make_subplots

figure = make_subplots(1, len(youth), subplot_titles=[f"after {turn} rounds" for turn in youth])
for column, young in enumerate(youth.values(), 1):
    cloud = made(young, [SIDES.index("left"), HEIGHTS.index("up")])
    figure.add_scatter(x=cloud[:, 0], y=cloud[:, 1], mode="markers", marker_size=3, row=1, col=column, showlegend=False)
figure.update_xaxes(range=[-2.5, 2.5]).update_yaxes(range=[-2.5, 2.5])
show_plot(figure, "“left up”, from the same noise: the shape comes out of training, not out of the noise")
near = torch.cdist(made(toy, [0, 0]), torch.tensor([PLACES["left", "up"]], dtype=torch.float32))
assert float(near.mean()) < 0.6

# %% [markdown] slideshow={"slide_type": "slide"}
# Without words it makes what it saw, as often as it saw it:

# %%
free = made(toy, [2, 2], count=4000)
corner = {pair: torch.tensor(place, dtype=torch.float32) for pair, place in PLACES.items()}
nearest = torch.cdist(free, torch.stack(list(corner.values()))).argmin(1)
for n, pair in enumerate(corner):
    share = float((nearest == n).float().mean())
    print(f"{' '.join(pair):10} in the data {SHARES.get(pair, 0):4.0%}, made {share:4.0%}")

# %% [markdown] slideshow={"slide_type": "slide"}
# # Exercises
# **1.** Be fairer to the young: measure the error on a film that *no* model made. Encode the clip drawn below, and
# compare the youngest with the finished one.

# %% tags=["solution", "hide-input"] jupyter={"source_hidden": true} cellView="form"
# @title Solution
import numpy as np

from explainers.engine import encode

asked = run.request
y, x = np.mgrid[: asked.height, : asked.width]
drawn = np.full((asked.frames, asked.height, asked.width, 3), 215, np.uint8)
for t in range(asked.frames):
    drawn[t][(x - 8 - 3 * t) ** 2 + (y - 40) ** 2 < 8**2] = (200, 40, 30)
film = encode(model, drawn)  # `error` asks about `film`
fair = {name: np.mean([error(of, step) for step in steps]) for name, of in models.items()}
for name, value in fair.items():
    print(f"{name:>20}: error {value:.3f}")
film = run.latent

# %% [markdown]
# **2.** “Right down” was never shown. Ask the toy for it. Does it look the pair up, or does it put two words together?

# %% tags=["solution", "hide-input"] jupyter={"source_hidden": true} cellView="form"
# @title Solution
cloud = made(toy, [SIDES.index("right"), HEIGHTS.index("down")])
apart = torch.cdist(cloud, torch.stack(list(corner.values()))).mean(0)
for pair, far in zip(corner, apart.tolist(), strict=True):
    print(f"mean distance from {' '.join(pair):10} {far:.2f}")
# There is nothing to look up. What comes out is what the network makes of two words that it knows singly: sometimes
# the right corner, sometimes one of the three that it saw. Which one, nobody promised.

# %% [markdown]
# **3.** Does it copy? Compare the distance from made dots to their nearest dot of training with the distance from *new*
# dots of the world to theirs.

# %% tags=["solution", "hide-input"] jupyter={"source_hidden": true} cellView="form"
# @title Solution
_, trained = sampled_world(4000, torch.Generator().manual_seed(0))
_, new = sampled_world(1000, torch.Generator().manual_seed(5))
far = {name: float(torch.cdist(dots, trained).min(1).values.median()) for name, dots in (("made", free), ("new", new))}
print(f"to the nearest dot of training: made {far['made']:.4f}, new {far['new']:.4f}")
# A copy would be at distance 0. Made dots are as far from the data as new ones are, or further.
assert far["made"] > 0.3 * far["new"]
