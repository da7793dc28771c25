// What moves the lesson's controls: the address, the visitor, and acts that operate them for the visitor.

/** @import { Control, Hand, Settings } from "./messages.d.ts" */
/** @typedef {{ viewer?: Partial<Hand>, run?: Partial<Settings>, controls?: { [name: string]: Control } }} Act */

import { standing } from "./address.js";
import { keysOf } from "./clicks.js";
import { point } from "./dom.js";
import { move } from "./host.js";
import { answerable } from "./question.js";
import { asked } from "./startup.js";
import { page, writeAddress } from "./state.js";

/** The part of the viewer that shows a key. @type {{ [key: string]: string | undefined }} */
const PART = { step: "steps", frame: "frames", layer: "layers", view: "views" };

/** Controls as the address wants them: called when the page opens, with their names and how they stand. @param {string[]} names @param {Control[]} now */
export function arrive(names, now) {
  return names.map((name, i) => {
    page.controls[name] = now[i];
    return standing(asked.get(name), now[i]);
  });
}

/** A control of the lesson moved. @param {string} name @param {Control} value */
export function stand(name, value) {
  if (page.controls[name] === value) return;
  page.controls[name] = value;
  page.viewer?.set("context", JSON.stringify(page.controls)); // maps of other controls are other maps
  writeAddress();
}

/** Operate controls for the visitor, and point at them. Returns how the lesson's controls shall stand. @param {Act} act @param {string[]} names @param {Control[]} now */
export function act({ viewer: hand = {}, run = {}, controls = {} }, names, now) {
  const keys = keysOf(hand);
  if (Object.keys(keys).length) {
    move(keys);
    page.viewer?.set("highlight", PART[Object.keys(keys)[0]] ?? "film");
    setTimeout(() => page.viewer?.set("highlight", null), 2400);
  }
  for (const name of Object.keys(controls)) point(document.getElementById(`control-${name}`));
  if (Object.keys(run).length) page.bar?.develop(run);
  answerable();
  return names.map((name, i) => controls[name] ?? now[i]);
}

/** Switch a named layer on or off. @param {HTMLElement} button */
export function showLayer(button) {
  const on = button.getAttribute("aria-pressed") !== "true";
  for (const other of document.querySelectorAll("[data-layer]")) other.setAttribute("aria-pressed", "false");
  button.setAttribute("aria-pressed", String(on));
  move({ pick: on ? { what: "map", name: button.dataset.layer ?? "" } : null });
  if (on) point(document.getElementById("film"));
}
