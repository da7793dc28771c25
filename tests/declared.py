"""What a file says made it, read by others than wrote it: exiftool where the machine has one; else Pillow, safetensors,
a plain reader of GIF's blocks and of MP4's boxes. None where it says nothing.
"""

import json
import re
import shutil
import struct
import subprocess
from pathlib import Path
from xml.etree import ElementTree

from PIL import Image

EXIFTOOL = shutil.which("exiftool")
TAG = ".//{http://iptc.org/std/Iptc4xmpExt/2008-02-29/}DigitalSourceType"
XMP_BOX = "be7acfcb97a942e89c71999491e3afac"


def declared(path):
    if path.suffix == ".darkroom":
        from safetensors import safe_open

        with safe_open(path, "np") as file:
            return file.metadata().get("digital_source_type")
    if path.suffix == ".html":
        told = re.findall(r'<script type="application/ld\+json">(.*?)</script>', path.read_text("utf-8"))
        return json.loads(told[0])["digitalSourceType"][0] if told else None
    if EXIFTOOL and path.suffix != ".svg":
        called = [EXIFTOOL, "-s3", "-n", "-XMP-iptcExt:DigitalSourceType", path]
        return subprocess.run(called, capture_output=True, text=True, check=True).stdout.strip() or None
    packet = {".mp4": in_boxes, ".gif": in_blocks, ".svg": Path.read_bytes}.get(path.suffix, by_pillow)(path)
    return None if packet is None else ElementTree.fromstring(packet).findtext(TAG)


def by_pillow(path):
    with Image.open(path) as image:
        return image.info.get("xmp")


def in_boxes(path):
    data, at, found = path.read_bytes(), 0, None
    while at < len(data):
        size, kind = struct.unpack(">I4s", data[at : at + 8])
        assert size >= 8 and at + size <= len(data), f"a box of {size} bytes at {at}"
        if kind == b"uuid" and data[at + 8 : at + 24].hex() == XMP_BOX:
            found = data[at + 24 : at + size]
        at += size
    return found


def in_blocks(path):
    """XMP stands in an extension without blocks of its own: its end is where a reader of blocks comes out again."""
    data = path.read_bytes()
    at, found = 13 + table(data[10]), None
    while data[at] != 0x3B:
        if data[at] == 0x2C:  # a picture: its place, its colours, the size of its codes
            at += 10 + table(data[at + 9]) + 1
        else:
            assert data[at] == 0x21, f"no block at {at}"
            at += 2
        start = at
        while data[at]:
            at += 1 + data[at]
        at += 1
        if data[start - 1 : start + 12] == b"\xff\x0bXMP DataXMP":
            found = data[start + 12 : at - 258]
    assert at == len(data) - 1
    return found


def table(flags):
    """Bytes of a table of colours."""
    return 3 * 2 ** ((flags & 7) + 1) if flags & 0x80 else 0
