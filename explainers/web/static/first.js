// The first film, on screen before Gradio is: the page is served with a place for it (first.py), and a film needs the
// viewer alone. Once Gradio has set the page up, stage.js takes the viewer over, as the visitor left it.

import viewer, { createModel } from "./viewer.js";

const place = document.getElementById("stand-in");

/** What the address asked for when the page was opened; it is rewritten from then on. */
export const asked = new URLSearchParams(location.search);

/** Light or dark as it was chosen by hand; null where it was not. */
export const chosen = localStorage.getItem("darkroom-theme");

let model;
let root;
const waiting = [];
let host = { send: (message) => waiting.push(message), save: () => {} }; // questions wait for somebody to answer them

function begin(value, el) {
  const first = asked.get("prompt") ? { ...value, pack: "", state: "loading" } : value; // another film is on its way
  model = createModel(first, { send: (message) => host.send(message), save: (changed) => host.save(changed) });
  viewer.render({ model, el });
  root = el.firstElementChild;
}

/** Where the ideas are more than the page is wide, the one that this page is about is in sight. */
function here() {
  const [nav, current] = [document.querySelector(".top nav"), document.querySelector(".top [aria-current]")];
  if (current) nav.scrollLeft += current.getBoundingClientRect().left - nav.getBoundingClientRect().left - nav.clientWidth / 3;
}

/** The model of the page's viewer, which stands in `el` from now on. */
export function takeOver(value, el, newHost) {
  if (!model) begin(value, el);
  const focus = root.contains(document.activeElement) ? document.activeElement : null;
  el.append(root);
  place?.remove();
  focus?.focus({ preventScroll: true });
  here();
  host = newHost;
  for (const message of waiting.splice(0)) host.send(message);
  return model;
}

if (place) {
  const dark = chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  document.body.classList.toggle("dark", dark);
  begin(JSON.parse(place.querySelector("script").textContent), place.querySelector(".film"));
  here();
}

// Gradio hangs up as soon as a page begins to be left: what is asked while the next page is on its way breaks, and if
// that takes some seconds, this one is loaded anew instead. The browser hangs up itself once the next page is there.
addEventListener("beforeunload", (event) => event.stopImmediatePropagation());
