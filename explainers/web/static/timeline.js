// The timeline under things that go together: a button to play, a range to drag.

import { fill, make, still } from "./dom.js";
import { page } from "./state.js";

/**
 * Calls `draw(now)` for a moment of 0 … count - 1; returns how to stop. `name` is what a moment is called.
 * @param {Element} root @param {number} count @param {{ fps?: number, name?: string, draw: (now: number) => void }} how
 */
export function timeline(root, count, { fps = 8, name = page.labels.frame, draw }) {
  const L = page.labels;
  const range = make("input", { type: "range", min: 0, max: count - 1, value: 0, "aria-label": name });
  const button = make("button", { type: "button" });
  if (count > 1) root.append(make("div", { class: "together" }, button, range));
  let [now, timer] = [0, 0];

  /** @param {number} moment */
  function to(moment) {
    now = moment % count;
    range.value = String(now);
    range.setAttribute("aria-valuetext", fill(L.of, { now: now + 1, all: count }));
    draw(now);
  }
  /** @param {boolean} on */
  function play(on) {
    const playing = on && count > 1;
    button.textContent = playing ? L.pause : L.play;
    button.onclick = () => play(!playing);
    clearInterval(timer);
    if (playing) timer = window.setInterval(() => to(now + 1), 1000 / fps);
  }
  range.oninput = () => {
    play(false);
    to(Number(range.value));
  };
  play(!still());
  to(0);
  return { stop: () => clearInterval(timer), again: () => draw(now) };
}
