# %% [markdown] slideshow={"slide_type": "slide"}
# *After this notebook you can* write the sampling loop of an AI video model by hand, train a diffusion model of your
# own in half a minute on a shape that you draw, and say why one step is not enough. · **90 minutes** (45 without the
# toy) · Needs: noise (02).

# %% slideshow={"slide_type": "slide"}
from explainers.notebook.page import NotebookPage, Sketch, show_films, show_plot

page = NotebookPage("denoising", steps=16)  # few, so that a cut is made in seconds
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
page.picture("given_and_guess")

# %% slideshow={"slide_type": "slide"}
page.picture("way")

# %% slideshow={"slide_type": "slide"}
page.picture("straight")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## See it, then cut it

# %%
page.cut("jump")

# %% slideshow={"slide_type": "slide"}
page.cut("poke")


# %% [markdown] slideshow={"slide_type": "slide"}
# # Under the hood: the sampling loop
# Twelve lines. `ask` runs the network once; all the rest is ours: how the two answers become one (*guidance*), and how
# far to go (*Euler's step*, from one level of noise to the next).

# %%
import torch

from explainers.engine import replay

model, run = page.model, page.run


def ask(x, sound, step):
    """What the network says of a noisy film: with the words, without them, and both for the sound."""
    asked = replay(model, run, from_step=step, latent=x, sound_latent=sound)
    said = next(asked)
    asked.close()
    return said


# %% slideshow={"slide_type": "slide"}
x = run.latents[0]  # (channels, frames, rows, cols): nothing but noise
sound = run.sound_latents[0] if run.sound_latents else None  # (channels, slices)
sigmas = [*run.sigmas, 0.0]
for step in range(len(run.steps)):
    said = ask(x, sound, step)
    velocity = said.cond
    if said.uncond is not None:
        velocity = said.uncond + run.request.guidance * (said.cond - said.uncond)
    x = x + (sigmas[step + 1] - sigmas[step]) * velocity
    if sound is not None:
        sound = sound + (sigmas[step + 1] - sigmas[step]) * said.sound_velocity

# %% [markdown]
# The same film as the pipeline made:

# %%
from explainers.engine import decode

apart = float((x - run.latent).abs().max() / run.latent.abs().max())
print(f"largest difference {apart:.1e} of the largest number")
assert apart < 1e-3
show_films(
    {"by hand": decode(model, run, x, sound=False).frames, "the pipeline": decode(model, run, sound=False).frames}
)

# %% [markdown] slideshow={"slide_type": "slide"}
# # A diffusion model of your own
# Draw a shape. It is the distribution that a small network shall learn: two numbers a point instead of a film's
# thousands, and everything else the same. (It starts with a shape, so you may also just go on.)

# %%
import math
from itertools import pairwise

turns = torch.linspace(0.25, 1, 1200)
noise = torch.randn(1200, 2, generator=torch.Generator().manual_seed(0)) * 0.025
spiral = turns[:, None] * torch.stack([(turns * 10).cos(), (turns * 10).sin()], 1) * 0.8 + noise
sketch = Sketch(points=spiral.tolist())
sketch.show()

# %% slideshow={"slide_type": "slide"}
import time

points = torch.from_numpy(sketch.array())  # (points, 2)
middle, spread = points.mean(0), points.std()
shape = (points - middle) / spread  # mean 0, spread 1, as for films

torch.manual_seed(0)
network = torch.nn.Sequential(
    torch.nn.Linear(2 + 8, 128), torch.nn.SiLU(), torch.nn.Linear(128, 128), torch.nn.SiLU(), torch.nn.Linear(128, 2)
)


def predicted(x, sigma):
    """The velocity at x, with the level of noise told as a few waves."""
    waves = sigma[:, None] * math.pi * torch.tensor([0.5, 1.0, 2.0, 4.0])
    return network(torch.cat([x, waves.sin(), waves.cos()], 1))


optimiser = torch.optim.AdamW(network.parameters(), 3e-3)
began, losses = time.perf_counter(), []
for turn in range(2500):
    x0 = shape[torch.randint(len(shape), (256,))]
    eps, sigma = torch.randn_like(x0), torch.rand(256)
    x_t = (1 - sigma)[:, None] * x0 + sigma[:, None] * eps
    loss = (predicted(x_t, sigma) - (eps - x0)).square().mean()
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    for group in optimiser.param_groups:
        group["lr"] = 3e-3 * (1 - turn / 2500)
    losses.append(float(loss.detach()))
print(f"{time.perf_counter() - began:.0f} s; error {sum(losses[:50]) / 50:.2f} -> {sum(losses[-50:]) / 50:.2f}")
assert sum(losses[-50:]) < sum(losses[:50])

# %% [markdown] slideshow={"slide_type": "slide"}
# The loop is the one above. Only the model is smaller.


# %%
@torch.no_grad()
def sampled(steps, count=1000, seed=1):
    x = torch.randn(count, 2, generator=torch.Generator().manual_seed(seed))
    levels = torch.linspace(1, 0, steps + 1)
    for now, then in pairwise(levels):
        x = x + (then - now) * predicted(x, now.expand(len(x)))
    return x


def energy_distance(a, b):
    """0 for equal distributions: how much further strangers are apart than members of one family."""
    return float(2 * torch.cdist(a, b).mean() - torch.cdist(a, a).mean() - torch.cdist(b, b).mean())


# %% slideshow={"slide_type": "slide"}
import plotly.graph_objects as go
from plotly.subplots import make_subplots

figure = make_subplots(1, 4, subplot_titles=["drawn", "1 step", "4 steps", "50 steps"])
for column, cloud in enumerate([shape, sampled(1), sampled(4), sampled(50)], 1):
    figure.add_scatter(x=cloud[:, 0], y=cloud[:, 1], mode="markers", marker_size=2, row=1, col=column, showlegend=False)
figure.update_xaxes(range=[-3, 3]).update_yaxes(range=[-3, 3])
show_plot(figure, "Your drawing, and what the model makes of noise")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Steps against quality

# %%
counts = [1, 2, 3, 4, 6, 10, 25, 50]
distances = [energy_distance(sampled(steps), shape) for steps in counts]
figure = go.Figure(go.Scatter(x=counts, y=distances, mode="lines+markers"))
figure.update_layout(xaxis_title="steps", yaxis_title="distance from the drawing", xaxis_type="log")
show_plot(figure, "More steps, nearer to the drawing: at first a lot, then hardly")
assert distances[0] > 3 * distances[-1]

# %% [markdown] slideshow={"slide_type": "slide"}
# # Exercises
# **1.** Where does the first jump land? Compute the mean of `sampled(1)` and the mean of the drawing, and explain.

# %% tags=["solution", "hide-input"] jupyter={"source_hidden": true} cellView="form"
# @title Solution
for name, cloud in (("first guess", sampled(1)), ("drawing", shape)):
    x, y = cloud.mean(0).tolist()
    print(f"{name:>12}: mean {x:+.2f}, {y:+.2f}, spread {float(cloud.std()):.2f}")
# From pure noise nothing can be told, so the guess with the least error is the *middle* of everything that was drawn.
# In a film that is a blur.
assert float(sampled(1).std()) < 0.8 * float(shape.std())

# %% [markdown]
# **2.** Write Heun's step: go there, look again, and use the mean of both velocities. How many *calls of the network*
# does it need for the quality of Euler's 10?


# %% tags=["solution", "hide-input"] jupyter={"source_hidden": true} cellView="form"
# @title Solution
@torch.no_grad()
def heun(steps, count=1000, seed=1):
    x = torch.randn(count, 2, generator=torch.Generator().manual_seed(seed))
    levels = torch.linspace(1, 0, steps + 1)
    for now, then in pairwise(levels):
        first = predicted(x, now.expand(len(x)))
        there = x + (then - now) * first
        x = x + (then - now) * (first + predicted(there, then.expand(len(x)))) / 2
    return x


for steps in (2, 3, 5):
    print(f"Heun, {2 * steps} calls: {energy_distance(heun(steps), shape):.4f}; Euler, 10 calls: {distances[5]:.4f}")

# %% [markdown]
# **3.** Give the film fewer steps (`page.develop(steps=2)`), and compare the last guesses.

# %% tags=["solution", "hide-input"] jupyter={"source_hidden": true} cellView="form"
# @title Solution
few = NotebookPage("denoising", steps=2)
show_films(
    {
        "2 steps": decode(model, few.run, sound=False).frames,
        f"{len(run.steps)} steps": decode(model, run, sound=False).frames,
    }
)
