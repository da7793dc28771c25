"""The first film in the page as it is served, so that nobody waits for Gradio to see it.

    html = place(top, story, screen, made)    # what stands on the page until Gradio has set it up
    begun(page, html, screen["pack"])         # the page that Gradio serves, with it

Gradio's scripts take seconds to unpack on a phone, the viewer a small part of one. So the page comes with its top, its
first card and the viewer's place, in the order and style that they will have. static/startup.js brings the film to
life, and hands the viewer over once the page is there.
"""

from __future__ import annotations

import re
from typing import Any

from explainers.web.html import filled
from explainers.web.served.scripts import folder, head

# Of the page that Gradio serves:
SCRIPTS, BODY = "<script>window.gradio_config", "<gradio-app"
STARTS = re.compile(r'<script type="module" crossorigin src="(\./assets/[\w.-]+\.js)"></script>')
# Two that unpack themselves at once take turns, and the film would come with the slower one. It has a while for itself.
AFTER = r"""<link rel="modulepreload" crossorigin href="\1"><script type="module">
const start = () => import("\1");
addEventListener("darkroom:ready", start, { capture: true, once: true });
setTimeout(start, location.search.includes("prompt=") ? 0 : 1500);
</script>"""


class Changed(Exception):
    """A page of Gradio's is not what we know it to be."""


def place(top: str, story: str, screen: dict[str, Any], made: dict[str, Any], kiosk: bool = False) -> str:
    """`made`: what programs are told of the film, see provenance.py."""
    return filled("stand_in.html", top=top, story=story, screen=screen, made=made, kiosk=kiosk)


def begun(page: str, html: str, film: str) -> str:
    """A page of Gradio's that begins with this."""
    before, scripts, rest = page.partition(SCRIPTS)
    middle, tag, end = rest.partition(BODY)
    if not tag or not STARTS.search(middle):
        raise Changed(f"{SCRIPTS}, {STARTS.pattern}, {BODY}")
    needed = (
        # in the address of a shared run stands another film
        f'{head()}<script>if (!location.search.includes("prompt=")) fetch("{film}");</script>'
        f'<link rel="modulepreload" href="{folder()}/viewer.js">'
        f'<script type="module" src="{folder()}/startup.js"></script>'
    )
    return "".join((before, needed, scripts, STARTS.sub(AFTER, middle), html, tag, end))
