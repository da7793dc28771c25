"""The engine: open any Diffusers video model, record a run, replay any step, see or cut any attention.

    from explainers.engine import Request, open_model, record

    model = open_model("embedded")                      # or a folder, or "Wan-AI/Wan2.1-T2V-1.3B-Diffusers"
    for step in record(model, Request("a mammoth walking in the snow", seed=7)):
        step.x0                                         # the model's guess of the finished film, as it happens
    recording = step.recording                          # or: record(model, request).finish()

Opening: `model.defaults` (a Request with every field filled), `model.vocabulary` (set of words, or None),
`model.schedulers` (names), `model.has_sound`, `model.squeeze` (film frames per latent frame, pixels per latent cell),
`model.patch` (latent frames, latent cells along a side, of one token), `model.latent_frames(17)` (which of them holds
each frame of a film). `unknown_words(model, prompt)`: {word: nearest}.
A model that can't be opened raises `CannotOpen` with a message for a person; `memory_for(name, instead_of=model)` says
so before the one that is open has to go.

Asking: `Request(prompt, negative_prompt, seed, steps, guidance, height, width, frames, fps, scheduler, sound, image,
video, keep, strength)`. None means the model's default. What doesn't fit is bent to the nearest that does, and
`recording.notes` says so (a list of notes: `str(note)` is a sentence); `recording.unknown` names unknown words.

Running: `record(model, request)` returns a Run: iterate for Steps; `run.cancel()` from anywhere, `run.close()`,
`run.first() -> Step` (and no more), `run.finish() -> Recording`, `run.recording`.

A Step: `index, sigma, timestep, latent, velocity, x0, cond, uncond, sound_latent, sound_velocity, sound_x0, sound_cond,
sound_uncond, recording`. Picture tensors are (channels, frames, rows, cols), sound tensors (channels, slices), on the
CPU. `latent` is before the step. `cond` and `uncond` are there while recording only; later `branches` recomputes them.

A Recording: `request, steps, latents, velocities, sound_latents, sound_velocities, sigmas, timesteps, tokens, notes,
unknown, seconds, cuts, made_on, latent, sound_latent, complete, planned`; `recording.steps[12]` is a Step; `latents`
has one entry more than there are steps, the finished one. `save_recording(recording, path)`, `load_recording(path)`
(`BadRecording`).

Bit for bit: what was recorded on this machine and build is computed again in the same bits: `same_bits(model,
recording)`. What is shipped or brought from elsewhere comes within `CLOSE` of it, and `how_close(model, recording)` is
the sentence that says why.

Looking, later, at any step of a recording (the model is run again; `layer`, `head`: a number, several, or None for the
mean; `each=True` keeps the axes (layers, heads, ...)):

    branches(model, recording, step)                              # .cond .uncond .sound_cond .sound_uncond
    told(model, recording, step)                                  # the guess by .cond alone: x0 without guidance
    attention(model, recording, step, layer, head, Patch(2, 3, 4))  # or Slice(7) of sound, or Word(1)
        # .video (frames, rows, cols) .words (tokens,) .sound (slices,) .share {"words", "own frame", ...} .label
    frame_matrix(model, recording, step, layer, head)             # .weights (frames, frames) .words .sound (frames,)
    word_maps(model, recording, step, layer, head)                # .weights (tokens, frames, rows, cols)
    attention_sites(model, recording)                             # every attention: .layer .heads .kind .query .key
    token_counts(model, recording)                                # {"words": …, "patches": …, "slices": …}

    by_word(recording, map.words), word_texts(recording)          # tokens of a word summed; the prompt's words
    evenly(len(recording.steps), 10)                              # at most ten of them, first and last too

The axes of maps count patches and tokens (`model.patches(latent.shape[1:])` is their grid), not latent cells.

Changing: `replay(model, recording, from_step=0, cuts=[...], prompt=, negative_prompt=, guidance=, latent=,
sound_latent=)` returns a Run like `record`. Cuts: `BlockFrames, BlockWords, BlockSound, MuteHead, ScrambleTime,
ScrambleTokens`, and `Hold(frames=, rows=, cols=)`, which keeps a region of the recorded film while the rest changes.
`poked(latent, frames=, rows=, cols=, amount=, seed=)` gives a latent with other noise in a region.

Seeing: `decode(model, recording, latent=None, sound_latent=None)` -> Film(frames, fps, sound, rate), as the pipeline
would; `preview(model, latent)` -> frames, quick; `encode(model, frames)` -> latent.

Starting from something: `Request(image=pixels)` is the first frame. `Request(video=pixels, keep=(0, 1))` keeps these
latent frames of it, `Request(video=pixels, strength=0.6)` begins with all of it under so much noise.
"""

from explainers.engine.attention.cuts import (
    BlockFrames,
    BlockSound,
    BlockWords,
    CannotCut,
    Cut,
    Hold,
    MuteHead,
    ScrambleTime,
    ScrambleTokens,
)
from explainers.engine.evenly import evenly
from explainers.engine.maps.attention import (
    AttentionMap,
    FrameMatrix,
    WordMaps,
    attention,
    attention_sites,
    frame_matrix,
    token_counts,
    word_maps,
)
from explainers.engine.maps.look import NotVisible
from explainers.engine.maps.reduce import Patch, Slice, Word
from explainers.engine.model.codec import encode, preview, resized
from explainers.engine.model.opening import memory_for, open_model, wrap
from explainers.engine.model.video_model import CannotOpen, VideoModel
from explainers.engine.request import Request
from explainers.engine.run.calls import WrongModel
from explainers.engine.run.decode import Film, decode
from explainers.engine.run.exact import CLOSE, how_close, same_bits
from explainers.engine.run.fit import CannotRun
from explainers.engine.run.machine import Machine
from explainers.engine.run.prompt import by_word, unknown_words, word_texts
from explainers.engine.run.record import Run, record
from explainers.engine.run.recording import Recording, Step, Token
from explainers.engine.run.replay import Branches, branches, poked, replay, told
from explainers.engine.run.storage import BadRecording, load_recording, save_recording

__all__ = [
    "CLOSE",
    "AttentionMap",
    "BadRecording",
    "BlockFrames",
    "BlockSound",
    "BlockWords",
    "Branches",
    "CannotCut",
    "CannotOpen",
    "CannotRun",
    "Cut",
    "Film",
    "FrameMatrix",
    "Hold",
    "Machine",
    "MuteHead",
    "NotVisible",
    "Patch",
    "Recording",
    "Request",
    "Run",
    "ScrambleTime",
    "ScrambleTokens",
    "Slice",
    "Step",
    "Token",
    "VideoModel",
    "Word",
    "WordMaps",
    "WrongModel",
    "attention",
    "attention_sites",
    "branches",
    "by_word",
    "decode",
    "encode",
    "evenly",
    "frame_matrix",
    "how_close",
    "load_recording",
    "memory_for",
    "open_model",
    "poked",
    "preview",
    "record",
    "replay",
    "resized",
    "same_bits",
    "save_recording",
    "token_counts",
    "told",
    "unknown_words",
    "word_maps",
    "word_texts",
    "wrap",
]
