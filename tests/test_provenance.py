"""That a model made it, as others read it out of each kind of file."""

import json
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image, ImageSequence

from explainers.provenance import MIXED, MODEL, linked_data, marked, saving, source_of, together, xmp
from tests.declared import declared
from tests.ffmpeg import FFMPEG

ROOT = Path(__file__).resolve().parents[1]
SCRIPT = ROOT / "explainers/web/static/provenance.js"
FRAMES = [Image.fromarray(np.full((12, 20, 3), shade, np.uint8)) for shade in (10, 120, 250)]


@dataclass
class Asked:
    image: object = None
    video: object = None


@pytest.mark.parametrize("source", [MODEL, MIXED, ""])
@pytest.mark.parametrize("suffix", [".png", ".webp"])
def test_pictures_by_pillow(tmp_path, suffix, source):
    path = tmp_path / f"one{suffix}"
    FRAMES[0].save(path, **saving(suffix, source))
    assert declared(path) == (source or None)


def test_a_moving_webp(tmp_path):
    path = tmp_path / "film.webp"
    FRAMES[0].save(path, save_all=True, append_images=FRAMES[1:], **saving(".webp", MODEL))
    assert declared(path) == MODEL
    with Image.open(path) as film:
        assert film.n_frames == 3


def test_a_gif_stays_the_same_film(tmp_path):
    plain, path = tmp_path / "plain.gif", tmp_path / "film.gif"
    FRAMES[0].save(plain, save_all=True, append_images=FRAMES[1:], duration=100, loop=0)
    path.write_bytes(marked(plain.read_bytes(), MIXED))
    assert declared(plain) is None and declared(path) == MIXED
    with Image.open(plain) as one, Image.open(path) as other:
        pairs = list(zip(ImageSequence.Iterator(one), ImageSequence.Iterator(other), strict=True))
        assert len(pairs) == 3
        assert all(a.convert("RGB").tobytes() == b.convert("RGB").tobytes() for a, b in pairs)
        assert other.info["loop"] == 0


def test_an_mp4_that_ffmpeg_reads_too(tmp_path):
    plain, path = tmp_path / "plain.mp4", tmp_path / "film.mp4"
    make = [FFMPEG, "-v", "error", "-f", "lavfi", "-i", "color=red:size=32x32:rate=8:duration=0.5"]
    subprocess.run([*make, "-movflags", "+faststart", plain], check=True, stdin=subprocess.DEVNULL)
    path.write_bytes(marked(plain.read_bytes(), MODEL))
    assert declared(plain) is None and declared(path) == MODEL
    read = [FFMPEG, "-v", "error", "-export_xmp", "1", "-i", path]
    about = subprocess.run([*read, "-f", "ffmetadata", "-"], check=True, capture_output=True, text=True).stdout
    assert MODEL in about
    raw = [[FFMPEG, "-v", "error", "-i", file, "-f", "rawvideo", "-"] for file in (plain, path)]
    pixels = [subprocess.run(command, check=True, capture_output=True).stdout for command in raw]
    assert pixels[0] == pixels[1]


@pytest.mark.skipif(not shutil.which("node"), reason="there is no Node here, which the page's scripts need")
def test_what_the_browser_writes(tmp_path):
    """A PNG with its mark, and the packet that Python writes."""
    FRAMES[1].save(tmp_path / "plain.png")
    script = """
        const [home, folder] = process.argv.slice(1);
        const { sourceOf, xmp, inPng, inSvg } = await import(home);
        const { readFileSync, writeFileSync } = await import("node:fs");
        const source = sourceOf({ picture: "0123456789abcdef" });
        const png = await inPng(new Blob([readFileSync(`${folder}/plain.png`)]), source);
        writeFileSync(`${folder}/view.png`, new Uint8Array(await png.arrayBuffer()));
        writeFileSync(`${folder}/view.svg`, `<svg xmlns="http://www.w3.org/2000/svg">${inSvg(source)}</svg>`);
        process.stdout.write(xmp(sourceOf({ picture: "" })));
    """
    called = ["node", "--input-type=module", "--eval", script, SCRIPT.as_uri(), str(tmp_path)]
    said = subprocess.run(called, capture_output=True, check=True, timeout=60).stdout
    assert said == xmp(MODEL)
    assert declared(tmp_path / "view.png") == declared(tmp_path / "view.svg") == MIXED
    with Image.open(tmp_path / "view.png") as view:
        assert view.convert("RGB").tobytes() == FRAMES[1].tobytes()


def test_the_packet_is_xml_and_the_page_tells_both_names():
    ElementTree.fromstring(xmp(MODEL))
    told = json.loads(json.dumps(linked_data(MODEL, "a red ball")))
    assert told["digitalSourceType"] == [MODEL, "https://schema.org/TrainedAlgorithmicMediaDigitalSource"]


def test_what_begins_with_somebodys_picture_is_a_mixture():
    film = np.zeros((1, 2, 2, 3), np.uint8)
    assert source_of(Asked()) == MODEL
    assert source_of(Asked(image=film[0])) == source_of(Asked(video=film)) == MIXED
    assert together([MODEL, ""]) == MODEL and together([MODEL, MIXED]) == MIXED and together(["", ""]) == ""


def test_other_files_are_not_spoiled():
    with pytest.raises(ValueError):
        marked(b"RIFF....WEBP", MODEL)
    assert marked(b"anything", "") == b"anything"


PLACES = ("assets/model/samples.*", "assets/gallery/*.darkroom", "docs/pictures/*.webp")
HERE = [path for place in PLACES for path in sorted(ROOT.glob(place))]


@pytest.mark.parametrize("path", HERE, ids=lambda path: path.name)
def test_what_comes_with_the_kit_says_so_too(path):
    """One that does not was made before there were marks: make it again, as its folder says."""
    assert declared(path) == (MIXED if path.suffix == ".webp" and path.stem != "develop" else MODEL)
