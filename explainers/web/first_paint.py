"""The first film in the page as it is served, so that nobody waits for Gradio to see it.

    html = place(top, story, screen, made)    # what stands on the page until Gradio has set it up
    begun(body, html, screen["pack"])         # the page that Gradio serves, with it

Gradio's scripts take seconds to unpack on a phone, the viewer a small part of one. So the page comes with its top, its
first card and the viewer's place, in the order and style that they will have. static/startup.js brings the film to
life, and hands the viewer over once the page is there.
"""

from __future__ import annotations

import logging
import re
from functools import cache
from typing import Any

from explainers.web.html import filled

STYLE = '<link rel="stylesheet" href="/page/viewer.css"><link rel="stylesheet" href="/page/page.css">'
# Of the page that Gradio serves:
SCRIPTS, BODY = b"<script>window.gradio_config", b"<gradio-app"
STARTS = re.compile(rb'<script type="module" crossorigin src="(\./assets/[\w.-]+\.js)"></script>')
# Two that unpack themselves at once take turns, and the film would come with the slower one. It has a while for itself.
AFTER = rb"""<link rel="modulepreload" crossorigin href="\1"><script type="module">
const start = () => import("\1");
addEventListener("darkroom:ready", start, { capture: true, once: true });
setTimeout(start, location.search.includes("prompt=") ? 0 : 1500);
</script>"""


def place(top: str, story: str, screen: dict[str, Any], made: dict[str, Any], kiosk: bool = False) -> str:
    """`made`: what programs are told of the film, see provenance.py."""
    return filled("stand_in.html", top=top, story=story, screen=screen, made=made, kiosk=kiosk)


@cache
def alarm() -> None:
    """Said once: such a page works, only that it shows its film some seconds later, which nobody would notice."""
    logging.getLogger(__name__).warning(
        "Gradio's page is not what first_paint.py knows it to be: visitors see the first film only after Gradio's own "
        "scripts have run. Compare SCRIPTS, BODY and STARTS there with the page that this Gradio serves."
    )


def begun(body: bytes, html: str, film: str) -> bytes:
    """A page of Gradio's that begins with this; as it was, where it is not what we know it to be."""
    head, scripts, rest = body.partition(SCRIPTS)
    middle, tag, end = rest.partition(BODY)
    if not tag or not STARTS.search(middle):
        if body:  # none: the page was only asked about
            alarm()
        return body
    needed = (
        # in the address of a shared run stands another film
        f'{STYLE}<script>if (!location.search.includes("prompt=")) fetch("{film}");</script>'
        '<link rel="modulepreload" href="/page/viewer.js"><script type="module" src="/page/startup.js"></script>'
    )
    return b"".join((head, needed.encode(), scripts, STARTS.sub(AFTER, middle), html.encode(), tag, end))
