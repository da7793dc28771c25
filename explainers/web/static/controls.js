// The lesson's controls, as the address wants them and as they stand; maps that are switched on by name.

/** @import { Control } from "./messages.d.ts" */

import { standing } from "./address.js";
import { point } from "./dom.js";
import { move } from "./host.js";
import { asked } from "./startup.js";
import { page, writeAddress } from "./state.js";

/** Controls as the address wants them: called when the page opens, with their names, how they stand, and what some offer. @param {string[]} names @param {Control[]} now @param {{ [name: string]: string[] }} offered */
export function arrive(names, now, offered) {
  return names.map((name, i) => {
    const wish = asked.get(name);
    const good = wish === null || !offered[name] || offered[name].includes(wish);
    page.controls[name] = standing(good ? wish : null, page.wanted[name] ?? now[i]); // a card may have said already how it stands
    return page.controls[name];
  });
}

/** Gradio reports how a control stands: as a hand moved it, or as this page did; then a hand may have moved on since. @param {string} name @param {Control} value */
export function moved(name, value) {
  const own = page.sent[name] === value;
  delete page.sent[name];
  if (own && page.wanted[name] !== value) return; // the newer one will be reported too
  page.wanted[name] = value;
  stand(name, value);
  page.story?.control();
}

/** How the lesson's controls shall stand: called by Gradio with how they do. @param {string[]} names @param {Control[]} now */
export function steered(names, now) {
  return names.map((name, i) => {
    const wish = page.wanted[name] ?? now[i];
    if (wish !== now[i]) page.sent[name] = wish;
    return wish;
  });
}

/** How a control stands from now on. @param {string} name @param {Control} value */
export function stand(name, value) {
  if (page.controls[name] === value) return;
  page.controls[name] = value;
  page.viewer?.set("context", JSON.stringify(page.controls)); // maps of other controls are other maps
  writeAddress();
}

/** Switch a named layer on or off. @param {HTMLElement} button */
export function showLayer(button) {
  const on = button.getAttribute("aria-pressed") !== "true";
  for (const other of document.querySelectorAll("[data-layer]")) other.setAttribute("aria-pressed", "false");
  button.setAttribute("aria-pressed", String(on));
  move({ pick: on ? { what: "map", name: button.dataset.layer ?? "" } : null });
  if (on) point(document.getElementById("film"));
}
