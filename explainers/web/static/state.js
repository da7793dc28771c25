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
  shown: null,
  filmShown: null,
  shows: () => {},
  film: () => {},
  wanted: {},
  sent: {},
  story: null,
  gallery: [],
  declared: "",
};

/** Parts tell each other of changes by events on it: "run", "live", "state". */
export const page = Object.assign(new EventTarget(), start);

/** @param {string} event @param {unknown} [detail] */
export const say = (event, detail) => page.dispatchEvent(new CustomEvent(event, { detail }));

/** Whether the model is open. @param {boolean} live */
export function opened(live) {
  page.live = live;
  document.documentElement.dataset.live = String(live);
  say("live");
}

/** The page's labels are there: islands come up in any order. @param {{ [key: string]: string }} labels */
export function speaking(labels) {
  page.labels = labels;
  speak();
}

/** A language that was chosen stays in the address; else everybody's browser chooses. */
const language = () => asked.get("lang");

/** What brings this page back as it stands; in another language where one is named. @param {string | null} [tongue] */
export function address(tongue = language()) {
  const card = document.documentElement.dataset.card ?? "";
  const query = standing() === declared ? new URLSearchParams() : queryOf(page.run, page.hand, VIEWER, page.controls);
  if (card) query.set("card", card);
  for (const name of ["present", "tour"]) if (asked.get(name)) query.set(name, asked.get(name) ?? "");
  return `?${withLanguage(query, tongue)}`;
}

/** What another page takes over: a film that the visitor made, and where the viewer stands; not this page's controls. */
export function shared() {
  const own = page.run?.prompt && page.shown?.id !== page.declared;
  const query = own && page.run ? queryOf(page.run, page.hand, ["step", "frame"]) : new URLSearchParams();
  if (asked.get("present")) query.set("present", "1");
  const said = withLanguage(query, language()).toString();
  return said && `?${said}`;
}

const standing = () => JSON.stringify([page.shown?.id, page.hand.step, page.hand.film, page.hand.view, page.hand.patch, page.hand.word, page.hand.slice, page.controls]);
let declared = ""; // how everything stood as the card declares it: then its name is address enough

/** The card has brought its film; and all that it says stands, unless the visitor had moved something before. */
export function settled(stands = true) {
  page.declared = page.shown?.id ?? "";
  if (stands) declared = standing();
  writeAddress();
}

export function writeAddress() {
  if (page.run?.prompt) history.replaceState(null, "", location.pathname + address());
}
