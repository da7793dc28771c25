"""Stage 1b, the decoder alone: trained further while the latents stay as they are, so that no cache is lost by it.

    python -m training decoder --config small --minutes 30

The encoder is frozen; the loss, the crops and the noise are the codec's own. Where the encoder sees films softened, the
decoder learns to paint them sharp: an edge's place is still there in its soft profile. Its weights, averaged over the
last steps, go into the codec's checkpoint whenever this stage stops.
"""

from collections.abc import Callable
from pathlib import Path

import torch
from accelerate import PartialState

from ..config import Config
from ..run.average import Average
from ..run.precision import autocast
from ..run.run import Run
from ..run.state import load_state, save_state
from . import picture_codec
from .picture_codec import to_codec

WHOLE = 8  # one step in so many sees whole films, the others crops around what moves


def train(config: Config, folder: Path, minutes: float | None = None, saved: Callable[[], None] | None = None) -> bool:
    """``saved`` is called after each checkpoint."""
    c, device = config.picture, PartialState().device
    codec = folder / "picture-codec" / "checkpoint"
    vae = picture_codec.build(config).to(device).train()
    vae.load_state_dict(load_state(codec)[0]["vae"])
    encode = picture_codec.encoder(vae, c)
    optimizer = torch.optim.AdamW(vae.decoder.parameters(), lr=c.decoder_rate, betas=(0.9, 0.99), weight_decay=0.0)
    average = Average(vae.decoder, c.decoder_ema)
    total = c.decoder_batches
    with Run(folder / "decoder", minutes, saved=saved) as run:
        run.resume(decoder=vae.decoder, optimizer=optimizer, ema=average)
        for step in run.steps(total):
            for group in optimizer.param_groups:
                group["lr"] = c.decoder_rate * min(1.0, (step + 1) / 100) * max(0.03, 1 - step / total)
            torch.manual_seed(config.seed * 7919 + 10**8 + step)
            x = to_codec(picture_codec.batch(config, 10**8 + step, cropped=bool(step % WHOLE), device=device))
            with torch.no_grad():
                latent = encode(x)
            with autocast(device):
                value, told = picture_codec.loss(vae, x, latent, c.noise)
            optimizer.zero_grad()
            value.backward()
            torch.nn.utils.clip_grad_norm_(vae.decoder.parameters(), 1.0)
            optimizer.step()
            average.update(vae.decoder)
            if step % 20 == 1:
                run.log(**told)
    state, meta = load_state(codec)
    vae.decoder.load_state_dict(average.weights)
    save_state(
        codec, state | {"vae": {k: v.detach() for k, v in vae.state_dict().items()}}, meta | {"decoder": run.step}
    )
    return run.finished
