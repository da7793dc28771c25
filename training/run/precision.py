"""The precision that a device is fast in: bfloat16 where it is multiplied in hardware, else float32."""

import contextlib

import torch


def multiplies_bfloat16(device: torch.device) -> bool:
    """In hardware? Elsewhere bfloat16 is emulated, and costs many times what it saves."""
    if device.type == "cpu":
        return torch.ops.mkldnn._is_mkldnn_bf16_supported() and (
            torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()
        )
    return device.type == "cuda"


def autocast(device: torch.device):
    return torch.autocast(device.type, torch.bfloat16) if multiplies_bfloat16(device) else contextlib.nullcontext()
