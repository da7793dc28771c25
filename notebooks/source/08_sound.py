# %% [markdown] slideshow={"slide_type": "slide"}
# *After this notebook you can* say how one network makes picture and sound at once, find a bounce in a film and a thud
# in a wave with a few lines of your own, and cut the tie between the two by one mask. · **60 minutes** · Needs:
# attention (07).

# %% slideshow={"slide_type": "slide"}
from explainers.notebook.page import NotebookPage, show_films, show_plot

page = NotebookPage("sound")
page.opening()

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The story
# One card at a time, with the film that it speaks of.

# %%
page.story()

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Look
# Switch the sound on. Click a slice of the wave: the heat shows where it looks in the picture.

# %%
page.film()

# %% slideshow={"slide_type": "slide"}
page.picture("timeline")

# %% slideshow={"slide_type": "slide"}
page.picture("spectrogram")

# %% slideshow={"slide_type": "slide"}
page.picture("lockstep")

# %% slideshow={"slide_type": "slide"}
page.picture("tie")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## See it, then cut it

# %%
page.cut("untied")


# %% [markdown] slideshow={"slide_type": "slide"}
# # Under the hood: seen and heard, by hand
# First a film whose answer we know: a ball that falls and bounces, and a thud at each contact, both from formulas.

# %%
import numpy as np

fps, rate, frames, side = 8, 16_000, 17, 64
gravity, rows = 9.0, np.arange(side)
truth = [0.8, 1.6]  # seconds of the contacts: a first fall, then a hop that is symmetric in time
moments = np.arange(frames) / fps


def height(t):
    """Above the floor: falls till the first contact, hops till the second, then lies still."""
    half = (truth[1] - truth[0]) / 2
    fall = gravity / 2 * (truth[0] ** 2 - t**2)
    hop = gravity / 2 * (half**2 - (t - truth[0] - half) ** 2)
    return fall if t < truth[0] else max(hop, 0.0)


drawn = np.full((frames, side, side, 3), 200, np.uint8)
for n, t in enumerate(moments):
    drawn[n][(rows[:, None] - (54 - 14 * height(t))) ** 2 + (rows[None] - 32) ** 2 < 6**2] = (200, 40, 30)

clock = np.arange(int(frames / fps * rate)) / rate
dice = np.random.default_rng(0)
wave = 0.002 * dice.standard_normal(len(clock))  # a little hiss
for t in truth:
    after = np.clip(clock - t, 0, None)
    wave += (clock >= t) * np.exp(-after / 0.05) * np.sin(2 * np.pi * 120 * after)

# %% [markdown] slideshow={"slide_type": "slide"}
# **The ear.** Cut the wave into hundredths of a second. Where a slot is much louder than all of the quarter second
# before it, something was struck.


# %%
def struck(wave, rate, times=2.0):
    """Seconds at which something begins to sound."""
    slots = wave[: len(wave) // (rate // 100) * (rate // 100)].reshape(-1, rate // 100)
    loud = np.sqrt((slots**2).mean(1))  # (hundredths of a second,)
    found = []
    for n in range(1, len(loud)):
        if loud[n] > 0.02 and loud[n] > times * loud[max(0, n - 25) : n].max() and (not found or n - found[-1] > 25):
            found.append(n)
    return np.array(found) / 100


# %% [markdown] slideshow={"slide_type": "slide"}
# **The eye.** What moves is what differs from the film's own middle picture. Follow its height. Where it came down fast
# and then does so no more, there was a contact.


# %%
def tracked(film):
    """(frames,) height of the middle of all that moves, in pixels from the top."""
    apart = np.abs(film.astype(float) - np.median(film, 0)).sum(-1)  # (frames, rows, cols)
    apart[apart < 60] = 0
    weight = apart.sum(2)  # (frames, rows)
    return (weight * np.arange(weight.shape[1])).sum(1) / weight.sum(1).clip(1e-9)


def touched(y, fps):
    """Seconds at which a way that led down stops leading down."""
    speed = np.diff(y)  # pixels a frame, downwards
    found = []
    for n in range(1, len(speed)):
        if speed[n - 1] > 1 and speed[n] < speed[n - 1] - 2:  # much slower than before
            found.append(n / fps)
    return np.array([t for n, t in enumerate(found) if n == 0 or t - found[n - 1] > 2 / fps])


heard, seen = struck(wave, rate), touched(tracked(drawn), fps)
print(f"drawn {truth} s; heard {heard.tolist()} s; seen {seen.round(2).tolist()} s; a frame takes {1 / fps:.3f} s")
assert np.allclose(heard, truth, atol=0.02)  # the ear is exact
assert len(seen) == len(truth) and np.abs(seen - truth).max() <= 1 / fps  # the eye as exact as its frames

# %% [markdown] slideshow={"slide_type": "slide"}
# Now the film that the model made. Nobody told our eye and our ear about each other, and nobody told them about the
# model.

# %%
import plotly.graph_objects as go

from explainers.engine import decode

model, run = page.model, page.run
film = decode(model, run)
mono = film.sound.mean(1)  # both ears
y = tracked(film.frames)
figure = go.Figure(go.Scatter(x=np.arange(len(y)) / film.fps, y=y, mode="lines+markers", name="height of what moves"))
for t in struck(mono, film.rate):
    figure.add_vline(x=t, line_dash="dot")
figure.update_layout(xaxis_title="seconds", yaxis_title="pixels from the top").update_yaxes(autorange="reversed")
show_plot(figure, "Our own eye (line) and our own ear (dotted) on the model's film")

# %% [markdown] slideshow={"slide_type": "slide"}
# # Under the hood: the tie is a mask
# All softmaxes of the network go through one function. We stand in front of it, and forbid sound to look at picture and
# picture to look at sound. The engine's cut `BlockSound` must give the same, number for number.

# %%
import torch
import torch.nn.functional as F
from torch.overrides import TorchFunctionMode

from explainers.engine import BlockSound, replay
from explainers.engine.run.calls import call_again

cubes = int(np.prod(model.patches(tuple(run.latent.shape[1:]))))
slices = run.sound_latent.shape[-1]
print(f"one sequence: words, then {cubes} cubes of picture, then {slices} slices of sound")


class Untied(TorchFunctionMode):
    """Inside `with`, queries of sound don't see keys of picture (`deaf`), nor the other way round (`blind`)."""

    def __init__(self, deaf=True, blind=True):
        super().__init__()
        self.deaf, self.blind = deaf, blind

    def __torch_function__(self, function, types, args=(), kwargs=None):
        kwargs = dict(kwargs or {})
        if function is F.scaled_dot_product_attention:
            kwargs |= dict(zip(("query", "key", "value"), args, strict=False))
            args, queries, keys = (), kwargs["query"].shape[-2], kwargs["key"].shape[-2]
            if keys > queries:  # the words' own attention has as many of both, and sees neither picture nor sound
                may = torch.ones(queries, keys, dtype=torch.bool)
                words = keys - queries
                if self.blind:
                    may[cubes:, words : words + cubes] = False  # sound asks, picture may not answer
                if self.deaf:
                    may[:cubes, words + cubes :] = False  # picture asks, sound may not answer
                kwargs["attn_mask"] = may
        return function(*args, **kwargs)


# %% slideshow={"slide_type": "slide"}
def said(step, mask):
    """The velocities of picture and sound that the network predicts, with words, behind a mask of ours."""
    which = next(n for n, call in enumerate(run.calls[step]) if call.branch == "cond")
    with mask:
        return call_again(model, run, step, which)


step = len(run.steps) // 2
both = said(step, Untied())
untied = replay(model, run, from_step=step, cuts=[BlockSound()])
engine = next(untied)  # the engine's own cut, at the same step
untied.close()
picture, sound = both[0][0], both[1][0]
assert torch.allclose(picture.reshape(engine.cond.shape), engine.cond, atol=1e-4)
assert torch.allclose(sound.reshape(engine.sound_cond.shape), engine.sound_cond, atol=1e-4)
print("our mask and the engine's cut say the same velocities, of picture and of sound")

# %% [markdown] slideshow={"slide_type": "slide"}
# # Exercises
# **1.** Play the thuds of the drawn film 0.2 s late. Do your eye and your ear notice, and by how much?

# %% tags=["solution", "hide-input"] jupyter={"source_hidden": true} cellView="form"
# @title Solution
late = np.roll(wave, int(0.2 * rate))
offsets = struck(late, rate) - touched(tracked(drawn), fps)
print("seconds from seen to heard:", offsets.round(2).tolist())
assert abs(float(offsets.mean()) - 0.2) <= 1 / fps
# On the model's film this number is what the page calls the offset. People notice about 0.05 s when sound comes early
# and 0.1 s when it comes late; a film of eight frames a second can't be exact to less than a frame.

# %% [markdown]
# **2.** Cut only one way: sound may not see the picture, but the picture may see sound. Whose prediction changes at
# once, in this very step?

# %% tags=["solution", "hide-input"] jupyter={"source_hidden": true} cellView="form"
# @title Solution
plain = said(step, Untied(deaf=False, blind=False))
one_way = said(step, Untied(deaf=False, blind=True))
for name, part in (("picture", 0), ("sound", 1)):
    change = float((one_way[part][0] - plain[part][0]).norm() / plain[part][0].norm())
    print(f"{name}: {change:.1%} of its velocity")
# Sound, of course. But not sound alone: in the next layer the picture looks at slices that are already different. In a
# sequence that everybody reads, nothing stays between two.

# %% [markdown]
# **3.** Cut the tie only in the last steps: in the last four, in the last twelve. When is it settled what is seen and
# what is heard?

# %% tags=["solution", "hide-input"] jupyter={"source_hidden": true} cellView="form"
# @title Solution
films = {"tied": film.frames}
for last in (12, 4):
    late_cut = replay(model, run, from_step=len(run.steps) - last, cuts=[BlockSound()]).finish()
    picture = float((late_cut.latent - run.latent).norm() / run.latent.norm())
    sound = float((late_cut.sound_latent - run.sound_latent).norm() / run.sound_latent.norm())
    print(f"cut in the last {last} steps: picture {picture:.1%} of its size away, sound {sound:.1%}")
    films[f"tie cut in the last {last} steps"] = decode(model, late_cut, sound=False).frames
    assert picture > 0 and sound > 0
show_films(films)
