# %% [markdown] slideshow={"slide_type": "slide"}
# # From nothing
# *After this notebook you can* build a text-to-video model whole: a world of films, a codec, tokens, a transformer, the
# training loop, the sampler, guidance; and open it in Darkroom like any other. · **60 minutes**, seven of them
# training on one core, fewer on two · Needs: noise (02), patches (04), denoising (05) and attention (07) help.
#
# Everything that matters stands in the cells below, in plain PyTorch. Nothing is loaded, and nothing was trained
# before.

# %% slideshow={"slide_type": "slide"}
import os

from explainers.notebook.page import show_films, show_plot  # which show what is made below

# A short training for those in a hurry: 0.1 is a tenth of it, and draws badly. (The kit tests this notebook with 0.1.)
SHARE = float(os.environ.get("DARKROOM_TRAINING", 1))

# %%
import json
import math
import random
import time
from itertools import pairwise, product
from pathlib import Path

import plotly.graph_objects as go
import torch
import torch.nn.functional as F
from IPython.display import clear_output
from torch import nn

torch.manual_seed(0)

# %% [markdown] slideshow={"slide_type": "slide"}
# # 1. A world
# A model knows what its films show, so we begin with the films. Ours have eight frames of 24 x 24 pixels. One thing
# moves before the night, and three words say what: `a red circle moves left`.

# %%
FRAMES, SIZE, SPEED = 8, 24, 1.2  # frames of a film; pixels along a side; pixels a frame
SHAPES = ["circle", "square", "triangle"]
COLOURS = {"red": (225, 60, 45), "yellow": (240, 200, 60), "green": (50, 170, 80), "blue": (60, 105, 230)}
WAYS = {"left": (-1, 0), "right": (1, 0), "up": (0, -1), "down": (0, 1)}  # across, down
COLOURS = {name: torch.tensor(paint) / 127.5 - 1 for name, paint in COLOURS.items()}  # -1 is black, 1 is full
NIGHT = torch.tensor([22, 20, 32]) / 127.5 - 1
y, x = torch.meshgrid(torch.arange(SIZE), torch.arange(SIZE), indexing="ij")


def cover(shape, cx, cy):
    """How much of each pixel a shape with its middle at (cx, cy) covers: (frames, rows, cols) in 0..1."""
    right, down = x - cx[:, None, None], y - cy[:, None, None]
    inside = {  # how far inside the shape a pixel lies
        "circle": lambda: 5.2 - (right**2 + down**2).sqrt(),
        "square": lambda: 4.6 - torch.maximum(right.abs(), down.abs()),
        "triangle": lambda: 3.6 - torch.maximum(down, 0.866 * right.abs() - 0.5 * down),
    }
    return (inside[shape]() + 0.5).clamp(0, 1)


def render(*things):
    """The film (3, frames, rows, cols) in -1..1 of things: (shape, colour, way, its place half-way) each."""
    t = torch.arange(FRAMES) - (FRAMES - 1) / 2
    film = NIGHT.view(3, 1, 1, 1).expand(3, FRAMES, SIZE, SIZE)
    for shape, colour, way, (across, down) in things:
        covered = cover(shape, across + WAYS[way][0] * SPEED * t, down + WAYS[way][1] * SPEED * t)
        film = film + covered * (COLOURS[colour].view(3, 1, 1, 1) - film)
    return film


# %% [markdown] slideshow={"slide_type": "slide"}
# Where a thing is half-way is left to chance, and so is all that the words name.


# %%
def scene(dice, words=None):
    """(caption, film): of these words, or of any."""
    shape, colour, way = words or (dice.choice(SHAPES), dice.choice(list(COLOURS)), dice.choice(list(WAYS)))
    room = (0.5, 4) if way in ("left", "right") else (4, 0.5)  # pixels from the middle: it stays in view
    place = [(SIZE - 1) / 2 + dice.uniform(-far, far) for far in room]
    return f"a {colour} {shape} moves {way}", render((shape, colour, way, place))


def watchable(film):
    return ((film.movedim(0, -1) + 1) / 2).clamp(0, 1).numpy()  # (frames, rows, cols, 3) in 0..1


dice = random.Random(0)
show_films({caption: watchable(film) for caption, film in (scene(dice) for _ in range(6))})

# %% [markdown] slideshow={"slide_type": "slide"}
# ## A judge
# In the end somebody has to say whether a film shows what its words say. Looking is not counting, so we write the judge
# now, before there is a model that we would like to please: three rules on pixels. First we try it on films whose words
# we know.


# %%
def judged(film):
    """(shape, colour, way) that a film shows; "nothing" and "nowhere" where no rule is met."""
    there = (film - NIGHT.view(3, 1, 1, 1)).norm(dim=0)  # (frames, rows, cols): unlike the night
    there = (there / there.quantile(0.98).clamp(min=0.1)).clamp(0, 1)
    there = there * (there > 0.2)  # a little unlike is nothing
    mass = there.sum((1, 2)).clamp(min=1e-6)
    cx, cy = (there * x).sum((1, 2)) / mass, (there * y).sum((1, 2)) / mass  # (frames,) the middle of what is there
    mean = film[:, there > 0.7].mean(1)
    colour = min(COLOURS, key=lambda name: float((mean - COLOURS[name]).norm()))
    moved = torch.stack([cx[-2:].mean() - cx[:2].mean(), cy[-2:].mean() - cy[:2].mean()])
    way = max(WAYS, key=lambda name: float(moved @ torch.tensor(WAYS[name]).float()))
    missed = {shape: float((cover(shape, cx, cy) - there).square().sum() / mass.sum()) for shape in SHAPES}
    shape = min(missed, key=missed.get)
    return (
        shape if missed[shape] < 0.3 else "nothing",
        colour,
        way if moved.norm() > SPEED * FRAMES / 3 else "nowhere",
    )


def asked(caption):
    _, colour, shape, _, way = caption.split()
    return shape, colour, way


tried = [scene(dice) for _ in range(300)]
right = sum(judged(film) == asked(caption) for caption, film in tried)
print(f"{right} of {len(tried)} rendered films are judged right")
assert right == len(tried)

# %% [markdown] slideshow={"slide_type": "slide"}
# # 2. A codec
# A film has 13,824 numbers, and most of them say the same as their neighbours. A codec finds few numbers that say it
# all. The best *linear* one is known since 1936: cut films into blocks of 6 x 6 pixels, subtract the mean block, and
# keep the directions in which blocks differ most. The singular value decomposition lists them, the largest first.

# %%
SIDE, CHANNELS = 6, 16  # pixels along a side of a block; numbers that are kept of its 108


def blocks(films):
    """(films, 3, frames, height, width) -> (films, frames, rows, cols, 108)"""
    cut = films.unflatten(4, (-1, SIDE)).unflatten(3, (-1, SIDE))  # (films, 3, frames, rows, r, cols, c)
    return cut.permute(0, 2, 3, 5, 1, 6, 4).flatten(4)  # within a block: colour, column, row


def unblocked(cut):
    cut = cut.unflatten(4, (3, SIDE, SIDE))  # (films, frames, rows, cols, 3, c, r)
    return cut.permute(0, 4, 1, 2, 6, 3, 5).flatten(5).flatten(3, 4)


sample_of_blocks = blocks(torch.stack([film for _, film in tried])).flatten(0, 3)  # (blocks, 108)
mean = sample_of_blocks.mean(0)
_, spread, directions = torch.linalg.svd(sample_of_blocks - mean, full_matrices=False)
parts = directions[:CHANNELS]  # (16, 108), each of length 1, each at right angles to all others
size = float(((sample_of_blocks - mean) @ parts.T).std())  # so that latents come out as large as noise


def encode(films):
    return ((blocks(films) - mean) @ parts.T / size).movedim(4, 1)  # (films, channels, frames, rows, cols)


def decode(latents):
    return unblocked(latents.movedim(1, 4) * size @ parts + mean)


# %% [markdown] slideshow={"slide_type": "slide"}
# How many numbers does a block need? The singular values tell without encoding anything: what is thrown away is what
# stands behind the cut.

# %%
kept = range(1, 33)
lost = [float(spread[n:].square().sum() / sample_of_blocks.numel()) for n in kept]  # mean square error, range 2
figure = go.Figure(go.Scatter(x=list(kept), y=[10 * math.log10(4 / error) for error in lost], mode="lines+markers"))
figure.update_layout(xaxis_title="numbers kept of a block's 108", yaxis_title="decibels").add_vline(x=CHANNELS)
show_plot(figure, "More numbers, a better picture")

film = tried[0][1]
show_films({"a film": watchable(film), f"{CHANNELS} numbers a block": watchable(decode(encode(film[None]))[0])})
error = float((decode(encode(film[None]))[0] - film).square().mean())
print(f"{film.numel()} numbers -> {encode(film[None]).numel()}; {10 * math.log10(4 / error):.1f} dB")

# %% [markdown] slideshow={"slide_type": "slide"}
# Large models use deep networks here, because their blocks are larger and hold the texture of a whole world. Ours hold
# an edge or none, before one night, and a matrix is enough: the judge hardly sees a difference. (Exercise 1 trains
# a small network in its place.)

# %%
films = torch.stack([film for _, film in tried])
right = sum(judged(film) == asked(caption) for (caption, _), film in zip(tried, decode(encode(films)), strict=True))
print(f"{right} of {len(tried)} are judged right after the codec")
assert right >= 0.99 * len(tried)

# %% [markdown] slideshow={"slide_type": "slide"}
# # 3. Tokens and where they stand
# **Words** become numbers by a list. The two marks at the end say *that was all* and *the film begins*; a prompt
# without words consists of them alone. **Films** become patches of 2 x 2 cells of one frame: 32 tokens of 64 numbers.

# %%
MARKS = ["<eos>", "<|vision_start|>", "<unk>"]
VOCABULARY = [*MARKS, "a", "moves", *COLOURS, *SHAPES, *WAYS]
PATCH = 2  # cells along a side


def ids(*captions):
    """(captions, words) of captions of one length."""
    number = {word: n for n, word in enumerate(VOCABULARY)}
    return torch.tensor([[number.get(w, number["<unk>"]) for w in [*c.split(), *MARKS[:2]]] for c in captions])


def patches(latents):
    """(films, channels, frames, rows, cols) -> (films, tokens, numbers)"""
    cut = latents.unflatten(4, (-1, PATCH)).unflatten(3, (-1, PATCH))  # (films, channels, frames, rows, r, cols, c)
    return cut.permute(0, 2, 3, 5, 4, 6, 1).flatten(4).flatten(1, 3)


def unpatched(tokens, like):
    _, channels, frames, rows, cols = like.shape
    cut = tokens.unflatten(2, (PATCH, PATCH, channels)).unflatten(1, (frames, rows // PATCH, cols // PATCH))
    return cut.permute(0, 6, 1, 2, 4, 3, 5).flatten(5).flatten(3, 4)


latents = encode(films[:2])
assert torch.equal(unpatched(patches(latents), latents), latents)
print(ids("a red circle moves left", "a blue square moves up"), tuple(patches(latents).shape))

# %% [markdown] slideshow={"slide_type": "slide"}
# Attention looks at a set: shuffle the tokens and nothing changes. So each token is *turned* by its place. Pairs of its
# numbers are hands of clocks, some fast, some slow; a third of them tells the time, a third the row, a third the
# column. What two hands have in common depends on their difference alone, so a pattern that is learned in one place
# holds in all.

# %%
WIDTH, HEADS, LAYERS = 96, 4, 4
HEAD = WIDTH // HEADS  # numbers of a head: 12 hands


def angles(words, frames, rows, cols):
    """(tokens, hands): words first, each at a time of its own, then all patches."""
    said = torch.arange(words).expand(3, -1)
    shown = torch.cartesian_prod(torch.arange(frames) + words, torch.arange(rows), torch.arange(cols)).T
    place = torch.cat([said, shown], 1).float()  # (3, tokens): time, row, column
    hand = torch.arange(HEAD // 2)
    return (place[hand % 3] * 100.0 ** (-hand / len(hand))[:, None]).T


def turned(x, angle):
    a, b = x.chunk(2, -1)
    return torch.cat([a * angle.cos() - b * angle.sin(), b * angle.cos() + a * angle.sin()], -1)


def waves(sigma):
    """(films, 256): the level of noise as waves, fast and slow, so that near levels can be told apart."""
    angle = 1000 * sigma[:, None] * 10_000 ** (-torch.arange(128) / 128)
    return torch.cat([angle.cos(), angle.sin()], 1)


# %% [markdown] slideshow={"slide_type": "slide"}
# # 4. A transformer over space and time
# One sequence: first the words, then all patches of all frames. Words look back at words, patches look at everything.
# Both kinds have weights of their own, because a word is no patch. That is all of it:


# %%
def attend(q, k, v, causal=False):
    """softmax(q k' / sqrt(d)) v, as in notebook 07; causal: nobody sees what comes later."""
    return F.scaled_dot_product_attention(q, k, v, is_causal=causal)


class Layer(nn.Module):
    """A layer's weights for one kind of token."""

    def __init__(self):
        super().__init__()
        self.norm_before, self.norm_after = nn.RMSNorm(WIDTH, 1e-6), nn.RMSNorm(WIDTH, 1e-6)
        self.norm_q, self.norm_k = nn.RMSNorm(HEAD, 1e-6), nn.RMSNorm(HEAD, 1e-6)
        self.q, self.k, self.v, self.out = (nn.Linear(WIDTH, WIDTH, bias=False) for _ in range(4))
        self.gate, self.up = (nn.Linear(WIDTH, 2 * WIDTH, bias=False) for _ in range(2))
        self.down = nn.Linear(2 * WIDTH, WIDTH, bias=False)

    def ask(self, x, angle):
        """Queries, keys, values: (films, heads, tokens, HEAD) each."""
        x = self.norm_before(x)
        q, k, v = (f(x).unflatten(2, (HEADS, HEAD)).transpose(1, 2) for f in (self.q, self.k, self.v))
        return turned(self.norm_q(q), angle), turned(self.norm_k(k), angle), v

    def take(self, x, seen):
        """Add what was seen; then each token thinks for itself."""
        x = x + self.out(seen.transpose(1, 2).flatten(2))
        y = self.norm_after(x)
        return x + self.down(F.silu(self.gate(y)) * self.up(y))


class Transformer(nn.Module):
    def __init__(self):
        super().__init__()
        numbers = CHANNELS * PATCH**2
        self.embed = nn.Embedding(len(VOCABULARY), WIDTH)
        self.into, self.back = nn.Linear(numbers, WIDTH), nn.Linear(WIDTH, numbers)
        self.level = nn.Sequential(nn.Linear(256, WIDTH), nn.SiLU(), nn.Linear(WIDTH, WIDTH))
        self.words, self.film = (nn.ModuleList(Layer() for _ in range(LAYERS)) for _ in range(2))
        self.norm = nn.RMSNorm(WIDTH, 1e-6)
        nn.init.zeros_(self.back.weight)  # it begins by saying nothing

    def forward(self, latents, sigma, ids):
        """The velocity at latents (films, channels, frames, rows, cols), their levels of noise (films,), and words."""
        words = self.embed(ids)  # (films, words, WIDTH)
        film = self.into(patches(latents)) + self.level(waves(sigma))[:, None]  # (films, patches, WIDTH)
        said = ids.shape[1]
        angle = angles(said, *latents.shape[2:3], *(n // PATCH for n in latents.shape[3:]))
        for w, f in zip(self.words, self.film, strict=True):
            q_w, k_w, v_w = w.ask(words, angle[:said])
            q_f, k_f, v_f = f.ask(film, angle[said:])
            words = w.take(words, attend(q_w, k_w, v_w, causal=True))
            film = f.take(film, attend(q_f, torch.cat([k_w, k_f], 2), torch.cat([v_w, v_f], 2)))
        return unpatched(self.back(self.norm(film)), latents)


model = Transformer()
print(f"{sum(p.numel() for p in model.parameters()):,} numbers to learn")

# %% [markdown] slideshow={"slide_type": "slide"}
# # 5. The sampler, and guidance
# From pure noise, a little way along the velocity, and ask again: Euler's steps, as in notebook 05. At each level the
# model is asked twice, with the words and without. *Guidance* goes on in the direction in which the words pull.


# %%
@torch.no_grad()
def developed(ids, noise, steps=20, guidance=3.0):
    """Films (films, 3, frames, height, width) that the model makes of noise and words."""
    x = noise
    levels = [*torch.linspace(1, 0.001, steps).tolist(), 0.0]
    for now, then in pairwise(levels):
        sigma = torch.full((len(x),), now)
        without = model(x, sigma, ids[:, -2:])
        velocity = without + guidance * (model(x, sigma, ids) - without)
        x = x + (then - now) * velocity
    return decode(x)


def noise(count, seed):
    shape = (count, CHANNELS, FRAMES, SIZE // SIDE, SIZE // SIDE)
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


# %% [markdown] slideshow={"slide_type": "slide"}
# # 6. Training
# The question is always the same: *here is a film under some noise; which way was it drowned?* The way from film to
# noise is a straight line, `x_t = (1 - sigma) x0 + sigma eps`, so the right answer is `eps - x0`, the **velocity**, the
# same at every level. A model that guesses the noise alone has nothing to do at full noise, and one that guesses the
# film alone has nothing to do where there is none; the velocity is a question everywhere. Darkroom's own model was
# asked the same.
#
# One batch in ten comes without words: that is how the model learns what guidance needs.
#
# Press the button and watch. Which is learned first: colour, shape or direction? **Write down your guess.**

# %%
TURNS, BATCH, RATE = round(1800 * SHARE), 32, 2e-3
WATCHED = ["red circle moves left", "yellow square moves down", "green triangle moves right", "blue circle moves up"]
WATCHED = [f"a {words}" for words in WATCHED]
optimiser = torch.optim.AdamW(model.parameters(), RATE, betas=(0.9, 0.98), weight_decay=0.01)
dice, losses, ages, began = random.Random(1), [], {}, time.perf_counter()


def look(turn):
    """The curve so far, and the same four films from the same noise."""
    ages[turn] = developed(ids(*WATCHED), noise(len(WATCHED), seed=1))
    smooth = torch.tensor(losses).unfold(0, min(25, len(losses)), 1).mean(1).tolist()
    figure = go.Figure(go.Scatter(y=smooth, mode="lines"))
    figure.update_layout(xaxis_title="turn", yaxis_title="error of the velocity", height=260)
    clear_output(wait=True)
    minutes = (time.perf_counter() - began) / 60
    show_plot(figure, f"Turn {turn} of {TURNS}, {turn * BATCH:,} films, {minutes:.1f} minutes: error {smooth[-1]:.3f}")
    show_films({caption: watchable(film) for caption, film in zip(WATCHED, ages[turn], strict=True)})


for turn in range(1, TURNS + 1):
    captions, films = zip(*(scene(dice) for _ in range(BATCH)), strict=True)
    said = ids(*captions)[:, -2:] if dice.random() < 0.1 else ids(*captions)
    x0 = encode(torch.stack(films))  # (films, channels, frames, rows, cols)
    eps, sigma = torch.randn_like(x0), torch.rand(BATCH)
    share = sigma.view(-1, 1, 1, 1, 1)
    x_t = (1 - share) * x0 + share * eps
    loss = (model(x_t, sigma, said) - (eps - x0)).square().mean()
    optimiser.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimiser.param_groups[0]["lr"] = RATE * min(1, turn / 50, 1.02 - turn / TURNS)
    optimiser.step()
    losses.append(float(loss.detach()))
    if turn in (25, 50, 100, 200, 400) or turn % 400 == 0 or turn == TURNS:
        look(turn)

# %% [markdown] slideshow={"slide_type": "slide"}
# The same words and the same noise, by age:

# %%
show_films({f"after {turn * BATCH:,} films": watchable(made[0]) for turn, made in ages.items()})

# %% [markdown] slideshow={"slide_type": "slide"}
# # 7. Count
# All 48 captions, from noise that it never saw, before the judge that was written first.

# %%
every = [f"a {colour} {shape} moves {way}" for colour, shape, way in product(COLOURS, SHAPES, WAYS)]
every = every[:: 1 if SHARE == 1 else 6]


def counted(**how):
    """How many films show all three, and each by itself; and the films."""
    films = developed(ids(*every), noise(len(every), seed=2), **how)
    found = [[a == b for a, b in zip(judged(f), asked(c), strict=True)] for f, c in zip(films, every, strict=True)]
    return sum(map(all, found)), [sum(column) for column in zip(*found, strict=True)], films


right, (shapes, colours, ways), films = counted()
print(f"{right} of {len(every)} films show all three; shape {shapes}, colour {colours}, way {ways}")
show_films({caption: watchable(film) for caption, film in list(zip(every, films, strict=True))[::5]})
for caption, film in zip(every, films, strict=True):
    if judged(film) != asked(caption):
        print(f"{caption}: shows {' '.join(judged(film))}")
assert SHARE < 1 or right >= 0.9 * len(every), "nine of ten were promised"

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What guidance does
# The same noise, pulled less and more.

# %%
pulls = [0.0, 1.0, 3.0, 8.0]
one = {pull: developed(ids(WATCHED[2]), noise(1, seed=3), guidance=pull)[0] for pull in pulls}
show_films({f"guidance {pull:g}": watchable(film) for pull, film in one.items()})
for pull in (1.0, 3.0):
    print(f"guidance {pull:g}: all three right in {counted(guidance=pull)[0]} of {len(every)}")

# %% [markdown] slideshow={"slide_type": "slide"}
# # 8. Open it in Darkroom
# A model is its numbers. What you wrote in sixty lines is, number by number, what a class of the library Diffusers
# computes, `Cosmos3OmniTransformer`; the names are others. So we put our numbers under these names, the matrix of the
# codec into convolutions, and let the library write a folder that any program opens that knows it, Darkroom among them.

# %%
import diffusers

THEIRS = {  # ours: theirs for words, theirs for patches
    "norm_before": ("input_layernorm", "input_layernorm_moe_gen"),
    "q": ("self_attn.to_q", "self_attn.add_q_proj"),
    "k": ("self_attn.to_k", "self_attn.add_k_proj"),
    "v": ("self_attn.to_v", "self_attn.add_v_proj"),
    "norm_q": ("self_attn.norm_q", "self_attn.norm_added_q"),
    "norm_k": ("self_attn.norm_k", "self_attn.norm_added_k"),
    "out": ("self_attn.to_out", "self_attn.to_add_out"),
    "norm_after": ("post_attention_layernorm", "post_attention_layernorm_moe_gen"),
    **{name: (f"mlp.{name}_proj", f"mlp_moe_gen.{name}_proj") for name in ("gate", "up", "down")},
}
OTHERS = {"embed": "embed_tokens", "into": "proj_in", "back": "proj_out", "norm": "norm_moe_gen"}
OTHERS |= {"level.0": "time_embedder.linear_1", "level.2": "time_embedder.linear_2"}


def their_name(name):
    part, kind = name.rsplit(".", 1)  # "film.2.q", "weight"
    if part in OTHERS:
        return f"{OTHERS[part]}.{kind}"
    side, layer, own = part.split(".")
    return f"layers.{layer}.{THEIRS[own][side == 'film']}.{kind}"


def their_transformer():
    theirs = diffusers.Cosmos3OmniTransformer(
        hidden_size=WIDTH, head_dim=HEAD, intermediate_size=2 * WIDTH, num_hidden_layers=LAYERS,
        num_attention_heads=HEADS, num_key_value_heads=HEADS, vocab_size=len(VOCABULARY), timestep_scale=1.0,
        latent_channel=CHANNELS, latent_patch_size=PATCH, patch_latent_dim=CHANNELS * PATCH**2,
        rope_theta=100.0, rope_axes_dim=[HEAD // 6] * 3, enable_fps_modulation=False,
        unified_3d_mrope_temporal_modality_margin=0,
    )  # fmt: skip
    ours = {their_name(name): numbers for name, numbers in model.state_dict().items()}
    left, unknown = theirs.load_state_dict(ours, strict=False)
    assert not unknown and set(left) == {"norm.weight", "lm_head.weight"}  # it could also go on writing the caption
    return theirs.eval()


# %% [markdown] slideshow={"slide_type": "slide"}
# A codec of the library is a deep network. Ours is a matrix, and fits in: no blocks between the first convolution and
# the last. What stands between them even then is a norm, which divides a block by its length, and a bend, `silu`. A
# steady number much larger than all others decides the length; and a bend that is taken on both sides is none, for
# `silu(x) - silu(-x) = x`.


# %%
@torch.no_grad()
def their_codec():
    steady, pixels = 2.0**14, 3 * SIDE**2
    theirs = diffusers.AutoencoderKLLTXVideo(
        latent_channels=CHANNELS, patch_size=SIDE, block_out_channels=(2 * CHANNELS + 1,),
        decoder_block_out_channels=(2 * pixels + 1,), down_block_types=("LTXVideoDownBlock3D",),
        layers_per_block=(0, 0), decoder_layers_per_block=(0, 0), spatio_temporal_scaling=(False,),
        decoder_spatio_temporal_scaling=(False,), decoder_inject_noise=(False, False), downsample_type=("conv",),
        upsample_residual=(False,), upsample_factor=(1,),
    )  # fmt: skip
    for half, matrix, added, now in (
        (theirs.encoder, parts / size, -(parts @ mean) / size, 2),
        (theirs.decoder, parts.T * size, mean, 1),
    ):
        first, last, count = half.conv_in.conv, half.conv_out.conv, len(matrix)
        for numbers in (first.weight, last.weight, last.bias):
            numbers.zero_()
        first.weight[: 2 * count, :, now, 1, 1] = torch.cat([matrix, -matrix])  # this frame, this block
        first.bias.copy_(torch.cat([added, -added, torch.tensor([steady])]))
        back = torch.eye(count) * steady / (2 * count + 1) ** 0.5
        last.weight[:count, : 2 * count, now, 1, 1] = torch.cat([back, -back], 1)
    theirs.encoder.conv_out.conv.bias[-1] = -30.0  # the logarithm of a spread: ours has none
    theirs.register_to_config(
        scale_factor_temporal=1, scale_factor_spatial=SIDE, latents_mean=[0.0] * CHANNELS, latents_std=[1.0] * CHANNELS
    )
    return theirs.eval()


theirs, film = their_codec(), tried[0][1][None]
with torch.no_grad():
    torch.testing.assert_close(theirs.encode(film).latent_dist.mode(), encode(film), rtol=0, atol=1e-3)
    torch.testing.assert_close(theirs.decode(encode(film)).sample, decode(encode(film)), rtol=0, atol=1e-3)
print("their codec and ours say the same")

# %% [markdown] slideshow={"slide_type": "slide"}
# Last, the words. The pipeline adds sentences about length and size to each prompt; the template cuts them off again.

# %%
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast

TEMPLATE = """\
{%- set ns = namespace(text=messages[-1]['content']) -%}
{%- for added in ['The video is ', 'This video is ', 'This image is '] -%}
{%- set ns.text = ns.text.split(added)[0] -%}
{%- endfor -%}
{{- ns.text.lower().replace('.', ' ').replace(',', ' ').split() | join(' ') -}}"""


def their_tokenizer():
    numbered = Tokenizer(models.WordLevel({word: n for n, word in enumerate(VOCABULARY)}, unk_token="<unk>"))
    numbered.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    eos, film_begins, unknown = MARKS
    return PreTrainedTokenizerFast(
        tokenizer_object=numbered, eos_token=eos, unk_token=unknown, additional_special_tokens=[film_begins],
        model_max_length=32, chat_template=TEMPLATE,
    )  # fmt: skip


def save_as_pipeline(name):
    folder = Path(name)
    diffusers.Cosmos3OmniPipeline(
        transformer=their_transformer(),
        vae=their_codec(),
        text_tokenizer=their_tokenizer(),
        scheduler=diffusers.FlowMatchEulerDiscreteScheduler(shift=1.0),
        enable_safety_checker=False,
        default_use_system_prompt=False,
    ).save_pretrained(folder)
    weights = folder / "vae/diffusion_pytorch_model.safetensors"  # its scale stands in its settings already
    save_file({k: v for k, v in load_file(weights).items() if "latents_" not in k}, weights, {"format": "pt"})
    best = {"prompt": WATCHED[0], "steps": 20, "guidance": 3.0}
    best |= {"height": SIZE, "width": SIZE, "frames": FRAMES, "fps": 8}
    (folder / "defaults.json").write_text(json.dumps(best))
    kinds = {"colour": COLOURS, "subject": SHAPES, "motion": WAYS}
    words = {kind: {word: [word] for word in there} for kind, there in kinds.items()}
    (folder / "world.json").write_text(json.dumps({"synonyms": words}))  # words to tap, in the app
    return folder


folder = save_as_pipeline("my_model")
print(f"{sum(file.stat().st_size for file in folder.rglob('*') if file.is_file()) / 1e6:.1f} MB in {folder.resolve()}")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Is it the same model?
# Darkroom's engine opens the folder without knowing anything of this notebook. The same noise and words through both:

# %%
from explainers.engine import Patch, Request, attention, open_model, record
from explainers.engine import decode as developed_by_the_engine

opened = open_model(folder, device="cpu")
run = record(opened, Request("a red circle moves left", seed=5)).finish()
theirs = torch.from_numpy(developed_by_the_engine(opened, run).frames).movedim(3, 0) / 127.5 - 1
ours = developed(ids("a red circle moves left"), run.latents[0][None])[0]
apart = float((ours.clamp(-1, 1) - theirs).abs().max())
show_films({"this notebook": watchable(ours), "the engine": watchable(theirs)})
print(f"at most {apart:.4f} apart, of a range of 2 (a film is rounded to 256 levels: {1 / 127.5:.4f})")
assert apart < 0.02

# %% [markdown] slideshow={"slide_type": "slide"}
# And it sees your attention. One patch of one head, by the engine, and by the formula from the `q` and `k` of your own
# layers (we listen at `attend`):

# %%
heard, step, layer, head, cube = [], 8, 2, 1, Patch(4, 1, 1)
seen = attention(opened, run, step=step, layer=layer, head=head, query=cube)


def attend(q, k, v, causal=False):  # the one that the layers call
    heard.append((q, k))
    return F.scaled_dot_product_attention(q, k, v, is_causal=causal)


said = ids("a red circle moves left")
with torch.no_grad():
    model(run.latents[step][None], torch.tensor([run.sigmas[step]]), said)
q, k = heard[2 * layer + 1]  # words attend first, then patches
rows, cols = (n // PATCH for n in run.latent.shape[2:])
row = (q[0, head, (cube.frame * rows + cube.row) * cols + cube.col] @ k[0, head].T / HEAD**0.5).softmax(-1)
by_hand = row[said.shape[1] :].view(FRAMES, rows, cols)
torch.testing.assert_close(torch.from_numpy(seen.video), by_hand, rtol=0, atol=1e-4)
print("; ".join(f"{name} {share:.0%}" for name, share in seen.share.items() if share))

# %% [markdown] slideshow={"slide_type": "slide"}
# Now the app. It shows *your* model on every page: its steps, its guesses, its words, its attention, and what breaks
# when you cut it. Pages on sound and gravity say that it has none. In a terminal, in the kit's folder:

# %%
print(f"python darkroom.py app --model {folder.resolve()}")

# %% [markdown] slideshow={"slide_type": "slide"}
# # Exercises
# **1.** Train a small network as a codec, with as many numbers a block as the matrix keeps. Is it better? By how much,
# and does the judge care?

# %% tags=["solution", "hide-input"] jupyter={"source_hidden": true} cellView="form"
# @title Solution
numbers = sample_of_blocks.shape[1]
squeeze = nn.Sequential(nn.Linear(numbers, 64), nn.SiLU(), nn.Linear(64, CHANNELS))
expand = nn.Sequential(nn.Linear(CHANNELS, 64), nn.SiLU(), nn.Linear(64, numbers))
optimiser = torch.optim.AdamW([*squeeze.parameters(), *expand.parameters()], 3e-3)
for _ in range(round(3000 * SHARE)):
    some = sample_of_blocks[torch.randint(len(sample_of_blocks), (1024,))]
    loss = (expand(squeeze(some)) - some).square().mean()
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
with torch.no_grad():
    by_network = float((expand(squeeze(sample_of_blocks)) - sample_of_blocks).square().mean())
by_matrix = float(((sample_of_blocks - mean) @ parts.T @ parts + mean - sample_of_blocks).square().mean())
for name, error in (("matrix", by_matrix), ("network", by_network)):
    print(f"{name}: {10 * math.log10(4 / error):.1f} dB")
# The network may bend: a colour times the place of an edge is two numbers to it, and several to a matrix. So its edges
# are sharper. The judge was content with the matrix already; with larger blocks, or a richer world, it would not be.

# %% [markdown]
# **2.** How few steps are enough? Count the right films for 1, 2, 4, 8 and 20 steps.

# %% tags=["solution", "hide-input"] jupyter={"source_hidden": true} cellView="form"
# @title Solution
for steps in (1, 2, 4, 8, 20):
    right, (shapes, colours, ways), _ = counted(steps=steps)
    print(f"{steps:>2} steps: {right} of {len(every)} show all three; shape {shapes}, colour {colours}, way {ways}")
# One step lands in the middle of all that the words allow: a blur. See which of the three a blur can show.

# %% [markdown]
# **3.** Ask for two things: `a red circle moves left and a blue square moves right`. What do you get, and why? What
# would you change to get both? (`render` takes as many things as you like.)

# %% tags=["solution", "hide-input"] jupyter={"source_hidden": true} cellView="form"
# @title Solution
both = "a red circle moves left and a blue square moves right"
wanted = render(("circle", "red", "left", (11.5, 6.0)), ("square", "blue", "right", (11.5, 17.0)))
got = developed(ids(both), noise(1, seed=4))[0]
show_films({"what was meant": watchable(wanted), "what it makes": watchable(got)})
# It never saw two things, and "and" is to it a word among unknown ones. It has to be shown films of two things, with
# captions of two halves, in batches of their own (captions of a batch have one length), and it will need longer: which
# colour belongs to which shape is told by the order of the words alone.
