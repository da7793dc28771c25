// The timeline under things that go together: a button to play, a range to drag.

import { page, still } from "./stage.js";

/** Calls `draw(now)` for a moment of 0 … count - 1; returns how to stop. `name` is what a moment is called. */
export function timeline(root, count, { fps = 8, name = page.labels.frame, draw }) {
  const L = page.labels;
  const range = Object.assign(document.createElement("input"), { type: "range", min: 0, max: count - 1, value: 0 });
  range.setAttribute("aria-label", name);
  const button = Object.assign(document.createElement("button"), { type: "button" });
  const bar = document.createElement("div");
  bar.className = "together";
  bar.append(button, range);
  if (count > 1) root.append(bar);
  let [now, timer] = [0, 0];

  function to(moment) {
    now = moment % count;
    range.value = now;
    range.setAttribute("aria-valuetext", L.of.replace("{now}", now + 1).replace("{all}", count));
    draw(now);
  }
  function play(on) {
    const playing = on && count > 1;
    button.textContent = playing ? L.pause : L.play;
    button.onclick = () => play(!playing);
    clearInterval(timer);
    if (playing) timer = setInterval(() => to(now + 1), 1000 / fps);
  }
  range.oninput = () => {
    play(false);
    to(Number(range.value));
  };
  play(!still());
  to(0);
  return { stop: () => clearInterval(timer), again: () => draw(now) };
}
