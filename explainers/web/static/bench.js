// The workbench: all controls, pictures, numbers and code, below the story and closed until somebody opens it.
// While it is closed nobody measures its pictures. A card may borrow one.

/** @import { Island } from "./messages.d.ts" */

import { asked } from "./startup.js";
import { page } from "./state.js";

/** @type {(change: Partial<{ open: boolean, lent: string }>) => void} */
let tell = () => {};
/** @type {{ node: Element, from: Comment } | null} */
let borrowed = null;

/** @param {Island<{ open: boolean, lent: string }>} island */
export function mountBench({ props, trigger }) {
  tell = (change) => {
    props.value = { ...props.value, ...change };
    trigger("input");
  };
  if (asked.get("open")) page.speaks.then(() => openBench(true));
  const lent = document.querySelector(".story-card:not([hidden]) .lent");
  if (lent instanceof HTMLElement && lent.childElementCount) tell({ lent: lent.dataset.picture ?? "" });
}

/** @param {boolean} open */
export function openBench(open) {
  document.documentElement.toggleAttribute("data-bench", open);
  document.querySelector(".bench")?.setAttribute("aria-expanded", String(open));
  tell({ open });
}

export const benchOpen = () => document.documentElement.hasAttribute("data-bench");

/** Bring a picture of the workbench onto a card. @param {string} name @param {Element} place */
export function lend(name, place) {
  const node = document.getElementById(`picture-${name}`);
  if (!node) return void setTimeout(() => place.isConnected && !place.childElementCount && lend(name, place), 200); // Gradio is still at it
  const from = document.createComment("");
  node.replaceWith(from);
  place.append(node);
  borrowed = { node, from };
  tell({ lent: name });
}

export function takeBack() {
  borrowed?.from.replaceWith(borrowed.node);
  if (borrowed) tell({ lent: "" });
  borrowed = null;
}
