"""Tiny pipelines of real Diffusers classes with random weights: what the engine's tests run on.

from tests.tiny_models import TINY
pipeline = TINY["cosmos3"].build()                   # a Cosmos3OmniPipeline, built in a blink, same weights every time

`python -m tests.tiny_models cosmos3 FOLDER` saves one, so that `open_model(FOLDER)` can open it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch

WORDS = [
    "a",
    "the",
    "red",
    "green",
    "blue",
    "ball",
    "cat",
    "boat",
    "horse",
    "mammoth",
    "bounces",
    "walks",
    "moves",
    "left",
    "right",
    "up",
    "down",
    "on",
    "in",
    "snow",
    "grass",
    "sea",
]


def word_tokenizer() -> Any:
    """One token a word, lower case, punctuation dropped; the sentences that Cosmos3 appends to a prompt are removed."""
    from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    specials = ["<pad>", "<|im_end|>", "<unk>", "<|vision_start|>"]
    vocabulary = {word: index for index, word in enumerate(specials + WORDS)}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="<unk>"))
    duration = Regex(r"The video is (not )?[0-9.]+ seconds long and is (not )?of [0-9]+ FPS\.")
    size = Regex(r"This (video|image) is (not )?of [0-9]+x[0-9]+ resolution\.")
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.Replace(duration, ""), normalizers.Replace(size, ""), normalizers.Lowercase()]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Punctuation("removed")]
    )
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token="<pad>",
        eos_token="<|im_end|>",
        unk_token="<unk>",
        model_max_length=24,
        additional_special_tokens=["<|vision_start|>"],
    )
    fast.chat_template = "{% for m in messages %}{{ m['content'] }}{% endfor %}"
    return fast


def cosmos3(width: int = 64, layers: int = 3, heads: int = 4, channels: int = 8, squeeze: int = 4) -> Any:
    """Words, picture and sound in one sequence. `squeeze`: how many frames of the film become one of the latent."""
    from diffusers import AutoencoderKLWan, Cosmos3OmniPipeline, Cosmos3OmniTransformer, FlowMatchEulerDiscreteScheduler
    from diffusers.models.autoencoders.autoencoder_cosmos3_audio import Cosmos3AVAEAudioTokenizer

    torch.manual_seed(0)
    axis = width // heads // 8
    transformer = Cosmos3OmniTransformer(
        head_dim=width // heads,
        hidden_size=width,
        intermediate_size=2 * width,
        latent_channel=channels,
        latent_patch_size=2,
        patch_latent_dim=4 * channels,
        num_attention_heads=heads,
        num_key_value_heads=heads,
        num_hidden_layers=layers,
        rope_axes_dim=[4 * axis - 2 * axis, axis, axis],
        rope_theta=10000.0,
        vocab_size=64,
        sound_dim=6,
        sound_gen=True,
        sound_latent_fps=24.0,
        base_fps=24,
        unified_3d_mrope_temporal_modality_margin=16,
    )
    vae = AutoencoderKLWan(
        base_dim=8,
        z_dim=channels,
        dim_mult=[1, 2, 2],
        num_res_blocks=1,
        temperal_downsample=[True, True] if squeeze == 4 else [False, True],
        latents_mean=[0.1] * channels,
        latents_std=[1.5] * channels,
        in_channels=12,
        out_channels=12,
        patch_size=2,
        scale_factor_temporal=squeeze,
        scale_factor_spatial=8,
    )
    sound = Cosmos3AVAEAudioTokenizer(
        sampling_rate=8000,
        vocoder_input_dim=6,
        dec_dim=8,
        dec_c_mults=(1, 2, 4),
        dec_strides=(4, 8, 10),
        dec_out_channels=1,
        stereo=False,
        enc_dim=8,
        enc_latent_dim=12,
        enc_c_mults=(1, 2, 4),
        enc_strides=(4, 4, 2),
        enc_num_blocks=1,
        enc_n_fft=64,
        enc_hop_length=20,
    )
    return Cosmos3OmniPipeline(
        transformer=transformer.eval(),
        text_tokenizer=word_tokenizer(),
        vae=vae.eval(),
        scheduler=FlowMatchEulerDiscreteScheduler(shift=3.0),
        sound_tokenizer=sound.eval(),
        enable_safety_checker=False,
        default_use_system_prompt=False,
    )


@dataclass(frozen=True)
class Tiny:
    """A family's row: how it is built, what the engine is asked, and the same in the pipeline's own words."""

    build: Callable[..., Any]
    request: dict[str, Any]
    call: dict[str, Any]


SMALL = {"prompt": "a red ball bounces", "negative_prompt": "a blue cat", "steps": 3, "seed": 5}
PLAIN = {"prompt": "a red ball bounces", "negative_prompt": "a blue cat", "num_inference_steps": 3}

TINY: dict[str, Tiny] = {
    "cosmos3": Tiny(
        cosmos3,
        SMALL | {"guidance": 4.0, "frames": 9, "height": 48, "width": 64, "fps": 24.0},
        PLAIN | {"guidance_scale": 4.0, "num_frames": 9, "height": 48, "width": 64, "fps": 24.0, "enable_sound": True},
    ),
}


if __name__ == "__main__":
    TINY[sys.argv[1]].build().save_pretrained(sys.argv[2])
