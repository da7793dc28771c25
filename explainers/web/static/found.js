// What was measured, on its card: the sentence, the figure, films; the guess beside it; how far it is until then.

/** @import { Told } from "./messages.d.ts" */

import { fill, make, within } from "./dom.js";
import { showFilms } from "./films.js";
import { page } from "./state.js";

/** Films on cards, each stopped when others take its place. @type {WeakMap<Element, () => void>} */
const stops = new WeakMap();

/** What is drawn over the film, of each card. @type {WeakMap<HTMLElement, NonNullable<Told["tracks"]>>} */
const tracks = new WeakMap();

/** @param {HTMLElement} card @param {Told} told */
export function showFound(card, told) {
  within(card, ".found > .said").innerHTML = told.said ?? ""; // a picture on the card has parts of its own
  within(card, ".found > .figure").innerHTML = told.figure ?? "";
  const clips = within(card, ".found > .clips");
  stops.get(clips)?.();
  clips.replaceChildren();
  if (told.clips) stops.set(clips, showFilms(clips, told.clips));
  within(card, ".found > .kept").hidden = false;
  card.dataset.kept = String(Boolean(told.kept));
  card.dataset.right = told.right ?? "";
  card.dataset.on = page.shown?.id ?? "";
  tracks.set(card, told.tracks ?? {});
  age(card);
  judge(card);
}

/** Whether what was measured is of another film than the one on screen: then nothing is drawn over it. @param {HTMLElement} card */
export function age(card) {
  const { on } = card.dataset;
  const old = Boolean(on) && on !== page.shown?.id;
  card.dataset.old = String(old);
  page.viewer?.set("tracks", (on && !old && tracks.get(card)) || {});
}

/** The option that was guessed, if any. @param {HTMLElement} card */
export function guessed(card) {
  const chosen = card.querySelector(".guess input:checked");
  return chosen instanceof HTMLInputElement ? chosen.value : null;
}

/** The guess beside what was measured. @param {HTMLElement} card */
export function judge(card) {
  const { guess, right, kind } = card.dataset;
  if (kind !== "predict" || !guess) return;
  const line = within(card, ".verdict-of-guess");
  const label = [...card.querySelectorAll(".guess label")].find((each) => each.querySelector("input")?.value === right);
  line.hidden = !right;
  line.dataset.right = String(guess === right);
  line.textContent = guess === right ? page.labels.right : fill(page.labels.not_right, { right: label?.textContent?.trim() ?? "" });
}

/** While something is measured. @param {HTMLElement} card */
export function showComputing(card) {
  const said = make("p", { class: "quiet", role: "status" }, page.labels.computing);
  showWaits(card, make("div", { class: "progress" }, said).outerHTML, null, 0);
}

/** How far it is, as HTML; with the seconds that are left, once so much is `done` after so many seconds. @param {HTMLElement} card @param {string} html @param {number | null | undefined} done @param {number} seconds */
export function showWaits(card, html, done, seconds) {
  const place = card.querySelector(".found > .waits");
  if (!place) return;
  place.innerHTML = html;
  if (!place.querySelector(".progress")) return;
  if (done && done > 0.02) {
    const left = Math.max(1, Math.round((seconds / done) * (1 - done)));
    within(place, "p").append(` ${fill(page.labels["card.left"], { seconds: left })}`);
  }
  place.append(make("button", { type: "button", class: "cancel" }, page.labels.cancel));
}
