# %% [markdown] slideshow={"slide_type": "slide"}
# *After this notebook you can* say by what factor a film is squeezed before the model sees it, what gets lost, build
# a small codec yourself, and put your own clip through all of it. · **45 minutes** · Needs: noise (02).

# %% slideshow={"slide_type": "slide"}
from explainers.notebook.page import NotebookPage, show_films

page = NotebookPage("latents")
page.opening()

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The story
# One card at a time, with the film that it speaks of.

# %%
page.story()

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Look
# Click a cube of the film: the heat shows which pixels hang on it.

# %%
page.film()

# %% slideshow={"slide_type": "slide"}
page.picture("squeeze")

# %% slideshow={"slide_type": "slide"}
page.picture("survives")

# %% slideshow={"slide_type": "slide"}
page.picture("loss")

# %% slideshow={"slide_type": "slide"}
page.picture("footprint")

# %% slideshow={"slide_type": "slide"}
page.picture("channels")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## See it, then cut it

# %%
page.cut("damaged")

# %% slideshow={"slide_type": "slide"}
page.cut("thinner")


# %% [markdown] slideshow={"slide_type": "slide"}
# # Under the hood: a tiny codec
# Cut the film into blocks of 4 frames x 8 x 8 pixels. Each is 768 numbers. Find the few directions along which blocks
# differ most (*principal components*), and keep only how far each block goes along these.

# %%
import torch

from explainers.engine import decode, encode, resized

film = torch.from_numpy(decode(page.model, page.run, sound=False).frames).float() / 255  # (frames, rows, cols, 3)


def blocks(film):
    """(frames, rows, cols, 3) -> (blocks, 768). Frames beyond a multiple of four are left out."""
    frames, rows, cols = film.shape[0] // 4, film.shape[1] // 8, film.shape[2] // 8
    cut = film[: frames * 4].reshape(frames, 4, rows, 8, cols, 8, 3)
    return cut.permute(0, 2, 4, 1, 3, 5, 6).reshape(frames * rows * cols, 768)


def unblocks(numbers, rows, cols):
    """The way back."""
    cut = numbers.reshape(-1, rows // 8, cols // 8, 4, 8, 8, 3)
    return cut.permute(0, 3, 1, 4, 2, 5, 6).reshape(-1, rows, cols, 3)


pieces = blocks(film)
whole = film[: len(film) // 4 * 4]
assert torch.equal(unblocks(pieces, *film.shape[1:3]), whole)  # cutting alone loses nothing

# %% slideshow={"slide_type": "slide"}
middle = pieces.mean(0)
_, _, directions = torch.linalg.svd(pieces - middle, full_matrices=False)  # (at most 768, 768), strongest first


def tiny_codec(film, kept):
    """Squeeze each block into `kept` numbers, and back."""
    few = (blocks(film) - middle) @ directions[:kept].T  # (blocks, kept): this is the latent
    return unblocks(few @ directions[:kept] + middle, *film.shape[1:3])


losses = {kept: float((tiny_codec(film, kept) - whole).square().mean()) for kept in (1, 2, 4, 8, 16, 32, 64)}
for kept, loss in losses.items():
    print(f"{768 // kept:4} times smaller: mean square error {loss:.5f}")
assert all(a >= b - 1e-9 for a, b in zip(losses.values(), list(losses.values())[1:], strict=False))  # more, less lost

# %% slideshow={"slide_type": "slide"}
show_films({"the film": whole, "4 numbers a block": tiny_codec(film, 4), "16 numbers a block": tiny_codec(film, 16)})

# %% [markdown]
# Our codec is the same idea with a network instead of one matrix: it can bend. It was trained on thousands of films;
# the matrix above only ever saw this one.

# %% [markdown] slideshow={"slide_type": "slide"}
# # Your own clip
# Put a film (`mp4`, `webm`, `gif`) or a folder of pictures beside this notebook and write its name here. Any size will
# do. Until then a small clip, drawn by the next lines, stands in.

# %%
import numpy as np

from explainers.notebook.clip import BadClip, read_clip

MY_CLIP = ""  # for instance "holiday.mp4"


def stand_in(frames=17, side=96):
    """A disc that rolls to the right over stripes."""
    y, x = np.mgrid[:side, :side]
    made = np.zeros((frames, side, side, 3), np.uint8)
    for t in range(frames):
        disc = (x - 12 - 4.5 * t) ** 2 + (y - 55) ** 2 < 14**2
        made[t] = np.stack([120 + 40 * np.sin(x / 9), 150 + 0 * x, 190 - y], -1)
        made[t][disc] = (220, 80, 30)
    return made


try:
    clip = read_clip(MY_CLIP) if MY_CLIP else stand_in()
except BadClip as problem:
    print(problem, "The clip drawn above stands in.")
    clip = stand_in()

asked = page.run.request
mine = resized(clip, asked.frames, asked.height, asked.width)  # the length and size that the model was trained on
latent = encode(page.model, mine)  # (channels, frames, rows, cols)
back = decode(page.model, page.run, latent, sound=False).frames
print(f"{clip.shape} as you brought it; {mine.shape} for the model; {tuple(latent.shape)} as a latent")
print(f"{mine.size / latent.numel():.0f} times fewer numbers")

# %% slideshow={"slide_type": "slide"}
lost = np.abs(back.astype(float) - mine).mean(-1, keepdims=True).repeat(3, -1) / 255
show_films(
    {"your clip": mine, "through the codec": back, "what is lost, five times as bright": np.clip(lost * 5, 0, 1)}
)

# %% [markdown] slideshow={"slide_type": "slide"}
# Now pour noise over its latent, and let the model develop it again with other words: a *remix*.

# %%
from explainers.engine import Request, record

noise = torch.randn(latent.shape, generator=torch.Generator().manual_seed(1))
noisy = decode(page.model, page.run, 0.6 * latent + 0.4 * noise, sound=False).frames
words = "a red ball moves right in the snow"
remix = record(page.model, Request(words, seed=1, steps=12, video=mine, strength=0.6, sound=False)).finish()
show_films(
    {
        "your clip": mine,
        "40 % noise over its latent": noisy,
        f"remix: {words}": decode(page.model, remix, sound=False).frames,
    }
)

# %% [markdown] slideshow={"slide_type": "slide"}
# # Exercises
# **1.** How many numbers a block does the tiny codec need before it is as good as our codec on the film on screen?

# %% tags=["solution", "hide-input"] jupyter={"source_hidden": true} cellView="form"
# @title Solution
ours = torch.from_numpy(
    decode(page.model, page.run, encode(page.model, (film * 255).byte().numpy()), sound=False).frames
)
error = float((ours[: len(whole)] / 255 - whole).square().mean())
enough = next(
    (kept for kept in range(1, len(directions) + 1) if float((tiny_codec(film, kept) - whole).square().mean()) < error),
    None,
)
print(f"our codec's error {error:.5f}; the matrix, fitted to this very film, needs {enough} numbers a block")

# %% [markdown]
# **2.** The matrix was fitted to one film. Put *your* clip through it. Why is it worse there?

# %% tags=["solution", "hide-input"] jupyter={"source_hidden": true} cellView="form"
# @title Solution
clip_film = torch.from_numpy(mine).float() / 255
there = clip_film[: len(clip_film) // 4 * 4]
other = {kept: float((tiny_codec(clip_film, kept) - there).square().mean()) for kept in (4, 16)}
for kept, loss in other.items():
    print(f"{kept:2} numbers a block: error {losses[kept]:.5f} on its own film, {loss:.5f} on your clip")
show_films({"your clip": there, "through the other film's directions": tiny_codec(clip_film, 16)})
# Its directions are those along which the *other* film's blocks differ. A codec knows the world that it was fitted to.
