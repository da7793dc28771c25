// The viewer: one or two films and how they developed, patch by patch. How to host it is written in ../README.md.
//
//   viewer.render({ model, el })        model: get, set, save_changes, on, off, send, as anywidget has them
//
// Here its parts are put together and told of each other. Hosts are given one file: ../__init__.py joins these.

/** @import { FilmName, Labels, Message, Model, Source } from "./protocol.d.ts" */

import { Atlases } from "./atlases.js";
import { Choices } from "./choices.js";
import { css, gradientStops, heatColour, tileValue } from "./colours.js";
import { Film, bytesOf } from "./films.js";
import { Hands } from "./hands.js";
import { Heat } from "./heat.js";
import { layout } from "./layout.js";
import { Legend } from "./legend.js";
import { Maps } from "./maps.js";
import { createModel } from "./model.js";
import { Packs } from "./packs.js";
import { Painter } from "./painter.js";
import { inkOf, make, put, still } from "./parts.js";
import { sameWords } from "./prompts.js";
import { Scrubbers } from "./scrubbers.js";
import { Sentences } from "./sentences.js";
import { SoundStrip } from "./sound_strip.js";
import { Stack } from "./stack.js";
import { State } from "./state.js";
import { Surface } from "./surface.js";
import { clamp } from "./timeline.js";
import { WordRows } from "./word_rows.js";
import { LABELS, fill } from "./words.js";

/** @type {FilmName[]} */
const FILMS = ["a", "b"];

class Viewer {
  /** @param {Model} model @param {Element} el */
  constructor(model, el) {
    /** @type {Labels} */
    const labels = { ...LABELS, ...model.get("labels") };
    const state = new State(model);
    this.model = model;
    this.state = state;
    this.due = 0; // the frame that will be painted
    this.ready = false; // the film on screen was
    this.closed = false;
    this.sentences = new Sentences(labels);
    this.maps = new Maps((message) => model.send(message));
    this.maps.context = model.get("context") ?? "";
    this.atlases = new Atlases((wish) => this.decoded(wish));
    this.packs = new Packs(state, this.atlases, (what) => this.came(what));
    this.heat = new Heat(state, this.maps);
    const hands = (this.hands = new Hands(state, this));
    this.painter = new Painter(state, this.heat, this.atlases);
    this.surface = new Surface(state, this.painter, hands, labels);
    this.stack = new Stack(state, this.painter, hands, labels);
    this.words = new WordRows(state, this.heat, hands, this.sentences);
    this.legend = new Legend(state, this.heat, hands, this.sentences);
    this.scrubbers = new Scrubbers(state, this.atlases, hands, this.sentences);
    this.sound = new SoundStrip(state, this.heat, hands, labels);
    this.choices = new Choices(state, hands, labels, () => this.packs.ahead());
    this.note = make("div", { class: "note" });
    const { canvas, divider, captions } = this.surface;
    this.room = make("div", { class: "room", "data-part": "film" }, canvas, divider, this.stack.root, captions, this.note);
    this.status = make("p", { class: "status", "data-part": "status", role: "status", "aria-live": "polite" });
    const timeline = make("div", { class: "timeline" }, this.scrubbers.steps, this.scrubbers.frames, this.sound.root);
    this.root = make("div", { class: "darkroom", role: "group", "aria-label": labels.viewer },
      this.words.root, this.room, this.legend.root, timeline, this.choices.root, this.status); // prettier-ignore
    Object.assign(this.root, { viewer: this }); // for hosts that draw what is on screen in their own way
    this.painter.focused = () => [canvas, this.stack.root].some((area) => area === document.activeElement);
    el.append(this.root);
    /** @type {(() => void)[]} */
    this.unlisten = [];
    this.observer = new ResizeObserver(() => this.measure());
    this.listen();
    hands.play(Boolean(model.get("playing")) && !still());
    for (const name of FILMS) this.packs.load(name);
    this.refresh();
  }

  // ---- the host

  listen() {
    /** @type {(event: string, f: (...values: any[]) => void) => void} */
    const on = (event, f) => {
      this.model.on(event, f);
      this.unlisten.push(() => this.model.off(event, f));
    };
    on("msg:custom", (message, buffers) => this.receive(message, buffers));
    for (const key of this.state.keys) {
      on(`change:${key}`, () => {
        if (!this.state.take(key)) return;
        this.hands.unsaved.delete(key);
        if (key === "step") this.state.follow = this.state.values.step < 0;
        this.hands.moved();
      });
    }
    for (const name of FILMS) {
      const suffix = name === "a" ? "" : "_b";
      on(`change:pack${suffix}`, () => this.packs.load(name));
      on(`change:steps${suffix}`, () => this.packs.loadSteps(name));
    }
    on("change:context", () => {
      this.maps.context = this.model.get("context") ?? "";
      this.hands.moved();
    });
    on("change:playing", () => this.hands.play(Boolean(this.model.get("playing"))));
    on("change:tracks", () => this.invalidate());
    for (const key of ["sound", "loop"]) on(`change:${key}`, () => this.hands.motion.set({}));
    for (const key of ["state", "message", "asks", "parts", "highlight"]) on(`change:${key}`, () => this.refresh());
    const measure = () => this.measure();
    for (const element of [this.root, this.room, this.sound.track]) this.observer.observe(element);
    addEventListener("resize", measure); // a window that only grows in height changes no width
    this.unlisten.push(() => removeEventListener("resize", measure));
  }

  /** @param {Message} message @param {Source[]} [buffers] */
  receive(message, buffers = []) {
    if (message.kind === "step") {
      this.state.films[message.film ?? "a"]?.add(bytesOf(/** @type {ArrayBuffer} */ (buffers[0])));
      return this.came("step");
    }
    const milliseconds = this.maps.receive(message, buffers);
    if (milliseconds !== null) this.fire("map", { id: message.id, milliseconds });
    this.invalidate();
    this.say();
  }

  /** @param {string} name @param {object} detail */
  fire(name, detail) {
    this.root.dispatchEvent(new CustomEvent(`darkroom:${name}`, { detail, bubbles: true }));
  }

  /** A film is there, a step of it, all its steps; or what is known of one changed. @param {"film" | "step" | "all" | ""} what */
  came(what) {
    const { state } = this;
    if (what === "film") {
      this.ready = false;
      state.preview = null;
      state.values.frame = clamp(state.values.frame, 0, state.filmOf("").head.frames - 1);
    } else if (what === "step") {
      if (this.closed || !state.lead) return;
      if (state.follow) state.values.step = -1;
      this.packs.ahead();
      this.invalidate();
      this.refresh();
    } else if (what === "all") this.hands.moved();
    else this.refresh();
  }

  /** @param {{ film: Film, error?: unknown }} wish */
  decoded({ film, error }) {
    if (this.closed) return;
    if (error && film === this.state.lead && !this.ready) return this.packs.fail(error);
    this.scrubbers.strip.due = true;
    this.invalidate();
  }

  moved() {
    this.invalidate();
    this.root.toggleAttribute("data-moving", true);
  }

  switched() {
    this.refresh();
  }

  /** The hand has come to rest: what it stopped at is asked about. */
  rested() {
    const { state } = this;
    const asks = this.model.get("asks") ?? [];
    for (const name of state.names) {
      const pick = state.pickFor(name);
      if (pick && asks.includes(pick.what)) this.maps.ask(state.filmOf(name), name, pick, state.stepOf(name));
    }
    this.say();
    this.invalidate();
    this.root.toggleAttribute("data-moving", false);
    this.fire("rest", { step: state.values.step, frame: state.values.frame });
  }

  // ---- what is on screen

  /** Sizes are read when they change: to read them between writes, the page would have to be laid out each time. */
  measure() {
    const fills = Boolean(this.model.get("fill"));
    this.root.toggleAttribute("data-fill", fills);
    const window_ = Math.max(240, Math.min(window.innerHeight, screen.availHeight || Infinity) * 0.6);
    this.state.size = { width: this.room.clientWidth, highest: fills ? this.room.clientHeight : window_, fills };
    this.sound.measure();
    this.invalidate();
  }

  invalidate() {
    if (this.due || this.closed) return;
    this.due = requestAnimationFrame(() => {
      this.due = 0;
      if (!this.closed) this.paint();
    });
  }

  paint() {
    const { state } = this;
    if (!state.size.width) this.measure();
    if (!state.lead) {
      this.surface.paintNothing();
      this.stack.show(false);
      this.legend.root.hidden = true;
      return;
    }
    this.heat.update();
    const flat = state.values.view !== "stack";
    const view = flat ? this.surface : this.stack;
    if (!this.painter.prepare(view.place()) && state.lead.arrived) return; // nothing decoded yet: leave what is on screen
    this.surface.show(flat);
    this.stack.show(!flat);
    view.paint();
    for (const part of [this.scrubbers, this.choices, this.legend, this.words, this.sound]) part.paint();
    if (!this.ready && this.painter.plates[state.names[0]]) {
      this.ready = true;
      this.fire("ready", {});
    }
  }

  /** Films, maps or the host's wishes changed: what there is to see and to choose. */
  refresh() {
    if (this.closed) return;
    const { state, packs } = this;
    const has = Boolean(state.lead?.arrived);
    const told = this.model.get("state");
    let now = has ? "ready" : packs.fetching ? "loading" : "empty";
    if (has && told === "live") now = "live";
    if (!has && (told === "loading" || told === "live")) now = "loading";
    if (packs.error || told === "error") now = "error";
    this.root.dataset.state = now;
    this.root.dataset.asks = (this.model.get("asks") ?? []).join(" ");
    this.explain(now, has);
    this.status.hidden = !state.allows("status");
    for (const part of [this.choices, this.scrubbers, this.sound, this.words]) part.refresh();
    this.point(this.model.get("highlight") ?? null);
    this.invalidate();
  }

  /** Why there is no film to see. @param {string} now @param {boolean} has */
  explain(now, has) {
    const L = this.sentences.labels;
    const { error } = this.packs;
    const said = this.model.get("message");
    this.note.replaceChildren();
    this.note.hidden = now !== "error" && has;
    if (error) {
      const retry = () => FILMS.forEach((name) => this.packs.load(name));
      this.note.append(
        make("p", {}, L.failed),
        make("p", { class: "quiet" }, error.message),
        make("button", { type: "button", onclick: retry }, L.retry),
      );
    } else if (now === "error") this.note.append(make("p", {}, said || L.failed));
    else if (!has) this.note.append(make("p", {}, said || (now === "loading" ? L.loading : L.empty)));
  }

  /** @param {string | null} target the part that the host points at */
  point(target) {
    for (const element of this.root.querySelectorAll("[data-part]")) {
      const part = /** @type {HTMLElement} */ (element);
      const on = part.dataset.part === target && !part.hidden;
      if (on && !part.classList.contains("pointed"))
        part.scrollIntoView({ block: "nearest", behavior: still() ? "auto" : "smooth" });
      part.classList.toggle("pointed", on);
    }
  }

  /** For those who hear the page too. */
  say() {
    if (this.state.lead) put(this.status, "textContent", this.sentences.status(this.state, this.heat));
  }

  close() {
    this.closed = true;
    this.unlisten.forEach((off) => off());
    this.observer.disconnect();
    this.hands.close();
    this.scrubbers.strip.close();
    this.packs.close();
    this.root.remove();
  }
}

/** @param {{ model: Model, el: Element }} host */
function render({ model, el }) {
  let viewer = new Viewer(model, el);
  const relabel = () => {
    const there = viewer.root.parentElement ?? el; // a host may have moved it
    viewer.close();
    viewer = new Viewer(model, there);
  };
  model.on("change:labels", relabel);
  return () => {
    model.off("change:labels", relabel);
    viewer.close();
  };
}

export { Atlases, Film, LABELS, Viewer, createModel, css, fill, gradientStops, heatColour, inkOf, layout, make, sameWords, still, tileValue };
export default { render };
