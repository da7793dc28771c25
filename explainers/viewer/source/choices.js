// What can be chosen about the picture: its layer, the view, the heat, how two films are compared, the grid.

/** @import { Actions, Labels } from "./protocol.d.ts" */
/** @import { State } from "./state.js" */

import { choice, make } from "./parts.js";

export class Choices {
  /** @param {State} state @param {Actions} act @param {Labels} labels @param {() => void} ahead decodes what another layer needs */
  constructor(state, act, labels, ahead) {
    const L = labels;
    this.state = state;
    this.labels = labels;
    this.layer = choice("layers", L.layer, (layer) => (act.change({ layer }), ahead()));
    this.view = choice("views", L.view, (view) => act.change({ view }));
    this.compare = choice("compare", L.compare, (compare) => (act.change({ compare }), ahead()));
    this.heat = choice("heat", L.heat, (name) => act.pick(name ? { what: "map", name } : null));
    this.grid = make("input", { type: "checkbox", onchange: () => act.change({ grid: this.grid.checked }) });
    this.crisp = make("input", { type: "checkbox", onchange: () => act.change({ crisp: this.crisp.checked }) });
    this.crispLabel = make("label", {}, this.crisp, make("span", {}, L.crisp));
    const gridLabel = make("label", {}, this.grid, make("span", {}, L.grid));
    this.gridBox = make("div", { class: "choice", "data-part": "grid" }, gridLabel, this.crispLabel);
    const boxes = [this.layer, this.view, this.compare, this.heat].map(({ box }) => box);
    this.root = make("div", { class: "choices" }, ...boxes, this.gridBox);
  }

  /** Which of them there are. */
  refresh() {
    const { state, labels: L } = this;
    const { a, b } = state.films;
    const film = state.lead;
    const layers = /** @type {("x0" | "noisy" | "difference")[]} */ (["x0", "noisy"]).filter((kind) => film && kind in film.head.kinds);
    if (layers.length === 2) layers.push("difference");
    const several = film && film.head.frames > 1;
    const views = [["film", L.viewFilm], ["frames", L.viewFrames], ["stack", L.viewStack]];
    const ways = [["divider", L.compareDivider], ["side", L.compareSide], ["difference", L.compareDifference], ["a", L.compareA]];
    const banks = [a, b].flatMap((each) => each?.head.maps ?? []);
    const named = new Set(banks.filter((bank) => bank.what === "map").map((bank) => bank.name));
    this.layer.offer(layers.map((key) => [key, L[key]]));
    this.view.offer(several ? views : []);
    this.compare.offer(a && b ? ways : []);
    this.heat.offer([["", L.heatNone], ...[...named].map((name) => [name, name])]);
    for (const { box } of [this.layer, this.view, this.compare, this.heat])
      if (!state.allows(box.dataset.part ?? "")) box.hidden = true;
    this.grid.checked = state.values.grid;
    this.crisp.checked = state.values.crisp;
    this.crispLabel.hidden = !state.values.grid;
    this.gridBox.hidden = !state.allows("grid") || !film?.head.grid;
    this.root.hidden = [...this.root.children].every((box) => /** @type {HTMLElement} */ (box).hidden);
  }

  paint() {
    const { layer, view, compare, pick } = this.state.values;
    this.layer.set(layer);
    this.view.set(view);
    this.compare.set(compare);
    this.heat.set(!pick ? "" : pick.what === "map" ? pick.name : undefined);
  }
}
