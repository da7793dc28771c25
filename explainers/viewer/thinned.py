"""A finished pack with fewer of its steps: what stands beside another film is looked at finished.

    small = thinned(pack, 9)       # nine steps, evenly over the way, first and last among them

Two films of different lengths share a timeline by the share of the way that each has gone (source/timeline.js).
"""

from __future__ import annotations

from typing import Any

from explainers.viewer.pack import read_pack, write_pack


def thinned(pack: bytes, steps: int) -> bytes:
    header, blobs = read_pack(pack)
    entries = header["steps"]
    last = len(entries) - 1
    chosen = sorted({round(i * last / max(1, steps - 1)) for i in range(steps)}) if last > 0 else [0]
    parts: list[bytes] = []

    def moved(place: list[int]) -> list[int]:
        offset, length = place
        there = sum(map(len, parts))
        parts.append(bytes(blobs[offset : offset + length]))
        return [there, length]

    def entry(old: dict[str, Any]) -> dict[str, Any]:
        new = {**old, "images": {kind: moved(place) for kind, place in old["images"].items()}}
        return new | {name: moved(old[name]) for name in ("peaks", "sound") if name in old}

    kept = [entry(entries[index]) for index in chosen]
    return write_pack({**header, "total": len(kept), "steps": kept, "maps": []}, parts)
