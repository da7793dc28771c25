"""Where to train: whatever there is, in the precision that it is fast in."""

import contextlib

import torch


def best_device() -> torch.device:
    if torch.cuda.is_available():
        return torch.device("cuda")
    return torch.device("mps" if torch.backends.mps.is_available() else "cpu")


def autocast(device: torch.device):
    """bfloat16 where the hardware multiplies in it; elsewhere it would only cost."""
    fast = device.type == "cuda" or (
        device.type == "cpu" and torch.ops.mkldnn._is_mkldnn_bf16_supported() and _amx_or_avx()
    )
    return torch.autocast(device.type, torch.bfloat16) if fast else contextlib.nullcontext()


def _amx_or_avx() -> bool:
    return torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()
