// Texts that are written or destroyed word by word, on one timeline. `steps` holds the words of each; "" is hidden.

import { page } from "./stage.js";
import { timeline } from "./timeline.js";

const FPS = 2.5; // slow enough to read along

export function mountTexts({ element, props, watch }) {
  const root = element.querySelector(".texts");
  let line = null;
  const lay = () => {
    line?.stop();
    line = show(root, props.value?.texts ?? []);
  };
  const soon = () => page.speaks.then(lay);
  soon();
  watch("value", soon);
}

function show(root, texts) {
  root.replaceChildren();
  if (!texts.length) return null;
  const lines = texts.map(({ caption, steps }) => {
    const figure = document.createElement("figure");
    const words = Object.assign(document.createElement("p"), { className: "said" });
    words.setAttribute("role", "img"); // read as a whole: chips alone would be spelt out
    figure.append(words, Object.assign(document.createElement("figcaption"), { textContent: caption }));
    root.append(figure);
    return { words, steps };
  });
  const count = Math.max(...texts.map(({ steps }) => steps.length));
  const draw = (now) => {
    for (const { words, steps } of lines) {
      const at = Math.min(now, steps.length - 1);
      words.replaceChildren(...steps[at].map((word, i) => chip(word, steps[at - 1]?.[i])));
      words.setAttribute("aria-label", steps[at].map((word) => word || page.labels.hidden_word).join(" "));
    }
  };
  return timeline(root, count, { fps: FPS, name: page.labels.step, draw });
}

/** A word as it stands, marked where it came or went just now. */
function chip(word, before) {
  const span = Object.assign(document.createElement("span"), { textContent: word || "▒▒▒" });
  span.className = [word ? "word" : "hidden", before !== undefined && before !== word ? "fresh" : ""].join(" ").trim();
  const out = document.createElement("span");
  out.append(span, " ");
  return out;
}
