"""The lessons as a Gradio app: one page a lesson, over one film that is carried from page to page by the address.

    app = serve(lessons(), queue)          # an ASGI app, guarded; `line` is the model's, see worker.py
    uvicorn.run(app)

The only files that know Gradio are this one and its pieces (web_*.py). What a page does is service.py's, its HTML is
web_html.py's, what holds it together in the browser is static/page.js.
"""

from __future__ import annotations

import warnings
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import gradio as gr
from fastapi import FastAPI, Request, Response
from fastapi.responses import RedirectResponse
from fastapi.staticfiles import StaticFiles

from explainers.kit.folders import KIT
from explainers.kit.lesson import Lesson
from explainers.kit.sentences import Words, languages
from explainers.viewer.bundle import STYLE as VIEWER_STYLE
from explainers.viewer.bundle import module
from explainers.web.first_paint import STYLE, begun
from explainers.web.guard import Guard
from explainers.web.localize import Localized
from explainers.web.page import Page
from explainers.web.service import Service
from explainers.web.sessions import remember
from explainers.web.uploads import add_laying, add_opening
from explainers.worker.jobs import LARGEST, MOST_PIXELS
from explainers.worker.queue import JobQueue

HERE = Path(__file__).parent
MIME = {"drk": "application/octet-stream", "webp": "image/webp", "wav": "audio/wav"}
FILES = {"mp4": "video/mp4", "gif": "image/gif", "html": "text/html", "darkroom": "application/octet-stream"}
MIME |= FILES
TO_KEEP = {"content-disposition": "attachment"}  # files to take home are never opened as a page of this app
FOR_EVER = {"cache-control": "public, max-age=31536000, immutable"}  # addresses hold the hash of what they lead to


def serve(lessons: Sequence[Lesson], queue: JobQueue, service: Service | None = None) -> Guard:
    """The whole app, in every language that it speaks. The model is opened in its own process once the server is up."""
    service = service or Service(queue)

    @asynccontextmanager
    async def life(_: FastAPI) -> AsyncIterator[None]:
        await queue.start()
        yield
        queue.stop()

    app = FastAPI(lifespan=life, docs_url=None, redoc_url=None, openapi_url=None)

    add_opening(app, service)
    add_laying(app, service)

    @app.get("/pack/{name}")
    async def pack(name: str) -> Response:
        data = service.store.get(name)
        if data is None:
            return Response(status_code=404)
        kind = name.rpartition(".")[2]
        return Response(data, media_type=MIME[kind], headers=FOR_EVER | (TO_KEEP if kind in FILES else {}))

    @app.get(f"/{lessons[0].idea}")
    async def first(request: Request) -> Response:  # the front page by its own name
        return RedirectResponse(f"/?{request.url.query}" if request.url.query else "/")

    @app.get("/page/viewer.js")
    async def viewer() -> Response:
        return Response(module(), media_type="text/javascript", headers={"cache-control": "no-cache"})

    pages = [Page(lesson, lessons, service, language) for language in languages() for lesson in lessons]
    app.mount("/page", Shelf(HERE / "static", VIEWER_STYLE.parent))
    # Gradio warns that it will not do what it was asked not to do (ssr_mode=False, several pages).
    warnings.filterwarnings("ignore", "SSR mode is not supported", UserWarning)
    mounted = gr.mount_gradio_app(
        app,
        blocks(pages),
        "/",
        head=STYLE,  # once more, behind Gradio's own: by link, for selectors given as `css` would be rewritten
        theme=theme(),
        footer_links=[],
        allowed_paths=[],
        show_error=False,
        max_file_size="1kb",
        ssr_mode=False,
        run_history=False,
        enable_monitoring=False,
        mcp_server=False,
        pwa=False,
    )
    remember(mounted)
    ideas = [lesson.idea for lesson in lessons]
    places = {(page.lesson.idea, page.shared.language): page.place() for page in pages}
    films = {page.lesson.idea: page.opening()["pack"] for page in pages}
    localized = Localized(mounted, ideas, lambda body, idea, tongue: begun(body, places[idea, tongue], films[idea]))
    return Guard(localized, ideas, max_file=LARGEST, max_picture=3 * MOST_PIXELS)


def blocks(pages: Sequence[Page]) -> gr.Blocks:
    title = Words.of(KIT)("title")
    with gr.Blocks(title=title, analytics_enabled=False, fill_width=True, delete_cache=(3600, 3600)) as app:
        first, *others = pages
        first.build()
        for page in others:
            # What `app.route` does, which would set the whole app up anew for each page: thirty times.
            app.pages.append((page.name, page.words("title"), True))
            app.current_page = page.name
            page.build()
    app.state_session_capacity = 500
    # Handlers wait, they don't work: the line in front of the model is what bounds them.
    app.queue(max_size=400, default_concurrency_limit=None, api_open=False)
    return app


class Shelf(StaticFiles):
    """The page's own scripts: small, asked for anew each time and answered by "not modified"."""

    def __init__(self, *folders: Path) -> None:
        super().__init__(directory=folders[0])
        self.all_directories = list(folders)

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        response = super().file_response(*args, **kwargs)
        response.headers["cache-control"] = "no-cache"
        return response


def theme() -> gr.themes.Base:
    """A dark room, and paper by day. System fonts: nothing is fetched from elsewhere."""
    fonts = ["system-ui", "-apple-system", "Segoe UI", "Roboto", "Noto Sans", "sans-serif"]
    return gr.themes.Base(
        primary_hue=gr.themes.colors.amber,
        neutral_hue=gr.themes.colors.stone,
        font=fonts,
        font_mono=["ui-monospace", "monospace"],
    ).set(
        body_background_fill="#f6f3ec",
        body_background_fill_dark="#121110",
        body_text_color="#211d17",
        body_text_color_dark="#ece7dc",
        background_fill_primary="#fffdf8",
        background_fill_primary_dark="#1a1816",
        background_fill_secondary="#f6f3ec",
        background_fill_secondary_dark="#121110",
        block_background_fill="transparent",
        block_background_fill_dark="transparent",
        block_border_width="0px",
        block_shadow="none",
        block_label_text_color="#5c5447",
        block_label_text_color_dark="#b8b0a2",
        slider_color="#b86e00",
        slider_color_dark="#ffc454",
    )
