# %% [markdown] slideshow={"slide_type": "slide"}
# *After this notebook you can* say what takes the place of noise where nothing can be a bit noisy, write with a model
# that unhides words, in any order, and say why it has to look more than once. · **45 minutes** · Needs: denoising (05).

# %%
import torch

from explainers.notebook.page import NotebookPage

page = NotebookPage("text")
page.opening()

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The story
# One card at a time. Write your guess down before you press.

# %%
page.story()

# %% [markdown] slideshow={"slide_type": "slide"}
# # Look
# A word can't be 30 % noise. So destruction **hides** words: at a level of 0.3 each is hidden with a chance of 0.3. One
# jump to any level is enough, as for films.

# %%
page.picture("hidden")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The way back
# Begin with nothing but holes. At each step the writer says for every hole how likely each word is; some holes are
# filled, and it looks again. Change the text, the number of steps and the order.

# %%
page.picture("written")

# %%
page.picture("odds")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## In any order
# Nobody said that a text has to grow from left to right. Give some words, and let it find the others:

# %%
page.controls["text"].value = "a ___ ball ___ on the snow"
page.picture("several")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Film it
# A caption is what the film model is asked with. The one that was just written:

# %%
caption = page.measure("written")["caption"]
page.develop(prompt=caption)
page.film()

# %% [markdown] slideshow={"slide_type": "slide"}
# # Cut
# Don't look again: fill all holes in one step. The noise is the same.

# %%
page.controls["text"].value = ""
page.cut("at_once")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Steps against quality
# The same for more steps, and for three orders.

# %%
page.picture("many")

# %%
page.picture("wrongs")

# %% [markdown] slideshow={"slide_type": "slide"}
# # Under the hood
# The writer is a stock model of Transformers, a megabyte of it. It sees the whole text with its holes.

# %%
from explainers.engine.model.writer import Writer
from explainers.measure.grammar import Grammar

writer, grammar = Writer.load(), Grammar.load()
print(f"{sum(p.numel() for p in writer.model.parameters()):,} numbers, {len(writer.words)} words")
start = writer.start("an ___ ___ gallops at night")
for place in (1, 2):
    best = writer.odds(start[None])[0, place].topk(5)
    sure = zip(best.indices.tolist(), best.values.tolist(), strict=True)
    print(f"place {place + 1}:", ", ".join(f"{writer.words[word]} {p:.0%}" for word, p in sure))

# %% [markdown]
# Look at the second list: only those who gallop in this world. Nobody told the writer who that is; it was shown
# captions with holes. And the first list: only colours that go with "an".
#
# The whole sampler fits in ten lines:


# %%
def unhidden(text, steps, seed=0):
    dice = torch.Generator().manual_seed(seed)
    text = text.clone()  # (places,)
    for left in range(steps, 0, -1):
        holes = (text == writer.hole).nonzero()[:, 0]
        odds = writer.odds(text[None])[0]  # (places, words)
        now = holes[torch.randperm(len(holes), generator=dice)[: -(-len(holes) // left)]]
        if len(now):
            text[now] = torch.multinomial(odds[now], 1, generator=dice)[:, 0]
    return text


share = {}
for steps in (1, 4, 16):
    said = [writer.spelt(unhidden(writer.start(""), steps, seed)) for seed in range(40)]
    share[steps] = sum(grammar.wrong(text) == "" for text in said) / len(said)
    print(f"{steps:2} steps: {share[steps]:.0%} right, for instance: {said[0]}")
assert share[16] > share[1]

# %% [markdown] slideshow={"slide_type": "slide"}
# # Exercises
# **1.** Some pairs of words stand in no caption of the training, *purple mammoth* for one. Does the writer ever say
# such a pair? Does it, when you ask for it?

# %% tags=["solution", "hide-input"] jupyter={"source_hidden": true} cellView="form"
# @title Solution
print("never together:", ", ".join(" ".join(pair[::-1]) for pair in grammar.rules["held_out"]["subject-colour"]))
said = [writer.spelt(unhidden(writer.start(""), 16, seed)) for seed in range(60)]
print("by itself:", "; ".join(text for text in said if grammar.new(text)) or "not in 60 captions")
odds = writer.odds(writer.start("a ___ mammoth grows at night")[None])[0, 1]
colours = ("purple", "violet", "red", "blue")
print("asked for:", ", ".join(f"{colour} {odds[writer.words.index(colour)]:.1%}" for colour in colours))

# %% [markdown]
# **2.** What would be the *mean* of all that is possible, as the first guess of a film is? Look at the odds in an
# empty text.

# %% tags=["solution", "hide-input"] jupyter={"source_hidden": true} cellView="form"
# @title Solution
odds = writer.odds(writer.start("")[None])[0]  # (places, words)
for place in (0, 1, 2, 15):
    best = odds[place].topk(5)
    sure = zip(best.indices.tolist(), best.values.tolist(), strict=True)
    print(f"place {place + 1:2}:", ", ".join(f"{writer.words[word]} {p:.0%}" for word, p in sure))
# A blur of words, each in its share; the last place is nearly always empty.
# A film shows the blur, a text keeps the odds.
