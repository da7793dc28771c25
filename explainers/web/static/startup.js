// The first film, on screen before Gradio is: the page is served with a place for it (first.py), and a film needs the
// viewer alone. Once Gradio has set the page up, host.js takes the viewer over, as the visitor left it.

/** @import { OwnModel, Question, ViewerState } from "./protocol.d.ts" */

import viewer, { createModel } from "./viewer.js";

const place = document.getElementById("stand-in");

/** What the address asked for when the page was opened; it is rewritten from then on. */
export const asked = new URLSearchParams(location.search);
document.documentElement.toggleAttribute("data-present", asked.has("present"));

/** Of this tab: its staff have ended the exhibit, see kiosk.js. */
export const STAFF = "darkroom-staff";
/** Whether the app was started as an exhibit, and whether this page is one now. */
export const exhibit = place?.hasAttribute("data-kiosk") ?? false;
export const kiosk = exhibit && sessionStorage.getItem(STAFF) === null;
document.documentElement.toggleAttribute("data-kiosk", kiosk);

/** Light or dark as it was chosen by hand; null where it was not. */
export const chosen = localStorage.getItem("darkroom-theme");

/** @typedef {{ send: (message: Question) => void, save: (changed: Partial<ViewerState>) => void }} Host */
/** @type {OwnModel | null} */
let model = null;
/** @type {Element | null} */
let root = null;
/** @type {Question[]} */
const waiting = [];
/** @type {Host} */
let host = { send: (message) => waiting.push(message), save: () => (touched = true) }; // questions wait for somebody to answer them
/** Whether a visitor has moved something before the page was there: it stays as they left it. */
export let touched = false;

/** @param {Partial<ViewerState>} value @param {Element} el */
function begin(value, el) {
  /** @type {Partial<ViewerState>} */
  const first = asked.get("prompt") ? { ...value, pack: "", state: "loading" } : value; // another film is on its way
  const begun = createModel(first, { send: (message) => host.send(message), save: (changed) => host.save(changed) });
  viewer.render({ model: begun, el });
  root = el.firstElementChild;
  return begun;
}

/** The model of the page's viewer, which stands in `el` from now on. @param {Partial<ViewerState>} value @param {Element} el @param {Host} newHost */
export function takeOver(value, el, newHost) {
  model ??= begin(value, el);
  const active = document.activeElement;
  const focus = root?.contains(active) && active instanceof HTMLElement ? active : null;
  if (root) el.append(root);
  place?.remove();
  focus?.focus({ preventScroll: true });
  host = newHost;
  for (const message of waiting.splice(0)) host.send(message);
  return model;
}

if (place) {
  const dark = chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  document.body.classList.toggle("dark", dark);
  const name = asked.get("card") ?? "";
  const wish = name === "last" ? place.querySelector(".story-card:last-of-type") : place.querySelector(`[data-card="${CSS.escape(name)}"]`);
  if (wish) for (const card of place.querySelectorAll(".story-card")) card.toggleAttribute("hidden", card !== wish);
  const [told, film] = [place.querySelector("script"), place.querySelector(".film")];
  if (told?.textContent && film) model = begin(JSON.parse(told.textContent), film);
}

// Gradio hangs up as soon as a page begins to be left: what is asked while the next page is on its way breaks, and if
// that takes some seconds, this one is loaded anew instead. The browser hangs up itself once the next page is there.
addEventListener("beforeunload", (event) => event.stopImmediatePropagation());
