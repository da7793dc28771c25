// A control of the lesson on a card: it moves the page's own, and shows how that stands.

/** @import { Control } from "./messages.d.ts" */

const WAIT = 250; // milliseconds after the last move, before anything is asked

/** @typedef {HTMLInputElement | HTMLSelectElement} Field */

/** @param {ParentNode} place */
const fields = (place) => /** @type {Field[]} */ ([...place.querySelectorAll("input, select")]);

/** @param {Field} field @returns {Control} */
function valueOf(field) {
  if (field instanceof HTMLInputElement && field.type === "range") return field.valueAsNumber;
  return field instanceof HTMLInputElement && field.type === "checkbox" ? field.checked : field.value;
}

/** Calls `moved(name, value)` at once and `rested()` a little later. @param {HTMLElement} place @param {(name: string, value: Control) => void} moved @param {() => void} rested */
export function lendControl(place, moved, rested) {
  let waiting = 0;
  place.addEventListener("input", ({ target }) => {
    const field = /** @type {Field} */ (target);
    const value = valueOf(field);
    moved(place.dataset.control ?? "", value);
    showControl(place, value);
    clearTimeout(waiting);
    waiting = window.setTimeout(rested, WAIT);
  });
}

/** @param {HTMLElement} place @param {Control | undefined} value */
export function showControl(place, value) {
  for (const field of fields(place)) {
    if (field instanceof HTMLInputElement && field.type === "radio") field.checked = field.value === String(value);
    else if (field instanceof HTMLInputElement && field.type === "checkbox") field.checked = Boolean(value);
    else if (field.value !== String(value ?? "")) field.value = String(value ?? "");
  }
  const output = place.querySelector("output");
  if (output) output.textContent = String(value ?? "");
}
