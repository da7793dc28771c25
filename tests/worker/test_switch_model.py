"""Choosing the model: one in memory at a time, the earlier one back where another can't be opened."""

import asyncio
import gc
import weakref

import pytest
import torch

import app
from explainers.engine.model import memory
from explainers.kit.lesson import finish, lessons
from explainers.kit.refused import Refused
from explainers.web.service import Service
from explainers.worker.films import Films
from explainers.worker.jobs import Choose, Choosing, Develop, FilmMade, Measure
from explainers.worker.model_names import offers
from explainers.worker.model_process import ModelProcess
from explainers.worker.queue import MODEL, Done, JobQueue, Place
from explainers.worker.settings import Settings, read, write
from tests import fakes
from tests.loop import all_of, run
from tests.tiny_models import TINY

OPENED = next(lesson for lesson in lessons() if lesson.models)


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """Two small models of other families."""
    there = {}
    for family in ("wan", "ltx"):
        there[family] = tmp_path_factory.mktemp("models") / family
        TINY[family].build().save_pretrained(there[family])
    return there


@pytest.fixture
def process(folders, monkeypatch):
    monkeypatch.setenv("DARKROOM_THREADS", str(torch.get_num_threads()))
    return ModelProcess(str(folders["wan"]), gallery=folders["wan"] / "none", offers={"ltx": str(folders["ltx"])})


def asked(family, seed=5, model=""):
    request = TINY[family].request
    size = f"{request['width']}x{request['height']}"
    return Settings("a red ball", seed, steps=1, guidance=4.0, frames=request["frames"], size=size, model=model)


def test_another_model_takes_the_place_of_the_first_in_memory(process):
    assert isinstance(finish(process.work(Develop(asked("wan")))), FilmMade)
    earlier, weights = weakref.ref(process.films.model), process.facts["weights"]
    denoiser = weakref.ref(process.films.model.denoiser)
    events = list(process.work(Choose("ltx")))
    said = [event for event in events if isinstance(event, Choosing)]
    assert [each.what for each in said] == ["looks", "reads"]
    assert said[1].size == held(process.films.model.pipeline)
    assert process.facts["chosen"] == "ltx" and process.facts["weights"] != weights
    assert process.facts["model"] == "ltx"  # not where it lies
    gc.collect()
    assert earlier() is None and denoiser() is None and not process.films.recordings
    assert isinstance(finish(process.work(Develop(asked("ltx", model="ltx")))), FilmMade)


def held(pipeline):
    """Bytes of all weights, each once."""
    modules = [part for part in pipeline.components.values() if isinstance(part, torch.nn.Module)]
    return sum({p.data_ptr(): p.nbytes for module in modules for p in module.state_dict().values()}.values())


def test_what_is_asked_of_another_model_than_the_open_one_is_refused(process):
    finish(process.work(Choose("ltx")))
    for job in (Develop(asked("wan")), Measure(asked("wan"), "real", "opened", {})):
        with pytest.raises(Refused, match=r"model\.other"):
            finish(process.work(job))


def test_the_same_film_once_more_after_there_and_back(process):
    first = finish(process.work(Develop(asked("wan")))).pack
    for model in ("ltx", ""):
        finish(process.work(Choose(model)))
    assert finish(process.work(Develop(asked("wan")))).pack == first


def test_too_large_a_model_is_refused_before_the_open_one_goes(process, monkeypatch):
    here = process.films.model
    monkeypatch.setattr(memory, "free_memory", lambda device: -(10**9))
    with pytest.raises(Refused, match=r"model\.refused") as refusal:
        finish(process.work(Choose("ltx")))
    why = str(refusal.value.numbers["why"])
    assert why.startswith("ltx takes") and "GB" in why and "/" not in why  # visitors don't see where it lies
    assert process.films.model is here


def test_the_memory_of_the_one_that_leaves_counts_as_free(process, folders, monkeypatch):
    more = held(TINY["ltx"].build()) - held(process.films.model.pipeline)
    monkeypatch.setattr(memory, "free_memory", lambda device: more + 10**3)
    steps = process.work(Choose("ltx"))
    assert [e.what for e in steps_until(steps, "reads")] == ["looks", "reads"]
    steps.close()
    monkeypatch.setattr(memory, "free_memory", lambda device: more - 10**5)
    with pytest.raises(Refused, match=r"model\.refused"):
        finish(process.work(Choose("ltx")))


def steps_until(steps, what):
    for event in steps:
        if event is not None:
            yield event
            if event.what == what:
                return


def test_a_model_that_breaks_while_it_is_read_brings_the_earlier_one_back(process, monkeypatch):
    first = finish(process.work(Develop(asked("wan")))).pack
    real = Films.open

    def breaks(self, choice):
        if choice == "ltx":
            raise MemoryError
        real(self, choice)

    monkeypatch.setattr(Films, "open", breaks)
    with pytest.raises(Refused, match=r"model\.refused"):
        finish(process.work(Choose("ltx")))
    assert finish(process.work(Develop(asked("wan")))).pack == first


def test_maps_under_way_are_finished_first(process):
    finish(process.work(Develop(asked("wan"))))
    film = process.work(Develop(asked("wan", seed=6)))
    next(film)
    choice = process.work(Choose("ltx"))
    list(steps_until(choice, "reads"))
    for _ in range(3):
        assert next(choice) is None and process.facts["chosen"] == ""  # waits
    assert isinstance(finish(film), FilmMade)
    assert finish(choice) == "ltx"


def test_what_the_operator_did_not_offer_is_not_opened(process):
    with pytest.raises(Refused, match="failed"):
        finish(process.work(Choose("someone/else")))


def test_offers_are_called_by_their_last_name(folders, tmp_path):
    wan = str(folders["wan"])
    hub = "Some/Model-1.3B"
    assert offers("embedded", [wan, hub]) == {"": "embedded", "wan": wan, hub: hub}
    assert offers("embedded", ["embedded"]) == {"": "embedded"}
    (tmp_path / "wan").mkdir()
    with pytest.raises(ValueError, match="two models are called wan"):
        offers(wan, [str(tmp_path / "wan")])
    with pytest.raises(ValueError, match="neither a folder"):
        offers("embedded", ["../nowhere/at all"])


def test_the_flag_is_refused_in_words(monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["app.py", "--models", "no such/thing/here"])
    with pytest.raises(SystemExit):
        app.main()
    assert "neither a folder here nor a name on the hub" in capsys.readouterr().err


def test_an_address_says_which_model_made_its_film():
    settings = Settings("a ball", model="Some/Model-1.3B")
    assert read(write(settings))[0] == settings
    assert "model" not in write(Settings("a ball"))
    assert read(write(settings).replace("Some", "..%2F.."))[0].model == ""
    assert settings.key != Settings("a ball").key


@pytest.mark.slow
def test_in_the_line_between_two_films_and_every_film_stays(folders, tmp_path):
    """Through the service and a real process, as the page does it."""
    models = {"": str(folders["wan"]), "ltx": str(folders["ltx"]), "gone": str(tmp_path)}

    async def visit():
        queue = JobQueue(MODEL, models[""], models)
        await queue.start()
        try:
            await queue.ready.wait()
            service = Service(queue, fakes.gallery(tmp_path), models)
            wish = {"prompt": "a ball", "steps": 2, "frames": 9, "size": "48x32"}
            film, choice = await asyncio.gather(
                all_of(service.develop("ann", wish)), all_of(service.choose("ben", "ltx"))
            )
            assert Place(1) in choice and choice[-1] == Done("ltx")
            assert service.chosen == "ltx" and film[-1].settings.model == ""
            address = service.films[film[-1].settings.key]
            again = await all_of(service.develop("cem", vars(film[-1].settings)))
            assert [event.state.pack for event in again] == [address]  # still there to watch
            shown = await all_of(service.develop("cem", vars(service.gallery[0])))
            assert shown[-1].state.pack == service.films[service.gallery[0].key]
            at = service.inputs(OPENED, vars(film[-1].settings), {}, {})
            with pytest.raises(Refused, match=r"model\.other"):
                await all_of(service.look("ann", OPENED, "opened", at))
            with pytest.raises(Refused, match=r"model\.changed"):
                await all_of(service.develop("ann", {**wish, "seed": 9, "model": ""}))
            new = (await all_of(service.develop("ann", {**wish, "size": "64x32", "model": "ltx"})))[-1].settings
            assert new.model == "ltx"
            seen = await all_of(service.look("ann", OPENED, "opened", service.inputs(OPENED, vars(new), {}, {})))
            assert seen[-1].value["class"] == "LTXPipeline"
            with pytest.raises(Refused, match=r"model\.refused"):
                await all_of(service.choose("ann", "gone"))
            assert service.chosen == "ltx"
        finally:
            queue.stop()

    run(visit(), 200)
