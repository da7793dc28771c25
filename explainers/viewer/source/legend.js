// What the heat is, its numbers, and what they are shares of; without heat, what could be asked.

/** @import { Actions } from "./protocol.d.ts" */
/** @import { Heat } from "./heat.js" */
/** @import { Sentences } from "./sentences.js" */
/** @import { State } from "./state.js" */

import { gradient, tileValue } from "./colours.js";
import { iconButton, make, put } from "./parts.js";
import { fill } from "./words.js";

export class Legend {
  /** @param {State} state @param {Heat} heat @param {Actions} act @param {Sentences} sentences */
  constructor(state, heat, act, sentences) {
    this.state = state;
    this.heat = heat;
    this.sentences = sentences;
    this.barred = ""; // the scale that the bar shows
    this.title = make("strong");
    this.low = make("span", { class: "number" });
    this.bar = make("span", { class: "bar", "aria-hidden": "true" });
    this.high = make("span", { class: "number" });
    this.scale = make("span", { class: "scale" }, this.low, this.bar, this.high);
    this.note = make("span", { class: "quiet" });
    this.clear = iconButton("clear", () => act.letGo());
    this.clear.show("clear", sentences.labels.clear);
    this.root = make("div", { class: "legend", "data-part": "legend" }, this.title, this.scale, this.note, this.clear.button);
  }

  paint() {
    const { state, heat, sentences } = this;
    const { names } = state;
    const name = names.find((key) => heat.patches(key)) ?? names.find((key) => heat.of[key]);
    const map = name && heat.of[name];
    const pick = state.pickFor(names[0]) ?? state.pickFor(names[names.length - 1]);
    const difference = state.values.layer === "difference" || state.showing[0] === "difference";
    const hint = sentences.hint(state);
    put(this.root, "hidden", !state.allows("legend") || !(map || pick || difference || hint));
    if (this.root.hidden) return;
    put(this.title, "textContent", map?.label ?? (pick ? sentences.pick(pick, state) : ""));
    put(this.clear.button, "hidden", !state.values.pick);
    put(this.scale, "hidden", !map || !heat.scale);
    if (map && heat.scale) {
      const { top, bottom } = heat.scale;
      if (this.barred !== `${top} ${bottom}`) this.bar.style.backgroundImage = gradient(heat.scale);
      this.barred = `${top} ${bottom}`;
      put(this.low, "textContent", sentences.number(bottom < 0 ? -top : 0, map.unit));
      put(this.high, "textContent", sentences.number(top, map.unit));
    }
    const L = sentences.labels;
    const tile = map?.tiles.patches;
    const { latent, row, col } = state.hover ?? {};
    const notes = [];
    if (map?.normalised) notes.push(map.normalised);
    if (map && state.stepOf(name) !== map.step) notes.push(fill(L.ofStep, { step: map.step + 1 }));
    if (pick && names.some((key) => heat.waits(key))) notes.push(L.asking);
    if (!map && difference) notes.push(sentences.difference(state));
    if (map && tile && latent !== undefined && row !== undefined && col !== undefined) {
      const [, rows, cols] = tile.shape;
      notes.push(fill(L.here, { value: sentences.number(tileValue(tile, (latent * rows + row) * cols + col), map.unit) }));
    }
    if (!notes.length && !pick && hint) notes.push(hint);
    put(this.note, "textContent", notes.join(" · "));
  }
}
