"""Tiny pipelines of real Diffusers classes with random weights: what the engine's tests run on.

from tests.tiny_models import TINY
pipeline = TINY["cosmos3"].build()                   # a Cosmos3OmniPipeline, built in a blink, same weights every time

`python -m tests.tiny_models cosmos3 FOLDER` saves one, so that `open_model(FOLDER)` can open it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import torch
from PIL import Image

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
GEMMA = {
    **{"vocab_size": 64, "hidden_size": 16, "intermediate_size": 16, "num_hidden_layers": 2},
    **{"num_attention_heads": 2, "num_key_value_heads": 1, "head_dim": 8},
}


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


def t5(width: int = 32) -> Any:
    from transformers import T5Config, T5EncoderModel

    torch.manual_seed(1)
    config = T5Config(vocab_size=64, d_model=width, d_kv=8, d_ff=32, num_layers=1, num_heads=4)
    return T5EncoderModel(config).eval()


def clip_text(width: int = 32) -> Any:
    from transformers import CLIPTextConfig, CLIPTextModel

    torch.manual_seed(2)
    config = CLIPTextConfig(
        vocab_size=64,
        hidden_size=width,
        intermediate_size=32,
        num_hidden_layers=1,
        num_attention_heads=4,
        max_position_embeddings=77,
        projection_dim=width,
        eos_token_id=1,
    )
    return CLIPTextModel(config).eval()


def clip_vision(width: int = 32, projected: bool = True) -> Any:
    from transformers import CLIPVisionConfig, CLIPVisionModel, CLIPVisionModelWithProjection

    torch.manual_seed(3)
    config = CLIPVisionConfig(
        hidden_size=width,
        intermediate_size=32,
        num_hidden_layers=2,
        num_attention_heads=4,
        image_size=224,  # what the pipelines resize to
        patch_size=56,
        projection_dim=width,
    )
    return (CLIPVisionModelWithProjection if projected else CLIPVisionModel)(config).eval()


def wan_codec() -> Any:
    from diffusers import AutoencoderKLWan

    torch.manual_seed(4)
    return AutoencoderKLWan(
        base_dim=3, z_dim=16, dim_mult=[1, 1, 1, 1], num_res_blocks=1, temperal_downsample=[False, True, True]
    ).eval()


def wan_denoiser(channels: int = 16, image: bool = False) -> Any:
    from diffusers import WanTransformer3DModel

    return WanTransformer3DModel(
        num_attention_heads=2,
        attention_head_dim=12,
        in_channels=channels,
        text_dim=32,
        freq_dim=32,
        ffn_dim=32,
        num_layers=2,
        rope_max_seq_len=32,
        image_dim=32 if image else None,
        added_kv_proj_dim=24 if image else None,
        pos_embed_seq_len=None,
    ).eval()


def wan(two: bool = False) -> Any:
    """Wan 2.1; with `two`, Wan 2.2: one denoiser for the noisy half of the way, another for the rest."""
    from diffusers import FlowMatchEulerDiscreteScheduler, WanPipeline

    codec = wan_codec()
    torch.manual_seed(0)
    return WanPipeline(
        tokenizer=word_tokenizer(),
        text_encoder=t5(),
        vae=codec,
        scheduler=FlowMatchEulerDiscreteScheduler(shift=3.0),
        transformer=wan_denoiser(),
        transformer_2=wan_denoiser() if two else None,
        boundary_ratio=0.8 if two else None,
    )


def wan_i2v() -> Any:
    from diffusers import FlowMatchEulerDiscreteScheduler, WanImageToVideoPipeline
    from transformers import CLIPImageProcessor

    codec = wan_codec()
    torch.manual_seed(0)
    return WanImageToVideoPipeline(
        tokenizer=word_tokenizer(),
        text_encoder=t5(),
        vae=codec,
        scheduler=FlowMatchEulerDiscreteScheduler(shift=3.0),
        transformer=wan_denoiser(36, image=True),
        image_encoder=clip_vision(projected=False),
        image_processor=CLIPImageProcessor(),
    )


def ltx() -> Any:
    from diffusers import (
        AutoencoderKLLTXVideo,
        FlowMatchEulerDiscreteScheduler,
        LTXPipeline,
        LTXVideoTransformer3DModel,
    )

    torch.manual_seed(0)
    transformer = LTXVideoTransformer3DModel(
        in_channels=8,
        out_channels=8,
        num_attention_heads=4,
        attention_head_dim=8,
        cross_attention_dim=32,
        num_layers=2,
        caption_channels=32,
    )
    codec = AutoencoderKLLTXVideo(
        latent_channels=8,
        block_out_channels=(8, 8, 8, 8),
        decoder_block_out_channels=(8, 8, 8, 8),
        layers_per_block=(1, 1, 1, 1, 1),
        decoder_layers_per_block=(1, 1, 1, 1, 1),
        spatio_temporal_scaling=(True, True, False, False),
        decoder_spatio_temporal_scaling=(True, True, False, False),
        patch_size=1,
        patch_size_t=1,
        encoder_causal=True,
        decoder_causal=False,
    )
    codec.use_framewise_encoding = codec.use_framewise_decoding = False
    return LTXPipeline(
        scheduler=FlowMatchEulerDiscreteScheduler(),
        vae=codec.eval(),
        text_encoder=t5(),
        tokenizer=word_tokenizer(),
        transformer=transformer.eval(),
    )


def ltx2() -> Any:
    """Picture and sound in streams of their own, each reading the other."""
    from diffusers import (
        AutoencoderKLLTX2Audio,
        AutoencoderKLLTX2Video,
        FlowMatchEulerDiscreteScheduler,
        LTX2Pipeline,
        LTX2VideoTransformer3DModel,
    )
    from diffusers.pipelines.ltx2 import LTX2TextConnectors
    from diffusers.pipelines.ltx2.vocoder import LTX2Vocoder
    from transformers import Gemma3Config, Gemma3ForConditionalGeneration, Gemma3TextConfig, SiglipVisionConfig

    torch.manual_seed(0)
    text = Gemma3TextConfig(**GEMMA, max_position_embeddings=64)
    vision = SiglipVisionConfig(
        hidden_size=8, intermediate_size=8, num_hidden_layers=1, num_attention_heads=2, image_size=8, patch_size=4
    )
    small = {"attention_head_dim": 8, "num_attention_heads": 2, "num_layers": 1, "num_learnable_registers": None}
    connectors = LTX2TextConnectors(
        caption_channels=16,
        text_proj_in_factor=3,
        **{f"{side}_connector_{name}": value for side in ("video", "audio") for name, value in small.items()},
        connector_rope_base_seq_len=32,
        rope_double_precision=False,
        rope_type="split",
    )
    transformer = LTX2VideoTransformer3DModel(
        in_channels=4,
        out_channels=4,
        num_attention_heads=2,
        attention_head_dim=8,
        cross_attention_dim=16,
        audio_in_channels=4,
        audio_out_channels=4,
        audio_num_attention_heads=2,
        audio_attention_head_dim=4,
        audio_cross_attention_dim=8,
        num_layers=2,
        caption_channels=16,
        rope_double_precision=False,
        rope_type="split",
    )
    codec = AutoencoderKLLTX2Video(
        latent_channels=4,
        block_out_channels=(8,),
        decoder_block_out_channels=(8,),
        layers_per_block=(1,),
        decoder_layers_per_block=(1, 1),
        spatio_temporal_scaling=(True,),
        decoder_spatio_temporal_scaling=(True,),
        decoder_inject_noise=(False, False),
        downsample_type=("spatial",),
        upsample_residual=(False,),
        upsample_factor=(1,),
        patch_size=1,
        patch_size_t=1,
        decoder_causal=False,
    )
    codec.use_framewise_encoding = codec.use_framewise_decoding = False
    sound = AutoencoderKLLTX2Audio(
        base_channels=4,
        ch_mult=(1,),
        num_res_blocks=1,
        resolution=32,
        latent_channels=2,
        mel_bins=8,
    )
    vocoder = LTX2Vocoder(
        in_channels=16,
        hidden_channels=8,
        upsample_kernel_sizes=[4, 4],
        upsample_factors=[2, 2],
        resnet_kernel_sizes=[3],
        resnet_dilations=[[1, 3, 5]],
        output_sampling_rate=16000,
    )
    return LTX2Pipeline(
        scheduler=FlowMatchEulerDiscreteScheduler(),
        vae=codec.eval(),
        audio_vae=sound.eval(),
        text_encoder=Gemma3ForConditionalGeneration(Gemma3Config(text_config=text, vision_config=vision)).eval(),
        tokenizer=word_tokenizer(),
        connectors=connectors.eval(),
        transformer=transformer.eval(),
        vocoder=vocoder.eval(),
    )


def cogvideox() -> Any:
    from diffusers import AutoencoderKLCogVideoX, CogVideoXDDIMScheduler, CogVideoXPipeline, CogVideoXTransformer3DModel

    torch.manual_seed(0)
    transformer = CogVideoXTransformer3DModel(
        num_attention_heads=2,
        attention_head_dim=16,
        in_channels=4,
        out_channels=4,
        time_embed_dim=2,
        text_embed_dim=32,
        num_layers=2,
        sample_width=8,
        sample_height=6,
        sample_frames=9,
        patch_size=2,
        max_text_seq_length=16,
        use_rotary_positional_embeddings=True,
    )
    codec = AutoencoderKLCogVideoX(
        down_block_types=("CogVideoXDownBlock3D",) * 4,
        up_block_types=("CogVideoXUpBlock3D",) * 4,
        block_out_channels=(8, 8, 8, 8),
        latent_channels=4,
        layers_per_block=1,
        norm_num_groups=2,
    )
    return CogVideoXPipeline(
        tokenizer=word_tokenizer(),
        text_encoder=t5(),
        vae=codec.eval(),
        transformer=transformer.eval(),
        scheduler=CogVideoXDDIMScheduler(prediction_type="v_prediction", rescale_betas_zero_snr=True),
    )


def after_template() -> Any:
    """A tokenizer for which HunyuanVideo's instruction has as many tokens as the pipeline cuts off."""
    from diffusers.pipelines.hunyuan_video.pipeline_hunyuan_video import DEFAULT_PROMPT_TEMPLATE
    from tokenizers import processors

    tokenizer = word_tokenizer()
    before = DEFAULT_PROMPT_TEMPLATE["template"].partition("{}")[0]
    short = DEFAULT_PROMPT_TEMPLATE["crop_start"] - len(tokenizer(before).input_ids)
    tokenizer.backend_tokenizer.post_processor = processors.TemplateProcessing(
        single=" ".join(["<unk>"] * short + ["$A"]), special_tokens=[("<unk>", tokenizer.unk_token_id)]
    )
    return tokenizer


def hunyuan() -> Any:
    from diffusers import (
        AutoencoderKLHunyuanVideo,
        FlowMatchEulerDiscreteScheduler,
        HunyuanVideoPipeline,
        HunyuanVideoTransformer3DModel,
    )
    from transformers import LlamaConfig, LlamaModel

    torch.manual_seed(0)
    transformer = HunyuanVideoTransformer3DModel(
        in_channels=4,
        out_channels=4,
        num_attention_heads=2,
        attention_head_dim=12,
        num_layers=1,
        num_single_layers=1,
        num_refiner_layers=1,
        patch_size=2,
        text_embed_dim=16,
        pooled_projection_dim=8,
        rope_axes_dim=(4, 4, 4),
    )
    codec = AutoencoderKLHunyuanVideo(
        latent_channels=4,
        block_out_channels=(8, 8, 8, 8),
        layers_per_block=1,
        norm_num_groups=4,
    )
    text = LlamaModel(
        LlamaConfig(vocab_size=64, hidden_size=16, intermediate_size=16, num_hidden_layers=3, num_attention_heads=2)
    )
    return HunyuanVideoPipeline(
        text_encoder=text.eval(),
        tokenizer=after_template(),
        transformer=transformer.eval(),
        vae=codec.eval(),
        scheduler=FlowMatchEulerDiscreteScheduler(shift=7.0),
        text_encoder_2=clip_text(8),
        tokenizer_2=word_tokenizer(),
    )


def sana() -> Any:
    """Its self-attention is linear: no softmax, so no map; only words can be seen."""
    from diffusers import DPMSolverMultistepScheduler, SanaVideoPipeline, SanaVideoTransformer3DModel
    from transformers import Gemma2Config, Gemma2Model

    codec = wan_codec()
    torch.manual_seed(0)
    transformer = SanaVideoTransformer3DModel(
        in_channels=16,
        out_channels=16,
        num_attention_heads=2,
        attention_head_dim=12,
        num_layers=2,
        num_cross_attention_heads=2,
        cross_attention_head_dim=12,
        cross_attention_dim=24,
        caption_channels=16,
        rope_max_seq_len=32,
    )
    return SanaVideoPipeline(
        tokenizer=word_tokenizer(),
        text_encoder=Gemma2Model(Gemma2Config(**GEMMA)).eval(),
        vae=codec,
        transformer=transformer.eval(),
        scheduler=DPMSolverMultistepScheduler(prediction_type="flow_prediction", use_flow_sigmas=True, flow_shift=3.0),
    )


def mochi() -> Any:
    from diffusers import AutoencoderKLMochi, FlowMatchEulerDiscreteScheduler, MochiPipeline, MochiTransformer3DModel

    torch.manual_seed(0)
    transformer = MochiTransformer3DModel(
        num_attention_heads=2,
        attention_head_dim=8,
        num_layers=2,
        pooled_projection_dim=16,
        in_channels=12,
        qk_norm="rms_norm",
        text_embed_dim=32,
        time_embed_dim=4,
        max_sequence_length=16,
    )
    torch.nn.init.normal_(transformer.pos_frequencies)  # zero before training: no positions at all
    codec = AutoencoderKLMochi(
        latent_channels=12,
        encoder_block_out_channels=(32, 32, 32, 32),
        decoder_block_out_channels=(32, 32, 32, 32),
        layers_per_block=(1, 1, 1, 1, 1),
    )
    return MochiPipeline(
        scheduler=FlowMatchEulerDiscreteScheduler(invert_sigmas=True),
        vae=codec.eval(),
        text_encoder=t5(),
        tokenizer=word_tokenizer(),
        transformer=transformer.eval(),
    )


def picture_codec() -> Any:
    from diffusers import AutoencoderKL

    torch.manual_seed(4)
    return AutoencoderKL(
        block_out_channels=(8, 8, 8, 8),
        down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4,
        latent_channels=4,
        norm_num_groups=4,
    ).eval()


def animatediff() -> Any:
    from diffusers import AnimateDiffPipeline, DDIMScheduler, MotionAdapter, UNet2DConditionModel

    torch.manual_seed(0)
    unet = UNet2DConditionModel(
        block_out_channels=(8, 16),
        layers_per_block=1,
        sample_size=8,
        in_channels=4,
        out_channels=4,
        down_block_types=("CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "CrossAttnUpBlock2D"),
        cross_attention_dim=32,
        norm_num_groups=2,
        attention_head_dim=4,
    )
    adapter = MotionAdapter(
        block_out_channels=(8, 16), motion_layers_per_block=1, motion_norm_num_groups=2, motion_num_attention_heads=2
    )
    return AnimateDiffPipeline(
        vae=picture_codec(),
        text_encoder=clip_text(),
        tokenizer=word_tokenizer(),
        unet=unet.eval(),
        motion_adapter=adapter.eval(),
        scheduler=DDIMScheduler(beta_schedule="linear", clip_sample=False),
    )


def svd() -> Any:
    from diffusers import (
        AutoencoderKLTemporalDecoder,
        EulerDiscreteScheduler,
        StableVideoDiffusionPipeline,
        UNetSpatioTemporalConditionModel,
    )
    from transformers import CLIPImageProcessor

    torch.manual_seed(0)
    unet = UNetSpatioTemporalConditionModel(
        block_out_channels=(32, 64),
        layers_per_block=1,
        sample_size=8,
        in_channels=8,
        out_channels=4,
        down_block_types=("CrossAttnDownBlockSpatioTemporal", "DownBlockSpatioTemporal"),
        up_block_types=("UpBlockSpatioTemporal", "CrossAttnUpBlockSpatioTemporal"),
        cross_attention_dim=32,
        num_attention_heads=4,
        projection_class_embeddings_input_dim=96,
        addition_time_embed_dim=32,
    )
    codec = AutoencoderKLTemporalDecoder(
        block_out_channels=(32, 32, 32, 32), down_block_types=("DownEncoderBlock2D",) * 4, latent_channels=4
    )
    scheduler = EulerDiscreteScheduler(
        beta_start=0.00085,
        beta_end=0.012,
        beta_schedule="scaled_linear",
        interpolation_type="linear",
        prediction_type="v_prediction",
        use_karras_sigmas=True,
        sigma_min=0.002,
        sigma_max=700.0,
        steps_offset=1,
        timestep_spacing="leading",
        timestep_type="continuous",
    )
    return StableVideoDiffusionPipeline(
        vae=codec.eval(),
        image_encoder=clip_vision(),
        unet=unet.eval(),
        scheduler=scheduler,
        feature_extractor=CLIPImageProcessor(),
    )


def latte() -> Any:
    from diffusers import DDIMScheduler, LattePipeline, LatteTransformer3DModel

    torch.manual_seed(0)
    transformer = LatteTransformer3DModel(
        num_attention_heads=2,
        attention_head_dim=8,
        in_channels=4,
        out_channels=8,
        num_layers=2,
        cross_attention_dim=16,
        attention_bias=True,
        sample_size=8,
        patch_size=2,
        num_embeds_ada_norm=1000,
        norm_type="ada_norm_single",
        norm_elementwise_affine=False,
        norm_eps=1e-6,
        caption_channels=32,
        video_length=3,
    )
    return LattePipeline(
        tokenizer=word_tokenizer(),
        text_encoder=t5(),
        vae=picture_codec(),
        transformer=transformer.eval(),
        scheduler=DDIMScheduler(clip_sample=False),
    )


@dataclass(frozen=True)
class Tiny:
    """A family's row: how it is built, what the engine is asked, and the same in the pipeline's own words."""

    build: Callable[..., Any]
    request: dict[str, Any]
    call: dict[str, Any]


def row(
    build: Callable[..., Any],
    frames: int,
    height: int,
    width: int,
    /,
    steps: int = 3,
    picture: bool = False,
    **call: Any,
) -> Tiny:
    """A row; `call` is what the pipeline's own call takes besides, or calls otherwise (None: it does not take it)."""
    request: dict[str, Any] = {"prompt": "a red ball bounces", "negative_prompt": "a blue cat", "seed": 5}
    request |= {"guidance": 4.0, "steps": steps, "frames": frames, "height": height, "width": width, "fps": 24.0}
    plain: dict[str, Any] = {"prompt": request["prompt"], "negative_prompt": request["negative_prompt"]}
    plain |= {"guidance_scale": 4.0, "num_inference_steps": steps, "num_frames": frames}
    plain |= {"height": height, "width": width}
    if picture:
        pixels = np.random.default_rng(0).integers(0, 255, (height, width, 3), np.uint8)
        request["image"], plain["image"] = pixels, Image.fromarray(pixels)
    return Tiny(build, request, {key: value for key, value in (plain | call).items() if value is not None})


TINY: dict[str, Tiny] = {
    "cosmos3": row(cosmos3, 9, 48, 64, fps=24.0, enable_sound=True),
    "cosmos3-i2v": row(cosmos3, 9, 48, 64, picture=True, fps=24.0, enable_sound=True),
    "wan": row(wan, 9, 32, 48),
    "wan2.2": row(partial(wan, two=True), 9, 32, 48, steps=4),
    "wan-i2v": row(wan_i2v, 9, 32, 48, picture=True),
    "ltx": row(ltx, 9, 32, 64, frame_rate=24.0),
    "ltx2": row(ltx2, 5, 32, 32, frame_rate=24.0),
    "cogvideox": row(cogvideox, 9, 48, 64),
    "hunyuan": row(hunyuan, 9, 32, 48, negative_prompt=None),
    "sana": row(sana, 9, 32, 64, num_frames=None, frames=9, use_resolution_binning=False),
    "mochi": row(mochi, 13, 32, 48),
    "animatediff": row(animatediff, 3, 48, 64),
    "svd": row(
        svd,
        3,
        48,
        64,
        picture=True,
        prompt=None,
        negative_prompt=None,
        guidance_scale=None,
        max_guidance_scale=4.0,
        fps=24.0,
    ),
    "latte": row(latte, 3, 48, 64, num_frames=None, video_length=3),
}


if __name__ == "__main__":
    TINY[sys.argv[1]].build().save_pretrained(sys.argv[2])
