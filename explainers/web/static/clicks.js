// The viewer's keys in the lesson's words, and back: its layer is our film; a pick is a patch, a word or a slice.

/** @import { Model, Pick, Values } from "./protocol.d.ts" */
/** @import { Hand } from "./messages.d.ts" */

/** @param {{ get: Model["get"] }} model @returns {Hand} */
export function handOf(model) {
  const pick = model.get("pick");
  return {
    step: model.get("step") ?? 0,
    frame: model.get("frame") ?? 0,
    film: model.get("layer") ?? "x0",
    view: model.get("view") ?? "film",
    grid: Boolean(model.get("grid")),
    patch: pick?.what === "patch" ? [pick.frame, pick.row, pick.col] : null,
    word: pick?.what === "word" ? pick.index : null,
    slice: pick?.what === "sound" ? pick.index : null,
  };
}

/** … and back, for acts and addresses. @param {Partial<Hand>} hand @returns {Partial<Values>} */
export function keysOf({ film, patch, word, slice, ...same }) {
  /** @type {Partial<Values>} */
  const keys = { ...same };
  if (film) keys.layer = film;
  if (patch) keys.pick = { what: "patch", frame: patch[0], row: patch[1], col: patch[2] };
  else if (typeof word === "number") keys.pick = { what: "word", index: word };
  else if (typeof slice === "number") keys.pick = { what: "sound", index: slice };
  else if (patch === null || word === null || slice === null) keys.pick = null;
  return keys;
}
