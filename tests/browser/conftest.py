"""A real headless Chromium, and two apps to visit: one around the probe lesson, whose films need no model, and ours."""

import json
import os
import socket
import subprocess
import sys
import urllib.request
from collections import defaultdict
from pathlib import Path

import pytest
from playwright.sync_api import Error

from tests.chromium import launch

ROOT = Path(__file__).resolve().parents[2]
STILL, MOVING = {"reduced_motion": "reduce"}, {"reduced_motion": "no-preference"}


def pytest_collection_modifyitems(items):
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """A test that fails shows what its visitors saw."""
    report = yield
    visitors = item.funcargs.get("visit")
    if report.when == "call" and report.failed and visitors:
        for visitor in visitors.there:
            try:
                report.sections.append(("a visitor saw", visitor.stands()))
            except Error as error:  # gone, or busy
                report.sections.append(("a visitor is gone", str(error)))
    return report


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def wait_for(address, process, seconds=240):
    """Until somebody answers at the address. Each try waits for the one before it, none for luck."""
    import time

    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with {process.returncode}")
        try:
            return urllib.request.urlopen(address, timeout=5).status
        except OSError:
            time.sleep(0.1)
    raise TimeoutError(address)


def serving(command, port, **more):
    """The address of a server, while it runs."""
    process = subprocess.Popen([sys.executable, *command], cwd=ROOT, **more)
    try:
        wait_for(f"http://127.0.0.1:{port}/", process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    """What the app around the probe lesson keeps, see server.py."""
    return tmp_path_factory.mktemp("shell")


@pytest.fixture(scope="session")
def shell(folder):
    """The address of the app around the probe lesson."""
    port = free_port()
    yield from serving(["-m", "tests.browser.server", str(port), str(folder)], port)


@pytest.fixture(scope="session")
def calls_out(tmp_path_factory):
    """What the app asked of other machines; none of it gets through, see offline/."""
    return tmp_path_factory.mktemp("offline") / "asked"


@pytest.fixture(scope="session")
def app(calls_out):
    """The address of `python app.py` itself: the embedded model, the gallery, every page, and the network cut."""
    path = os.pathsep.join([str(ROOT / "tests/browser/offline"), *filter(None, [os.environ.get("PYTHONPATH")])])
    port = free_port()
    cut = {**os.environ, "PYTHONPATH": path, "DARKROOM_OFFLINE": str(calls_out)}
    yield from serving(["app.py", "--port", str(port)], port, env=cut)


@pytest.fixture(scope="session")
def chromium(playwright):
    browser = launch(playwright)
    yield browser
    browser.close()


class Visitor:
    """A person with a browser of their own. Errors in their console and foreign requests are remembered."""

    def __init__(self, context, home, width, height):
        self.home, self.context = home, context
        self.page = context.new_page()
        self.page.set_viewport_size({"width": width, "height": height})
        self.errors, self.foreign = [], []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", self._heard)
        self.page.on("request", self._seen)

    def _heard(self, message):
        if message.type == "error":
            self.errors.append(message.text)

    def _seen(self, request):
        if not request.url.startswith((self.home, "data:", "blob:")):
            self.foreign.append(request.url)

    def open(self, path="/probe", live=True, bench=True):
        """Go there, the workbench open or closed; wait for the film, the model, and what the card brings."""
        more = ("&" if "?" in path else "?") + "open=1" if bench else ""
        self.page.goto(self.home + path + more)
        self.page.wait_for_selector(".darkroom[data-state=ready]")
        if live:
            self.page.wait_for_selector("html[data-live=true]")
            brought = """async () => {
                const { story } = (await import('page/state.js')).page;
                return story && document.documentElement.dataset.card && !story.fresh; // open, and as it says
            }"""
            self.page.wait_for_function(brought)
        return self.page

    def stands(self):
        """What they see, for whoever has to find out why a test failed."""
        root, says = "document.documentElement.dataset", "document.body.innerText"
        return "\n".join(
            [self.page.url, self.page.evaluate(f"JSON.stringify({root})"), *self.errors, self.page.evaluate(says)]
        )

    def develop(self, prompt, steps=None):
        """Ask for a film and wait until it is there; its settings' key."""
        before = self.run
        self.ask(prompt, steps)
        self.page.wait_for_function("before => document.documentElement.dataset.run !== before", arg=before)
        return self.run

    def ask(self, prompt, steps=None):
        """Press the button, and wait for nothing."""
        if steps:
            moved = (
                "(input, steps) => { input.value = steps; input.dispatchEvent(new Event('input', { bubbles: true })); }"
            )
            self.page.locator("[name=steps]").evaluate(moved, steps)
        self.page.fill("#prompt", prompt)
        self.page.press("#prompt", "Enter")

    @property
    def card(self):
        """The card that is read."""
        return self.page.locator(".story-card:not([hidden])")

    def turn(self, name, way="next"):
        """Press Next, or Back, until that card is there."""
        for _ in range(20):
            if self.card.get_attribute("data-card") == name:
                return self.card
            self.page.click(f".turn.{way}")
        raise AssertionError(f"no way {way} to {name}")

    def shows(self, run):
        """Until the film of that run is on screen, finished."""
        self.page.wait_for_function("run => document.documentElement.dataset.run === run", arg=run)
        self.page.wait_for_selector(".darkroom[data-state=ready]")

    def viewer(self, *keys):
        """How the viewer stands."""
        script = "async (keys) => keys.map((await import('page/state.js')).page.viewer.get)"
        found = self.page.evaluate(script, list(keys))
        return found if len(keys) > 1 else found[0]

    def tab_to(self, selector):
        """On with the keyboard alone until what `selector` names has the focus; the outline that shows it."""
        for _ in range(150):
            self.page.keyboard.press("Tab")
            if self.page.evaluate("selector => document.activeElement?.matches(selector)", selector):
                return self.page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        raise AssertionError(f"Tab never reaches {selector}")

    @property
    def run(self):
        return self.page.evaluate("document.documentElement.dataset.run")

    @property
    def film(self):
        """The address of the film on screen, which is the hash of its bytes."""
        return self.viewer("pack")


class Profiles:
    """Browsers' profiles, each used by one person at a time and emptied after them.

    What stays is what the browser made of scripts that it has seen: a page then costs half of what it costs in a fresh
    profile.
    """

    def __init__(self, browser):
        self.browser = browser
        self.free = defaultdict(list)  # options of a context: those that nobody uses
        self.used = []

    def take(self, options):
        kind = json.dumps(options, sort_keys=True)
        context = self.free[kind].pop() if self.free[kind] else self.browser.new_context(**options)
        context.set_default_timeout(120_000)  # a busy machine is no failure
        self.used.append((kind, context))
        return context

    def give_back(self):
        for kind, context in self.used:
            try:
                self.empty(context)
            except Error:  # closed, or busy with something that it will not leave
                context.close()
            else:
                self.free[kind].append(context)
        self.used = []

    @staticmethod
    def empty(context):
        context.unroute_all()
        context.clear_cookies()
        homes = {"/".join(page.url.split("/")[:3]) for page in context.pages if page.url.startswith("http")}
        for page in context.pages:
            page.close()
        blank = context.new_page()
        for home in homes:
            everything = {"origin": home, "storageTypes": "local_storage,indexeddb,service_workers"}
            context.new_cdp_session(blank).send("Storage.clearDataForOrigin", everything)
        blank.close()


@pytest.fixture(scope="session")
def profiles(chromium):
    return Profiles(chromium)


@pytest.fixture
def visit(profiles, request):
    """visit(width, **context) -> a Visitor of the probe app, or of `home`; all leave when the test ends.

    No film plays by itself: it would take half of the processor. Who looks at what plays says `**MOVING`.
    """

    def arrive(width=1440, height=900, home=None, **context):
        home = home or request.getfixturevalue("shell")
        arrive.there.append(Visitor(profiles.take(STILL | context), home, width, height))
        return arrive.there[-1]

    arrive.there = []
    yield arrive
    profiles.give_back()


class Shared:
    """One page of the probe lesson for all tests that leave it as they found it: it costs seconds to open one."""

    STANDS = """() => [
        location.href, innerWidth, document.body.className, document.querySelector("#prompt").value,
        document.documentElement.hasAttribute("data-bench"), ...Object.values(document.documentElement.dataset),
        ...[...document.querySelectorAll(".darkroom .status, .verdict, .guess :checked, [aria-pressed=true]")]
            .map((each) => each.outerHTML)]"""

    def __init__(self, chromium, home):
        self.chromium, self.home, self.visitor = chromium, home, None

    def take(self):
        if self.visitor is None:
            context = self.chromium.new_context(**STILL)
            context.set_default_timeout(120_000)
            self.visitor = Visitor(context, self.home, 1440, 900)
            self.visitor.open()
            self.visitor.page.wait_for_selector("#picture-curve .js-plotly-plot .main-svg")
            self.stood = self.visitor.page.evaluate(self.STANDS)
        return self.visitor

    def give_back(self):
        if self.visitor and self.visitor.page.evaluate(self.STANDS) != self.stood:
            self.close()

    def close(self):
        if self.visitor:
            self.visitor.context.close()
        self.visitor = None


@pytest.fixture(scope="session")
def shared(chromium, shell):
    one = Shared(chromium, shell)
    yield one
    one.close()


@pytest.fixture
def opened(shared):
    """A visitor on the first card of the probe lesson, the workbench open and drawn. Whoever leaves it otherwise than
    they found it makes the next one open it anew."""
    visitor = shared.take()
    yield visitor
    try:
        assert not visitor.errors and not visitor.foreign
        shared.give_back()
    except (AssertionError, Error):
        shared.close()
        raise
