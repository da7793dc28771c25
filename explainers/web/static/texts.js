// Texts that are written or destroyed word by word, on one timeline. `steps` holds the words of each; "" is hidden.

/** @import { Island } from "./messages.d.ts" */
/** @typedef {{ caption: string, steps: string[][] }} Written */

import { make, within } from "./dom.js";
import { page } from "./state.js";
import { timeline } from "./timeline.js";

const FPS = 2.5; // slow enough to read along

/** @param {Island<{ texts: Written[] } | null>} island */
export function mountTexts({ element, props, watch }) {
  const root = within(element, ".texts");
  /** @type {ReturnType<typeof show>} */
  let line = null;
  const lay = () => {
    line?.stop();
    line = show(root, props.value?.texts ?? []);
  };
  const soon = () => page.speaks.then(lay);
  soon();
  watch("value", soon);
}

/** @param {Element} root @param {Written[]} texts */
function show(root, texts) {
  root.replaceChildren();
  if (!texts.length) return null;
  const lines = texts.map(({ caption, steps }) => {
    const words = make("p", { class: "written", role: "img" }); // read as a whole: chips alone would be spelt out
    root.append(make("figure", {}, words, make("figcaption", {}, caption)));
    return { words, steps };
  });
  const count = Math.max(...texts.map(({ steps }) => steps.length));
  /** @param {number} now */
  const draw = (now) => {
    for (const { words, steps } of lines) {
      const at = Math.min(now, steps.length - 1);
      words.replaceChildren(...steps[at].map((word, i) => chip(word, steps[at - 1]?.[i])));
      words.setAttribute("aria-label", steps[at].map((word) => word || page.labels.hidden_word).join(" "));
    }
  };
  return timeline(root, count, { fps: FPS, name: page.labels.step, draw });
}

/** A word as it stands, marked where it came or went just now. @param {string} word @param {string | undefined} before */
function chip(word, before) {
  const fresh = before !== undefined && before !== word ? " fresh" : "";
  return make("span", {}, make("span", { class: (word ? "word" : "hidden") + fresh }, word || "▒▒▒"), " ");
}
