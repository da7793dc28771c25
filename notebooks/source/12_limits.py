# %% [markdown] slideshow={"slide_type": "slide"}
# *After this notebook you can* say how many films it takes to call something a failure, measure one
# yourself, and show two words that are one and the same to the model. · **45 minutes** · Needs: nothing.

# %% slideshow={"slide_type": "slide"}
from explainers.notebook.page import NotebookPage, show_films

page = NotebookPage("limits", steps=10)  # few, so that a cut is made in seconds
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
page.picture("rates")

# %% slideshow={"slide_type": "slide"}
page.picture("failures")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## See it, then cut it

# %%
page.cut("pushed")


# %% [markdown] slideshow={"slide_type": "slide"}
# # Under the hood: how sure is a failure?
# “It can't count” is said after three films. How many must one see? A film is right or wrong, so this is tossing a coin
# of unknown bias. From `hits` of `of`, which biases would still be no surprise? *Wilson's interval* answers in four
# lines.

# %%
import numpy as np


def interval(hits, of, z=1.96):
    """Shares that fit with these counts, 19 times in 20."""
    share, spread = hits / of, z**2 / of
    middle = (share + spread / 2) / (1 + spread)
    half = z * (share * (1 - share) / of + z**2 / (4 * of**2)) ** 0.5 / (1 + spread)
    return max(0.0, middle - half), min(1.0, middle + half)


for hits, of in ((0, 3), (1, 3), (6, 24), (100, 400)):
    low, high = interval(hits, of)
    print(f"{hits} of {of}: somewhere from {low:.0%} to {high:.0%}")

# %% [markdown] slideshow={"slide_type": "slide"}
# Don't believe it: try it. Toss coins whose bias we know, and count how often the interval holds it.

# %%
dice = np.random.default_rng(0)
for true in (0.1, 0.5, 0.9):
    tosses = dice.binomial(24, true, 5000)
    held = np.mean([low <= true <= high for low, high in (interval(hits, 24) for hits in tosses)])
    print(f"bias {true:.0%}: the interval holds it in {held:.1%} of 5000 trials")
    assert 0.92 < held < 0.99

# %% [markdown] slideshow={"slide_type": "slide"}
# # Under the hood: left and right
# Nothing in a film is easier to check. Make a few films of each, find what moves, and see which way it went. Six steps
# are enough for a direction, so that a class need not wait.

# %%
from explainers.engine import Request, decode, record
from explainers.measure.track import centre

model = page.model
seeds, counts = range(4), {"left": 0, "right": 0}
films = {}
for way in counts:
    for seed in seeds:
        run = record(model, Request(f"a red ball moves {way} on the grass", seed=seed, steps=6, sound=False)).finish()
        frames = decode(model, run, sound=False).frames
        x = centre(frames).x
        x = x[np.isfinite(x)]
        went = "nowhere" if len(x) < 2 or abs(x[-1] - x[0]) < 4 else "right" if x[-1] > x[0] else "left"
        counts[way] += went == way
        films[f"“{way}”, seed {seed}: went {went}"] = frames
for way, hits in counts.items():
    low, high = interval(hits, len(seeds))
    print(f"{way}: {hits} of {len(seeds)} right; that fits with anything from {low:.0%} to {high:.0%}")

# %% slideshow={"slide_type": "slide"}
show_films(films)

# %% [markdown] slideshow={"slide_type": "slide"}
# # Under the hood: a word that it does not know
# The tokenizer has a list of words. What is not on it becomes one and the same token, so two unknown words *must* give
# the same film, bit for bit.

# %%
import torch

from explainers.engine import unknown_words

strange = {
    word: Request(f"a red {word} bounces in the snow", seed=7, steps=4, sound=False) for word in ("toaster", "qwzx")
}
for request in strange.values():
    print(request.prompt, "->", unknown_words(model, request.prompt))
made = {word: record(model, request).finish() for word, request in strange.items()}
if all(unknown_words(model, request.prompt) for request in strange.values()):
    assert torch.equal(made["toaster"].latent, made["qwzx"].latent)
    print("equal in every bit: to this model a toaster and a qwzx are the same thing")
show_films({f"a red {word}": decode(model, run, sound=False).frames for word, run in made.items()})

# %% [markdown] slideshow={"slide_type": "slide"}
# # Exercises
# **1.** Somebody shows you 5 films of 5 that are right. From which share of failures on would you *not* be surprised by
# that? How many films in a row must be right before you believe in less than 5 % failures?

# %% tags=["solution", "hide-input"] jupyter={"source_hidden": true} cellView="form"
# @title Solution
print(f"5 of 5 fits with up to {1 - interval(5, 5)[0]:.0%} failures")
enough = next(n for n in range(1, 1000) if 1 - interval(n, n)[0] < 0.05)
print(f"{enough} in a row, without a single failure")
assert enough > 50

# %% [markdown]
# **2.** A mirror makes a film that moves left out of one that moves right. Is mirroring a fair test of the model?
# Mirror a film and measure again.

# %% tags=["solution", "hide-input"] jupyter={"source_hidden": true} cellView="form"
# @title Solution
name, frames = next(iter(films.items()))
x, mirrored = centre(frames).x, centre(np.ascontiguousarray(frames[:, :, ::-1])).x
print(f"went {np.nanmax(x) - np.nanmin(x):.1f} units; mirrored, the same way back: sum {np.nanmean(x + mirrored):.1f}")
# It tests the *tracker*, and that is worth doing: an eye that sees right better than left would blame the model.

# %% [markdown]
# **3.** Longer films than it was made for: count the tokens, then make one of twice the length. What holds, what does
# not, and how would you put it into numbers?

# %% tags=["solution", "hide-input"] jupyter={"source_hidden": true} cellView="form"
# @title Solution
short = model.defaults.frames
long = record(
    model, Request("a red ball bounces in the snow", seed=7, steps=6, frames=2 * short - 1, sound=False)
).finish()
frames = decode(model, long, sound=False).frames
change = np.abs(np.diff(frames.astype(float), axis=0)).mean((1, 2, 3))
print(
    f"change from frame to frame: first half {change[: short - 1].mean():.1f}, second half {change[short:].mean():.1f}"
)
show_films({f"{len(frames)} frames": frames})
