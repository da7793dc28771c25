# %% [markdown] slideshow={"slide_type": "slide"}
# *After this notebook you can* write down the formula that drowns a film in noise, jump to any level of it, and say
# which detail dies first and why. · **45 minutes** (20 without the exercises) · Needs: nothing but fractions.

# %% slideshow={"slide_type": "slide"}
from explainers.notebook.page import NotebookPage, show_plot

page = NotebookPage("noise")
page.opening()

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The story
# One card at a time, with the film that it speaks of.

# %%
page.story()

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Look
# Move the step under the film, and the level of the noise below.

# %%
page.film()

# %% slideshow={"slide_type": "slide"}
page.picture("drowned")

# %% slideshow={"slide_type": "slide"}
page.picture("overtakes")

# %% slideshow={"slide_type": "slide"}
page.picture("jump")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## See it, then cut it

# %%
page.cut("half_noise")

# %% slideshow={"slide_type": "slide"}
page.cut("back")


# %% [markdown] slideshow={"slide_type": "slide"}
# # Under the hood
# The whole forward process is three lines. The film is `x0`, the noise is `eps`, and `sigma` says how much of it.

# %%
import torch


def drown(x0, sigma, seed=0):
    eps = torch.randn(x0.shape, generator=torch.Generator().manual_seed(seed))
    return (1 - sigma) * x0 + sigma * eps


x0 = page.run.latent  # (channels, frames, rows, cols): the finished film as the model has it
x0 = (x0 - x0.mean()) / x0.std()  # mean 0, spread 1, like the noise

# %% [markdown]
# Nothing has to happen in between: a hundred small steps lead to a cloud of the same middle and spread. Each step
# fades what is there, and adds just the noise that is missing at the new level.

# %%
x, at, hops, level = x0, 0.0, 100, 0.7
for hop in range(1, hops + 1):
    to = level * hop / hops
    fade = (1 - to) / (1 - at)
    missing = (to**2 - (fade * at) ** 2) ** 0.5
    x, at = fade * x + missing * torch.randn(x.shape, generator=torch.Generator().manual_seed(hop)), to

jumped = drown(x0, level)
left = [float((made * x0).mean()) for made in (jumped, x)]  # how much of the film is still there
print(f"left of the film: one jump {left[0]:.3f}, {hops} steps {left[1]:.3f}, the formula says {1 - level:.3f}")
assert all(abs(share - (1 - level)) < 0.06 for share in left)
assert abs(float(jumped.std()) - float(x.std())) < 0.05

# %% [markdown] slideshow={"slide_type": "slide"}
# The straight line between film and noise has a direction, the *velocity*. It is what the model learns to say, and it
# is the same at every level:

# %%
eps = torch.randn(x0.shape, generator=torch.Generator().manual_seed(0))
velocity = eps - x0
for sigma in (0.2, 0.5, 0.9):
    x_t = (1 - sigma) * x0 + sigma * eps
    assert torch.allclose(x_t, drown(x0, sigma))
    assert torch.allclose(x_t - sigma * velocity, x0, atol=1e-5)  # whoever knows the velocity is back in one jump

# %% [markdown] slideshow={"slide_type": "slide"}
# The recording of a real run starts at the end of that line: its first latent is all noise.

# %%
start = page.run.latents[0]
print(f"sigma {page.run.sigmas[0]:.3f}: mean {start.mean():+.3f}, spread {start.std():.3f}")
assert page.run.sigmas[0] > 0.9 and abs(float(start.std()) - 1) < 0.1

# %% [markdown] slideshow={"slide_type": "slide"}
# # Exercises
# **1.** At which level are film and noise equally strong, when both have spread 1? Guess first, then solve
# `1 - sigma = sigma`, then check it with `drown`.

# %% tags=["solution", "hide-input"] jupyter={"source_hidden": true} cellView="form"
# @title Solution
half = drown(x0, 0.5)
print(f"film and noise each put 0.5 in: power {float(half.var()):.2f}, half of 1, for 0.5² + 0.5² = 0.5")
assert abs(float(half.var()) - 0.5) < 0.05

# %% [markdown]
# **2.** Older models keep the power at 1 all the way: `x_t = sqrt(a) * x0 + sqrt(1 - a) * eps`, with some `a` from 1
# down to 0. Which `a` gives the same ratio of film to noise as `sigma = 0.7`? Show that only a factor divides the two.

# %% tags=["solution", "hide-input"] jupyter={"source_hidden": true} cellView="form"
# @title Solution
sigma = 0.7
a = (1 - sigma) ** 2 / ((1 - sigma) ** 2 + sigma**2)
older = a**0.5 * x0 + (1 - a) ** 0.5 * eps
factor = ((1 - sigma) ** 2 + sigma**2) ** 0.5
assert torch.allclose(older * factor, (1 - sigma) * x0 + sigma * eps, atol=1e-5)
print(f"a = {a:.3f}; the older formula is ours divided by {factor:.3f}")

# %% [markdown]
# **3.** Why does fine detail drown first on pixels? Make a picture whose fine detail is as strong as its coarse shapes
# (that is: white noise), and look at its spectrum under noise.

# %% tags=["solution", "hide-input"] jupyter={"source_hidden": true} cellView="form"
# @title Solution
import plotly.graph_objects as go

film = torch.from_numpy(page.measure("drowned")["film"]).float().mean(-1)  # (frames, height, width)
figure = go.Figure()
for name, picture in (("film", film - film.mean()), ("white noise", torch.randn(film.shape))):
    power = torch.fft.fft2(picture / picture.std().clamp(min=1e-6)).abs().square().mean((0, 1))[1 : film.shape[-1] // 2]
    figure.add_scatter(y=power / power.mean(), name=name)
figure.update_layout(xaxis_title="waves across the picture", yaxis_title="power", yaxis_type="log")
show_plot(figure, "A film is strong in coarse shapes and weak in detail; white noise is equally strong in all")
