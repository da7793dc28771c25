"""What is sent to many: the same bytes to every browser, packed as it likes, and not sent twice."""

import gzip

import brotli
import pytest
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.testclient import TestClient

from explainers.web.served.compressed import FOR_EVER, Ready, Shelf, accepts

TEXT = "“Schärfe” 🎬 " * 500


@pytest.fixture
def browser(tmp_path):
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "a-12345678.css").write_text(TEXT, "utf-8")
    (tmp_path / "picture.webp").write_bytes(bytes(range(256)))
    (tmp_path.parent / "outside.css").write_text("secret")
    routes = [
        Route("/", Ready(TEXT.encode(), "text/html")),
        Route("/shelf/{name:path}", Shelf.folder(tmp_path, FOR_EVER)),
    ]
    return TestClient(Starlette(routes=routes))


def raw(browser, path, **headers):
    """The answer, and its bytes as they were sent."""
    with browser.stream("GET", path, headers={"accept-encoding": "", **headers}) as answer:
        return answer, b"".join(answer.iter_raw())


@pytest.mark.parametrize("path", ["/", "/shelf/deep/a-12345678.css"])
@pytest.mark.parametrize(
    ("takes", "given", "unpack"),
    [
        ("gzip, deflate, br, zstd", "br", brotli.decompress),
        ("gzip", "gzip", gzip.decompress),
        ("br;q=0, gzip;q=0.5", "gzip", gzip.decompress),
        ("identity", None, bytes),
    ],
)
def test_every_browser_is_given_the_same_text(browser, path, takes, given, unpack):
    answer, sent = raw(browser, path, **{"accept-encoding": takes})
    assert unpack(sent).decode() == TEXT
    assert answer.headers.get("content-encoding") == given
    assert int(answer.headers["content-length"]) == len(sent)
    assert "accept-encoding" in answer.headers["vary"]


def test_it_is_not_sent_again_while_it_stays_the_same(browser):
    first, _ = raw(browser, "/")
    tag = first.headers["etag"]
    for takes in ("br", "gzip", "identity"):  # a browser, a proxy before it: one tag for all packings
        answer, sent = raw(browser, "/", **{"if-none-match": f'"x", {tag}', "accept-encoding": takes})
        assert (answer.status_code, sent, answer.headers["etag"]) == (304, b"", tag)
    assert raw(browser, "/", **{"if-none-match": 'W/"other"'})[0].status_code == 200
    assert Ready(TEXT.encode() + b".", "text/html").tag != tag


def test_who_only_asks_about_it_is_told_and_sent_nothing(browser):
    answer = browser.head("/", headers={"accept-encoding": "identity"})
    assert answer.content == b"" and int(answer.headers["content-length"]) == len(TEXT.encode())


def test_a_shelf_holds_its_files_for_ever_and_no_others(browser):
    answer, sent = raw(browser, "/shelf/picture.webp", **{"accept-encoding": "br"})
    assert sent == bytes(range(256)) and "content-encoding" not in answer.headers  # it is packed already
    assert "immutable" in answer.headers["cache-control"]
    for name in ("", "deep", "../outside.css", "..%2foutside.css", "deep/../../outside.css", "/etc/passwd"):
        assert raw(browser, f"/shelf/{name}")[0].status_code == 404


def test_what_a_header_takes():
    assert accepts("gzip, BR", "br") and accepts("br; q=0.1", "br")
    assert not accepts("", "br") and not accepts("brotli", "br") and not accepts("br; q=0.00", "br")
