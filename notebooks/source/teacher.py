# %% [markdown] slideshow={"slide_type": "slide"}
# # For teachers
# Fifteen ideas, from words to film, and a sixteenth notebook in which a class builds it all. Each stands alone: open it,
# *Run all*, teach. All that it shows is computed while you watch, by the small model that comes with the kit; nothing
# needs the network.
#
# | What you want | The command, in the kit's folder |
# |---|---|
# | JupyterLab on these notebooks | `python darkroom.py notebooks` |
# | A notebook as slides, arrow keys turn them | `python notebooks/export.py slides 05 out` |
# | Handout for the class, HTML and PDF | `python notebooks/export.py handout out` |
# | The browser demo, for phones too | `python darkroom.py app --host 0.0.0.0` |
# | The browser demo on a model that your class built | `python darkroom.py app --model notebooks/my_model` |
#
# Run a notebook before class and save it: then it can be read without a kernel too, each widget as it stood last. (With
# JupyterLab's *Settings → Save Widget State Automatically*, the viewer itself comes back and can be scrubbed.)

# %%
from IPython.display import Markdown

from explainers.kit.lesson import lessons
from explainers.kit.sentences import Words

rows = ["| idea | its story, card by card |", "|---|---|"]
for lesson in lessons():
    words = Words.of(lesson.idea)
    rows.append(f"| **{words('title')}** | {' · '.join(words(card.key) for card in lesson.story)} |")
Markdown("\n".join(rows))

# %% [markdown] slideshow={"slide_type": "slide"}
# # Three lesson plans
# ## 20 minutes: one film
# | min | | where |
# |---|---|---|
# | 0–3 | *What is an AI video before it is a video?* Everybody writes a guess down. | handout |
# | 3–8 | Static first, then the steps. Let somebody drag the step. Ask again. | `00_machine`, The story |
# | 8–13 | Drown a film. Which detail goes first? Vote, then reveal. | `02_noise`, The story |
# | 13–18 | Fewer steps: 1, 4, 25. Why not one? | `05_denoising`, The story |
# | 18–20 | Compare with the first guesses. One sentence each: *it does not look clips up.* | handout |
#
# ## 45 minutes: how it is made
# | min | | where |
# |---|---|---|
# | 0–5 | Guesses, as above. | handout |
# | 5–15 | Noise: predict, jump to any level, cut (*half the noise*). | `02_noise` |
# | 15–25 | Denoising: guess, go a little way, guess again. The loop by hand. | `05_denoising`, Under the hood |
# | 25–35 | Words: click one. Guidance 1 against 15. | `06_words` |
# | 35–42 | Attention: click a cube. Then forbid it, and count the flicker. | `07_attention` |
# | 42–45 | Five questions of the quiz. | below |
#
# ## 60 minutes: a model of their own
# | min | | where |
# |---|---|---|
# | 0–10 | A world in twenty lines; change a colour or a shape. Write the judge, and try it. | `15_from_scratch`, 1 |
# | 10–20 | A codec from singular values. How many numbers does a block need? Vote, then plot. | 2 |
# | 20–32 | Tokens, places, the transformer: each pair explains one line of it to the others. | 3, 4, 5 |
# | 32–40 | *What is learned first: colour, shape or way?* Guess, on paper. Train, and watch. | 6 |
# | 40–48 | Count. Then guidance: what do more and less of it do? | 7 |
# | 48–60 | Save it, open it in the app, and find in your own model what the pages show in ours. | 8 |
#
# ## 90 minutes: build it yourself
# | min | | where |
# |---|---|---|
# | 0–10 | Guesses; the whole way in one picture. | `00_machine` |
# | 10–25 | Noise, with exercise 1. | `02_noise` |
# | 25–40 | A codec of one matrix; their own clips through ours. | `03_latents`, Under the hood, Your own clip |
# | 40–65 | Everybody draws a shape and trains on it. Whose shape is hard to learn, and why? | `05_denoising`, the toy |
# | 65–80 | Attention from q and k; a map is no explanation until you cut. | `07_attention` |
# | 80–90 | Quiz, all twenty, in pairs. | below |
#
# ## And then?
# Each of the others fills 45 minutes of its own. Choose by your subject:
#
# | You teach | Take | Because |
# |---|---|---|
# | Media, ethics | `01_learning`, `12_limits` | what a model took from its data, and what it can't know, measured |
# | Physics | `09_physics` | a ruler for gravity, an error bar, and a rival to the parabola |
# | Music, sound | `08_sound` | an eye and an ear of twelve lines, and the tie between them cut |
# | Languages | `13_text` | the same idea with hidden words in place of noise |
# | Art, design | `10_start`, `06_words` | beginning at their own picture, and what a word pulls |
# | Environment, economy | `11_cost` | operations on paper, watt-hours measured or openly guessed |
# | Computer science | `15_from_scratch`, `14_real` | the whole of it in plain torch; attention that is too large to keep |

# %% [markdown] slideshow={"slide_type": "slide"}
# # Run of show
# **The day before.** `python darkroom.py notebooks` once, on the machine you will use (the first call installs, and needs
# the network; later ones don't). *Run all* in each notebook you want. Print the handout.
#
# **Ten minutes before.** Open the notebooks, *Run all*, zoom the browser to 130 %. Close everything else: the model
# wants a core for itself.
#
# **In class.** Always in this order: they *predict*, on paper; you *show*; they *compare*; only then you *name* it. Don't
# give the answer away by the tone of the question. Let a student drive.
#
# **When it goes wrong.** A cell hangs: *Kernel → Restart and run all*. No viewer: *Run all* was not pressed. Everything
# is slow: another program uses the cores; `DARKROOM_THREADS=1` helps on a shared machine.

# %% [markdown] slideshow={"slide_type": "slide"}
# # Misconceptions, and the cell that answers each
# | What students say | What to open |
# |---|---|
# | "It searches a library of clips and blends them." | `00_machine`, exercise 1: other noise, another film |
# | "The film is destroyed step by step, and the steps are remembered." | `02_noise`, Under the hood: one jump equals a hundred steps |
# | "First it paints a rough film, then details: like a painter." | `02_noise`, `overtakes`: in latents nearly all detail drowns at one level |
# | "The noise is just a random number to make each film different." | `02_noise`, the cut *half the noise*: it is the material |
# | "It makes frame after frame." | `04_patches`, Look: all cubes of all frames at once |
# | "A latent is a small picture." | `03_latents`, `channels` and `footprint` |
# | "A token is a pixel." or "… an object." | `04_patches`, The story, and exercise 1 |
# | "One step would do if the computer were fast." | `05_denoising`, exercise 1: the first jump lands in the mean |
# | "More steps, ever better." | `05_denoising`, Steps against quality: the curve goes flat |
# | "Guidance is how well it understands." | `06_words`, exercise 1: it is a factor, and overshoots on purpose |
# | "The attention map shows what it thinks." | `07_attention`, See it, then cut it |
# | "Each word is looked up once, at the start." | `06_words`, exercise 3: the same word, too late |
# | "The sound is laid under the finished film." | `08_sound`, `lockstep`: both come out of the noise together |
# | "It copies what it was trained on." | `01_learning`, `nearest`, and exercise 3 |
# | "It knows things that nobody showed it." | `01_learning`, the cut *strange*; `12_limits`, two unknown words are one |
# | "It understands gravity." | `09_physics`, `fall`: read it off, and ask how sure one film makes you |
# | "It edited my video." | `10_start`, Under the hood: a remix begins near yours, and ends elsewhere |
# | "It can't count: I saw it fail twice." | `12_limits`, Under the hood: what two films can show |
# | "One clip costs as much as ..." | `11_cost`, `published`: between models lie factors of thousands |
# | "A big model is something else." | `14_real`, Under the hood: the same function, other sizes |

# %% [markdown] slideshow={"slide_type": "slide"}
# # Quiz
# 1. What is in the latent before the first step?
# 2. Write the formula that puts noise of level sigma on a film. How much of the film is left at 0.7?
# 3. Why does fine detail drown first, on pixels?
# 4. Why does the same seed give the same film?
# 5. What does a codec throw away first?
# 6. What is a token of a film?
# 7. A film of twice the length has how many times the tokens? One with twice the sides?
# 8. What does attention cost when the tokens double? And the products with weights?
# 9. What is a model asked in training, and what is it told?
# 10. Where does the very first guess land, and what does it look like?
# 11. Why do more steps help, and why less and less?
# 12. Guidance 1: which prediction is used? Guidance 0? And above 1?
# 13. Attention weights of one query add up to what? Over which keys?
# 14. A map shows that a cube looks at the word *red*. What does that prove?
# 15. How would you show that sound and picture are made together?
# 16. You measure gravity on every second frame of a film. What happens to the number?
# 17. A remix begins at 90 % noise, another at 20 %. Which one obeys its new words, and why?
# 18. You saw five films of five succeed. How many failures would still be no surprise?
# 19. What takes the place of noise in a text?
# 20. The attention of a large model fills gigabytes a head. How can it be looked at all the same?

# %% [markdown] tags=["solution"]
# <details><summary><b>Answer key, with the evidence</b></summary>
#
# 1. Noise only: mean 0, spread 1 — `02_noise`, last cell of Under the hood
# 2. `(1 - sigma) * x0 + sigma * eps`; 30 %, in one jump or in a hundred — `02_noise`, Under the hood
# 3. Films have little power there, noise has the same everywhere — `02_noise`, exercise 3
# 4. The seed fixes the noise; all else is arithmetic — `00_machine`, "equal in every bit"
# 5. What costs least error: fine, weak detail — `03_latents`, a tiny codec
# 6. A cube of the latent: a square, for a moment — `04_patches`, Under the hood
# 7. Twice; four times — `04_patches`, exercise 3
# 8. Four times, since each looks at each; twice — `11_cost`, a scaling plot
# 9. Which way a film was drowned; how wrong its guess was, nothing else — `01_learning`, Under the hood
# 10. In the mean of all that is possible: a blur — `05_denoising`, exercise 1
# 11. Each guess is better than the last, but the line between them is nearly straight — `05_denoising`, `straight`
# 12. The one with words; the one without; it overshoots on purpose — `06_words`, exercise 1
# 13. 1, over words, cubes and sound together — `07_attention`, Under the hood
# 14. Nothing yet. Cut it, and measure what changes — `07_attention`, See it, then cut it
# 15. Cut the tie at every step, same seed, and measure the offset again — `08_sound`, the cut
# 16. Four times as much: frames are the clock, and time counts twice — `09_physics`, exercise 2
# 17. The one at 90 %: at 20 % the film itself says louder what it is — `10_start`, `kept`
# 18. Up to four in ten: Wilson's interval — `12_limits`, exercise 1
# 19. Hiding: each word is hidden with the level's chance — `13_text`, Look
# 20. A row at a time, keys in pieces, softmax with a running maximum — `14_real`, looking without drowning
#
# </details>

# %% [markdown] slideshow={"slide_type": "slide"}
# # In your language
# The lessons' words stand in `explainers/lessons/<idea>/words.en.md`. Translate one of these files, give it your
# language's code in its name, and open the notebook with `NotebookPage("noise", language="de")`, or start JupyterLab
# with `DARKROOM_LANGUAGE=de`: code and numbers stay as they are.
