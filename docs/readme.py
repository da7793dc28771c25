"""README's tables, written from what is there: pages from the lessons' own words, figures from assets/model.

filled(text)          # README with everything between `<!-- pages -->` and `<!-- /pages -->` (film, figures) made anew
"""

import json
import re
from pathlib import Path

from explainers.kit.lesson import lessons
from explainers.kit.sentences import Words

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "README.md"
PICTURES = Path("docs/pictures")
MODEL = Path("assets/model")


def make() -> None:
    README.write_text(filled(README.read_text("utf-8")), "utf-8")
    print(README)


def filled(text: str) -> str:
    for name, part in (("film", film), ("pages", pages), ("figures", figures)):
        mark = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
        text = mark.sub(lambda found, part=part: found[1] + part() + found[2], text)
    return text


def film() -> str:
    """The moving picture, where one was made; nothing is shown in its place."""
    picture = PICTURES / "develop.webp"
    if not (ROOT / picture).exists():
        return ""
    return f"![{json.loads((ROOT / picture).with_suffix('.json').read_text('utf-8'))['alt']}]({picture.as_posix()})\n"


def pages() -> str:
    """A row for each page that there is: picture, title, what its story begins with."""
    rows = ["| | The page | What it shows you, live |", "|---|---|---|"]
    for lesson in lessons():
        words = Words.of(lesson.idea)
        picture = PICTURES / f"{lesson.idea}.webp"
        title = words("title")
        first = words(lesson.story[0].key) if lesson.story else ""
        shown = f'<img src="{picture.as_posix()}" width="240" alt="{title}">' if (ROOT / picture).exists() else ""
        rows.append(f"| {shown} | **{title}** | {one_line(first)} |")
    return "\n".join(rows) + "\n"


def one_line(sentence: str) -> str:
    return " ".join(sentence.replace("|", "\\|").split())


def figures() -> str:
    """What the model reached, as its judge wrote it down; nothing before there is a model that was judged."""
    judged, trained = (ROOT / MODEL / name for name in ("evaluation.json", "training.json"))
    if not (judged.exists() and trained.exists()):
        return ""
    from training.judge.card import HEAD, rows

    results, facts = json.loads(judged.read_text("utf-8")), json.loads(trained.read_text("utf-8"))
    told = [HEAD, ("---",) * len(HEAD), *rows(results)]
    table = "\n".join("| " + " | ".join(row) + " |" for row in told)
    count = ", ".join(f"{number:,} in the {name}" for name, number in facts["parameters"].items())
    return (
        f"{facts['samples']:,} films were seen in training, in {facts['seconds'] / 3600:.1f} hours of the transformer; "
        f"parameters: {count}.\n\n{table}\n\nEvery figure is made by `python -m training evaluate`. The whole story "
        f"is on the [model's card]({MODEL.as_posix()}/README.md).\n"
    )
