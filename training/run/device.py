"""Where to train: whatever there is, in the precision that it is fast in."""

import contextlib

import torch


def best_device() -> torch.device:
    if torch.cuda.is_available():
        return torch.device("cuda")
    return torch.device("mps" if torch.backends.mps.is_available() else "cpu")


def multiplies_bfloat16(device: torch.device) -> bool:
    """In hardware? Elsewhere bfloat16 is emulated, and costs many times what it saves."""
    if device.type == "cpu":
        return torch.ops.mkldnn._is_mkldnn_bf16_supported() and (
            torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()
        )
    return device.type == "cuda"


def autocast(device: torch.device):
    return torch.autocast(device.type, torch.bfloat16) if multiplies_bfloat16(device) else contextlib.nullcontext()
