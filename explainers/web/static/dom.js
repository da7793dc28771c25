// Elements: made, pointed at, copied from.

import { make, still } from "./viewer.js";

export { fill, inkOf, make, still } from "./viewer.js";

/** @param {Element | null} element */
export function point(element) {
  if (!element) return;
  element.closest("details")?.setAttribute("open", "");
  element.scrollIntoView({ block: "nearest", behavior: still() ? "auto" : "smooth" });
  element.classList.add("pointed");
  setTimeout(() => element.classList.remove("pointed"), 2400);
}

/** @param {HTMLElement} button that says "copied" for a while @param {string} text */
export async function copied(button, text) {
  const before = button.textContent;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = make("textarea"); // without https
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
  button.textContent = button.dataset.copied ?? "";
  setTimeout(() => (button.textContent = before), 1600);
}

/** Of an element that Python's side has laid out, the one within that is named. @param {ParentNode} root @param {string} selector */
export function within(root, selector) {
  const found = root.querySelector(selector);
  if (!(found instanceof HTMLElement)) throw new Error(`there is no ${selector} here`);
  return found;
}

/** Of what Gradio lays out in its own time, the first that is there. @param {string} selector @returns {Promise<HTMLElement>} */
export function appears(selector) {
  return new Promise((done) => {
    const look = () => {
      const found = document.querySelector(selector);
      if (found instanceof HTMLElement) done(found);
      else requestAnimationFrame(look);
    };
    look();
  });
}
