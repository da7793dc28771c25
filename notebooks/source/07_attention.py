# %% [markdown] slideshow={"slide_type": "slide"}
# *After this notebook you can* compute attention from queries and keys by hand, read an attention map without
# overreading it, and prove by a cut what it is good for. · **60 minutes** · Needs: patches (04).

# %% slideshow={"slide_type": "slide"}
from explainers.notebook.page import NotebookPage, show_plot

page = NotebookPage("attention", steps=16)  # few, so that a cut is made in seconds
page.opening()

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The story
# One card at a time, with the film that it speaks of.

# %%
page.story()

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Look
# Click a cube of the film: the heat shows where it looks, in every frame.

# %%
page.film()

# %% slideshow={"slide_type": "slide"}
page.picture("by_layer")

# %% slideshow={"slide_type": "slide"}
page.picture("frames")

# %% slideshow={"slide_type": "slide"}
page.picture("course")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## See it, then cut it

# %%
page.cut("apart")

# %% slideshow={"slide_type": "slide"}
page.cut("muted", layer=0, head=0)


# %% [markdown] slideshow={"slide_type": "slide"}
# # Under the hood: attention from q and k
# Every layer of the network computes, for each token, a query `q` and for each a key `k`. We listen to one step of the
# recorded run, at the one function through which all of them go.

# %%
import torch
import torch.nn.functional as F
from torch.overrides import TorchFunctionMode

from explainers.engine import Patch, attention, frame_matrix
from explainers.engine.run.calls import call_again


class Listen(TorchFunctionMode):
    """Keeps q and k of every attention computed inside `with`."""

    def __init__(self):
        super().__init__()
        self.heard = []

    def __torch_function__(self, function, types, args=(), kwargs=None):
        if function is F.scaled_dot_product_attention:
            given = dict(zip(("query", "key", "value"), args, strict=False)) | (kwargs or {})
            self.heard.append((given["query"][0], given["key"][0]))  # (heads, tokens, numbers)
        return function(*args, **(kwargs or {}))


model, run = page.model, page.run
step, layer, head, query = len(run.steps) // 2, 1, 0, Patch(1, 1, 1)
which = next(n for n, call in enumerate(run.calls[step]) if call.branch == "cond")
with Listen() as listening:
    call_again(model, run, step, which)

# %% [markdown] slideshow={"slide_type": "slide"}
# Each layer has two: the words among themselves, and film and sound to everything. The second has more keys than
# queries. Then: compare, scale, and turn into shares. That is all.

# %%
to_all = [(q, k) for q, k in listening.heard if k.shape[1] > q.shape[1]]
q, k = to_all[layer]  # (heads, film and sound, numbers), (heads, words, film and sound, numbers)
frames, rows, cols = model.patches(tuple(run.latent.shape[1:]))
own = (query.frame * rows + query.row) * cols + query.col  # the cube's place in the line

scores = q[head, own] @ k[head * len(k) // len(q)].T / q.shape[-1] ** 0.5
weights = scores.softmax(-1)  # (words, then cubes, then slices of sound)

words = k.shape[1] - q.shape[1]
film = weights[words : words + frames * rows * cols].reshape(frames, rows, cols)
engine = attention(model, run, step, layer, head, query)
print(f"by hand: {float(weights[:words].sum()):.1%} to words, {float(film.sum()):.1%} to the film")
print("engine: ", ", ".join(f"{share:.1%} to {name}" for name, share in engine.share.items()))
assert abs(float(weights.sum()) - 1) < 1e-5
assert torch.allclose(film, torch.as_tensor(engine.video), atol=1e-5)  # the engine's map, number for number

# %% [markdown] slideshow={"slide_type": "slide"}
# The cube that asks, and the frames it looks at:

# %%
import plotly.graph_objects as go
from plotly.subplots import make_subplots

figure = make_subplots(1, frames, subplot_titles=[f"frame {f + 1}" for f in range(frames)])
for f in range(frames):
    figure.add_heatmap(z=film[f], zmin=0, zmax=float(film.max()), showscale=False, row=1, col=f + 1)
figure.update_yaxes(autorange="reversed", showticklabels=False).update_xaxes(showticklabels=False)
show_plot(figure, f"Where cube {own} looks, in frame {query.frame + 1}: layer {layer + 1}, head {head + 1}")

# %% slideshow={"slide_type": "slide"}
matrix = frame_matrix(model, run, step, None, None)
figure = go.Figure(go.Heatmap(z=matrix.weights))
figure.update_layout(xaxis_title="latent frame looked at", yaxis_title="latent frame that looks")
show_plot(figure.update_yaxes(autorange="reversed"), "Which frames look at which, mean of all layers and heads")

# %% [markdown] slideshow={"slide_type": "slide"}
# # Exercises
# **1.** Is the attention of one cube the same in another head? Compare all heads of this layer.

# %% tags=["solution", "hide-input"] jupyter={"source_hidden": true} cellView="form"
# @title Solution
per_head = [attention(model, run, step, layer, h, query).share["own frame"] for h in range(len(q))]
show_plot(
    go.Figure(go.Bar(x=list(range(1, len(q) + 1)), y=per_head)).update_layout(xaxis_title="head", yaxis_title="share"),
    "Share of attention that stays in its own frame",
)

# %% [markdown]
# **2.** Why the square root? Leave it out and look at the largest weight.

# %% tags=["solution", "hide-input"] jupyter={"source_hidden": true} cellView="form"
# @title Solution
sharp = (q[head, own] @ k[head * len(k) // len(q)].T).softmax(-1)
print(f"largest weight {float(weights.max()):.3f} with it, {float(sharp.max()):.3f} without")
assert sharp.max() >= weights.max()
# Sums of many products grow with their number. Without the root, softmax would nearly always pick one single token.

# %% [markdown]
# **3.** Forbid each frame only the one that follows it. Write the mask over pairs of frames.

# %% tags=["solution", "hide-input"] jupyter={"source_hidden": true} cellView="form"
# @title Solution
allowed = torch.ones(frames, frames, dtype=torch.bool)
allowed[torch.arange(frames - 1), torch.arange(1, frames)] = False
for row in allowed.int().tolist():
    print(*row)  # 1: may look
assert int((~allowed).sum()) == frames - 1
