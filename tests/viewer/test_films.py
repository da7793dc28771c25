"""Films over a rendered world: where the ball is on the screen is known."""

import numpy as np
import pytest

from tests.said import said
from tests.viewer.conftest import STEPS
from tests.viewer.looking import ball
from tests.viewer.synthetic import FRAMES, ball_at

pytestmark = pytest.mark.browser

LAST = STEPS - 1


@pytest.mark.parametrize("frame", [0, 4, 11, FRAMES - 1])
def test_the_ball_is_where_it_is(open_viewer, frame):
    viewer = open_viewer({"pack": "/red", "frame": frame})
    assert ball(viewer.pixels()) == pytest.approx(ball_at(frame), abs=0.015)


def test_every_frame_of_the_sheet_shows_its_own_moment(open_viewer):
    viewer = open_viewer({"pack": "/red", "view": "frames"})
    assert len(viewer.cells()) == FRAMES
    for frame in (0, 5, FRAMES - 1):
        assert ball(viewer.pixels(frame)) == pytest.approx(ball_at(frame), abs=0.03)


def test_scrubbing_goes_from_static_to_film(open_viewer):
    viewer = open_viewer({"pack": "/red", "layer": "noisy"})
    film = viewer.pixels()
    viewer.page.get_by_label(said("viewer.step"), exact=True).focus()
    viewer.page.keyboard.press("Home")
    assert viewer.rest()["step"] == 0
    assert viewer.text(".steps output >> nth=0") == said("viewer.stepOf", step=1, total=STEPS)
    assert viewer.text(".steps output >> nth=1") == said("viewer.noise", sigma="1.00")
    roughness = [np.abs(np.diff(p, axis=1)).mean() for p in (viewer.pixels(), film)]
    assert roughness[0] > 5 * roughness[1]
    assert viewer.saved()["step"] == 0


def test_difference_is_noise_at_first_and_nothing_at_last(open_viewer):
    viewer = open_viewer({"pack": "/red", "layer": "difference", "step": 0})
    noise = viewer.pixels().mean()
    viewer.set(step=LAST)
    viewer.rest()
    assert noise > 0.2 and viewer.pixels().mean() < 0.02


def test_what_is_drawn_over_a_film_lies_where_it_says(open_viewer):
    found = [[0.06 + 0.05 * frame, 0.2] for frame in range(FRAMES)]
    line = [[x, 0.9] if frame != 8 else None for frame, (x, _) in enumerate(found)]
    viewer = open_viewer({"pack": "/red", "frame": 4, "tracks": {"a": {"found": found, "lines": [line]}}})
    amber, blue = np.array([255, 196, 84]) / 255, np.array([86, 180, 233]) / 255

    def coloured(x, y, colour):
        height, width, _ = (pixels := viewer.pixels()).shape
        return bool(np.abs(pixels[int(y * height), int(x * width)] - colour).max() < 0.06)

    assert [coloured(x, y, amber) for x, y in found] == [frame <= 4 for frame in range(FRAMES)]
    between = [coloured(x + 0.025, 0.9, blue) for x, _ in found[:-1]]
    assert between == [frame not in (7, 8) for frame in range(FRAMES - 1)]
    viewer.set(tracks={})
    assert not coloured(*found[0], amber)


def test_the_rim_of_a_frame_is_its_own(open_viewer):
    """The ground reaches the lower rim, though the next frame's sky lies right below it in the atlas."""
    pixels = open_viewer({"pack": "/red", "frame": 8}).pixels()
    assert np.abs(pixels[-1].mean(axis=0) - pixels[-12].mean(axis=0)).max() < 0.02


def test_bytes_do_as_well_as_an_address(open_viewer):
    viewer = open_viewer({})
    viewer.page.evaluate(
        "async () => { state = { pack: await (await fetch('/red')).arrayBuffer() }; model.update(state); }"
    )
    viewer.event("ready")
    assert ball(viewer.pixels()) == pytest.approx(ball_at(0), abs=0.015)


def test_play_moves_and_comes_to_rest(open_viewer):
    viewer = open_viewer({"pack": "/red", "frame": 3})
    viewer.page.get_by_role("button", name=said("viewer.playLong")).click()
    viewer.page.locator(".frames output", has_text=said("viewer.frameOf", frame=9, total=FRAMES)).wait_for()
    viewer.page.get_by_role("button", name=said("viewer.pause")).click()
    assert viewer.rest()["frame"] >= 8
    assert viewer.saved()["frame"] == viewer.page.evaluate("model.get('frame')") >= 8


def test_without_loop_the_film_ends_at_its_end(open_viewer):
    viewer = open_viewer({"pack": "/red", "frame": 12, "loop": False, "playing": True})
    viewer.page.get_by_role("button", name=said("viewer.playLong")).wait_for()
    assert viewer.text(".frames output") == said("viewer.frameOf", frame=FRAMES, total=FRAMES)


def test_develop_plays_every_step(open_viewer):
    viewer = open_viewer({"pack": "/red"})
    viewer.page.evaluate("""() => {
        window.seen = new Set();
        const text = document.querySelector(".steps output");
        const all = { childList: true, characterData: true, subtree: true };
        new MutationObserver(() => seen.add(text.textContent)).observe(text, all);
    }""")
    viewer.page.clock.install()
    viewer.page.clock.pause_at("2100-01-01")  # on a clock that runs, a busy machine is late and skips some
    viewer.page.get_by_role("button", name=said("viewer.developLong")).click()
    viewer.page.clock.run_for(3000)  # all of it takes two seconds
    viewer.page.get_by_role("button", name=said("viewer.developLong")).wait_for()
    assert viewer.page.evaluate("model.get('step')") == LAST
    assert viewer.page.evaluate("seen.size") == STEPS


def test_sound_and_picture_share_one_clock(open_viewer):
    viewer = open_viewer({"pack": "/red"})
    viewer.page.evaluate("""() => {
        window.starts = [];
        const start = AudioBufferSourceNode.prototype.start;
        AudioBufferSourceNode.prototype.start = function (when, offset) {
            const { context, buffer, loop } = this;
            starts.push({ at: context.currentTime, offset, seconds: buffer.duration, loop, context });
            return start.call(this, when, offset);
        };
    }""")
    viewer.page.get_by_role("button", name=said("viewer.soundOff")).click()
    viewer.page.get_by_role("button", name=said("viewer.playLong")).click()
    viewer.page.wait_for_function("starts.length === 1")
    assert viewer.page.evaluate("starts[0].seconds") == pytest.approx(FRAMES / 8, abs=1e-4)
    assert viewer.page.evaluate("starts[0].loop")
    # The frame that is shown is the one that the sound has reached, whenever we look.
    gaps = viewer.page.evaluate("""() => new Promise((done) => {
        const gaps = [], text = document.querySelector(".frames output");
        new MutationObserver(() => {
            const { at, offset, seconds, context } = starts[0];
            const heard = (offset + context.currentTime - (context.outputLatency || 0) - at) % seconds;
            gaps.push(heard * 8 - (parseInt(text.textContent.match(/\\d+/)[0]) - 1));
            if (gaps.length === 20) done(gaps);
        }).observe(text, { childList: true, characterData: true, subtree: true });
    })""")
    assert all(-0.05 <= gap <= 1.0 for gap in gaps), gaps  # never early, less than a frame late


def test_a_scrubbing_hand_leaves_nothing_behind(open_viewer):
    """While it moves, pixels are coarse and small frames take turns; at rest all is what one that never moved shows."""
    state = {"pack": "/red", "grid": True, "pick": {"what": "word", "index": 2}}
    wide = {"viewport": {"width": 1400, "height": 900}, "device_scale_factor": 2}
    still, moved = open_viewer({**state, "step": 9}, **wide), open_viewer({**state, "step": 0}, **wide)
    assert len(still.cells()) > 10  # the film, and all frames beside it
    for each in (still, moved):
        each.page.wait_for_function(
            "(({ waiting, busy }) => !waiting.size && !busy)(document.querySelector('.darkroom').viewer.atlases)"
        )
        each.rest()
    widths = moved.page.evaluate("""async () => {
        const input = document.querySelector("input.over"), canvas = document.querySelector("canvas.surface");
        const widths = [];
        for (const step of [3, 15, 4, 18, 7, 9]) {
            input.value = step;
            input.dispatchEvent(new Event("input"));
            await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
            widths.push(canvas.width);
        }
        return widths;
    }""")
    moved.rest()
    assert {2 * width for width in widths} == {moved.page.evaluate("document.querySelector('canvas.surface').width")}
    for cell in range(len(still.cells())):
        assert np.array_equal(moved.pixels(cell), still.pixels(cell)), cell
