// The sound: how loud it is along the film, in slices to be asked about, and the button that makes it heard.

/** @import { Actions, Labels } from "./protocol.d.ts" */
/** @import { Heat } from "./heat.js" */
/** @import { State } from "./state.js" */

import { css, heatColour, tileValue } from "./colours.js";
import { blank, iconButton, make, put } from "./parts.js";
import { clamp } from "./timeline.js";
import { fill } from "./words.js";

const HEIGHT = 48;
/** @type {{ [key: string]: number | undefined }} */
const BY = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, Home: -Infinity, End: Infinity };

export class SoundStrip {
  /** @param {State} state @param {Heat} heat @param {Actions} act @param {Labels} labels */
  constructor(state, heat, act, labels) {
    this.state = state;
    this.heat = heat;
    this.act = act;
    this.labels = labels;
    /** @type {number | null} */
    this.slice = null; // under the hand
    this.width = 0;
    this.button = iconButton("soundButton", () => this.next());
    this.strip = make("canvas", { class: "slices", tabindex: 0, role: "slider", "aria-label": labels.slices });
    this.track = make("div", { class: "track" }, this.strip);
    this.text = make("output", { class: "quiet" });
    const readout = make("div", { class: "readout" }, this.text);
    this.root = make("div", { class: "sound", "data-part": "sound" }, this.button.button, this.track, readout);
    this.strip.addEventListener("click", (event) => {
      if (!this.slices) return;
      this.slice = clamp(Math.floor((event.offsetX / this.strip.clientWidth) * this.slices), 0, this.slices - 1);
      act.pick({ what: "sound", index: this.slice });
    });
    this.strip.addEventListener("keydown", (event) => {
      if (!this.slices || !this.key(event.key)) return;
      event.preventDefault();
      act.invalidate();
    });
  }

  get slices() {
    return this.state.lead?.head.sound?.slices ?? 0;
  }

  /** Whether the key means something here. @param {string} key */
  key(key) {
    const by = BY[key];
    if (by !== undefined) this.slice = clamp((this.slice ?? 0) + by, 0, this.slices - 1);
    else if (key === "Enter" || key === " ") this.act.pick({ what: "sound", index: this.slice ?? 0 });
    else if (key === "Escape") this.act.letGo();
    else return false;
    return true;
  }

  /** Off, the first film's sound, the second's, off again. */
  next() {
    /** @type {("off" | "a" | "b")[]} */
    const order = ["off", ...this.state.audible];
    const now = order.indexOf(this.state.model.get("sound") ?? "off");
    this.act.tell({ sound: order[(now + 1) % order.length] });
  }

  refresh() {
    const { state, labels: L } = this;
    const film = state.lead;
    this.root.hidden = !state.allows("sound") || !(film?.nearestWith("peaks", 0) || film?.nearestWith("sound", 0));
    const sounds = state.audible;
    const sound = state.model.get("sound") ?? "off";
    const name = sound === "off" ? L.soundOff : sounds.length < 2 ? L.soundOn : sound === "a" ? L.soundA : L.soundB;
    this.button.button.hidden = sounds.length === 0;
    this.button.show(sound === "off" ? "soundOff" : "soundOn", name, { visible: L.sound });
    this.text.textContent = sounds.length ? name : "";
  }

  measure() {
    this.width = this.track.clientWidth;
  }

  paint() {
    if (this.root.hidden) return;
    const { state, heat, slices, width } = this;
    const film = state.filmOf("");
    const context = blank(this.strip, width, HEIGHT, state.moving ? 1 : 2);
    const tile = heat.of[state.first]?.tiles.sound;
    const { scale } = heat;
    const slice = width / Math.max(slices, 1);
    if (tile && scale) {
      tile.bytes.forEach((_, i) => {
        context.fillStyle = css(heatColour(tileValue(tile, i), scale));
        context.fillRect(i * slice, 0, slice, HEIGHT);
      });
    }
    const entry = film.nearestWith("peaks", state.stepOf(state.first));
    const peaks = entry?.peaks ? entry.at(entry.peaks) : new Uint8Array();
    context.fillStyle = tile ? "rgba(255,255,255,.8)" : "#9fb4c8";
    const bar = width / peaks.length;
    peaks.forEach((peak, i) => {
      const tall = Math.max(1, (peak / 255) * (HEIGHT - 8));
      context.fillRect(i * bar, (HEIGHT - tall) / 2, Math.max(bar * 0.7, 0.7), tall);
    });
    if (state.values.grid && slices) {
      context.fillStyle = "rgba(255,255,255,.3)";
      for (let i = 1; i < slices; i++) context.fillRect(i * slice, 0, 1, HEIGHT);
    }
    const { pick } = state.values;
    const picked = pick?.what === "sound" ? pick.index : null;
    const focused = document.activeElement === this.strip ? (this.slice ?? 0) : null;
    /** @type {[number | null, string][]} */
    const marks = [[focused, "#7cc4ff"], [picked, "#fff"]]; // prettier-ignore
    for (const [index, colour] of marks) {
      if (index === null || !slices) continue;
      context.strokeStyle = colour;
      context.lineWidth = 2;
      context.strokeRect(index * slice + 1, 1, slice - 2, HEIGHT - 2);
    }
    context.fillStyle = "#ffc454";
    context.fillRect(((state.values.frame + 0.5) / film.head.frames) * width - 1, 0, 2, HEIGHT);
    const at = this.slice ?? picked ?? 0;
    put(this.strip, "ariaValueMin", "1");
    put(this.strip, "ariaValueMax", String(Math.max(slices, 1)));
    put(this.strip, "ariaValueNow", String(at + 1));
    put(this.strip, "ariaValueText", fill(this.labels.sliceOf, { slice: at + 1, total: slices }));
  }
}
