"""The model as a whole: a tokenizer that knows the world's words, a transformer, and the pipeline around them.

pipeline = assemble(config, transformer, picture_codec, sound_codec)
pipeline.save_pretrained("assets/model")        # DiffusionPipeline.from_pretrained opens it, no code of ours needed
"""

import torch
from diffusers import Cosmos3OmniPipeline, Cosmos3OmniTransformer, FlowMatchEulerDiscreteScheduler
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast

from ..config import Config
from ..world import FPS, VOCABULARY

SPECIAL = ["<pad>", "<eos>", "<unk>", "<|vision_start|>"]  # the last by the name that the pipeline looks for
TEXT_MARGIN = 16  # positions between the last word and the first frame

# The pipeline adds sentences on length and size to each prompt. They are cut off here, in the template, and the words
# are padded to one length: so that every prompt, the empty one too, makes a sequence of the same shape.
TEMPLATE = """\
{%- set ns = namespace(text=messages[-1]['content']) -%}
{%- for added in ['The video is ', 'This video is ', 'This image is '] -%}
{%- set ns.text = ns.text.split(added)[0] -%}
{%- endfor -%}
{%- set words = ns.text.lower().replace('.', ' ').replace(',', ' ').split() -%}
{{- (words + ['<pad>'] * LENGTH)[:LENGTH] | join(' ') -}}"""


def tokenizer(config: Config) -> PreTrainedTokenizerFast:
    vocabulary = {word: i for i, word in enumerate([*SPECIAL, *VOCABULARY])}
    backend = Tokenizer(models.WordLevel(vocabulary, unk_token="<unk>"))
    backend.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    return PreTrainedTokenizerFast(
        tokenizer_object=backend,
        pad_token="<pad>",
        eos_token="<eos>",
        unk_token="<unk>",
        additional_special_tokens=["<|vision_start|>"],
        model_max_length=config.transformer.words,
        chat_template=TEMPLATE.replace("LENGTH", str(config.transformer.words - 2)),
    )


def token_ids(words: PreTrainedTokenizerFast, text: str) -> list[int]:
    """What the pipeline makes of a prompt."""
    ids = words.apply_chat_template([{"role": "user", "content": text}], tokenize=True, return_dict=True).input_ids
    return [*ids, words.eos_token_id, words.convert_tokens_to_ids("<|vision_start|>")]


def transformer(config: Config) -> Cosmos3OmniTransformer:
    c, squeeze = config.transformer, config.picture.squeeze[0]
    head = c.width // c.heads
    height, width = head // 2 * 5 // 16, head // 2 * 5 // 16  # of the rotations; time has the rest
    torch.manual_seed(config.seed + 2)
    model = Cosmos3OmniTransformer(
        hidden_size=c.width,
        head_dim=head,
        intermediate_size=2 * c.width,
        num_hidden_layers=c.layers,
        num_attention_heads=c.heads,
        num_key_value_heads=c.heads,
        latent_channel=config.picture.latent,
        latent_patch_size=c.patch,
        patch_latent_dim=config.picture.latent * c.patch**2,
        rope_axes_dim=[head // 2 - height - width, height, width],
        rope_theta=100.0,  # positions here go to some dozens, not to some millions
        vocab_size=len(SPECIAL) + len(VOCABULARY),
        base_fps=FPS,
        unified_3d_mrope_temporal_modality_margin=TEXT_MARGIN,
        sound_gen=True,
        sound_dim=config.sound.latent,
        # Slices of sound come FPS a second, latent frames FPS / squeeze: with this their clocks agree.
        sound_latent_fps=float(FPS * squeeze),
    )
    for name, weights in model.named_parameters():
        if weights.ndim == 2 and "time_embedder" not in name:
            torch.nn.init.normal_(weights, std=0.02 if "embed_tokens" in name else weights.shape[1] ** -0.5)
        if any(last in name for last in ("to_out", "to_add_out", "down_proj")) and weights.ndim == 2:
            weights.data *= (2 * c.layers) ** -0.5
    for out in (model.proj_out, model.audio_proj_out):  # start from "no velocity at all"
        torch.nn.init.zeros_(out.weight)
        torch.nn.init.zeros_(out.bias)
    return model


def squeeze(model: Cosmos3OmniTransformer) -> int:
    """Frames of film in one latent frame."""
    return round(model.config.sound_latent_fps / model.config.base_fps)


def assemble(config: Config, denoiser: Cosmos3OmniTransformer, picture_codec, sound_codec) -> Cosmos3OmniPipeline:
    return Cosmos3OmniPipeline(
        transformer=denoiser.eval(),
        text_tokenizer=tokenizer(config),
        vae=picture_codec.eval(),
        sound_tokenizer=sound_codec.eval(),
        scheduler=FlowMatchEulerDiscreteScheduler(shift=config.transformer.shift),
        enable_safety_checker=False,
        default_use_system_prompt=False,
    )
