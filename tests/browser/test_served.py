"""How a page reaches its visitor: under any path, its own scripts alone, each once."""

from urllib.parse import urlsplit

from tests.said import said


def test_the_app_stands_under_any_path(visit):
    """As behind a proxy that takes the path off again: nothing is asked for beside it."""
    visitor, asked = visit(), []
    page, under = visitor.page, f"{visitor.home}/darkroom/"
    page.on("request", lambda request: asked.append(request.url))
    page.route(f"{under}**", lambda route: route.continue_(url=route.request.url.replace("/darkroom/", "/", 1)))
    visitor.open("/darkroom/probe")
    visitor.develop("a blue ball bounces at sea", steps=3)
    page.focus(".skip")
    page.keyboard.press("Enter")
    assert urlsplit(page.url).path == "/darkroom/probe"
    page.click(".brand")
    page.wait_for_url("**/darkroom/?**")
    page.wait_for_selector('.story-card[data-card="first"]', state="attached")
    page.wait_for_selector(".darkroom[data-state=ready]")
    assert not [url for url in asked if not url.startswith((under, "data:", "blob:"))]
    assert not visitor.errors


def test_a_script_that_stands_in_no_page_is_not_run(visit):
    page = visit().open()
    tried = """() => {
        const script = document.createElement("script");
        script.textContent = "window.strange = 1";
        document.body.append(script);
        document.body.insertAdjacentHTML("beforeend", '<img src="data:," onerror="window.strange = 1">');
        const image = document.body.lastElementChild;
        return new Promise((done) => image.addEventListener("error", () => done(window.strange ?? null)));
    }"""
    assert page.evaluate(tried) is None


def test_scripts_and_styles_are_asked_for_once(visit):
    """A second page of the same visitor brings its own bytes and none of the scripts."""
    visitor, fresh = visit(), []
    visitor.open()
    session = visitor.context.new_cdp_session(visitor.page)
    session.send("Network.enable")
    session.on("Network.responseReceived", lambda told: fresh.append(told["response"]))
    visitor.open()
    sent = [urlsplit(each["url"]).path for each in fresh if not each.get("fromDiskCache")]
    assert not [path for path in sent if path.startswith(("/page/", "/assets/", "/pack/"))] and "/probe" in sent


def test_a_page_left_alone_says_that_the_model_was_lost_and_that_it_is_back(visit):
    visitor = visit()
    visitor.context.clock.install()
    page = visitor.open(bench=False)
    page.get_by_text(said("live"), exact=True).wait_for()
    page.route("**/waiting", lambda route: route.fulfill(json={"films": 0, "open": False}))
    page.clock.fast_forward(6_000)
    page.get_by_text(said("opening"), exact=True).wait_for()
    page.unroute("**/waiting")
    page.clock.fast_forward(6_000)
    page.get_by_text(said("live"), exact=True).wait_for()
