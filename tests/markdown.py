"""What tests read out of our own Markdown: commands, examples, links, headings.

blocks(text)[0]        # Block(section="Start", language="", text="python darkroom.py app\\n")
links(text)            # ["CONTRIBUTING.md", "#the-house", ...], of Markdown and of HTML
anchors(text)          # {"the-house", ...}, as the places where such files are read make them
"""

import re
from dataclasses import dataclass

FENCE = re.compile(r"^(`{3,})\s*(\w*)")
HEADING = re.compile(r"^#{1,6} +(.+?) *#*$")
LINK = re.compile(r"\[(?:[^\[\]]|\[[^\]]*\])*\]\(\s*<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\s*\)")
IMAGE = re.compile(r"!\[[^\]]*\]\(([^)\s]+)[^)]*\)")  # also those that are the text of a link
REFERENCE = re.compile(r"^\[[^\]]+\]:\s+(\S+)", re.MULTILINE)
ATTRIBUTE = re.compile(r"<(?:a|img|source)\b[^>]*?\b(?:href|src|srcset)=\"([^\"]+)\"")


@dataclass
class Block:
    section: str  # the heading above it
    language: str
    text: str


def blocks(text: str) -> list[Block]:
    found, section, open_fence = [], "", ""
    for line in text.splitlines(keepends=True):
        fence = FENCE.match(line)
        if open_fence:
            if fence and fence[1] == open_fence:
                open_fence = ""
            else:
                found[-1].text += line
        elif fence:
            open_fence = fence[1]
            found.append(Block(section, fence[2], ""))
        elif heading := HEADING.match(line.rstrip("\n")):
            section = heading[1]
    return found


def prose(text: str) -> str:
    """The text without its fenced blocks and its code between backticks."""
    for block in blocks(text):
        text = text.replace(block.text, "", 1)
    return re.sub(r"`[^`\n]+`", "``", text)


def links(text: str) -> list[str]:
    text = prose(text)
    return [*{*LINK.findall(text), *IMAGE.findall(text)}, *REFERENCE.findall(text), *ATTRIBUTE.findall(text)]


def anchors(text: str) -> set[str]:
    found: set[str] = set()
    for line in re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL).splitlines():
        if heading := HEADING.match(line):
            words = re.sub(r"[*_`]|\[|\]\([^)]*\)", "", heading[1]).lower()
            found.add(re.sub(r"[^\w\- ]", "", words).replace(" ", "-"))
    return found | set(re.findall(r"<a (?:id|name)=\"([^\"]+)\"", text))
