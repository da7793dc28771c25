"""The lessons as a Gradio app: one page a lesson, over one film that is carried from page to page by the address.

    app = serve(lessons(), queue)          # an ASGI app, guarded; `line` is the model's, see worker.py
    uvicorn.run(app)

A page costs nothing but its bytes (served/rendered.py). What it does is service.py's, its HTML is html.py's, what holds
it together in the browser is static/page.js. It stands under any path: all addresses in it are relative.
"""

from __future__ import annotations

import asyncio
import warnings
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import gradio as gr
from fastapi import FastAPI, Request, Response
from fastapi.responses import RedirectResponse
from gradio.route_utils import BUILD_PATH_LIB, STATIC_PATH_LIB
from starlette.routing import Route

from explainers.kit.folders import KIT
from explainers.kit.lesson import Lesson
from explainers.kit.sentences import Words, languages
from explainers.web.first_paint import begun
from explainers.web.guard import Guard
from explainers.web.page import Page
from explainers.web.served import scripts
from explainers.web.served.compressed import FOR_EVER, Ready, Shelf
from explainers.web.served.refusing import Blocks, Refusing
from explainers.web.served.rendered import Rendered
from explainers.web.service import Service
from explainers.web.sessions import remember
from explainers.web.uploads import add_laying, add_opening
from explainers.worker.jobs import LARGEST, MOST_PIXELS
from explainers.worker.queue import JobQueue

MIME = {"drk": "application/octet-stream", "webp": "image/webp", "wav": "audio/wav"}
FILES = {"mp4": "video/mp4", "gif": "image/gif", "html": "text/html", "darkroom": "application/octet-stream"}
MIME |= FILES
TO_KEEP = {"content-disposition": "attachment"}  # files to take home are never opened as a page of this app


def serve(lessons: Sequence[Lesson], queue: JobQueue, service: Service | None = None) -> Guard:
    """The whole app, in every language that it speaks. The model is opened in its own process once the server is up."""
    service = service or Service(queue)

    @asynccontextmanager
    async def life(_: FastAPI) -> AsyncIterator[None]:
        await queue.start()
        making = asyncio.create_task(rendered.make_all())
        yield
        making.cancel()
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
        return RedirectResponse(f"./?{request.url.query}" if request.url.query else "./")

    pages = [Page(lesson, lessons, service, language) for language in languages() for lesson in lessons]
    built = blocks(pages)
    shelves = {
        f"/{scripts.folder()}/{{name}}": Shelf(scripts.files(), FOR_EVER),
        "/assets/{name:path}": Shelf.folder(Path(BUILD_PATH_LIB), FOR_EVER),  # Gradio's build names them by their hash
        "/static/{name:path}": Shelf.folder(Path(STATIC_PATH_LIB)),
    }
    app.router.routes.extend(Route(path, shelf) for path, shelf in shelves.items())
    # Gradio warns that it will not do what it was asked not to do (ssr_mode=False, several pages).
    warnings.filterwarnings("ignore", "SSR mode is not supported", UserWarning)
    mounted = gr.mount_gradio_app(
        app,
        built,
        "/",
        head=scripts.styles(),  # once more, behind Gradio's own; selectors given as `css` would be rewritten
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
    app.router.routes.insert(0, Route("/theme.css", Ready(built.theme_css.encode(), "text/css")))
    ideas = [lesson.idea for lesson in lessons]
    places = {(page.lesson.idea, page.shared.language): page.place() for page in pages}
    films = {page.lesson.idea: page.opening()["pack"] for page in pages}
    rendered = Rendered(
        Refusing(mounted, built),
        ideas,
        lambda text, idea, language: begun(text, places[idea, language], films[idea]),
    )
    return Guard(rendered, ideas, max_file=LARGEST, max_picture=3 * MOST_PIXELS)


def blocks(pages: Sequence[Page]) -> Blocks:
    title = Words.of(KIT)("title")
    with Blocks(title=title, analytics_enabled=False, fill_width=True, delete_cache=(3600, 3600)) as app:
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
