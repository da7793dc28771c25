// The viewer: one or two films and how they developed, patch by patch. How to host it is written in ../README.md.
//
//   viewer.render({ model, el })        model: get, set, save_changes, on, off, send, as anywidget has them
//
// Hosts are given one file: ../__init__.py joins these.

import { LABELS } from "./words.js";
import { css, gradientStops, heatColour, tileValue } from "./colours.js";
import { Atlases, Film, bytesOf, clamp, fetchBytes, isEmpty } from "./films.js";
import { Maps } from "./maps.js";
import { Bench, layout } from "./plates.js";
import { Player } from "./player.js";
import { STILL, sameWords } from "./parts.js";
import { createModel } from "./model.js";
import { controls } from "./controls.js";
import { hands } from "./hands.js";
import { TURN, painting } from "./paint.js";
import { gauges } from "./gauges.js";

const DEFAULTS = {
  step: -1,
  frame: 0,
  layer: "x0",
  view: "film",
  compare: "divider",
  divider: 0.5,
  grid: false,
  crisp: false,
  pick: null,
};
const REST = 140; // milliseconds without a change after which the hand is said to rest

class Viewer {
  constructor(model, el) {
    this.model = model;
    this.labels = { ...LABELS, ...model.get("labels") };
    this.numbers = new Intl.NumberFormat(this.labels.locale, { maximumSignificantDigits: 2 });
    this.hundredths = new Intl.NumberFormat(this.labels.locale, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
    this.s = {};
    for (const key of Object.keys(DEFAULTS)) this.s[key] = model.get(key) ?? DEFAULTS[key];
    this.follow = this.s.step < 0; // stay at the newest step while a run is going on
    this.films = { a: null, b: null };
    this.tickets = { a: 0, b: 0 };
    this.cursor = { row: 0, col: 0 };
    this.preview = null; // the pick under the mouse or the focus
    this.hover = null;
    this.turn = { x: (-TURN.x * 180) / Math.PI, y: (TURN.y * 180) / Math.PI };
    this.unsaved = new Set();
    this.heats = {};
    this.bench = new Bench();
    this.composed = {};
    this.player = new Player();
    this.atlases = new Atlases((wish) => this.decoded(wish));
    this.maps = new Maps((message) => model.send(message));
    this.maps.context = model.get("context") ?? "";
    this.build(el);
    this.listen();
    this.motion({ playing: Boolean(model.get("playing")) && !STILL.matches });
    for (const name of ["a", "b"]) this.load(name);
    this.refresh();
  }

  // ---- what is on screen


  /** "a", "b", "split" or "difference": what the cells show. */
  get showing() {
    if (!this.films.a || !this.films.b) return [this.films.a ? "a" : "b"];
    return { divider: ["split"], side: ["a", "b"], difference: ["difference"], a: ["a"] }[this.s.compare] ?? ["split"];
  }

  /** Names of the films that are needed for that. */
  get names() {
    const showing = this.showing;
    return showing[0] === "split" || showing[0] === "difference" ? ["a", "b"] : showing;
  }

  get lead() {
    return this.films.a ?? this.films.b;
  }

  /** The step of a film: the timeline's own for the leading film, the same share of the way for the other. */
  stepOf(name) {
    const film = this.films[name];
    const last = Math.max(film.arrived - 1, 0);
    const step = this.s.step < 0 ? this.lead.arrived - 1 : this.s.step;
    if (film === this.lead || film.total === this.lead.total) return clamp(step, 0, last);
    return clamp(Math.round((step / Math.max(this.lead.total - 1, 1)) * (film.total - 1)), 0, last);
  }

  /** The frame of a film at the time of the leading film's frame. */
  frameOf(name, frame) {
    const film = this.films[name] ?? this.lead;
    return clamp(Math.floor((frame * film.head.fps) / this.lead.head.fps + 1e-6), 0, film.head.frames - 1);
  }

  /** The same question put to one of the films: a word of the first prompt may stand elsewhere in the second. */
  pickFor(name) {
    const pick = this.preview ?? this.s.pick;
    if (!pick) return null;
    const film = this.films[name];
    if (pick.what === "patch" && !film.head.grid) return null;
    if (pick.film) return pick.film === name ? pick : null;
    if (pick.what !== "word" || name === "a" || !this.samePlaces) return pick;
    const index = this.samePlaces.indexOf(pick.index);
    return index < 0 ? null : { ...pick, index };
  }

  answerable(what) {
    if (this.model.get("asks")?.includes(what)) return true;
    return Object.values(this.films).some((film) => film?.head.maps?.some((bank) => bank.what === what));
  }

  // ---- the host


  listen() {
    const on = (event, f) => {
      this.model.on(event, f);
      this.unlisten.push(() => this.model.off(event, f));
    };
    this.unlisten = [];
    on("msg:custom", (message, buffers) => this.receive(message, buffers));
    for (const key of Object.keys(DEFAULTS)) {
      on(`change:${key}`, () => {
        const value = this.model.get(key) ?? DEFAULTS[key];
        if (JSON.stringify(value) === JSON.stringify(this.s[key])) return;
        this.s[key] = value;
        this.unsaved.delete(key);
        if (key === "step") this.follow = value < 0;
        this.moved();
      });
    }
    for (const name of ["a", "b"]) {
      const suffix = name === "a" ? "" : "_b";
      on(`change:pack${suffix}`, () => this.load(name));
      on(`change:steps${suffix}`, () => this.loadSteps(name));
    }
    on("change:context", () => {
      this.maps.context = this.model.get("context") ?? "";
      this.moved();
    });
    on("change:playing", () => this.motion({ playing: Boolean(this.model.get("playing")) }));
    for (const key of ["sound", "loop"]) on(`change:${key}`, () => this.motion({}));
    for (const key of ["state", "message", "asks", "parts", "highlight"]) on(`change:${key}`, () => this.refresh());
    this.observer = new ResizeObserver(() => this.measure());
    for (const element of [this.root, this.soundStrip.parentElement]) this.observer.observe(element);
    const measure = () => this.measure();
    addEventListener("resize", measure); // a window that only grows in height changes no width
    this.unlisten.push(() => removeEventListener("resize", measure));
  }

  receive(message, buffers) {
    if (message.kind === "step") {
      const film = this.films[message.film ?? "a"];
      film?.add(bytesOf(buffers[0]));
      this.arrived();
      return;
    }
    const milliseconds = this.maps.receive(message, buffers ?? []);
    if (milliseconds !== null) this.fire("map", { id: message.id, milliseconds });
    this.invalidate();
    this.say();
  }

  /** The hand did something: show it now, tell the host when it rests. */
  change(values) {
    for (const [key, value] of Object.entries(values)) {
      this.s[key] = value;
      this.unsaved.add(key);
    }
    this.moved();
  }

  moved() {
    this.invalidate();
    this.inMotion = true;
    this.root.toggleAttribute("data-moving", true);
    clearTimeout(this.resting);
    this.resting = setTimeout(() => this.rest(), REST);
  }

  rest() {
    clearTimeout(this.resting);
    if (!this.lead) return;
    if (this.unsaved.size && !this.playing && !this.developing) {
      for (const key of this.unsaved) this.model.set(key, this.s[key]);
      this.unsaved.clear();
      this.model.save_changes();
    }
    for (const name of this.names) {
      const pick = this.pickFor(name);
      const asks = this.model.get("asks") ?? [];
      if (pick && asks.includes(pick.what)) this.maps.ask(this.films[name], name, pick, this.stepOf(name));
    }
    this.say();
    this.inMotion = false;
    this.invalidate();
    this.root.toggleAttribute("data-moving", false);
    this.fire("rest", { step: this.s.step, frame: this.s.frame });
  }

  fire(name, detail) {
    this.root.dispatchEvent(new CustomEvent(`darkroom:${name}`, { detail, bubbles: true }));
  }

  // ---- films coming in


  async load(name) {
    const source = this.model.get(name === "a" ? "pack" : "pack_b");
    const ticket = ++this.tickets[name];
    const old = this.films[name];
    this.error = null;
    if (isEmpty(source)) {
      this.films[name] = null;
      if (old) this.atlases.forget(old);
      this.refresh();
      return;
    }
    this.fetching = !this.lead;
    this.refresh();
    try {
      const film = await Film.open(source);
      if (ticket !== this.tickets[name] || this.closed) return;
      this.fetching = false;
      this.films[name] = film;
      if (old) this.atlases.forget(old);
      this.ready = false;
      this.preview = null;
      this.s.frame = clamp(this.s.frame, 0, this.lead.head.frames - 1);
      await this.loadSteps(name);
      this.moved();
    } catch (error) {
      if (ticket !== this.tickets[name]) return;
      this.fetching = false;
      this.error = error;
      this.refresh();
    }
  }

  async loadSteps(name) {
    const film = this.films[name];
    const list = this.model.get(name === "a" ? "steps" : "steps_b") ?? [];
    if (!film) return;
    const fresh = list.filter((source) => !film.taken.has(source));
    fresh.forEach((source) => film.taken.add(source));
    await Promise.all(
      fresh.map(async (source) => {
        try {
          film.add(await fetchBytes(source));
          this.arrived();
        } catch (error) {
          film.taken.delete(source); // the host's next word is a chance to try again
          console.warn("darkroom: a step did not arrive", error);
        }
      }),
    );
    this.arrived();
  }

  arrived() {
    if (this.closed || !this.lead) return;
    if (this.follow) this.s.step = -1;
    this.wantAhead();
    this.invalidate();
    this.refresh();
  }

  wantAhead() {
    for (const name of this.names) {
      const film = this.films[name];
      if (!film || !film.arrived) continue;
      const kinds = this.s.layer === "difference" ? Object.keys(film.head.kinds) : [film.kind(this.s.layer)];
      for (const kind of kinds) this.atlases.wantAll(film, kind, this.stepOf(name));
    }
  }

  decoded({ film, error }) {
    if (this.closed) return;
    if (error && film === this.lead && !this.ready) {
      this.error = error;
      this.refresh();
      return;
    }
    this.stripDue = true;
    this.invalidate();
  }

  // ---- time


  /** Start or stop the film (`playing`) or the development (`developing`). */
  motion({ playing = this.playing, developing = this.developing, from }) {
    this.playing = playing;
    this.developing = developing;
    const film = this.lead;
    const loop = this.model.get("loop") ?? true;
    if (film && playing) {
      const seconds = (from ?? this.s.frame) / film.head.fps;
      this.heard = this.soundEntry();
      this.player.start(seconds, this.heard, this.soundFilm(), loop);
    } else this.player.stop();
    if (developing && this.develops === undefined) this.develops = performance.now();
    if (!developing) this.develops = undefined;
    if (playing || developing) this.tickSoon();
    else this.moved();
    this.refresh();
  }

  soundFilm() {
    return this.films[this.model.get("sound")];
  }

  soundEntry() {
    const name = this.model.get("sound");
    return this.films[name]?.nearestWith("sound", this.stepOf(name)) ?? null;
  }

  tickSoon() {
    if (this.ticking) return;
    this.ticking = requestAnimationFrame(() => {
      this.ticking = 0;
      this.tick();
    });
  }

  tick() {
    const film = this.lead;
    if (this.closed) return;
    if (film && this.playing) {
      if (this.player.began === null) this.motion({}); // told to play before the film was there
      const loop = this.model.get("loop") ?? true;
      const time = this.player.now();
      const frame = Math.floor((loop ? time % film.seconds : time) * film.head.fps + 1e-6);
      if (frame >= film.head.frames) this.motion({ playing: false });
      else if (frame !== this.s.frame) this.change({ frame });
      const from = (time % film.seconds) * film.head.fps;
      if (this.playing && this.soundEntry() !== this.heard) this.motion({ from }); // another step sounds different
    }
    if (film && this.developing) {
      const seconds = clamp(film.total * 0.08, 2, 5);
      const way = (performance.now() - this.develops) / 1000 / seconds;
      const step = Math.min(Math.floor(way * film.arrived), film.arrived - 1);
      if (step !== this.s.step) this.change({ step: Math.max(step, 0) });
      if (way >= 1) this.motion({ developing: false });
    }
    if (this.playing || this.developing) this.tickSoon();
  }

  goToStep(step) {
    const film = this.lead;
    if (!film) return;
    const last = film.arrived - 1;
    this.follow = step >= last;
    if (this.developing) this.motion({ developing: false });
    this.change({ step: clamp(step, 0, Math.max(last, 0)) });
  }

  goToFrame(frame) {
    if (!this.lead) return;
    if (this.playing) this.motion({ playing: false });
    const count = this.lead.head.frames;
    this.change({ frame: ((frame % count) + count) % count });
  }

  close() {
    this.closed = true;
    this.unlisten.forEach((off) => off());
    this.observer.disconnect();
    clearTimeout(this.resting);
    clearTimeout(this.stripTimer);
    this.player.close();
    for (const film of [this.films.a, this.films.b]) if (film) this.atlases.forget(film);
    this.root.remove();
  }
}

Object.assign(Viewer.prototype, controls, hands, painting, gauges);

function render({ model, el }) {
  let viewer = new Viewer(model, el);
  const relabel = () => {
    viewer.close();
    viewer = new Viewer(model, el);
  };
  model.on("change:labels", relabel);
  return () => {
    model.off("change:labels", relabel);
    viewer.close();
  };
}

export { Atlases, Film, LABELS, createModel, css, gradientStops, heatColour, layout, sameWords, tileValue };
export default { render };
