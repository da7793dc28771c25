# %% [markdown] slideshow={"slide_type": "slide"}
# *After this notebook you can* listen to a model that nobody told you anything about, find out which of its tokens is
# which patch, and look at attention that is too large to keep. · **45 minutes** · Needs: attention (07).

# %% slideshow={"slide_type": "slide"}
from explainers.notebook.page import NotebookPage, show_plot

page = NotebookPage("real")
page.opening()

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The story
# One card at a time, with the film that it speaks of.

# %%
page.story()

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Look
# Another model, on a machine that holds it: start JupyterLab with its folder or its name in `DARKROOM_MODEL`, and run
# any of these notebooks again.

# %%
page.film()

# %% slideshow={"slide_type": "slide"}
page.picture("scale")

# %% slideshow={"slide_type": "slide"}
page.picture("figures")

# %% slideshow={"slide_type": "slide"}
page.picture("opened")


# %% [markdown] slideshow={"slide_type": "slide"}
# # Under the hood: another family, from its parts
# All of them end in the same function. Here is the transformer of Wan 2.1, a stock class of Diffusers, small and with
# random weights: what it *shows* is nothing, how it is *built* is the same as in the large one. We listen in, as in
# notebook 07.

# %%
import torch
import torch.nn.functional as F
from diffusers import WanTransformer3DModel
from torch.overrides import TorchFunctionMode

torch.manual_seed(0)
heads, layers = 4, 2
other = WanTransformer3DModel(
    patch_size=(1, 2, 2), num_attention_heads=heads, attention_head_dim=12, in_channels=16, out_channels=16,
    text_dim=32, freq_dim=32, ffn_dim=64, num_layers=layers,
).eval()  # fmt: skip


class Listen(TorchFunctionMode):
    """Keeps q and k of every attention computed inside `with`."""

    def __init__(self):
        super().__init__()
        self.heard = []

    def __torch_function__(self, function, types, args=(), kwargs=None):
        if function is F.scaled_dot_product_attention:
            given = dict(zip(("query", "key", "value"), args, strict=False)) | (kwargs or {})
            self.heard.append((given["query"], given["key"]))
        return function(*args, **(kwargs or {}))


frames, rows, cols = 3, 8, 12  # of the latent
latent, words = torch.randn(1, 16, frames, rows, cols), torch.randn(1, 7, 32)


def heard(latent):
    with Listen() as listening, torch.no_grad():
        other(latent, timestep=torch.tensor([500]), encoder_hidden_states=words)
    return listening.heard


for q, k in heard(latent):
    print(f"queries {tuple(q.shape)}, keys {tuple(k.shape)}  (batch, heads, tokens, numbers)")

# %% [markdown] slideshow={"slide_type": "slide"}
# Which token is which cube? Nobody has to tell us. Change one cube of the latent, and see whose query moves in the
# first layer, before anything was mixed.

# %%
deep, side = other.config.patch_size[0], other.config.patch_size[1]
grid = (frames // deep, rows // side, cols // side)
before = heard(latent)[0][0][0]  # (heads, tokens, numbers)
for cube in ((0, 0, 0), (1, 2, 3), (2, 3, 5)):
    f, r, c = cube
    changed = latent.clone()
    changed[:, :, f * deep : (f + 1) * deep, r * side : (r + 1) * side, c * side : (c + 1) * side] += 1
    after = heard(changed)[0][0][0]
    (moved,) = (after - before).abs().amax((0, 2)).nonzero()[:, 0].tolist()
    print(f"cube {cube} is token {moved}")
    assert moved == (f * grid[1] + r) * grid[2] + c  # frames, then rows, then columns: as in our own model

# %% [markdown] slideshow={"slide_type": "slide"}
# # Under the hood: looking without drowning
# A film of Wan 2.1 at 480 x 832, 81 frames, is 21 x 30 x 52 cubes. How much memory would one look take, if the whole
# map were kept?

# %%
cubes = 21 * 30 * 52
one_map = 4 * cubes**2  # bytes, at four a number
print(
    f"{cubes:,} tokens: one head's map {one_map / 1e9:.1f} GB, 12 heads of 30 layers {12 * 30 * one_map / 1e12:.1f} TB"
)
print(f"one row of it (a single cube looks): {4 * cubes / 1e3:.0f} kB")

# %% [markdown]
# So the engine never asks for the map, but for one row, or for sums over rows, and it reads the keys in pieces. Softmax
# in pieces needs a trick: a running maximum, and a sum that is corrected whenever the maximum rises.


# %%
def row_in_pieces(query, keys, piece):
    """softmax(query @ keys.T / sqrt(d)) without ever holding more than `piece` scores twice."""
    top, total = -torch.inf, 0.0
    scale = query.shape[-1] ** -0.5
    for start in range(0, len(keys), piece):
        scores = keys[start : start + piece] @ query * scale
        now = max(top, float(scores.max()))
        total = total * float(torch.tensor(top - now).exp()) + float((scores - now).exp().sum())
        top = now
    return torch.cat([((keys[s : s + piece] @ query * scale) - top).exp() / total for s in range(0, len(keys), piece)])


q, k = (x[0, 0] for x in heard(latent)[0])  # (tokens, numbers) of one head
whole = (q[5] @ k.T / q.shape[-1] ** 0.5).softmax(-1)
for piece in (1, 10, 1000):
    assert torch.allclose(row_in_pieces(q[5], k, piece), whole, atol=1e-6)
print("in pieces of 1, 10 and 1000 keys: the same row as at once")

# %% [markdown] slideshow={"slide_type": "slide"}
# # One scale for all
# The formulas of notebooks 04 and 11 hold for the big ones too. Published settings in, tokens and shares out:

# %%
import plotly.graph_objects as go

run, model = page.run, page.model
KNOWN = {  # name: frames, height, width of a film; frames a latent frame, pixels a cell; frames, cells a cube; width
    "Wan 2.1 1.3B, 480p": ((81, 480, 832), (4, 8), (1, 2), 1536),
    "Wan 2.1 14B, 720p": ((81, 720, 1280), (4, 8), (1, 2), 5120),
    "CogVideoX 2B": ((49, 480, 720), (4, 8), (1, 2), 1920),
    "LTX-Video 2B": ((121, 512, 704), (8, 32), (1, 1), 2048),
}


def tokens_of(film, squeeze, cube):
    frames, height, width = film
    time, space = (frames - 1) // squeeze[0] + 1, squeeze[1] * cube[1]
    return time // cube[0] * (height // space) * (width // space)


ours = tokens_of((run.request.frames, run.request.height, run.request.width), model.squeeze, model.patch)
assert ours == torch.tensor(model.patches(tuple(run.latent.shape[1:]))).prod()  # the formula counts ours right
rows = {"ours": ours} | {name: tokens_of(*sizes[:3]) for name, sizes in KNOWN.items()}
for name, count in rows.items():
    print(
        f"{name:20} {count:>9,} tokens, {count / ours:>7,.0f} times ours, {(count / ours) ** 2:>11,.0f} times the pairs"
    )
figure = go.Figure(go.Bar(x=list(rows), y=list(rows.values())))
show_plot(figure.update_layout(yaxis_title="tokens of a film", yaxis_type="log"), "Cubes of a film, on one scale")

# %% [markdown] slideshow={"slide_type": "slide"}
# # Exercises
# **1.** Give the small Wan a film of twice the frames. Which of the two attentions of a layer grows, and which not?

# %% tags=["solution", "hide-input"] jupyter={"source_hidden": true} cellView="form"
# @title Solution
longer = torch.cat([latent, latent], 2)
for (q1, k1), (q2, k2) in zip(heard(latent)[:2], heard(longer)[:2], strict=True):
    print(f"pairs {q1.shape[-2] * k1.shape[-2]:,} -> {q2.shape[-2] * k2.shape[-2]:,}")
# Film to film: four times. Film to words: twice, for there are as many words as before. Our own model has one attention
# for both, so words and film share one softmax there, and here they don't.

# %% [markdown]
# **2.** Why can't you compare the share that goes to words in our model with that in Wan?

# %% tags=["solution", "hide-input"] jupyter={"source_hidden": true} cellView="form"
# @title Solution
_, (q, k) = heard(latent)[:2]
shares = (q[0, 0] @ k[0, 0].T / q.shape[-1] ** 0.5).softmax(-1).sum(-1)
print(f"in Wan every cube gives {float(shares.mean()):.0%} of this softmax to words: it has nothing else to look at")
assert torch.allclose(shares, torch.ones_like(shares), atol=1e-5)

# %% [markdown]
# **3.** From the table: how long a film could you look at on your machine, if one head's whole map has to fit into its
# memory? And if only a row has to?

# %% tags=["solution", "hide-input"] jupyter={"source_hidden": true} cellView="form"
# @title Solution
memory = 8e9  # bytes; put yours here
print(f"whole map: {int((memory / 4) ** 0.5):,} tokens; one row: {int(memory / 4):,} tokens")
