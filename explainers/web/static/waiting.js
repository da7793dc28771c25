// What is said before anybody presses: how many films are in line, and that a model which was lost is opened again.

import { appears, fill, make } from "./dom.js";
import { opened, page } from "./state.js";

const EVERY = 5000; // milliseconds

export function showWaiting() {
  const said = make("p", { class: "note ahead", role: "status" });
  appears("gradio-app .ask").then((ask) => ask.after(said));
  let lost = false; // since this page was told that the model is open
  async function look() {
    if (document.hidden) return;
    const { films, open } = await waiting();
    const ahead = page.bar?.running ? 0 : films; // who waits already is told by the film
    const text = ahead ? fill(page.labels[ahead === 1 ? "waiting.one" : "waiting.more"], { films: ahead }) : "";
    if (said.textContent !== text) said.textContent = text;
    const news = lost ? open : page.live && !open;
    if (!news) return;
    lost = !open;
    opened(open);
  }
  page.addEventListener("state", look);
  setInterval(look, EVERY);
  page.speaks.then(look);
}

/** @returns {Promise<{ films: number, open: boolean }>} */
async function waiting() {
  try {
    return await (await fetch("waiting")).json();
  } catch {
    return { films: 0, open: page.live }; // the server is gone for now
  }
}
