"""Stage 2, the sound codec: one frame's worth of waveform becomes one slice of latent numbers, and comes back.

    python -m training sound-codec --config small --minutes 10

A stock Cosmos3AVAEAudioTokenizer. Judged by its spectra at three scales (what is heard) and by the waveform (when).
"""

import random
from pathlib import Path

import torch
from accelerate import PartialState
from diffusers.models.autoencoders.autoencoder_cosmos3_audio import Cosmos3AVAEAudioTokenizer
from torch import Tensor

from ..config import Config
from ..run.run import Run
from ..run.state import save_state
from ..world import PER_FRAME, RATE, draw, follow, listen

WINDOWS = (64, 256, 1024)
LOUD_SHARE = 0.8  # of a batch: half of the world is silent, and silence is soon learned


def build(config: Config) -> Cosmos3AVAEAudioTokenizer:
    c = config.sound
    torch.manual_seed(config.seed + 1)
    codec = Cosmos3AVAEAudioTokenizer(
        sampling_rate=RATE,
        vocoder_input_dim=c.latent,
        dec_dim=c.base,
        dec_c_mults=(1, 4, 8, 16),  # few channels where there are many samples: that is where the time goes
        dec_strides=(5, 5, 5, 8),
        dec_out_channels=1,
        stereo=False,
        normalize_volume=False,  # how loud it is says how fast it hit
        enc_dim=2 * c.base,
        enc_num_blocks=1,
        enc_identity_init=True,
        enc_n_fft=64,
        enc_hop_length=20,
        enc_latent_dim=2 * c.latent,
        enc_c_mults=(1, 2, 4),
        enc_strides=(5, 5, 2),
    )
    assert codec._hop_size == PER_FRAME  # one slice of sound a frame
    # Like the encoder's, the decoder's residual blocks begin as nothing: what is left is nearly linear, and quick to
    # find the best linear code. Started as it comes, it hums on average for an hour before it hears a thud.
    for name, gain in codec.decoder.named_parameters():
        if "res_unit" in name and name.endswith("conv2.weight_g"):
            torch.nn.init.zeros_(gain)
        if name.endswith("snake1.alpha"):
            torch.nn.init.constant_(gain, -2.0)
    return codec


def batch(config: Config, step: int, device: torch.device) -> Tensor:
    """A few frames of each clip, most of them around a contact."""
    c, rng = config.sound, random.Random(config.seed * 1_000_003 + step)
    scenes = draw(4 * c.batch, seed=rng.randrange(2**31))
    track = follow(scenes, config.frames)
    wave = listen(scenes, track, config.frames)  # (clips, samples)
    loud = (track.kind > 0).any(1)
    order = [*loud.nonzero().flatten().tolist(), *(~loud).nonzero().flatten().tolist()]
    first = min(int(loud.sum()), int(LOUD_SHARE * c.batch))
    pieces = []
    for i in order[:first] + order[len(order) - (c.batch - first) :]:
        contacts = track.contacts[i][track.kind[i] > 0].tolist()
        middle = int(rng.choice(contacts)) if contacts else rng.randrange(config.frames)
        start = max(0, min(config.frames - c.frames, middle - rng.randrange(c.frames)))
        pieces.append(wave[i, start * PER_FRAME : (start + c.frames) * PER_FRAME])
    return torch.stack(pieces)[:, None].to(device)  # (clips, 1, samples)


def spectrum(wave: Tensor, window: int) -> Tensor:
    shape = torch.hann_window(window, device=wave.device)
    return torch.stft(wave.squeeze(1), window, window // 4, window=shape, return_complex=True).abs() / window**0.5


def loss(codec: Cosmos3AVAEAudioTokenizer, wave: Tensor, noise: float) -> tuple[Tensor, dict[str, float]]:
    """``noise`` as in the picture codec: what the decoder must bear.

    Each clip is measured against its own loudness: against the batch's, silence would be a good answer to a single
    thud.
    """
    latent = codec.encode(wave, force_pad=True).latent_dist.mode()
    size = latent.square().mean()
    heard = codec.decoder(latent + noise * size.detach().sqrt() * torch.randn_like(latent))  # decode without its clamp
    loud = wave.square().mean((1, 2), keepdim=True).sqrt() + 0.03
    shape = wave.new_zeros(())
    for window in WINDOWS:
        a, b = spectrum(heard / loud, window), spectrum(wave / loud, window)
        missed = (a - b).square().sum((1, 2)).sqrt() / (b.square().sum((1, 2)).sqrt() + 0.1 * b[0].numel() ** 0.5)
        shape = shape + missed.mean() + 0.05 * ((a + 0.05).log() - (b + 0.05).log()).abs().mean()
    waveform = ((heard - wave) / loud).square().mean()
    told = {"spectrum": shape.item(), "waveform": waveform.item(), "size": size.item()}
    return 0.3 * shape / len(WINDOWS) + waveform + 0.01 * size.log().square(), told


def train(config: Config, folder: Path, published: Path, minutes: float | None = None) -> bool:
    """``published``: the model whose sound codec is taken where the config asks for no samples."""
    c, device = config.sound, PartialState().device
    if not c.samples:
        checkpoint = folder / "sound-codec" / "checkpoint"
        if not checkpoint.exists():  # and once only: what is published by then may be this very one, scaled
            stock = Cosmos3AVAEAudioTokenizer.from_pretrained(published / "sound_tokenizer", torch_dtype=torch.float32)
            save_state(checkpoint, {"codec": stock.state_dict()}, {"step": 0, "seconds": 0.0})
        return True
    codec = build(config).to(device).train()
    optimizer = torch.optim.AdamW(codec.parameters(), lr=c.rate, betas=(0.8, 0.99), weight_decay=0.0)
    total = c.samples // c.batch
    with Run(folder / "sound-codec", minutes) as run:
        run.resume(codec=codec, optimizer=optimizer)
        for step in run.steps(total):
            for group in optimizer.param_groups:
                group["lr"] = c.rate * min(1.0, (step + 1) / 50) * max(0.03, (1 - step / total) ** 1.5)
            torch.manual_seed(config.seed * 7919 + step)
            value, told = loss(codec, batch(config, step, device), c.noise)
            optimizer.zero_grad()
            value.backward()
            torch.nn.utils.clip_grad_norm_(codec.parameters(), 1.0)
            optimizer.step()
            if step % 20 == 0:
                run.log(**told)
    return run.finished


@torch.no_grad()
def scale_latents(codec: Cosmos3AVAEAudioTokenizer, factor: float) -> None:
    """Multiply the latents by ``factor`` inside the weights: the pipeline normalises pictures, but not sound."""
    codec.encoder.layers[-1].weight_g[: codec.config.vocoder_input_dim] *= factor  # the means, not the spreads
    codec.decoder.conv1.weight_g /= factor
