"""The card by which visitors choose the model, on the page that has it and where the operator offers several.

card = ModelCard(service, "en")           # inside a column
card.wire(news)                        # the messenger that tells the page's scripts what the model can
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from typing import Any

import gradio as gr

from explainers.kit.folders import KIT
from explainers.kit.refused import Refused
from explainers.kit.sentences import Words
from explainers.web import html
from explainers.web.service import Service
from explainers.worker.jobs import Choosing
from explainers.worker.queue import Done, Place


class ModelCard:
    def __init__(self, service: Service, language: str) -> None:
        self.service, self.words = service, Words.of(KIT, language)
        with gr.Column(elem_id="model", elem_classes="card"):
            gr.HTML(html.tag(self.words("model")), apply_default_css=False)
            options = [(name, key) for key, name in service.offers.items()]
            self.choice = gr.Radio(
                options, value=service.chosen, label=self.words("model.choose"), elem_id="model-choice"
            )
            self.press = gr.Button(self.words("model.press"), elem_classes="act", elem_id="model-open")
            self.said = gr.HTML(html.note(self.words("model.help")), apply_default_css=False, elem_id="model-said")

    def wire(self, news: Any) -> None:
        quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
        self.press.click(self.choosing, self.choice, [self.choice, self.said, news], trigger_mode="once", **quiet)
        root = gr.context.Context.root_block
        assert root is not None
        root.load(self.opened, outputs=self.choice, **quiet)

    async def opened(self) -> Any:
        """Which one is open when the page is: another visitor may have chosen."""
        await self.service.queue.ready.wait()
        return gr.Radio(value=self.service.chosen)

    async def choosing(self, model: Any, request: gr.Request) -> AsyncIterator[Any]:
        began, doing = time.monotonic(), Choosing("looks")
        try:
            async for event in self.service.choose(request.session_hash or "", str(model or "")):
                if isinstance(event, Done):
                    said = html.note(self.words("model.open", name=self.service.offers[self.service.chosen]))
                    news = {"facts": self.service.facts, "live": True, "broken": ""}
                    yield gr.Radio(value=self.service.chosen), said, news
                    return
                doing = event if isinstance(event, Choosing) else doing
                ahead = event.ahead if isinstance(event, Place) else 0
                key = {0: f"model.{doing.what}", 1: "next_in_line"}.get(ahead, "in_line")
                seconds = round(time.monotonic() - began)
                text = self.words(key, ahead=ahead, seconds=seconds, gigabytes=doing.size / 1e9)
                yield gr.skip(), html.note(text), gr.skip()
        except Refused as refusal:
            yield gr.Radio(value=self.service.chosen), html.note(refusal.told(self.words)), gr.skip()
