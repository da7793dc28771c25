// What stands where on this page, and the address that says so.

/** @import { PageState } from "./messages.d.ts" */

import { VIEWER, queryOf, withLanguage } from "./address.js";
import { asked } from "./startup.js";

/** @type {() => void} */
let speak = () => {};

/** @type {PageState} */
const start = {
  run: null,
  notes: [],
  cut: null,
  facts: null,
  live: false,
  broken: "",
  stopped: false,
  stop: () => {},
  labels: {},
  speaks: new Promise((done) => (speak = () => done())),
  controls: {},
  hand: { step: 0, frame: 0, film: "x0", view: "film", grid: false, patch: null, word: null, slice: null },
  viewer: null,
  bar: null,
  firstFrame: null,
  tell: (hand) => (page.untold = hand),
  untold: null,
};

/** Parts tell each other of changes by events on it: "run", "live", "state". */
export const page = Object.assign(new EventTarget(), start);

/** @param {string} event @param {unknown} [detail] */
export const say = (event, detail) => page.dispatchEvent(new CustomEvent(event, { detail }));

/** The page's labels are there: islands come up in any order. @param {{ [key: string]: string }} labels */
export function speaking(labels) {
  page.labels = labels;
  speak();
}

/** A language that was chosen stays in the address; else everybody's browser chooses. */
const language = () => asked.get("lang");

/** What brings this page back as it stands; in another language where one is named. @param {string | null} [tongue] */
export const address = (tongue = language()) =>
  `?${withLanguage(queryOf(page.run, page.hand, VIEWER, page.controls), tongue)}`;

/** What another page takes over: the run and where the viewer stands, not this page's controls. */
export function shared() {
  const query = page.run?.prompt ? queryOf(page.run, page.hand, ["step", "frame"]) : new URLSearchParams();
  return `?${withLanguage(query, language())}`;
}

export function writeAddress() {
  if (page.run?.prompt) history.replaceState(null, "", location.pathname + address());
}
