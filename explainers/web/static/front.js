// The front page by itself: a film develops out of static, plays twice, and the next one begins. A hand takes over.

import { still } from "./dom.js";
import { page, settled } from "./state.js";

const EACH = 200; // milliseconds between looks
const ROUNDS = 2;

/** Returns how to end it. */
export function showInTurn() {
  if (still()) return () => {};
  let [at, phase, since, over] = [0, "waits", 0, false];
  const end = () => {
    over = true;
    clearInterval(timer);
    for (const event of ["pointerdown", "keydown"]) document.removeEventListener(event, taken, true);
  };
  /** @param {Event} event */
  const taken = (event) => {
    if (!(event.target instanceof Element) || !event.target.closest("#bar, #viewer")) return;
    end();
    if (phase === "develops") /** @type {any} */ (document.querySelector("#viewer .darkroom"))?.viewer?.hands.develop(false);
  };
  for (const event of ["pointerdown", "keydown"]) document.addEventListener(event, taken, true);
  const timer = setInterval(() => {
    const viewer = /** @type {any} */ (document.querySelector("#viewer .darkroom"))?.viewer;
    const lead = viewer?.state.lead;
    if (over || !lead?.arrived || document.hidden) return;
    const now = performance.now();
    if (phase === "waits") {
      viewer.hands.develop(true);
      [phase, since] = ["develops", now];
    } else if (phase === "develops" && !viewer.state.developing) {
      viewer.hands.play(true);
      [phase, since] = ["plays", now];
    } else if (phase === "plays" && now - since > (ROUNDS * 1000 * lead.head.frames) / lead.head.fps) {
      const films = page.gallery;
      if (!films.length) return; // they come with another part of the page
      at = (at + 1) % films.length;
      page.shows(films[at].shown);
      page.film(films[at].film);
      settled(); // no visitor made it: no link carries it along
      viewer.state.values.step = 0;
      phase = "waits";
    }
  }, EACH);
  return end;
}
