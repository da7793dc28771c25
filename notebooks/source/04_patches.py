# %% [markdown] slideshow={"slide_type": "slide"}
# *After this notebook you can* cut a film into the tokens that a diffusion transformer reads, put them together again,
# and count them for any length and shape. · **30 minutes** · Needs: latents (03).

# %% slideshow={"slide_type": "slide"}
from explainers.notebook.page import NotebookPage, show_films, show_plot

page = NotebookPage("patches", steps=16)  # few, so that a cut is made in seconds
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
page.picture("exploded")

# %% slideshow={"slide_type": "slide"}
page.picture("sequence")

# %% slideshow={"slide_type": "slide"}
page.picture("counts")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## See it, then cut it

# %%
page.cut("jumbled")

# %% slideshow={"slide_type": "slide"}
page.cut("lost")


# %% [markdown] slideshow={"slide_type": "slide"}
# # Under the hood: patchify, and back
# A reshape gives each axis two: which cube, and where inside it. A permute brings the insides together. Nothing is
# computed and nothing is lost.

# %%
import math

import torch


def patchify(z, deep, side):
    """(channels, frames, rows, cols) -> (tokens, numbers of one cube)"""
    channels, frames, rows, cols = z.shape
    cut = z.reshape(channels, frames // deep, deep, rows // side, side, cols // side, side)
    return cut.permute(1, 3, 5, 0, 2, 4, 6).reshape(-1, channels * deep * side * side)


def unpatchify(tokens, shape, deep, side):
    """The way back: `shape` is that of the latent."""
    channels, frames, rows, cols = shape
    cut = tokens.reshape(frames // deep, rows // side, cols // side, channels, deep, side, side)
    return cut.permute(3, 0, 4, 1, 5, 2, 6).reshape(shape)


z = page.run.latent  # (channels, frames, rows, cols)
deep, side = page.model.patch
tokens = patchify(z, deep, side)
assert torch.equal(unpatchify(tokens, z.shape, deep, side), z)
assert len(tokens) == math.prod(page.model.patches(tuple(z.shape[1:])))
print(
    f"latent {tuple(z.shape)} -> {len(tokens)} tokens of {tokens.shape[1]} numbers, cubes of {deep} x {side} x {side}"
)

# %% [markdown] slideshow={"slide_type": "slide"}
# The address of a token follows from its place in the line, and the attention of the model keeps to the same order:

# %%
from explainers.engine import Patch, attention

frames, rows, cols = page.model.patches(tuple(z.shape[1:]))
seen = attention(page.model, page.run, 0, query=Patch(0, 0, 0)).video  # (frames, rows, cols)
assert seen.shape == (frames, rows, cols) and seen.size == len(tokens)
number = len(tokens) // 2 + 3
print(f"token {number} is frame {number // (rows * cols)}, row {number // cols % rows}, column {number % cols}")

# %% [markdown] slideshow={"slide_type": "slide"}
# # Exercises
# **1.** Shuffle the tokens and put them back in the wrong order. Decode that. What survives, what does not?

# %% tags=["solution", "hide-input"] jupyter={"source_hidden": true} cellView="form"
# @title Solution
from explainers.engine import decode

order = torch.randperm(len(tokens), generator=torch.Generator().manual_seed(0))
shuffled = unpatchify(tokens[order], z.shape, deep, side)
show_films(
    {
        "in order": decode(page.model, page.run, sound=False).frames,
        "shuffled": decode(page.model, page.run, shuffled, sound=False).frames,
    }
)
# Colours and little textures survive, since each cube holds its own. Everything that is larger than a cube is gone:
# a cube's meaning lies in its address.

# %% [markdown]
# **2.** A minute of film at 1280 x 720 with 24 frames a second: how many tokens, with this codec and these cubes? And
# how many pairs of tokens does attention compare?

# %% tags=["solution", "hide-input"] jupyter={"source_hidden": true} cellView="form"
# @title Solution
time, space = page.model.squeeze
count = math.ceil((60 * 24 - 1) / time + 1) // deep * (720 // space // side) * (1280 // space // side)
print(f"{count:,} tokens, {count**2:,} pairs; this film has {len(tokens)} and {len(tokens) ** 2:,}")
assert count > 100_000

# %% [markdown]
# **3.** Double the length of the film, then double its sides instead. Which costs more tokens? Plot both.

# %% tags=["solution", "hide-input"] jupyter={"source_hidden": true} cellView="form"
# @title Solution
import plotly.graph_objects as go

factor = [1, 2, 3, 4]
figure = go.Figure()
figure.add_scatter(x=factor, y=[len(tokens) * f for f in factor], name="longer")
figure.add_scatter(x=factor, y=[len(tokens) * f**2 for f in factor], name="larger sides")
show_plot(figure.update_layout(xaxis_title="factor", yaxis_title="tokens"), "Length counts once, sides count twice")
