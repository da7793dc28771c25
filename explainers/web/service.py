"""What the page does for a visitor, without knowing how it is shown: films, pictures, maps, cuts.

    async for shown in service.develop(visitor, settings): ...      # FilmShown, until the film is done
    async for event in service.look(visitor, lesson, lens, inputs): ...  # Place, Progress, and the numbers in Done
    answer = await service.ask(visitor, lesson, message, words)     # a map for a click on the film

Nothing here is a visitor's own: a film belongs to its settings, so whoever opens the same address shares it, and
nothing has to be remembered for anybody. All stores are bounded; what was dropped is made again when asked for.
"""

from __future__ import annotations

import hashlib
import json
from collections import OrderedDict
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from explainers.kit.clicks import layer_for, picked
from explainers.kit.lesson import PICKS, Clip, Cut, Lesson
from explainers.kit.refused import Refused
from explainers.kit.sentences import Words
from explainers.kit.signature import Signature, signature
from explainers.note import Note
from explainers.provenance import MODEL, saving
from explainers.viewer import pack as packs
from explainers.viewer.answer import answer
from explainers.viewer.atlas import atlas, columns, pixels, webp
from explainers.viewer.state import FilmState
from explainers.web.events import CutMeasured, FilmShown
from explainers.web.inputs import Inputs, checked
from explainers.web.running.metrics import cache, refused
from explainers.worker.jobs import Choose, Develop, FilmBegun, FilmMade, MakeCut, Measure, StepMade
from explainers.worker.kept import Kept
from explainers.worker.model_names import called
from explainers.worker.queue import Done, JobQueue, Opening, Place
from explainers.worker.settings import Settings

ASSETS = Path(__file__).resolve().parents[2] / "assets"
GALLERY, STORY = ASSETS / "gallery", ASSETS / "story"


class Store:
    """Bytes under the address of their hash, the least recently asked for dropped first."""

    def __init__(self, budget: int = 200_000_000) -> None:
        self.budget, self.size = budget, 0
        self.files: OrderedDict[str, bytes] = OrderedDict()

    def put(self, data: bytes, kind: str = "drk") -> str:
        name = f"{hashlib.sha256(data).hexdigest()[:32]}.{kind}"
        if name not in self.files:
            self.files[name] = data
            self.size += len(data)
        self.files.move_to_end(name)
        while self.size > self.budget and len(self.files) > 1:
            self.size -= len(self.files.popitem(last=False)[1])
        return f"pack/{name}"  # from where a page stands

    def get(self, name: str) -> bytes | None:
        if name in self.files:
            self.files.move_to_end(name)
        return self.files.get(name)


class Service:
    def __init__(
        self,
        queue: JobQueue,
        gallery: Path = GALLERY,
        offers: Mapping[str, str] | None = None,
        story: Path = STORY,
        kiosk: bool = False,
    ) -> None:
        self.queue, self.kiosk = queue, kiosk
        self.offers = {key: key or called(model) for key, model in (offers or {}).items()}  # as visitors read them
        self.store = Store()
        self.films: OrderedDict[str, str] = OrderedDict()  # settings.key -> address of the finished pack
        self.notes: dict[str, tuple[Note, ...]] = {}  # … and what is to be said of it
        self.numbers: OrderedDict[Any, Any] = OrderedDict()
        if not (gallery / "index.json").exists():
            raise FileNotFoundError(f"no films in {gallery}: make them by `python -m explainers.worker.gallery`")
        index = json.loads((gallery / "index.json").read_text("utf-8"))
        self.gallery_facts: dict[str, Any] = index["facts"]
        self.gallery: list[Settings] = []
        for film in index["films"]:
            settings = Settings(**film["settings"])
            self.gallery.append(settings)
            self.films[settings.key] = self.store.put((gallery / film["pack"]).read_bytes())
        self.kept = Kept(story, self.gallery_facts["weights"])
        for key, pack in self.kept.films.items():
            self.films.setdefault(key, self.store.put(pack))
        self.ready_made = {settings.key for settings in self.gallery} | self.kept.films.keys()

    @property
    def facts(self) -> dict[str, Any]:
        """Of the open model; until it is open, of the one that made the gallery."""
        return self.queue.facts or self.gallery_facts

    @property
    def starts(self) -> Settings:
        return Settings(model=self.chosen).changed(self.facts["defaults"])

    @property
    def opening(self) -> Settings:
        """The film on which a card stands that names no other."""
        first = self.gallery[0]
        if not self.replaced(first):
            return first
        return self.starts.changed({"prompt": self.starts.prompt or first.prompt, "seed": first.seed})

    @property
    def chosen(self) -> str:
        """Which of the models that the operator offers is open; "" where there is only one."""
        return str(self.facts.get("chosen", ""))

    def foreign(self, settings: Settings) -> str:
        """Why nothing can be asked of this film now, if so: another model made it. A key of the kit's words."""
        here = self.queue.facts
        if here is None:
            return ""
        if settings.model != self.chosen:
            return "model.other"
        return "another_model" if self.replaced(settings) else ""

    def replaced(self, settings: Settings) -> bool:
        """Whether a film came with the kit, from another model than the one that the app was started with."""
        return settings.model == self.chosen and self.stale(settings.key)

    def stale(self, key: str) -> bool:
        """Whether what came with the kit under that key is of another model than the open one."""
        return key in self.ready_made and not self.at_home

    @property
    def at_home(self) -> bool:
        """Whether the model that made what came with the kit is the one that is open, or will be."""
        here = self.queue.facts
        return here is None or here["weights"] == self.gallery_facts["weights"]

    # --- films

    async def develop(self, visitor: str, wishes: Mapping[str, Any]) -> AsyncIterator[FilmShown | Opening]:
        """The film as it is made. The last event has the settings that it was made with."""
        settings = self.starts.changed(wishes)
        here = settings.key in self.films and not self.replaced(settings)
        cache("film", here)
        if here:
            self.films.move_to_end(settings.key)
            yield FilmShown(FilmState(self.films[settings.key]), settings)
            return
        if settings.model != self.chosen:
            wanted = self.offers.get(settings.model, settings.model)
            raise Refused("model.changed", wanted=wanted, open=self.offers.get(self.chosen, self.chosen))
        if settings.frames > self.facts["longest"]:
            raise Refused("not_so_big", most=self.facts["longest"])
        address, steps = "", list[str]()
        async for event in self.queue.run(visitor, Develop(settings)):
            if isinstance(event, Opening):
                yield event
            elif isinstance(event, Place):
                waits = FilmState(address, steps, state="live" if address else "loading")
                yield FilmShown(waits, ahead=event.ahead)
            elif isinstance(event, FilmBegun):
                address = self.store.put(event.pack)
                yield FilmShown(FilmState(address, steps, state="live"))
            elif isinstance(event, StepMade):
                steps = [*steps, self.store.put(event.pack)]
                yield FilmShown(FilmState(address, steps, state="live"))
            elif isinstance(event, Done):
                yield FilmShown(FilmState(self._keep(settings.key, event.value)), settings)

    def _keep(self, key: str, film: FilmMade) -> str:
        self.films[key], self.notes[key] = self.store.put(film.pack), film.notes
        self.ready_made.discard(key)
        if len(self.films) > 500:
            self.notes.pop(self.films.popitem(last=False)[0], None)
        return self.films[key]

    async def cut(
        self, visitor: str, lesson: Lesson, cut: Cut, at: Inputs, fresh: bool = False
    ) -> AsyncIterator[FilmShown | CutMeasured | Opening]:
        """The other film beside the first, and in the end what the cut's lens measured."""
        film = self.films.get(at.settings.key)
        if film is None:
            raise Refused("failed")
        made = MakeCut(at.settings, lesson.idea, cut.name, self._controls(signature(lesson.idea, cut.name), at))
        other, steps = "", list[str]()
        here = made.key in self.films and not self.stale(made.key) and not (fresh and made.key in self.ready_made)
        cache("cut", here)
        if here:
            other = self.films[made.key]
        else:
            async for event in self.queue.run(visitor, made):
                if isinstance(event, Opening):
                    yield event
                    continue
                if isinstance(event, FilmBegun):
                    other = self.store.put(event.pack)
                elif isinstance(event, StepMade):
                    steps = [*steps, self.store.put(event.pack)]
                elif isinstance(event, Done):
                    other, steps = self._keep(made.key, event.value), []
                ahead = event.ahead if isinstance(event, Place) else 0
                yield FilmShown(FilmState(film, (), other, steps, "live", compare="side"), ahead=ahead)
        job = self.question(lesson, cut.lens, at, made)
        numbers, kept = await self._numbers(visitor, job, fresh)
        yield CutMeasured(FilmState(film, pack_b=other, compare="side"), at.settings, made, numbers, kept)

    async def choose(self, visitor: str, model: str) -> AsyncIterator[Any]:
        """Serve another of the models that are offered: Place and Choosing on the way, Done once it is open."""
        if model not in self.offers:
            raise Refused("failed")
        async for event in self.queue.run(f"{visitor}/model", Choose(model)):
            yield event

    # --- pictures

    async def look(
        self, visitor: str, lesson: Lesson, lens: str, at: Inputs, fresh: bool = False
    ) -> AsyncIterator[Any]:
        """What a lens measures on the film on screen: Done(numbers) in the end; Place and Progress before.

        What was measured beforehand is given at once, unless it is asked for `fresh`.
        """
        needs = signature(lesson.idea, lens)
        for pick in PICKS:
            if pick in needs.controls and at.hand.get(pick) is None:
                raise Refused(f"pick.{pick}")
        async for event in self._measured(visitor, self.question(lesson, lens, at), fresh):
            yield event

    def cancel(self, visitor: str, lesson: Lesson, lens: str) -> None:
        """Stop a long lens: its `look` ends without Done."""
        self.queue.cancel(_beside(visitor, lesson.idea, lens))

    def question(self, lesson: Lesson, lens: str, at: Inputs, cut: MakeCut | None = None) -> Measure:
        return Measure(at.settings, lesson.idea, lens, self._controls(signature(lesson.idea, lens), at), cut)

    def _controls(self, needs: Signature, at: Inputs) -> dict[str, Any]:
        return at.of(needs.controls)

    async def _measured(self, visitor: str, job: Measure, fresh: bool = False) -> AsyncIterator[Any]:
        key = job.key
        kept = key in self.kept.numbers and not fresh and self.at_home and job.settings.model == self.chosen
        cache("numbers", kept or key in self.numbers)
        if kept:
            yield Done(self.kept.numbers[key], kept=True)
            return
        if key in self.numbers:
            self.numbers.move_to_end(key)
            yield Done(self.numbers[key])
            return
        async for opening in self.queue.opened():
            yield opening
        if why := self.foreign(job.settings):
            raise Refused(why)
        long = signature(job.idea, job.lens).long
        # A long lens stands in line beside the visitor's film, not in its place.
        async for event in self.queue.run(_beside(visitor, job.idea, job.lens) if long else visitor, job, long):
            if isinstance(event, Done) and _weight(event.value) < 4_000_000:
                self.numbers[key] = event.value
                if len(self.numbers) > 200:
                    self.numbers.popitem(last=False)
            yield event

    async def _numbers(self, visitor: str, job: Measure, fresh: bool = False) -> tuple[Mapping[str, Any], bool]:
        """The numbers alone, and whether they were measured beforehand."""
        async for event in self._measured(visitor, job, fresh):
            if isinstance(event, Done):
                return event.value, event.kept
        raise Refused("superseded")

    def clips(self, films: Mapping[str, Any], fps: float) -> dict[str, Any]:
        """`Films` for static/films.js: each film as one sheet of all its frames."""
        return {"fps": fps, "clips": [self._clip(caption, film) for caption, film in films.items()]}

    def _clip(self, caption: str, film: Any) -> dict[str, Any]:
        clip = film if isinstance(film, Clip) else Clip(film)
        frames = pixels(clip.frames)  # (frames, height, width, 3)
        count, height, width, _ = frames.shape
        sheet = self.picture(Clip(atlas(frames), rendered=clip.rendered))
        sound = None if clip.sound is None else self.store.put(packs.wav(np.asarray(clip.sound), clip.rate), "wav")
        placed = {"caption": caption, "sheet": sheet, "sound": sound}
        return {**placed, "frames": count, "width": width, "height": height, "cols": columns(count)}

    def picture(self, image: Any) -> str:
        """The address of an image (height, width, 3), or of what a Clip holds in place of frames."""
        clip = image if isinstance(image, Clip) else Clip(image)
        picture = clip.frames if isinstance(clip.frames, Image.Image) else Image.fromarray(pixels(clip.frames))
        mark = saving(".webp", "" if clip.rendered else MODEL)
        return self.store.put(webp(picture, method=4, quality=90, **mark), "webp")

    # --- maps

    async def ask(self, visitor: str, lesson: Lesson, message: Mapping[str, Any], words: Words) -> dict[str, Any]:
        """Answer the viewer's question: which layer it is about follows from what was clicked."""
        number, layer = _whole(message.get("id")), None
        try:
            layer = layer_for(lesson, str(message.get("what")), str(message.get("name", "")))
            hand = {"step": message.get("step"), "frame": message.get("at", 0), **picked(message)}
            at = self.inputs(lesson, message.get("settings"), hand, message.get("controls"))
            job = self.question(lesson, layer.measures, at, self._cut_beside(lesson, message))
            numbers, _ = await self._numbers(visitor, job)
        except Refused as refusal:
            refused(refusal.key)
            text = refusal.told(words)
            return {"kind": "error", "id": number, "text": text, "layer": layer.name if layer else ""}
        told, buffers = answer(number, lesson, layer, numbers, words)
        return {**packs.without_buffers(told, buffers), "layer": layer.name}

    def _cut_beside(self, lesson: Lesson, message: Mapping[str, Any]) -> MakeCut | None:
        """With two films on screen, the second one is asked about by the cut that made it."""
        return self.cut_beside(lesson, message) if message.get("film") == "b" else None

    def cut_beside(self, lesson: Lesson, message: Mapping[str, Any]) -> MakeCut | None:
        """The cut whose film stands beside the first, if any."""
        beside = message.get("cut") if isinstance(message, Mapping) else None
        if not isinstance(beside, Mapping):
            return None
        cut = next((each for each in lesson.cuts if each.name == beside.get("name")), None)
        if cut is None:
            return None
        at = self.inputs(lesson, message.get("settings"), beside.get("hand"), beside.get("controls"))
        return MakeCut(at.settings, lesson.idea, cut.name, self._controls(signature(lesson.idea, cut.name), at))

    def inputs(self, lesson: Lesson, settings: Any, hand: Any, controls: Any) -> Inputs:
        """What a browser says, within bounds."""
        return checked(lesson, self.starts, self.facts, settings, hand, controls)


def _whole(value: Any) -> int:
    return value if isinstance(value, int) else 0


def _beside(visitor: str, idea: str, lens: str) -> str:
    return f"{visitor}/{idea}/{lens}"


def _weight(numbers: Mapping[str, Any]) -> int:
    return sum(getattr(value, "nbytes", 0) for value in numbers.values())
