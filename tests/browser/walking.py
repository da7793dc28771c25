"""Reading a story card by card, as a visitor does: what is there when a card is whole, and what is wrong with it."""

import json
import time

from explainers.kit.story import Predict, Without
from explainers.web.service import GALLERY
from explainers.worker.kept import Kept, questions
from explainers.worker.settings import Settings
from tests.said import said

LONG = 240_000  # milliseconds that a card may take whose answers are not kept
ANSWERED = ".found > .said p, .found > .waits > [role=status]"  # measured, or why it could not be
PHONE = 600  # pixels of width, below which a figure may need to be scrolled to

STANDS = """async () => {
    const { page } = await import("page/state.js");
    const keys = ["pack", "pack_b", "step", "view", "layer", "pick", "grid", "compare"];
    const viewer = Object.fromEntries(keys.map((key) => [key, page.viewer.get(key)]));
    return { run: page.shown.id, viewer, controls: { ...page.controls }, address: location.search };
}"""
STANDS_AGAIN = f"async (before) => JSON.stringify(await ({STANDS})()) === JSON.stringify(before)"

SEEN = """() => {
    const card = document.querySelector(".story-card:not([hidden])");
    const box = (part) => {
        const { left, top, right, bottom, width, height } = part.getBoundingClientRect();
        return { left, top, right, bottom, width, height };
    };
    const text = (part) => card.querySelector(part)?.innerText.trim() ?? "";
    const places = { film: "#viewer .room", "line of development": "#viewer .steps" };
    const parts = Object.entries(places).map(([name, part]) => [name, box(document.querySelector(part))]);
    return {
        boxes: Object.fromEntries([...parts, ["card", box(card)]]), window: [innerWidth, innerHeight],
        head: box(card.querySelector("h1")), text: box(card.querySelector(".text")),
        over: card.scrollHeight - card.clientHeight, wide: document.documentElement.scrollWidth - innerWidth,
        said: text(".found > .said"), waits: text(".found > .waits"), verdict: text(".verdict-of-guess"),
        right: card.dataset.right,
        drawn: card.querySelectorAll(".figure > *, .clips canvas").length,
        lent: card.querySelectorAll(".lent > *").length, control: card.querySelectorAll(".lent-control input").length,
    };
}"""


class Made:
    """What was made beforehand: films, and what was measured of them."""

    def __init__(self):
        index = json.loads((GALLERY / "index.json").read_text("utf-8"))
        self.gallery = [Settings(**film["settings"]) for film in index["films"]]  # a card opens with the first
        self.kept = Kept()


class Walk:
    """Through one story, on a page that is open. `wrong` gathers what a visitor would stumble over."""

    def __init__(self, page, lesson, made):
        self.page, self.lesson, self.made = page, lesson, made
        self.wrong, self.scrolls, self.left = [], {}, {}

    @property
    def card(self):
        """The one that is read."""
        return self.page.locator(".story-card:not([hidden])")

    def says(self, card, text):
        self.wrong.append(f"{self.lesson.idea}/{card.name}: {text}")

    def asked(self, card):
        return questions(self.lesson, card, self.made.gallery[0])

    def is_kept(self, card):
        """Whether all that this card needs was made beforehand."""
        asked = self.asked(card)
        films = {job.settings.key for job in (asked.film, asked.beside) if job}
        films |= {asked.cut.key} if asked.cut else set()
        ready = {settings.key for settings in self.made.gallery} | self.made.kept.films.keys()
        return films <= ready and (asked.measure is None or asked.measure.key in self.made.kept.numbers)

    def wait(self, card, more=""):
        """Until the card is there with its film, and nothing more is on its way."""
        self.page.wait_for_function(
            """([name, run, more]) => {
                const card = document.querySelector(`.story-card[data-card="${name}"]:not([hidden])`);
                const { dataset } = document.documentElement;
                return card?.dataset.over === "true" && dataset.card === name && dataset.run === run
                    && document.querySelector(".darkroom").dataset.state === "ready"
                    && (!more || card.querySelector(more));
            }""",
            arg=[card.name, self.asked(card).film.settings.key, more],
            timeout=LONG,
        )

    def read(self, card):
        """Wait until the card is whole, guess first where it asks for a guess; then look at all of it."""
        began = time.monotonic()
        self.wait(card)
        if isinstance(card, Predict):
            self.card.locator(".guess label").last.click()
            self.wait(card, ANSWERED)
        elif card.measures:
            self.wait(card, ANSWERED)
        seconds = time.monotonic() - began
        if card.picture and not self.lesson.picture(card.picture).waits:
            self.page.wait_for_selector(f".story-card:not([hidden]) #picture-{card.picture}", timeout=LONG)
        if card.measures and self.is_kept(card) and self.card.get_attribute("data-kept") != "true":
            self.says(card, f"it was measured anew ({seconds:.0f} s), though its answers are kept")
        self.look(card)
        self.left[card.name] = self.page.evaluate(STANDS)
        return seconds

    def look(self, card):
        seen = self.page.evaluate(SEEN)
        width, height = seen["window"]
        for part, box in seen["boxes"].items():
            across = box["left"] >= -1 and box["right"] <= width + 1
            down = box["top"] >= -1 and box["bottom"] <= height + 1
            if not (across and down) or box["width"] < 100 or box["height"] < 20:
                self.says(card, f"the {part} is out of view at {width} x {height}: {box}")
        if seen["wide"] > 0:
            self.says(card, f"the page is {seen['wide']} pixels wider than the window")
        whole = seen["boxes"]["card"]
        if seen["over"] > 1:
            self.scrolls[card.name] = seen["over"]
            if width >= PHONE:
                self.says(card, f"{seen['over']} pixels of it are to be scrolled to")
            elif seen["text"]["bottom"] > whole["bottom"] + 1 or seen["head"]["top"] < whole["top"] - 1:
                self.says(card, "not even its text fits")
        if seen["waits"]:
            self.says(card, f"it says: {seen['waits']}")
        if self.page.get_by_text(said("failed")).locator("visible=true").count():
            self.says(card, said("failed"))
        if card.measures and not seen["said"]:
            self.says(card, "nothing was measured")
        if isinstance(card, Predict) and seen["right"] in card.options and not seen["verdict"]:
            self.says(card, "nobody is told what was right")
        if isinstance(card, Predict) and seen["right"] not in ("", *card.options):
            self.says(card, f"the answer is {seen['right']!r}, which is no option")
        if card.figure and not seen["drawn"]:
            self.says(card, "its figure is not there")
        if card.control and not seen["control"]:
            self.says(card, "its control is not there")
        if card.picture and not seen["lent"]:
            self.says(card, "its picture is not there")
        self.both(card)

    def both(self, card):
        """Where two films belong to a card, both are there, finished."""
        cut = isinstance(card, Without) and self.lesson.cut(card.cut).film
        script = """async () => {
            const { viewer } = (await import("page/state.js")).page;
            const keys = ["pack", "pack_b", "steps", "steps_b", "state", "step"];
            return Object.fromEntries(keys.map((key) => [key, viewer.get(key)]));
        }"""
        viewer = self.page.evaluate(script)
        if not (cut or card.beside):
            if viewer["pack_b"]:
                self.says(card, "another film is left beside")
            return
        if not viewer["pack"] or not viewer["pack_b"] or viewer["pack"] == viewer["pack_b"]:
            self.says(card, "its two films are not both there")
        if viewer["state"] or viewer["steps"] or viewer["steps_b"]:
            self.says(card, "one of its two films is not finished")
        last = self.asked(card).film.settings.steps - 1
        if (cut or card.at.get("step", -1) == -1) and viewer["step"] not in (-1, last):
            self.says(card, f"its films stand at step {viewer['step']}, not finished")

    def turn(self, card, way="next"):
        """Press the button; the card of that name is there."""
        self.page.click(f".turn.{way}")
        self.page.wait_for_selector(f'.story-card[data-card="{card.name}"]:not([hidden])')

    def forward(self):
        """Through all cards; the seconds that each took."""
        seconds = {}
        for at, card in enumerate(self.lesson.story):
            if at:
                self.turn(card)
            seconds[card.name] = self.read(card)
        return seconds

    def backward(self):
        """Back over all cards: each as it was left, and in view."""
        self.look(self.lesson.story[-1])
        for card in reversed(self.lesson.story[:-1]):
            self.turn(card, "back")
            try:
                self.page.wait_for_function(STANDS_AGAIN, arg=self.left[card.name], timeout=20_000)
            except Exception:
                now, before = self.page.evaluate(STANDS), self.left[card.name]
                self.says(card, f"going back, it stands as {now}, not as {before}")
            self.look(card)
