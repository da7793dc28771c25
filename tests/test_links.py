"""Every link of every Markdown file leads somewhere. Links to the outside are not followed: CI may be offline."""

import subprocess
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from explainers.kit.lesson import IDEAS
from tests.markdown import anchors, blocks, links

ROOT = Path(__file__).resolve().parents[1]


def ours(pattern: str) -> list[Path]:
    """Files that are in the repository or about to be."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", pattern]
    try:
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\n")
    except (OSError, subprocess.CalledProcessError):  # an unpacked archive
        return [path for path in ROOT.rglob(pattern) if not path.relative_to(ROOT).parts[0].startswith(".")]
    return [ROOT / name for name in listed if name and (ROOT / name).exists()]


def broken(page: Path) -> list[str]:
    wrong = []
    for link in links(page.read_text("utf-8")):
        parts = urlsplit(link)
        if parts.scheme or link.startswith("//"):
            continue
        if parts.path.startswith("/"):  # a page of the app, in a lesson's words
            if parts.path[1:] not in IDEAS:
                wrong.append(f"{link}: there is no such page")
            continue
        target = (page.parent / unquote(parts.path)).resolve() if parts.path else page
        if not target.exists():
            wrong.append(f"{link}: there is no such file")
        elif not target.is_relative_to(ROOT):
            wrong.append(f"{link}: leads out of the house")
        elif parts.fragment and target.suffix == ".md" and parts.fragment not in anchors(target.read_text("utf-8")):
            wrong.append(f"{link}: there is no such heading")
    return wrong


@pytest.mark.parametrize("page", ours("*.md"), ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page):
    assert broken(page) == []


def test_the_checker_sees_what_is_broken(tmp_path, monkeypatch):
    monkeypatch.setattr("tests.test_links.ROOT", tmp_path)
    (tmp_path / "b.md").write_text("# One & *two*\n")
    page = tmp_path / "a.md"
    page.write_text(
        '[ok](b.md#one--two) [no](c.md) [no](b.md#three) [out](../x.md) `[code](d.md)` <img src="e.png">\n'
        "[far](https://example.org/x)\n```\n[fenced](f.md)\n```\n[![p](g.webp)](b.md)\n"
    )
    (tmp_path.parent / "x.md").write_text("")
    assert sorted(text.split(":")[0] for text in broken(page)) == ["../x.md", "b.md#three", "c.md", "e.png", "g.webp"]


def test_blocks_know_their_heading():
    text = "# A\n```sh\nx\n```\n## B\n````markdown\n# not a heading\n```\ny\n```\n````\n"
    assert [(b.section, b.language) for b in blocks(text)] == [("A", "sh"), ("B", "markdown")]
    assert "y" in blocks(text)[1].text
