"""How the model was made: `python -m training` names the stages. Each folder imports those above it alone.

config      every number that decides what is trained
world/      the rendered world: what happens in it, how that looks and sounds, what is said of it
run/        a stage that can be killed at any moment, its state as files, and how a run travels
codec/      films and sound to latents and back, and the cache of latents
denoiser/   the transformer: what it is, what it learns from, and how films are drawn from it
text        the writer of captions, a model apart
judge/      what films show: the reader, the tables of figures, the model card
publish/    what goes into assets/
burst       the main stages in a given number of minutes, on a device that is lent
"""
