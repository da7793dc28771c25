# %% [markdown] slideshow={"slide_type": "slide"}
# *After this notebook you can* begin a film at a picture, at another film or at a part of one, write the remix and the
# held region yourself, and say how much noise keeps how much. · **45 minutes** · Needs: denoising (05).

# %% slideshow={"slide_type": "slide"}
from explainers.notebook.page import NotebookPage, show_films, show_plot

page = NotebookPage("start", steps=10)  # few, so that every film of this notebook is there in seconds
page.opening()

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The story
# One card at a time, with the film that it speaks of.

# %%
page.story()

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Look
# Move the strength: how much noise goes over the film before the model goes on from there.

# %%
page.film()

# %% slideshow={"slide_type": "slide"}
page.picture("begins")

# %% slideshow={"slide_type": "slide"}
page.picture("places")

# %% slideshow={"slide_type": "slide"}
page.picture("kept")

# %% slideshow={"slide_type": "slide"}
page.picture("longer")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## See it, then cut it

# %%
page.cut("remix")

# %% slideshow={"slide_type": "slide"}
page.cut("from_picture")

# %% slideshow={"slide_type": "slide"}
page.cut("cameo")


# %% [markdown] slideshow={"slide_type": "slide"}
# # Under the hood: a remix
# Nothing new is needed. Take the formula of notebook 02 to jump to some level of noise, and the loop of notebook 05 to
# come back from there. The film on screen gives the latent; the noise is of another seed, and the words say another
# colour.

# %%
import torch

from explainers.engine import decode, replay

model, run = page.model, page.run
film = run.latent  # (channels, frames, rows, cols)
sigmas = [*run.sigmas, 0.0]
words = "a blue ball bounces in the snow"


def drown(x0, sigma, seed=1):
    eps = torch.randn(x0.shape, generator=torch.Generator().manual_seed(seed))
    return (1 - sigma) * x0 + sigma * eps


def developed(x, start, prompt, held=None):
    """From the noisy latent x of step `start` to a film. `held(step)` gives (where, what) a region that is not free."""
    sound = run.sound_latents[start] if run.sound_latents else None
    for step in range(start, len(run.steps)):
        asked = replay(model, run, from_step=step, latent=x, sound_latent=sound, prompt=prompt)
        said = next(asked)
        asked.close()
        velocity = said.cond
        if said.uncond is not None:
            velocity = said.uncond + run.request.guidance * (said.cond - said.uncond)
        x = x + (sigmas[step + 1] - sigmas[step]) * velocity
        if sound is not None:
            sound = sound + (sigmas[step + 1] - sigmas[step]) * said.sound_velocity
        if held is not None:
            where, what = held(step + 1)
            x = torch.where(where, what, x)
    return x


# %% slideshow={"slide_type": "slide"}
start = next(n for n, sigma in enumerate(sigmas) if sigma <= 0.8)
noisy = drown(film, sigmas[start])
remix = developed(noisy, start, words)
show_films(
    {
        "the film": decode(model, run, sound=False).frames,
        f"{sigmas[start]:.0%} noise over it": decode(model, run, noisy, sound=False).frames,
        f"remix: {words}": decode(model, run, remix, sound=False).frames,
    }
)

# %% [markdown] slideshow={"slide_type": "slide"}
# How do we know that the loop is right? From the run's own noise and with its own words it must arrive where the run
# did:

# %%
back = developed(run.latents[start], start, run.request.prompt)
apart = float((back - film).abs().max() / film.abs().max())
print(f"largest difference {apart:.1e} of the largest number")
assert apart < 1e-3

# %% [markdown] slideshow={"slide_type": "slide"}
# # Under the hood: keep a part
# Half of the picture shall go the way it went. So after every step we put that half back to where the recorded run was
# at this level of noise. What is free sees the held half at every step, and has to fit to it.

# %%
where = torch.zeros(film.shape, dtype=torch.bool)
where[..., : film.shape[-1] // 2] = True  # the left half is held
start = len(run.steps) // 4
cameo = developed(run.latents[start], start, words, held=lambda step: (where, run.latents[step]))
assert torch.equal(cameo[where], film[where])  # held, number for number
show_films(
    {
        "the film": decode(model, run, sound=False).frames,
        f"left half held, right half: {words}": decode(model, run, cameo, sound=False).frames,
    }
)

# %% [markdown] slideshow={"slide_type": "slide"}
# # How much noise keeps how much
# The formula alone answers a part of it: at level sigma the film has the share `1 - sigma`. What the model makes of
# that is another question, so we measure it.

# %%
import plotly.graph_objects as go

levels, kept = [], []
for start in range(1, len(run.steps), 2):
    made = developed(drown(film, sigmas[start]), start, words)
    levels.append(sigmas[start])
    kept.append(float(torch.corrcoef(torch.stack([made.flatten(), film.flatten()]))[0, 1]))
figure = go.Figure()
figure.add_scatter(x=levels, y=kept, mode="lines+markers", name="after the way back")
figure.add_scatter(x=levels, y=[1 - sigma for sigma in levels], mode="lines", line_dash="dot", name="1 - sigma")
figure.update_layout(xaxis_title="share of noise at the beginning", yaxis_title="likeness of the latents (correlation)")
show_plot(figure, "Less noise at the beginning, more of the film at the end")
assert kept[-1] > kept[0]  # the least noise keeps more than the most

# %% [markdown] slideshow={"slide_type": "slide"}
# # Exercises
# **1.** Begin at step 1 with `drown`. How much of the film can be left? Begin at the last step. How much can change?

# %% tags=["solution", "hide-input"] jupyter={"source_hidden": true} cellView="form"
# @title Solution
first, last = drown(film, sigmas[0]), drown(film, sigmas[-2])
for name, x in (("first", first), ("last", last)):
    alike = float(torch.corrcoef(torch.stack([x.flatten(), film.flatten()]))[0, 1])
    print(f"what the {name} step is given is {alike:.2f} like the film")
# At sigma = 1 the film is multiplied by zero: only the words are left. At the last level there is hardly a step to go.

# %% [markdown]
# **2.** Begin with a picture: make a film that stands still out of the first frame, drown it, and develop that. Does it
# move more or less than a film from noise, and why?

# %% tags=["solution", "hide-input"] jupyter={"source_hidden": true} cellView="form"
# @title Solution
from explainers.engine import encode

frames = decode(model, run, sound=False).frames
still = encode(model, frames[:1].repeat(len(frames), 0))
start = next(n for n, sigma in enumerate(sigmas) if sigma <= 0.85)
moved = decode(model, run, developed(drown(still, sigmas[start]), start, run.request.prompt), sound=False).frames


def motion(film):
    return float(abs(film[1:].astype(float) - film[:-1]).mean())


show_films({"the film": frames, f"from its first picture, under {sigmas[start]:.0%} noise": moved})
print(f"change from frame to frame: film {motion(frames):.2f}, from the still picture {motion(moved):.2f}")
# Standing still is in what the noise leaves over, and the model believes it. Real image-to-video keeps only the first
# picture free of noise, as the cut "its first picture" above does, and leaves the rest of the film open.

# %% [markdown]
# **3.** Hold the *middle* instead of the left half, and free the rim. Where does the seam show, and why does it get
# better if you hold less in the last steps?

# %% tags=["solution", "hide-input"] jupyter={"source_hidden": true} cellView="form"
# @title Solution
rim = torch.zeros(film.shape, dtype=torch.bool)
rim[..., 2:-2, 2:-2] = True
start, soft = len(run.steps) // 4, len(run.steps) - 3
hard = developed(run.latents[start], start, words, held=lambda step: (rim, run.latents[step]))
free = torch.zeros_like(rim)
eased = developed(run.latents[start], start, words, held=lambda step: (rim if step < soft else free, run.latents[step]))
show_films(
    {
        "held to the end": decode(model, run, hard, sound=False).frames,
        "let go in the last steps": decode(model, run, eased, sound=False).frames,
    }
)
assert torch.equal(hard[rim], film[rim]) and not torch.equal(eased[rim], film[rim])
# The last steps fit neighbours to each other. What may not move can't be fitted.
