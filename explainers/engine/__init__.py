"""The engine: open any Diffusers video model, record a run, replay any step, see or cut any attention.

    from explainers.engine import Request, open_model, record

    model = open_model("embedded")                      # or a folder, or "Wan-AI/Wan2.1-T2V-1.3B-Diffusers"
    for step in record(model, Request("a mammoth walking in the snow", seed=7)):
        step.x0                                         # the model's guess of the finished film, as it happens
    recording = step.recording                          # or: record(model, request).finish()

Opening: `model.defaults` (a Request with every field filled), `model.vocabulary` (set of words, or None),
`model.schedulers` (names), `model.has_sound`, `model.squeeze` (film frames per latent frame, pixels per latent cell),
`model.patch` (latent frames, latent cells along a side, of one token), `unknown_words(model, prompt)` -> {word: [near]}.
A model that can't be opened raises `CannotOpen` with a message for a person.

Asking: `Request(prompt, negative_prompt, seed, steps, guidance, height, width, frames, fps, scheduler, sound, image,
video, keep, strength)`. None means the model's default. What doesn't fit is bent to the nearest that does, and
`recording.notes` says so (a list of sentences); `recording.unknown` names unknown words.

Running: `record(model, request)` returns a Run: iterate for Steps; `run.cancel()` from anywhere, `run.close()`,
`run.finish() -> Recording`, `run.recording`.

A Step: `index, sigma, timestep, latent, velocity, x0, cond, uncond, sound_latent, sound_velocity, sound_x0, sound_cond,
sound_uncond, recording`. Picture tensors are (channels, frames, rows, cols), sound tensors (channels, slices), on the
CPU. `latent` is before the step. `cond` and `uncond` are there while recording only; later `branches` recomputes them.

A Recording: `request, steps, latents, velocities, sound_latents, sound_velocities, sigmas, timesteps, tokens, notes,
unknown, seconds, cuts, latent, sound_latent, complete, planned`; `recording.steps[12]` is a Step; `latents` has one more
entry than there are steps, the finished one. `recording.save(path)`, `Recording.load(path)`.
"""

from explainers.engine.models import CannotOpen, VideoModel, open_model, wrap
from explainers.engine.record import Run, record
from explainers.engine.recording import Recording, Request, Step, Token
from explainers.engine.words import unknown_words

__all__ = [
    "CannotOpen",
    "Recording",
    "Request",
    "Run",
    "Step",
    "Token",
    "VideoModel",
    "open_model",
    "record",
    "unknown_words",
    "wrap",
]
