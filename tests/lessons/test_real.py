"""Real: formulas against figures that makers publish, ours against counts of our own."""

import dataclasses

import pytest

from explainers.engine.run.machine import UNKNOWN
from explainers.kit.sentences import Words
from explainers.lessons.real import lens, picture

WORDS = Words.of("real")


def test_the_formula_gives_the_tokens_that_a_maker_states():
    mochi = next(big for big in lens.BIG if big.name == "Mochi-1")
    whole = lens.Big(**{**vars(mochi), "film": (163, 480, 848)})
    assert whole.figures["tokens"] == 44_520  # README of genmoai/mochi


def test_ours_is_counted_on_the_run(run, model):
    ours = lens.scale(run, model)["ours"]
    assert ours["parameters"] == sum(p.numel() for p in model.denoiser.parameters())
    assert (ours["tokens"], ours["latents"], ours["steps"]) == (144, 16 * 9 * 8 * 8, 4)
    assert ours["seconds"] == pytest.approx(sum(run.seconds))  # it was made here
    elsewhere = dataclasses.replace(run, made_on=UNKNOWN)
    assert lens.scale(elsewhere, model)["ours"]["seconds"] is None
    assert 50e6 < ours["memory"] < 100e9  # of a process that holds torch


def test_times_are_quotients_and_every_figure_has_a_source(run, model):
    found = lens.scale(run, model)
    for kind, each in found["times"].items():
        for name, times in each.items():
            assert times == pytest.approx(found["big"][name][kind] / found["ours"][kind])
    assert "Wan2.1-14B" not in found["times"]["memory"]  # nobody publishes it: no point, and a dash in the table
    table = picture.figures(found, WORDS)
    assert len({len(values) for values in table.values()}) == 1
    assert table[WORDS("figures.memory")][-1] == "—" and all(table[WORDS("figures.source")])
    figure = picture.scale(found, WORDS)
    assert figure.layout.xaxis.type == "log" and len(figure.data) == len(lens.BIG) + 1
    assert sum(len(trace.x) for trace in figure.data) == 6 * 7 - 1 - 7  # no seconds: of other machines
    assert "seconds" not in found["times"]


def test_the_question_is_answered_by_the_figures(run, model):
    found = lens.answer(run, model)
    assert found["answer"] == "parameters" or found[f"most_{found['answer']}"] >= found["most_parameters"]
    assert found["case"] == ("longer" if found["answer"] == "steps" else "larger")


def test_one_bar_each_from_this_model_to_the_largest(run, model):
    bars = picture.parameters(lens.scale(run, model), WORDS)
    assert list(bars.values.values()) == sorted(bars.values.values()) and len(bars.values) == 6
    assert next(iter(bars.values.values())) * 1e9 == sum(p.numel() for p in model.denoiser.parameters())


def test_the_film_with_the_most_tokens_is_beside_ours(run, model):
    found = lens.scale(run, model)
    rows = picture.films(found, WORDS).columns
    assert list(rows)[2] == "HunyuanVideo" and rows["HunyuanVideo"] == ["129", "1,280 x 720", "118,800", "50"]
    assert list(rows.values())[1] == ["17", "64 x 64", "144", "4"]
    assert found["case"] == "larger" and found["pairs"] == (118_800 / 144) ** 2


def test_what_is_open_is_said(run, model):
    found = lens.opened(run, model)
    assert (found["family"], found["layers"], found["heads"], found["sound"], found["keep"]) == ("cosmos3", 2, 3, 1, 1)
    table = picture.opened(found, WORDS)
    assert len(table[WORDS("opened.what")]) == len(table[WORDS("opened.value")])
