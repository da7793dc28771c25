"""Whether a replay here gives the same bits as the recording, or numbers that are close.

same_bits(model, recording)           # True: made on this machine and build, whatever is replayed is equal, bit for bit
how_close(model, recording)           # None then; else a note for a person
torch.testing.assert_close(replay(model, shipped).finish().latent, shipped.latent, rtol=0, atol=CLOSE)

A sum of floating-point numbers depends on the order in which they are added. Libraries choose the order by what the
processor can do, and each choice rounds the last digits its own way. How many threads add does not matter at the sizes
of the embedded model (the same bits with 1, 2 and 4); it can where a matrix is only a few numbers wide.
"""

from __future__ import annotations

from explainers.engine.model.video_model import VideoModel
from explainers.engine.run.machine import UNKNOWN, this_machine
from explainers.engine.run.recording import Recording
from explainers.note import Note

# The four recordings that are shipped, made with AVX-512, were replayed with AVX2, with none (ATEN_CPU_CAPABILITY=
# default) and with another library's order of sums (MKL_CBWR=COMPATIBLE): after 50 steps latents, whose spread is 1,
# were at most 3.8e-5 apart, sounds 5.5e-6. Ten times that, for processors that we have not met. It holds for float32.
CLOSE = 4e-4


def same_bits(model: VideoModel, recording: Recording) -> bool:
    """Whether the recording says that it was made on a machine that computes as this one does."""
    return recording.made_on == this_machine(model)


def how_close(model: VideoModel, recording: Recording) -> Note | None:
    """What a person has to know before comparing the recording with what is computed again here; mostly nothing."""
    if same_bits(model, recording):
        return None
    nameless = Note("elsewhere.nameless", "a machine that it does not name")
    return Note(
        "elsewhere",
        "This recording was made on {made}; this is {here}. What is computed again here is close to it, not equal in "
        "every bit: processors add the same numbers in different orders, and the last digits are rounded differently.",
        made=nameless if recording.made_on == UNKNOWN else recording.made_on,
        here=this_machine(model),
    )
