"""What is made to take home, and recordings that come back: from friends, from other models, from strangers."""

import copy
import hashlib
import json
import struct
from collections import OrderedDict
from dataclasses import replace

import pytest

from explainers.engine import encode, load_recording, save_recording
from explainers.kit.lesson import finish
from explainers.kit.refused import Refused
from explainers.viewer.pack import read_pack
from explainers.worker.films import gallery_recordings
from explainers.worker.jobs import Develop, Lay, Measure, Open, Progress, Take
from explainers.worker.model_process import ASSETS, ModelProcess
from explainers.worker.settings import Settings


@pytest.fixture(scope="module")
def process():
    return ModelProcess()


@pytest.fixture(scope="module")
def settings(process):
    """Of a short run, made here."""
    asked = {**process.facts["defaults"], "prompt": "a red ball bounces", "seed": 4, "steps": 3, "frames": 9}
    wanted = Settings().changed(asked)
    finish(process.work(Develop(wanted)))
    return wanted


def bring(process, path):
    return finish(process.work(Open(str(path), hashlib.sha256(path.read_bytes()).hexdigest()[:16])))


def saved(process, settings, tmp_path, **changes):
    run = replace(process.films.recordings[settings.key], **changes)
    run._planned = len(run.velocities)
    save_recording(run, tmp_path / "run.darkroom")
    return tmp_path / "run.darkroom"


def test_a_recording_taken_home_comes_back_as_the_same_run(process, settings, tmp_path):
    path = tmp_path / "run.darkroom"
    path.write_bytes(finish(process.work(Take(settings, "run.darkroom"))).data)
    assert load_recording(path).request.seed == 4
    assert bring(process, path) == settings


def test_a_run_that_is_not_here_is_kept_under_its_file(process, settings, tmp_path):
    path = saved(process, settings, tmp_path)
    fresh = copy.copy(process)
    fresh.films = copy.copy(process.films)
    fresh.films.recordings, fresh.films.gallery = OrderedDict(), {}
    brought = bring(fresh, path)
    assert replace(brought, recording="") == settings and brought.recording
    made = finish(fresh.work(Develop(brought)))
    assert len(read_pack(made.pack)[0]["steps"]) == 3
    fresh.films.recordings.clear()
    with pytest.raises(Refused, match="recording_gone"):
        finish(fresh.work(Develop(brought)))


def test_a_recording_that_was_tampered_with_never_takes_the_place_of_the_true_one(process, settings, tmp_path):
    true = process.films.recordings[settings.key]
    path = saved(process, settings, tmp_path, latents=[latent * 0.5 for latent in true.latents])
    brought = bring(process, path)
    assert brought.key != settings.key
    assert process.films.recordings[settings.key] is true


@pytest.mark.parametrize(
    ("changes", "key"),
    [({"weights": "other"}, "other_model"), ({"prompt": "x" * 300}, "does_not_fit"), ({"width": 4096}, "does_not_fit")],
)
def test_what_does_not_fit_is_refused_with_a_reason(process, settings, tmp_path, changes, key):
    request = process.films.recordings[settings.key].request
    if "weights" not in changes:
        changes = {"request": replace(request, **changes)}
    with pytest.raises(Refused) as refused:
        bring(process, saved(process, settings, tmp_path, **changes))
    assert refused.value.key == f"home.{key}"


def test_numbers_that_are_none_are_refused(process, settings, tmp_path):
    latents = list(process.films.recordings[settings.key].latents)
    latents[1] = latents[1] * float("nan")
    with pytest.raises(Refused, match="does_not_fit"):
        bring(process, saved(process, settings, tmp_path, latents=latents))


HEADER = json.dumps({"__metadata__": {"darkroom": "{}"}}).encode()


@pytest.mark.parametrize("data", [b"", b"hello", b"PK\3\4" * 99, struct.pack("<Q", len(HEADER)) + HEADER])
def test_bad_files_are_refused_in_plain_words(process, tmp_path, data):
    path = tmp_path / "This file"
    path.write_bytes(data)
    with pytest.raises(Refused) as refused:
        bring(process, path)
    assert refused.value.key == "home.bad_recording"
    assert str(refused.value.numbers["why"]).startswith("This file ")


def test_an_offline_page_answers_for_words_without_a_model(process, settings):
    import base64
    import re

    page = finish(process.work(Take(settings, "run.html"))).data.decode()
    data = re.search(r'"pack": "([^"]+)"', page)[1]
    head, _ = read_pack(base64.b64decode(data))
    assert [bank["what"] for bank in head["maps"]] == ["word"]
    names = r"https?://(www\.w3\.org|schema\.org|cv\.iptc\.org)/?[^\s\"]*"  # of formats and marks: nobody goes there
    assert "a red ball bounces" in page and "http" not in re.sub(names, "", page)


def test_a_film_says_how_far_it_is_and_can_be_cancelled(process, settings):
    work = process.work(Take(settings, "film.gif"))
    told = [event.done for event in work if isinstance(event, Progress)]
    assert len(told) > 20 and told == sorted(told)
    work = process.work(Take(settings, "film.mp4", patch=(0, 1, 1)))
    next(work)
    work.close()


def test_the_gallery_comes_back_by_its_own_address(process):
    """What the kit ships is what a visitor finds under its settings, without a hash of the file."""
    for key, path in gallery_recordings(ASSETS / "gallery").items():
        assert bring(process, path).key == key
        break


# --- films to remix


@pytest.fixture(scope="module")
def remixed(process, settings):
    """The settings of a remix of a grey film that somebody brought, made here: two of four steps."""
    name = finish(process.work(Lay(bytes([128]) * (9 * 64 * 64 * 3), 64, 64, 9)))
    wanted = settings.changed({"picture": name, "remix": 0.5, "steps": 4})
    finish(process.work(Develop(wanted)))
    return wanted


def test_a_film_that_was_brought_is_begun_with_under_as_much_noise_as_was_wished(process, remixed):
    run = process.films.recordings[remixed.key]
    assert run.request.strength == 0.5 and (run.request.video == 128).all() and run.request.video.shape[0] == 9
    assert len(run.steps) == 2
    sigma, noise = run.sigmas[0], run.latents[0]
    clean = encode(process.films.model, run.request.video)
    put = (noise - (1 - sigma) * clean) / sigma
    assert put.std().item() == pytest.approx(1, abs=0.05)  # by the formula of flow models, what is left is pure noise


def test_what_is_asked_of_a_step_that_a_remix_left_out_is_answered_for_its_last(process, remixed):
    hand = {"step": remixed.steps - 1}
    numbers = finish(process.work(Measure(remixed, "denoising", "given_and_guess", hand)))
    assert (numbers["step"], numbers["steps"]) == (2, 2)


def test_a_film_that_is_not_here_any_more_is_asked_for_again(process, remixed):
    with pytest.raises(Refused, match=r"first_frame\.gone"):
        finish(process.work(Develop(remixed.changed({"picture": "0" * 16}))))
