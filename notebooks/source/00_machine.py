# %% [markdown] slideshow={"slide_type": "slide"}
# *After this notebook you can* name the parts between a sentence and a film, in order, and say what each hands to the
# next. · **20 minutes** · Needs: nothing.

# %% slideshow={"slide_type": "slide"}
from explainers.notebook.page import NotebookPage, show_films

page = NotebookPage("machine")
page.opening()

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The story
# One card at a time, with the film that it speaks of.

# %%
page.story()

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Look
# Under the film stands the run: drag the step from left to right and watch it develop.

# %%
page.film()

# %% slideshow={"slide_type": "slide"}
page.picture("way")


# %% [markdown] slideshow={"slide_type": "slide"}
# # Under the hood: the way in your own hands
# Words become tokens, noise becomes a latent, a latent becomes a film. Each part by itself:

# %%
from explainers.engine import Request, decode, load_recording, record, replay, save_recording

model, run = page.model, page.run
print(" | ".join(token.text for token in run.tokens if token.word is not None))

# %% slideshow={"slide_type": "slide"}
start, end = run.latents[0], run.latent  # (channels, frames, rows, cols)
print(f"noise {tuple(start.shape)}: mean {start.mean():+.2f}, spread {start.std():.2f}")
film = decode(model, run)
print(f"film {film.frames.shape} at {film.fps:g} frames a second: {film.frames.size / end.numel():.0f} numbers for one")

# %% slideshow={"slide_type": "slide"}
parts = {
    name: sum(p.numel() for p in part.parameters())
    for name, part in model.pipeline.components.items()
    if hasattr(part, "parameters")
}
for name, count in sorted(parts.items(), key=lambda part: -part[1]):
    print(f"{name:20} {count:>12,} numbers")

# %% [markdown] slideshow={"slide_type": "slide"}
# On one machine, the same words and the same noise give the same film, bit for bit. That is what makes every experiment
# of these notebooks possible: one thing is changed, all else stays.

# %%
import torch

own = record(model, Request(run.request.prompt, seed=run.request.seed, steps=16)).finish()
again = replay(model, own).finish()
assert torch.equal(again.latent, own.latent)
print("equal in every bit")

# %% [markdown] slideshow={"slide_type": "slide"}
# The film above came with the kit. It was made on another machine, and what is computed again here is *close* to it: a
# sum of rounded numbers depends on the order in which they are added, and another processor adds in another order.

# %%
from explainers.engine import CLOSE, how_close

again = replay(model, run).finish()
torch.testing.assert_close(again.latent, run.latent, rtol=0, atol=CLOSE)
print(f"at most {(again.latent - run.latent).abs().max():.1e} apart; their spread is {run.latent.std():.1f}")
print(how_close(model, run) or "equal in every bit")

# %% [markdown] slideshow={"slide_type": "slide"}
# # Exercises
# **1.** Which of the two decides more, the words or the noise? Make a film with another seed, and one with other words.

# %% tags=["solution", "hide-input"] jupyter={"source_hidden": true} cellView="form"
# @title Solution
asked = run.request
other_seed = record(model, Request(asked.prompt, seed=asked.seed + 1, steps=16, sound=False)).finish()
other_words = record(model, Request("a blue boat moves left at sea", seed=asked.seed, steps=16, sound=False)).finish()
films = {"as it was": run, "another seed": other_seed, "other words": other_words}
show_films({name: decode(model, made, sound=False).frames for name, made in films.items()})

# %% [markdown]
# **2.** Save the recording, load it again, and check that nothing is lost. How large is it, compared with the film?

# %% tags=["solution", "hide-input"] jupyter={"source_hidden": true} cellView="form"
# @title Solution
import tempfile
from pathlib import Path

with tempfile.TemporaryDirectory() as folder:
    save_recording(run, Path(folder) / "run.darkroom")
    size = (Path(folder) / "run.darkroom").stat().st_size
    loaded = load_recording(Path(folder) / "run.darkroom")
assert torch.equal(loaded.latent, run.latent)
print(f"{size / 1e6:.1f} MB for every step; the film alone has {film.frames.nbytes / 1e6:.1f} MB of pixels")
