// What holds a page together in the browser: the viewer's host, the address, acts, depths, the question.
//
// Gradio's components are islands; this module is the one place where they meet. Python's side is web.py.
// Each `mount…` is called once by the component of that name with what gr.HTML hands to `js_on_load`.

import { asked, chosen, takeOver } from "./first.js";

export { asked } from "./first.js";
export { mountBar } from "./bar.js";
export { mountEasel } from "./easel.js";
export { mountFilms } from "./films.js";
export { mountHome } from "./home.js";
export { mountTexts } from "./texts.js";

const VIEWER = ["step", "frame", "film", "view"]; // of the viewer's state, what an address carries

let speak;

/** What stands where on this page. Parts tell each other of changes by events on it: "run", "live", "state". */
export const page = Object.assign(new EventTarget(), {
  run: null, // settings of the film on screen
  notes: [], // what is to be said of it: words that the model never learned, what did not fit
  cut: null, // the cut beside it, { name, controls }
  facts: null, // of the model
  live: false,
  broken: "", // why the model could not be opened
  stopped: false, // by the visitor
  stop: () => {}, // let the film be what it has become
  labels: {},
  speaks: new Promise((done) => (speak = done)), // once its labels are there: islands come up in any order
  controls: {}, // of the lesson
  hand: {}, // where the viewer stands, in the lesson's names
  viewer: null, // its model
  bar: null,
  easel: null, // where this page has one
  tell: (hand) => (page.untold = hand), // gives the hand to Python
  untold: null, // the hand, as long as nobody is there to tell
});

/** Gradio writes the browser's language over the page's as it starts; readers of screens need the page's. */
function speakAs(language) {
  const root = document.documentElement;
  const mend = () => language && root.lang !== language && (root.lang = language);
  new MutationObserver(mend).observe(root, { attributeFilter: ["lang"] });
  mend();
}

const say = (event, detail) => page.dispatchEvent(new CustomEvent(event, { detail }));

// ------------------------------------------------------------------------------------------------------- the viewer

/** The viewer's keys in the lesson's names: its layer is our film; a pick is a patch, a word or a slice. */
function handOf(model) {
  const pick = model.get("pick");
  return {
    step: model.get("step") ?? 0,
    frame: model.get("frame") ?? 0,
    film: model.get("layer") ?? "x0",
    view: model.get("view") ?? "film",
    grid: Boolean(model.get("grid")),
    patch: pick?.what === "patch" ? [pick.frame, pick.row, pick.col] : null,
    word: pick?.what === "word" ? pick.index : null,
    slice: pick?.what === "sound" ? pick.index : null,
  };
}

/** … and back, for acts and addresses. */
function keysOf({ film, patch, word, slice, ...same }) {
  const keys = { ...same };
  if (film) keys.layer = film;
  if (patch) keys.pick = { what: "patch", frame: patch[0], row: patch[1], col: patch[2] };
  else if (Number.isInteger(word)) keys.pick = { what: "word", index: word };
  else if (Number.isInteger(slice)) keys.pick = { what: "sound", index: slice };
  else if (patch === null || word === null || slice === null) keys.pick = null;
  return keys;
}

function move(keys) {
  for (const [key, value] of Object.entries(keys)) page.viewer.set(key, value);
  page.viewer.save_changes();
}

export function mountViewer({ element, props, server, watch }) {
  const model = takeOver(props.value, element.querySelector(".film"), {
    send: async (message) => {
      const question = { ...message, settings: page.run, cut: page.cut, controls: page.controls };
      try {
        const answer = await server.ask(question);
        model.receive(answer);
        sayInCard(answer);
      } catch {
        model.receive({ kind: "error", id: message.id, text: page.labels.busy });
      }
    },
    save: () => stood(),
  });
  let finished = { ...props.value };
  page.stop = () => {
    page.stopped = true;
    const made = model.get("steps")?.length || model.get("steps_b")?.length;
    model.update(made ? { ...props.value, state: "", message: "" } : finished); // a film without a step is none
  };
  page.viewer = model;
  page.labels = props.labels;
  speakAs(props.labels["viewer.locale"]);
  speak();
  watch("value", () => {
    if (props.value.state === "") finished = props.value;
    else if (page.stopped && props.value.state !== "error") return; // it was on its way
    model.update(props.value);
    say("state", props.value.state);
  });
  const wish = Object.fromEntries(VIEWER.filter((name) => asked.has(name)).map((name) => [name, asked.get(name)]));
  for (const name of ["step", "frame"]) if (name in wish) wish[name] = Number.parseInt(wish[name], 10) || 0;
  if (Object.keys(wish).length) move(keysOf(wish));
  page.hand = handOf(model);
}

/** The card of a layer says what the viewer's status line says: who clicked may be looking there. */
function sayInCard({ layer, text }) {
  const said = document.querySelector(`#picture-${CSS.escape(layer)} [role=status]`);
  if (said && text) said.textContent = text;
}

/** The hand has come to rest: tell Python and the address. */
function stood() {
  const before = JSON.stringify(page.hand);
  page.hand = handOf(page.viewer);
  writeAddress();
  if (JSON.stringify(page.hand) !== before) page.tell(page.hand);
}

export function mountHand({ props, trigger }) {
  page.tell = (hand) => {
    props.value = hand;
    trigger("input");
  };
  if (page.untold) page.tell(page.untold);
}

// ---------------------------------------------------------------------------------------- what is on screen, the model

/** The film on screen changed (Python's side says so once a run is done). */
export function mountShown({ props, watch }) {
  const take = () => {
    page.run = props.value.settings;
    page.cut = props.value.cut;
    page.notes = props.value.notes;
    document.documentElement.dataset.run = props.value.id;
    say("run");
  };
  take();
  watch("value", () => {
    take();
    writeAddress();
  });
}

export function mountNews({ props, watch }) {
  const take = () => {
    page.facts = props.value.facts;
    page.live = props.value.live;
    page.broken = props.value.broken;
    document.documentElement.dataset.live = String(page.live);
    say("live");
  };
  take();
  watch("value", take);
}

// -------------------------------------------------------------------------------------------------------- the address

export function address() {
  const query = new URLSearchParams(told(page.run ?? {}));
  for (const name of VIEWER) query.set(name, page.hand[name]);
  for (const [name, value] of Object.entries(page.controls)) query.set(name, value === true ? 1 : value === false ? 0 : value);
  return `?${spoken(query)}`;
}

/** Settings that say something. */
const told = (settings) => Object.entries(settings).filter(([name, value]) => value !== "" && (name !== "remix" || value));

/** A language that was chosen stays in the address; else everybody's browser chooses. */
function spoken(query, language = asked.get("lang")) {
  if (language) query.set("lang", language);
  return query;
}

function writeAddress() {
  if (page.run?.prompt) history.replaceState(null, "", location.pathname + address());
}

/** Controls as the address wants them: called when the page opens, with their names and how they stand. */
export function arrive(names, now) {
  return names.map((name, i) => {
    page.controls[name] = now[i];
    if (!asked.has(name)) return now[i];
    const wish = asked.get(name);
    if (typeof now[i] === "boolean") return wish === "1";
    if (typeof now[i] === "number") return Number.isFinite(Number(wish)) ? Number(wish) : now[i];
    return wish;
  });
}

/** A control of the lesson moved. */
export function stand(name, value) {
  if (page.controls[name] === value) return;
  page.controls[name] = value;
  page.viewer?.set("context", JSON.stringify(page.controls)); // maps of other controls are other maps
  writeAddress();
}

// --------------------------------------------------------------------------------------------------------------- acts

/** Operate controls for the visitor, and point at them. Returns how the lesson's controls shall stand. */
export function act({ viewer: hands = {}, run = {}, controls = {} }, names, now) {
  if (Object.keys(hands).length) {
    move(keysOf(hands));
    const keys = Object.keys(keysOf(hands));
    page.viewer.set("highlight", { step: "steps", frame: "frames", layer: "layers", view: "views" }[keys[0]] ?? "film");
    setTimeout(() => page.viewer.set("highlight", null), 2400);
  }
  for (const name of Object.keys(controls)) point(document.getElementById(`control-${name}`));
  if (Object.keys(run).length) page.bar.develop(run);
  answerable();
  return names.map((name, i) => controls[name] ?? now[i]);
}

export function point(element) {
  if (!element) return;
  element.closest("details")?.setAttribute("open", "");
  element.scrollIntoView({ block: "nearest", behavior: still() ? "auto" : "smooth" });
  element.classList.add("pointed");
  setTimeout(() => element.classList.remove("pointed"), 2400);
}

export const still = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

/** Switch a named layer on or off. */
function showLayer(button) {
  const on = button.getAttribute("aria-pressed") !== "true";
  for (const other of document.querySelectorAll("[data-layer]")) other.setAttribute("aria-pressed", "false");
  button.setAttribute("aria-pressed", String(on));
  move({ pick: on ? { what: "map", name: button.dataset.layer } : null });
  if (on) point(document.getElementById("film"));
}

// ------------------------------------------------------------------------------------------------------- the question

function answerable() {
  document.documentElement.dataset.acted = "yes";
  if (document.documentElement.dataset.guess) reveal();
}

function reveal() {
  document.documentElement.dataset.revealed = "yes";
  compare();
}

/** Put the guess beside what was measured. */
function compare() {
  const guess = document.documentElement.dataset.guess;
  const answer = document.querySelector("[data-answer]");
  const line = answer?.querySelector(".guessed");
  if (!line || !guess) return;
  const label = document.querySelector(`input[name=guess][value="${CSS.escape(guess)}"]`)?.dataset.label ?? "";
  const right = answer.dataset.answer === guess;
  const verdict = answer.dataset.answer ? (right ? page.labels.right : page.labels.not_right) : "";
  const text = `${page.labels.you_guessed} ${label} ${verdict ? `— ${verdict}` : ""}`;
  if (line.textContent !== text) line.textContent = text;
}

// ------------------------------------------------------------------------------------------------- depths and the rest

const DEPTHS = ["picture", "numbers", "code"];

function depth(name) {
  document.documentElement.dataset.depth = name;
  for (const button of document.querySelectorAll("[data-depth-to]"))
    button.setAttribute("aria-pressed", String(button.dataset.depthTo === name));
}

function onKey(event) {
  if (event.key !== "Escape" || event.defaultPrevented) return;
  if (event.target.closest?.("input, textarea, select, .darkroom")) return; // theirs to use first
  depth(DEPTHS[Math.max(0, DEPTHS.indexOf(document.documentElement.dataset.depth) - 1)]);
}

async function onClick(event) {
  const target = event.target.closest?.("button, a");
  if (!target) return;
  if (target.matches("a[data-idea]")) target.search = shared();
  else if (target.matches("a[data-tongue]")) target.search = spoken(new URLSearchParams(address()), target.dataset.tongue);
  else if (target.dataset.depthTo) depth(target.dataset.depthTo);
  else if (target.dataset.layer) showLayer(target);
  else if (target.matches(".reveal")) reveal();
  else if (target.closest(".cut")) page.stopped = false;
  else if (target.matches(".theme")) theme(!document.body.classList.contains("dark"));
  else if (target.matches(".copy")) await copied(target, target.parentElement.querySelector("code").textContent);
}

/** What another page takes over: the run and where the viewer stands, not this page's controls. */
function shared() {
  const query = new URLSearchParams(page.run?.prompt ? told(page.run) : {});
  if (page.run?.prompt) for (const name of ["step", "frame"]) query.set(name, page.hand[name] ?? 0);
  return spoken(query);
}

export async function copied(button, text) {
  const before = button.textContent;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = Object.assign(document.createElement("textarea"), { value: text }); // without https
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
  button.textContent = button.dataset.copied;
  setTimeout(() => (button.textContent = before), 1600);
}

function theme(dark) {
  document.body.classList.toggle("dark", dark);
  localStorage.setItem("darkroom-theme", dark ? "dark" : "light");
}

function onChange(event) {
  if (!event.target.matches("input[name=guess]")) return;
  document.documentElement.dataset.guess = event.target.value;
  if (document.documentElement.dataset.acted || !document.querySelector("#acts")) reveal();
  else point(document.getElementById("acts"));
  compare();
}

document.addEventListener("keydown", onKey);
document.addEventListener("click", onClick);
document.addEventListener("change", onChange);
new MutationObserver(compare).observe(document.body, { childList: true, subtree: true });
depth("picture");
if (chosen) theme(chosen === "dark");
