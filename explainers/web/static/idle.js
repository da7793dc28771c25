// When nobody is there any more, an exhibit asks, counts down, goes back to its start, and shows its best cards by itself
// until a hand takes over.

import { fill, make } from "./dom.js";
import { asked } from "./startup.js";
import { page } from "./state.js";

const LEFT = 20_000; // milliseconds to answer; the fewest that a person with slow hands needs (WCAG 2.2.1)
const EACH = 20_000; // for a card of the tour
const LOOK = 1000; // between looks
const [TOURS, TOUCHED] = ["darkroom-tours", "darkroom-touched"]; // of this tab, while it goes from page to page

/** @param {number} after milliseconds without a hand @param {() => void} leaves what else is forgotten then */
export function watchForHands(after, leaves) {
  let since = performance.now();
  let until = 0; // while it asks
  const left = make("p", { class: "seconds", role: "timer" });
  const stay = make("button", { type: "button" });
  const title = make("h2");
  const dialog = make("dialog", { class: "exhibit still-there", onclose: () => (until = 0) }, title, left, stay);
  stay.addEventListener("click", () => dialog.close());
  document.body.append(dialog);
  for (const event of ["pointerdown", "keydown", "wheel"])
    document.addEventListener(event, () => {
      since = performance.now();
      sessionStorage.setItem(TOUCHED, "1");
    }, { capture: true, passive: true });

  function ask() {
    title.textContent = page.labels["kiosk.still"];
    stay.textContent = page.labels["kiosk.stay"];
    until = performance.now() + LEFT;
    count();
    dialog.showModal();
  }

  function count() {
    const seconds = Math.ceil((until - performance.now()) / 1000);
    left.textContent = fill(page.labels["kiosk.seconds"], { seconds: Math.max(0, seconds) });
    if (seconds <= 0) leave();
  }

  function leave() {
    localStorage.clear(); // light or dark, sound: the last visitor's
    sessionStorage.removeItem(TOUCHED);
    sessionStorage.setItem(TOURS, "1");
    leaves();
    [until, since] = [0, performance.now()]; // it asks again, where nothing can be opened now
    goOn(0);
  }

  page.speaks.then(() => {
    if (sessionStorage.getItem(TOURS)) return tour();
    setInterval(() => {
      if (page.bar?.running) since = performance.now(); // somebody waits for their film
      if (until) count();
      else if (performance.now() - since > after) sessionStorage.getItem(TOUCHED) ? ask() : leave();
    }, LOOK);
  });
}

/** This card for a while, then the next. A hand anywhere takes over, and presses nothing yet. */
function tour() {
  const at = Number(asked.get("tour") ?? 0);
  const timer = setInterval(() => goOn(at), EACH);
  const cover = make("button", { type: "button", class: "exhibit by-itself" }, make("span", {}, page.labels["kiosk.touring"]));
  cover.addEventListener("click", () => {
    clearInterval(timer);
    sessionStorage.removeItem(TOURS);
    location.reload(); // from now on it watches for hands, on this card
  });
  document.body.append(cover);
  cover.focus({ preventScroll: true });
}

/** To the stop of the tour that follows this one; not while the server is gone: nobody would be there to press "reload".
 * @param {number} at counted from 1; 0 is before the first
 */
async function goOn(at) {
  const there = await fetch("healthz").then((answer) => answer.ok, () => false);
  if (!there) return;
  const stops = /** @type {string[]} */ (JSON.parse(/** @type {HTMLElement} */ (document.querySelector("gradio-app .story")).dataset.tour ?? "[]"));
  const next = at % stops.length;
  location.assign(`${stops[next]}&tour=${next + 1}`);
}
