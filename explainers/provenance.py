"""Every file that leaves the house says that a model made it, where programs look: IPTC's DigitalSourceType, as XMP.

    source = source_of(request)                            # MODEL; MIXED where it begins with somebody's own film
    image.save(path, **saving(path.suffix, source))        # PNG, WebP, by Pillow
    path.write_bytes(marked(path.read_bytes(), source))    # MP4 and GIF, once they are written
    linked_data(source, "a red ball")                      # for <script type="application/ld+json">: schema.org

`source` is "" for what was rendered, measured or photographed: that carries no mark. Like notes, it lies beneath
everything, because engine, viewer, export, notebooks and training all write something.
"""

from __future__ import annotations

import struct
import uuid
from typing import Any

CODES = "http://cv.iptc.org/newscodes/digitalsourcetype/"
MODEL = CODES + "trainedAlgorithmicMedia"
MIXED = CODES + "compositeWithTrainedAlgorithmicMedia"
SCHEMA = {  # the same two, as schema.org calls them
    MODEL: "https://schema.org/TrainedAlgorithmicMediaDigitalSource",
    MIXED: "https://schema.org/CompositeWithTrainedAlgorithmicMediaDigitalSource",
}
RECORDING = "digital_source_type"  # its name in the metadata of a recording

XMP_BOX = uuid.UUID("be7acfcb-97a9-42e8-9c71-999491e3afac").bytes  # XMP in ISO media files, ISO 16684-3


def source_of(request: Any) -> str:
    """What a run of the model makes: its own, or something with a picture or a film in it that somebody brought."""
    return MODEL if request.image is None and request.video is None else MIXED


def together(sources: Any) -> str:
    """Of several side by side."""
    there = set(sources) - {""}
    return MIXED if MIXED in there else MODEL if there else ""


def xmp(source: str) -> bytes:
    """The packet. static/provenance.js writes the same."""
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about=""'
        ' xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" xmlns:xmp="http://ns.adobe.com/xap/1.0/">'
        f"<Iptc4xmpExt:DigitalSourceType>{source}</Iptc4xmpExt:DigitalSourceType>"
        "<xmp:CreatorTool>Darkroom</xmp:CreatorTool>"
        '</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
    ).encode()


def saving(suffix: str, source: str) -> dict[str, Any]:
    """What Pillow is told besides, to save a picture of that kind with its mark."""
    if not source:
        return {}
    if suffix == ".png":
        from PIL.PngImagePlugin import PngInfo

        about = PngInfo()
        about.add_itxt("XML:com.adobe.xmp", xmp(source).decode())
        return {"pnginfo": about}
    return {"xmp": xmp(source)}


def marked(data: bytes, source: str) -> bytes:
    """A whole MP4 or GIF file, with its mark."""
    if not source:
        return data
    if data.startswith(b"GIF8"):
        return _gif(data, xmp(source))
    if data[4:8] == b"ftyp":  # behind all others: what they say of places in the file stays right
        return data + struct.pack(">I", 24 + len(xmp(source))) + b"uuid" + XMP_BOX + xmp(source)
    raise ValueError("neither MP4 nor GIF")


def _gif(data: bytes, packet: bytes) -> bytes:
    """An application extension behind the header. It holds the packet as it is, without GIF's blocks: a reader that
    looks for blocks takes its letters for lengths, and falls from wherever it is down the slide of lengths behind it.
    """
    colours = data[10]
    head = 13 + (3 * 2 ** ((colours & 7) + 1) if colours & 0x80 else 0)
    slide = bytes([1, *range(255, -1, -1), 0])
    return data[:head] + b"\x21\xff\x0bXMP DataXMP" + packet + slide + data[head:]


def linked_data(source: str, name: str, kind: str = "VideoObject") -> dict[str, Any]:
    """What a page says of the film in it, or of itself as a "WebPage"."""
    return {
        "@context": "https://schema.org",
        "@type": kind,
        "name": name,
        "digitalSourceType": [source, SCHEMA[source]],
        "creator": {"@type": "SoftwareApplication", "name": "Darkroom"},
    }
