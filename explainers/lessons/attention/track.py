"""Does the strongest link of a cube on the subject lead to the subject in another frame? On films of known track.

film, x, y, prompt = clips_of(run)[0]                      # rendered; x, y in units of 1/64 of the height
truth = cubes_of(x, y, grid=(9, 4, 4), span=2)             # the cube (row, col) of the subject, per latent frame
known = under_noise(run, model, 12, encode(model, film), prompt)
follow(model, known, 12, truth)["hits"]                    # (layers,)
"""

import numpy as np
import torch

from explainers.engine import NotVisible, Patch, attention, replay
from explainers.measure.rendered import arrays, clips
from explainers.note import Note


def clips_of(run):
    """Rendered films of the size on screen: frames, x, y of the subject's centre, words."""
    size = (run.request.frames, run.request.height, run.request.width)
    found = []
    for clip in clips():
        known = arrays(clip)
        if known["frames"].shape[:3] == size and "x" in known:
            found.append((known["frames"], known["x"], known["y"], clip["prompt"]))
    if not found:
        raise NotVisible(
            Note(
                "no_rendered",
                "There is no rendered film of {width} x {height} pixels and {frames} frames to follow.",
                width=size[2],
                height=size[1],
                frames=size[0],
            )
        )
    return found


def cubes_of(x, y, grid, span):
    """The cube (row, col) that holds a point in every latent frame, None outside of the picture or where x, y are NaN.

    x, y: (film's frames,) in units of 1/64 of the height. The first latent frame stands for one frame of the film, each
    later one for `span`: their mean.
    """
    frames, rows, cols = grid
    found = []
    for frame in range(frames):
        shown = slice(0, 1) if frame == 0 else slice(1 + (frame - 1) * span, 1 + frame * span)
        row, col = (np.floor(np.mean(v[shown]) / 64 * rows) for v in (y, x))
        inside = 0 <= row < rows and 0 <= col < cols  # never so of a place that is not known
        found.append((int(row), int(col)) if inside else None)
    return found


def under_noise(run, model, step, latent, prompt):
    """A recording in which the model was given this latent under the noise of this step. No step is taken from there.

    The sound is an average one, under as much noise: a known film brings none that could be encoded.
    """
    sigma = run.sigmas[step]
    random = torch.Generator().manual_seed(step)
    given = (1 - sigma) * latent + sigma * torch.randn(latent.shape, generator=random)
    sound = sigma * torch.randn(run.sound_latents[0].shape, generator=random) if run.sound_latents else None
    other = replay(model, run, from_step=step, prompt=prompt, guidance=1.0, latent=given, sound_latent=sound)
    other.first()
    return other.recording


def follow(model, known, step, truth):
    """From the subject's cube in each frame to the strongest link in each other one: (layers,) hits, (layers, heads).

    Only pairs of frames count between which the subject has moved to another cube: else to look straight ahead in time
    would be a hit.
    """
    hits, heads, pairs, moved = np.zeros(1), np.zeros((1, 1)), 0, 0
    for frame, cube in enumerate(truth):
        if cube is None:
            continue
        video = attention(model, known, step, None, None, Patch(frame, *cube), each=True).video
        cols = video.shape[-1]
        best = video.reshape(*video.shape[:3], -1).argmax(-1)  # (layers, heads, frames)
        best_mean = video.mean(1).reshape(len(video), video.shape[2], -1).argmax(-1)  # (layers, frames)
        for other, there in enumerate(truth):
            if other == frame or there is None:
                continue
            pairs += 1
            if there == cube:
                continue
            moved += 1
            goal = there[0] * cols + there[1]
            hits = hits + (best_mean[:, other] == goal)
            heads = heads + (best[:, :, other] == goal)
    return {"hits": hits, "heads": heads, "pairs": pairs, "moved": moved}
