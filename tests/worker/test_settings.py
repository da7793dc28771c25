import pytest
from hypothesis import given
from hypothesis import strategies as st

from explainers.kit.lesson import Choice, Index, Lesson, Slider, Switch
from explainers.worker.settings import BOUNDS, LONGEST_PROMPT, Settings, read, write

LESSON = Lesson(
    "noise",
    controls=[
        Slider("level", 0, 1, 0.05, start=0.5),
        Choice("space", ("pixels", "latents"), "latents"),
        Switch("sorted"),
        Index("head", of="heads", all=True),
    ],
)

settings = st.builds(
    Settings,
    prompt=st.text(min_size=1, max_size=50).map(lambda t: " ".join(t.split())).filter(bool),
    seed=st.integers(*BOUNDS["seed"]),
    steps=st.integers(*BOUNDS["steps"]),
    guidance=st.integers(0, 1500).map(lambda g: g / 100),
    scheduler=st.sampled_from(["", "UniPCMultistepScheduler"]),
    frames=st.integers(*BOUNDS["frames"]),
    remix=st.integers(0, 100).map(lambda r: r / 100),
    size=st.sampled_from(["64x64", "96x64"]),
)


@given(settings)
def test_an_address_brings_the_same_settings_back(wanted):
    assert read(write(wanted))[0] == wanted


def test_an_address_brings_the_controls_back():
    standing = {"step": 3, "film": "noisy", "level": 0.35, "space": "pixels", "sorted": True, "head": 2}
    assert read(write(Settings("a ball"), standing), LESSON)[1] == standing


@given(st.text(max_size=300))
def test_no_address_raises(text):
    read(text, LESSON)


@pytest.mark.parametrize(
    ("address", "field", "value"),
    [
        ("prompt=x&steps=100000", "steps", 50),
        ("prompt=x&steps=-1", "steps", 1),
        ("prompt=x&steps=many", "steps", 25),
        ("prompt=x&guidance=nan", "guidance", 5.0),
        ("prompt=x&guidance=1e9", "guidance", 15.0),
        ("prompt=x&size=../../etc", "size", "64x64"),
        ("prompt=x&scheduler=os.system", "scheduler", ""),
        ("prompt=" + "x" * 999, "prompt", "x" * LONGEST_PROMPT),
    ],
)
def test_what_is_out_of_bounds_is_pulled_inside(address, field, value):
    assert getattr(read(address)[0], field) == value


@pytest.mark.parametrize(
    "address", ["step=abc", "film=../x", "level=inf", "space=nowhere", "head=1e99x", "sorted=perhaps", "unknown=1"]
)
def test_controls_that_make_no_sense_stay_at_their_start(address):
    found = read(address, LESSON)[1]
    assert all(value == LESSON.control(name).start or value == 0 for name, value in found.items())


def test_no_prompt_means_no_run():
    assert read("seed=3&prompt=++")[0] is None
