"""Is a sentence one that the world can say? Its own grammar decides, which training leaves beside the writer.

    grammar = Grammar.load()                        # assets/text/grammar.json
    grammar.read("an orange ball rolls at sea")     # {"subject": "ball", "colour": "orange", "motion": ["roll"], ...}
    grammar.wrong("a orange ball rolls at sea")     # "article"; "" where nothing is wrong
    grammar.wrong("a red ball gallops")             # "agreement"
    grammar.new("a purple mammoth grows at night")  # True: training never showed this pair of words together

It knows no model, and shares no line with the code that makes the captions.
"""

import json
import re
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "assets" / "text"
PARTS = ("article", "size", "colour", "subject", "motion", "pace")
WRONG = ("order", "article", "agreement")  # what can be wrong: the sentence, its "a" or "an", who does what


class Grammar:
    def __init__(self, rules: dict):
        self.rules = rules
        kinds = {kind: rules[kind] for kind in ("size", "colour", "subject", "motion", "pace", "place")}
        size, colour, subject, motion, pace, place = (_any(kinds[kind]) for kind in kinds)
        event = rules["event"]
        happens = f"(?P<thing>{event['thing']}) (?P<happens>{_any(event['motion'])})"
        thing = f"(?P<article>an?) (?:(?P<size>{size}) )?(?:(?P<colour>{colour}) )?(?P<subject>{subject})"
        does = f"(?: (?P<motion>{motion})(?: (?P<pace>{pace}))?)?"
        said = f"(?:{happens}|{thing}{does})"
        self.forms = [re.compile(form) for form in (f"{said}(?: (?P<place>{place}))?", f"(?P<place>{place}) {said}")]

    @classmethod
    def load(cls, folder: Path | str = FOLDER) -> "Grammar":
        return cls(json.loads((Path(folder) / "grammar.json").read_text("utf-8")))

    def read(self, sentence: str) -> dict | None:
        """What the sentence says, in the world's plain words; None where it is no sentence."""
        found = next((hit.groupdict() for form in self.forms if (hit := form.fullmatch(sentence))), None)
        if found is None:
            return None
        if found.pop("thing"):
            told = {"subject": "ball", "motion": ["rebound"]}
        else:
            told = {kind: self.rules[kind][found[kind]] for kind in PARTS[1:] if found[kind]}
            told |= {"article": found["article"], "doing": found["motion"]}
        return told | ({"place": self.rules["place"][found["place"]]} if found["place"] else {})

    def wrong(self, sentence: str) -> str:
        """The first of WRONG that is wrong with it, "" for a sentence that the world can say."""
        told = self.read(sentence)
        if told is None:
            return "order"
        motion, ball = told.get("motion", []), "article" not in told
        if sum(kind not in told for kind in ("colour", "motion", "place")) - ball > 1:  # one may stay unsaid
            return "order"
        if ball:
            return ""
        after = sentence.split()[sentence.split().index(told["article"]) + 1]
        if (told["article"] == "an") != (after[0] in self.rules["vowels"]):
            return "article"
        suits = set(motion) <= {*self.rules["suits"][told["subject"]]}
        walker = told["subject"] in self.rules["only"].get(told["doing"], [told["subject"]])
        paced = "pace" not in told or bool({*motion} & {*self.rules["paced"]})
        sized = "size" not in told or not {*motion} & {*self.rules["sizeless"]}
        return "" if suits and walker and paced and sized else "agreement"

    def new(self, sentence: str) -> bool:
        """Whether it says a pair of words that training never showed together."""
        told = {kind: said if isinstance(said, list) else [said] for kind, said in (self.read(sentence) or {}).items()}
        if told.get("motion") == ["rebound"]:
            return False
        return any(
            a in told.get(first, []) and b in told.get(second, [])
            for kind, pairs in self.rules["held_out"].items()
            for first, second in [kind.split("-")]
            for a, b in pairs
        )


def _any(phrases) -> str:
    """Longest first, so that "woolly mammoth" is not read as something else."""
    return "|".join(sorted(map(re.escape, phrases), key=len, reverse=True))
