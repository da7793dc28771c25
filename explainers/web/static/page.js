// What holds a page together in the browser. Gradio's components are islands; Python's side of them is ../page.py.
//
// Each `mount…` is called once by the component of that name with what gr.HTML hands to `js_on_load`; `arrive`, `moved`
// and `steered` are called by Gradio's own controls. Here is what the page itself does: depths, theme, links, keys.

import { showLayer } from "./controls.js";
import { benchOpen, openBench } from "./bench.js";
import { copied, within } from "./dom.js";
import { beginKiosk } from "./kiosk.js";
import { chosen } from "./startup.js";
import { address, page, shared } from "./state.js";
import { showWaiting } from "./waiting.js";

export { arrive, moved, steered } from "./controls.js";
export { mountBench } from "./bench.js";
export { mountBar } from "./bar.js";
export { mountHome } from "./export.js";
export { mountFilms } from "./films.js";
export { mountFirstFrame } from "./first_frame.js";
export { mountHand, mountNews, mountShown, mountViewer } from "./host.js";
export { mountStory } from "./story.js";
export { mountTexts } from "./texts.js";

const DEPTHS = ["picture", "numbers", "code"];

/** @param {string} name */
function depth(name) {
  document.documentElement.dataset.depth = name;
  for (const button of document.querySelectorAll("[data-depth-to]"))
    button.setAttribute("aria-pressed", String(button.getAttribute("data-depth-to") === name));
}

/** @param {boolean} dark */
function theme(dark) {
  document.body.classList.toggle("dark", dark);
  localStorage.setItem("darkroom-theme", dark ? "dark" : "light");
}

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.defaultPrevented) return;
  if (event.target instanceof Element && event.target.closest("input, textarea, select, .darkroom")) return; // theirs to use first
  const now = DEPTHS.indexOf(document.documentElement.dataset.depth ?? "");
  depth(DEPTHS[Math.max(0, now - 1)]);
});

document.addEventListener("click", async (event) => {
  const target = event.target instanceof Element ? event.target.closest("button, a") : null;
  if (!(target instanceof HTMLElement)) return;
  if (target instanceof HTMLAnchorElement) {
    if (target.matches("[data-idea]")) target.search = shared();
    else if (target.matches("[data-tongue]")) target.search = address(target.dataset.tongue);
  } else if (target.dataset.depthTo) depth(target.dataset.depthTo);
  else if (target.dataset.layer) showLayer(target);
  else if (target.matches(".bench")) openBench(!benchOpen());
  else if (target.matches("[data-play]")) document.getElementById("prompt")?.focus();
  else if (target.closest(".cut")) page.stopped = false;
  else if (target.matches(".theme")) theme(!document.body.classList.contains("dark"));
  else if (target.matches(".copy")) await copied(target, within(target.parentElement ?? target, "code").textContent ?? "");
});

depth("picture");
if (chosen) theme(chosen === "dark");
showWaiting();
beginKiosk();
