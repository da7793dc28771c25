# %% [markdown] slideshow={"slide_type": "slide"}
# *After this notebook you can* say what a word does to a film, compute guidance from the two predictions yourself, and
# tell when a word comes too late. · **45 minutes** · Needs: denoising (05).

# %% slideshow={"slide_type": "slide"}
from explainers.notebook.page import NotebookPage, show_films, show_plot

page = NotebookPage("words", steps=16)  # few, so that a cut is made in seconds
page.opening()

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The story
# One card at a time, with the film that it speaks of.

# %%
page.story()

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Look
# Click a word under the film, or a patch in it.

# %%
page.film()

# %% slideshow={"slide_type": "slide"}
page.picture("both_guesses")

# %% slideshow={"slide_type": "slide"}
page.picture("maps")

# %% slideshow={"slide_type": "slide"}
page.picture("pulled")

# %% slideshow={"slide_type": "slide"}
page.picture("pulls")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## See it, then cut it

# %%
page.cut("swapped")

# %% slideshow={"slide_type": "slide"}
page.cut("dropped")


# %% [markdown] slideshow={"slide_type": "slide"}
# # Under the hood: guidance
# At every step the network is asked twice: once with the words, once without. The film follows neither answer. It goes
# *past* the first one, away from the second.

# %%
import torch

from explainers.engine import branches

model, run = page.model, page.run
step = len(run.steps) // 3
both = branches(model, run, step)  # the two predictions, computed again
weight = run.request.guidance
velocity = both.uncond + weight * (both.cond - both.uncond)
there = run.latents[step] + (run.sigmas[step + 1] - run.sigmas[step]) * velocity
assert torch.allclose(there, run.latents[step + 1], atol=1e-4)  # where the pipeline itself went
print(f"guidance {weight:g}: one step along it ends exactly where the pipeline's next step begins")

# %% slideshow={"slide_type": "slide"}
# From a velocity to a guess of the finished film is one line, so each answer can be looked at.
from explainers.engine import decode

x, sigma = run.latents[step], run.sigmas[step]
guesses = {"without words": both.uncond, "with them": both.cond, f"guided, {weight:g} times": velocity}
show_films({name: decode(model, run, x - sigma * v, sound=False).frames for name, v in guesses.items()})

# %% [markdown] slideshow={"slide_type": "slide"}
# How far the two are apart is what the words have to say. It changes from step to step:

# %%
import plotly.graph_objects as go

some = sorted({round(i) for i in torch.linspace(0, len(run.steps) - 1, min(10, len(run.steps))).tolist()})
answers = [branches(model, run, step) for step in some]
gap = [float((b.cond - b.uncond).norm() / b.cond.norm()) for b in answers]
figure = go.Figure(go.Scatter(x=[step + 1 for step in some], y=gap, mode="lines+markers"))
show_plot(
    figure.update_layout(xaxis_title="step", yaxis_title="distance, in lengths of the prediction"), "What words add"
)

# %% [markdown] slideshow={"slide_type": "slide"}
# # Exercises
# **1.** For which weight is the guided velocity exactly the prediction with words? For which the one without?

# %% tags=["solution", "hide-input"] jupyter={"source_hidden": true} cellView="form"
# @title Solution
assert torch.allclose(both.uncond + 1.0 * (both.cond - both.uncond), both.cond, atol=1e-6)
assert torch.equal(both.uncond + 0.0 * (both.cond - both.uncond), both.uncond)
print("1 and 0. Anything above 1 overshoots on purpose.")

# %% [markdown]
# **2.** Run the same seed with guidance 1 and 12, in a few steps. What does the strong one pay with?

# %% tags=["solution", "hide-input"] jupyter={"source_hidden": true} cellView="form"
# @title Solution
from explainers.engine import replay

made = {}
for weight in (1.0, 12.0):
    other = replay(model, run, guidance=weight).finish()
    made[f"guidance {weight:g}"] = decode(model, other, sound=False).frames
show_films(made)
for name, frames in made.items():
    print(f"{name}: contrast {float(frames.std()):.0f}")

# %% [markdown]
# **3.** Change one word from a step of your choice on: `replay(model, run, from_step=…, prompt=…)`. From which step on
# is it too late?

# %% tags=["solution", "hide-input"] jupyter={"source_hidden": true} cellView="form"
# @title Solution
late = {}
last = len(run.steps)
for start in (0, last // 4, last // 2):
    other = replay(model, run, from_step=start, prompt=run.request.prompt.replace("red", "blue")).finish()
    late[f"blue from step {start + 1}"] = decode(model, other, sound=False).frames
show_films(late)
