"""Under a path of somebody's site: pages in a real browser, behind what deploy/nginx.conf says, in a few lines."""

import asyncio
import re
import threading

from deploy.space import ROOT
from tests.browser.conftest import Visitor

CONF = (ROOT / "deploy" / "nginx.conf").read_text("utf-8")


class Proxy:
    """Takes the path off and passes everything on; what lies elsewhere is not there. Each connection is asked once."""

    def __init__(self, path, home):
        self.path, self.port, self.elsewhere = path, int(home.rpartition(":")[2]), []
        self.loop, begun = asyncio.new_event_loop(), threading.Event()
        threading.Thread(target=self.run, args=(begun,), daemon=True).start()
        begun.wait()

    def run(self, begun):
        asyncio.set_event_loop(self.loop)
        server = self.loop.run_until_complete(asyncio.start_server(self.passed_on, "127.0.0.1", 0))
        self.home = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        begun.set()
        self.loop.run_forever()

    async def passed_on(self, reader, writer):
        head = await reader.readuntil(b"\r\n\r\n")
        method, path, rest = head.split(b" ", 2)
        if not path.startswith(self.path.encode()):
            self.elsewhere.append(path.decode())
            writer.write(b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
            return writer.close()
        rest = re.sub(rb"(?im)^connection:.*\r\n", b"", rest).replace(b"\r\n", b"\r\nConnection: close\r\n", 1)
        there_reader, there_writer = await asyncio.open_connection("127.0.0.1", self.port)
        there_writer.write(b" ".join([method, path[len(self.path) - 1 :], rest]))
        await asyncio.gather(self.pump(reader, there_writer), self.pump(there_reader, writer))

    async def pump(self, reader, writer):
        try:
            while data := await reader.read(2**16):
                writer.write(data)
                await writer.drain()
        except ConnectionError:
            pass
        finally:
            writer.close()


def test_pages_films_and_links_stay_under_the_path(shell, chromium):
    (path,) = re.findall(r"location (/\S+/) \{\s+proxy_pass http://127\.0\.0\.1:\d+/;", CONF)
    proxy = Proxy(path, shell)
    context = chromium.new_context()
    context.set_default_timeout(120_000)
    visitor = Visitor(context, proxy.home + path.rstrip("/"), 1440, 900)
    page = visitor.open(bench=False)
    visitor.develop("a blue boat floats up", steps=3)
    page.click(".turn.next")
    page.click(".menu summary")
    page.click(".menu nav a[href$=second]")
    page.wait_for_url(re.compile(re.escape(visitor.home) + r"/(\?|$)"))
    page.wait_for_selector(".darkroom[data-state=ready]")
    page.click("a.tongue")
    page.wait_for_selector("html[lang=de] .darkroom[data-state=ready]")
    assert page.url.startswith(visitor.home + "/")
    assert not visitor.errors and not visitor.foreign and not proxy.elsewhere
    context.close()
