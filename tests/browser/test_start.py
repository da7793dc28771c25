"""Page “Start” as a visitor uses it: a film, a picture, a part, an end of their own to begin with, each measured anew.

What is compared are pixels: those of the files that were brought, and those that the browser was sent.
"""

import io
import subprocess

import numpy as np
import pytest
from PIL import Image

from explainers.measure.rendered import arrays, clips
from explainers.measure.track import centre
from tests.browser.test_home import drop
from tests.browser.test_pages import arrive, last_frames
from tests.browser.test_shell import begin, step
from tests.ffmpeg import FFMPEG
from tests.said import figures, said, saying

FPS = 8


@pytest.fixture(scope="module")
def clip():
    """A rendered film that no model has seen: (frames, 64, 64, 3) in 0..1, and what it shows."""
    other = next(clip for clip in clips() if "red" not in clip["prompt"])
    return arrays(other)["frames"] / 255, other["prompt"]


def at_start(visit, app, search=""):
    """On the page, with a film on screen that is soon made."""
    visitor, page = arrive(visit, app, "start", search)
    visitor.develop("a red ball bounces in the snow", steps=5)
    return visitor, page


def as_mp4(film, path):
    pixels = (film * 255).round().astype(np.uint8).repeat(4, 1).repeat(4, 2)
    asked = ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{pixels.shape[2]}x{pixels.shape[1]}", "-r", str(FPS)]
    made = ["-pix_fmt", "yuv420p", "-crf", "8", str(path)]
    subprocess.run([FFMPEG, "-v", "error", *asked, "-i", "-", *made], input=pixels.tobytes(), check=True)
    return path


def as_gif(film, path):
    first, *rest = [Image.fromarray(frame) for frame in (film * 255).round().astype(np.uint8)]
    first.save(path, save_all=True, append_images=rest, duration=1000 // FPS, loop=0)
    return path


def apart(one, other):
    return float(np.abs(one - other).mean())


def change(film):
    """From frame to frame."""
    return np.abs(np.diff(film, axis=0)).mean((1, 2, 3))


@pytest.mark.parametrize("written", [as_mp4, as_gif])
def test_a_film_of_ones_own_is_remixed_with_as_much_noise_as_wished(visit, app, clip, tmp_path, written):
    film, _ = clip
    visitor, page = at_start(visit, app)
    assert not page.locator(".first_frame input[name=noise]").is_visible()
    mine = written(film, tmp_path / f"mine.{written.__name__[3:]}")
    page.locator(".first_frame input[type=file]").set_input_files(mine)
    noise = page.locator(".first_frame input[name=noise]")
    noise.wait_for()
    made = {}
    for share in ("0.2", "1"):
        noise.fill(share)
        sent, asked = begin(visitor)
        assert asked["remix"] == share
        made[share] = last_frames(app, visitor.film)
    sent = np.frombuffer(sent, np.uint8).reshape(film.shape) / 255
    assert apart(sent, film) < 0.03
    far = np.abs(sent[:, None] - film[None]).mean((2, 3, 4))  # (sent, film)
    assert (far.argmin(1) == np.arange(len(film))).sum() >= len(film) - 2  # every moment in its place
    assert made["0.2"].shape == film.shape
    assert apart(made["0.2"], film) < 0.5 * apart(made["1"], film)
    assert not visitor.errors and not visitor.foreign


def test_a_film_that_falls_on_the_page_is_begun_with(visit, app, clip, tmp_path):
    visitor, page = arrive(visit, app, "start")
    drop(page, as_gif(clip[0], tmp_path / "mine.gif"), "image/gif")
    page.locator(".first_frame input[name=noise]").wait_for()
    assert page.locator(".drop").is_hidden() and not visitor.errors


def test_a_browser_that_reads_one_picture_of_a_gif_says_so(visit, app, clip, tmp_path):
    visitor, page = arrive(visit, app, "start")
    page.evaluate("() => delete window.ImageDecoder")  # as where there is none
    page.locator(".first_frame input[type=file]").set_input_files(as_gif(clip[0], tmp_path / "mine.gif"))
    page.get_by_text(said("first_frame.first_only")).wait_for()
    assert not page.locator(".first_frame input[name=noise]").is_visible()
    assert not visitor.errors


def test_a_remix_can_be_looked_at_on_every_page_that_it_goes_to(visit, app, clip, tmp_path):
    visitor, page = at_start(visit, app)
    page.locator(".first_frame input[type=file]").set_input_files(as_gif(clip[0], tmp_path / "mine.gif"))
    page.locator(".first_frame input[name=noise]").fill("0.4")
    begin(visitor)
    page.get_by_text(step(2, 2)).first.wait_for()  # of five, those that are left at so little noise
    run = visitor.run
    page.goto(page.url.replace("/start?", "/denoising?open=1&"))
    page.wait_for_function("run => document.documentElement.dataset.run === run", arg=run)
    there = saying("given_and_guess.see", "denoising", step=2, steps=2)
    page.locator("#picture-given_and_guess").get_by_text(there).wait_for()
    visitor.develop("a red ball", steps=2)  # the bar's own films begin with noise alone
    assert "remix" not in page.url and "picture" not in page.url


def test_a_picture_of_ones_own_becomes_the_first_frame(visit, app, clip, tmp_path):
    film, _ = clip
    Image.fromarray((film[0] * 255).round().astype(np.uint8)).resize((256, 256)).save(tmp_path / "mine.png")
    visitor, page = at_start(visit, app)
    without = last_frames(app, visitor.film)
    page.locator(".first_frame input[type=file]").set_input_files(tmp_path / "mine.png")
    page.wait_for_function(
        """colour => {
            const sheet = document.querySelector(".first_frame canvas");
            const there = sheet.getContext("2d").getImageData(2, 2, 1, 1).data;
            return colour.every((value, i) => Math.abs(value - there[i]) < 16);
        }""",
        arg=[int(v) for v in film[0, 2, 2] * 255],
    )
    assert not page.locator(".first_frame input[name=noise]").is_visible()
    begin(visitor)
    made = last_frames(app, visitor.film)
    assert apart(made[0], film[0]) < 0.4 * apart(without[0], film[0])


def test_a_part_is_kept_while_the_rest_is_made_anew(visit, app):
    visitor, _ = at_start(visit, app)
    ball = np.nanmean(centre(last_frames(app, visitor.film)).x)
    where = "left" if ball > 32 else "right"  # the half without the ball: the other one has something to repaint
    _, page = at_start(visit, app, f"?where={where}")
    page.click("#cut-cameo")
    card = page.locator(".card.cut", has=page.locator("#cut-cameo"))
    card.locator(".verdict").wait_for()
    script = "async (names) => names.map((await import('page/state.js')).page.viewer.get)"
    films = page.evaluate(script, ["pack", "pack_b"])
    before, after = (last_frames(app, film) for film in films)
    far = np.abs(before - after).mean((0, 1, 3))  # (columns,)
    held, anew = (far[:32], far[:31:-1]) if where == "left" else (far[:31:-1], far[:32])  # each from its edge inwards
    edge = 8  # the codec mixes neighbours
    assert held[:-edge].mean() < 0.25 * anew[:-edge].mean() and anew[:-edge].mean() > 0.02
    told = figures(card.locator(".verdict").inner_text(), "cameo.see", "start")
    assert told == pytest.approx({"in_mean": held.mean(), "out_mean": anew.mean()}, abs=0.01)


BOTH_DRAWN = """() => {
    const there = [...document.querySelectorAll("#picture-longer canvas")];
    return there.length === 2 && there.every((one) => one.getContext("2d").getImageData(0, 0, 1, 1).data[3]);
}"""


def test_a_film_goes_on_from_its_last_frames(visit, app):
    visitor, page = at_start(visit, app)
    sheets = []
    page.on("response", lambda answer: sheets.append(answer) if answer.url.endswith(".webp") else None)
    page.get_by_role("button", name=said("longer.press", "start")).click()
    page.wait_for_function(BOTH_DRAWN)
    whole = {}
    for answer in sheets:
        image = Image.open(io.BytesIO(answer.body())).convert("RGB")
        if image.size == (6 * 64, 5 * 64):  # 29 frames
            pixels = np.asarray(image).reshape(5, 64, 6, 64, 3).swapaxes(1, 2).reshape(30, 64, 64, 3) / 255
            whole[answer.url] = pixels[:29]
    first = last_frames(app, visitor.film)
    goes_on, knows_nothing = whole.values()
    for longer in (goes_on, knows_nothing):
        assert len(longer) > len(first) == 17 and apart(longer[:17], first) < 0.02  # the film itself, and more
    joint = 16
    assert change(goes_on)[joint] < 0.75 * change(knows_nothing)[joint]
    usual, jump = change(goes_on)[:joint].mean(), change(goes_on)[joint]
    measured = {"usual": usual, "jump": jump, "jump_blind": change(knows_nothing)[joint]}
    told = figures(page.locator("#picture-joint").inner_text(), "joint.see", "start")
    assert told == pytest.approx(measured, abs=0.01)
