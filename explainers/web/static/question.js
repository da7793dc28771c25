// The question of a page: a guess first, then what was measured beside it.

import { page } from "./state.js";
import { point } from "./dom.js";

const root = document.documentElement.dataset;

/** The visitor has done what the page asks for: a guess may be answered. */
export function answerable() {
  root.acted = "yes";
  if (root.guess) reveal();
}

export function reveal() {
  root.revealed = "yes";
  compare();
}

/** @param {string} value */
export function guess(value) {
  root.guess = value;
  if (root.acted || !document.querySelector("#acts")) reveal();
  else point(document.getElementById("acts"));
  compare();
}

/** Put the guess beside what was measured. */
export function compare() {
  const { guess } = root;
  const answer = document.querySelector("[data-answer]");
  const line = answer?.querySelector(".guessed");
  if (!(answer instanceof HTMLElement) || !line || !guess) return;
  const input = document.querySelector(`input[name=guess][value="${CSS.escape(guess)}"]`);
  const label = input instanceof HTMLElement ? (input.dataset.label ?? "") : "";
  const right = answer.dataset.answer === guess;
  const verdict = answer.dataset.answer ? (right ? page.labels.right : page.labels.not_right) : "";
  const text = `${page.labels.you_guessed} ${label} ${verdict ? `— ${verdict}` : ""}`;
  if (line.textContent !== text) line.textContent = text;
}
