// How many films are in line, said before anybody presses.

import { appears, fill, make } from "./dom.js";
import { page } from "./state.js";

const EVERY = 5000; // milliseconds

export function showWaiting() {
  const said = make("p", { class: "note ahead", role: "status" });
  appears("gradio-app .ask").then((ask) => ask.after(said));
  async function look() {
    if (document.hidden) return;
    const films = page.bar?.running ? 0 : await waiting(); // who waits already is told by the film
    const text = films ? fill(page.labels[films === 1 ? "waiting.one" : "waiting.more"], { films }) : "";
    if (said.textContent !== text) said.textContent = text;
  }
  page.addEventListener("state", look);
  setInterval(look, EVERY);
  page.speaks.then(look);
}

/** @returns {Promise<number>} */
async function waiting() {
  try {
    const { films } = await (await fetch("waiting")).json();
    return films;
  } catch {
    return 0; // the server is gone for now
  }
}
