"""The viewer as the one ES module that every host is given: the app, notebooks, and pages opened from disk.

    module()        # the text of viewer.js
    STYLE           # its style sheet

Two of these hosts take a module as text and could not follow an import. So the files of source/ are joined, each after
those that it imports, without their imports and exports; nothing else is done to them.
"""

import re
from pathlib import Path

SOURCE = Path(__file__).parent / "source"
STYLE = Path(__file__).parent / "viewer.css"
IMPORT = re.compile(r'^import \{.*\} from "\./(\w+\.js)";\n', re.MULTILINE)


def module() -> str:
    *parts, whole = _after("viewer.js", {}).values()
    hidden = [re.sub(r"^export ", "", part, flags=re.MULTILINE) for part in parts]
    return "\n".join(IMPORT.sub("", part) for part in [*hidden, whole])


def _after(name: str, texts: dict[str, str]) -> dict[str, str]:
    """Add a file to those that there are already, behind all that it needs."""
    text = (SOURCE / name).read_text("utf-8")
    for needed in IMPORT.findall(text):
        if needed not in texts:
            _after(needed, texts)
    texts[name] = text
    return texts
