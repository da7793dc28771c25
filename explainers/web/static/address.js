// The address of a page: the run, where the viewer stands, how the lesson's controls stand. Python's side is share.py.

/** @import { Control, Hand, Settings } from "./messages.d.ts" */

export const VIEWER = /** @type {const} */ (["step", "frame", "film", "view"]); // of the viewer's state, what an address carries

/**
 * @param {Settings | null} run @param {Hand} hand @param {readonly (keyof Hand)[]} names of the hand
 * @param {{ [name: string]: Control }} controls
 */
export function queryOf(run, hand, names, controls = {}) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(run ?? {})) {
    const says = value !== "" && (name !== "remix" || value);
    if (says) query.set(name, String(value));
  }
  for (const name of names) query.set(name, String(hand[name] ?? 0));
  for (const [name, value] of Object.entries(controls)) query.set(name, String(typeof value === "boolean" ? Number(value) : value));
  return query;
}

/** @param {URLSearchParams} query @param {string | null} language */
export function withLanguage(query, language) {
  if (language) query.set("lang", language);
  return query;
}

/** A control as an address wants it, of the type that it has now. @template {Control} Value @param {string | null} wish @param {Value} now @returns {Control} */
export function standing(wish, now) {
  if (wish === null) return now;
  if (typeof now === "boolean") return wish === "1";
  if (typeof now === "number") return Number.isFinite(Number(wish)) ? Number(wish) : now;
  return wish;
}

/** Where an address wants the viewer. @param {URLSearchParams} query @returns {Partial<Hand>} */
export function handOf(query) {
  /** @type {{ [name: string]: string | number }} */
  const hand = {};
  for (const name of VIEWER) {
    const wish = query.get(name);
    if (wish !== null) hand[name] = name === "step" || name === "frame" ? Number.parseInt(wish, 10) || 0 : wish;
  }
  return hand;
}
