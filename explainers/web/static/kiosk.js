// An exhibit: words are tapped and nothing is typed, nothing leads away, and only the staff's code ends that.
//
// The browser's own ways out (its address line, its keys) are for the browser to close: deploy/README.md says how.

import { appears, make, within } from "./dom.js";
import { watchForHands } from "./idle.js";
import { STAFF, exhibit, kiosk } from "./startup.js";
import { page } from "./state.js";

const IDLE = 90_000; // milliseconds without a hand
const IDLE_STAFF = 600_000; // who forgot to close what the code had opened
const HOLD = 3000; // milliseconds on the brand, until it asks for the code

export function beginKiosk() {
  if (!exhibit) return;
  document.head.append(make("link", { rel: "stylesheet", href: new URL("./kiosk.css", import.meta.url).href }));
  watchForHands(kiosk ? IDLE : IDLE_STAFF, () => sessionStorage.removeItem(STAFF));
  if (!kiosk) return;
  nothingTyped();
  nothingLeadsAway();
  wordsAtHand();
  page.speaks.then(staff);
}

/** @param {Event} event */
function prevent(event) {
  event.preventDefault();
  event.stopImmediatePropagation();
}

function nothingTyped() {
  document.addEventListener("beforeinput", prevent, true);
  document.addEventListener("focusin", ({ target }) => {
    if (!(target instanceof HTMLTextAreaElement || target instanceof HTMLInputElement)) return;
    target.readOnly = true;
    target.inputMode = "none"; // no keyboard on the screen
  }, true);
}

function nothingLeadsAway() {
  for (const event of ["contextmenu", "dragstart", "dragover", "drop"]) document.addEventListener(event, prevent, true);
  for (const event of ["click", "auxclick"])
    document.addEventListener(event, (press) => {
      const { target } = press;
      const way = target instanceof Element ? target.closest("a[href], input[type=file]") : null;
      if (way && leadsAway(way)) prevent(press);
    }, true);
}

/** @param {Element} way */
function leadsAway(way) {
  if (!(way instanceof HTMLAnchorElement)) return true; // to the machine's files
  return way.origin !== location.origin || way.hasAttribute("download") || way.target !== "";
}

/** The words lie under the prompt, which opens and closes them. */
async function wordsAtHand() {
  const [prompt, words] = await Promise.all([appears("#prompt"), appears(".more .fold-words")]);
  const fold = /** @type {HTMLDetailsElement} */ (words);
  fold.open = false;
  within(document, "gradio-app .bar").append(fold);
  prompt.addEventListener("click", () => (fold.open = !fold.open));
  document.querySelector("gradio-app [data-play]")?.addEventListener("click", () => (fold.open = true));
  within(document, "gradio-app .go").addEventListener("click", () => (fold.open = false));
}

/** Who holds the brand for a while is asked for the code. */
function staff() {
  let timer = 0;
  let held = false; // its click is none
  const ask = codePad();
  document.addEventListener("pointerdown", ({ target }) => {
    held = false;
    if (!(target instanceof Element && target.closest(".brand"))) return;
    timer = setTimeout(() => {
      held = true;
      ask();
    }, HOLD);
  }, true);
  for (const event of ["pointerup", "pointercancel"]) document.addEventListener(event, () => clearTimeout(timer), true);
  document.addEventListener("click", (event) => held && prevent(event), true);
}

/** Returns how to open it. */
function codePad() {
  const L = page.labels;
  let code = "";
  const shown = make("output", { "aria-label": L["kiosk.code"] });
  const said = make("p", { role: "status" });
  /** @param {string} now */
  const show = (now) => {
    code = now.slice(0, 16);
    shown.textContent = "•".repeat(code.length) || " ";
  };
  async function open() {
    const answer = await fetch("staff", { method: "POST", body: code }).catch(() => null);
    if (answer?.status === 204) {
      sessionStorage.setItem(STAFF, "1");
      return location.assign("./");
    }
    said.textContent = L[answer?.status === 403 ? "kiosk.wrong" : "kiosk.later"];
    show("");
  }
  /** @param {string} text @param {() => void} press @param {string} [name] */
  const key = (text, press, name) => make("button", { type: "button", "aria-label": name, onclick: press }, text);
  const digits = [..."123456789"].map((digit) => key(digit, () => show(code + digit)));
  const last = [key("⌫", () => show(code.slice(0, -1)), L["kiosk.back"]), key("0", () => show(code + "0")), key("✓", open, L["kiosk.open"])];
  const close = make("button", { type: "button", class: "close", onclick: () => dialog.close() }, L["kiosk.close"]);
  const dialog = make("dialog", { class: "exhibit code" }, make("h2", {}, L["kiosk.code"]), shown, make("div", { class: "pad" }, ...digits, ...last), said, close);
  document.body.append(dialog);
  return () => {
    show("");
    said.textContent = "";
    dialog.showModal();
  };
}
