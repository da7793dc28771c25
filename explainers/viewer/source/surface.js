// The flat view: one canvas with the film and its frames, the divider between two films, their titles.

/** @import { Actions, Cell, Hit, Labels } from "./protocol.d.ts" */
/** @import { Painter } from "./painter.js" */
/** @import { State } from "./state.js" */

import { GAP, layout } from "./layout.js";
import { blank, inkOf, make, put } from "./parts.js";
import { clamp } from "./timeline.js";
import { Turns } from "./turns.js";

const RIM = 22; // half the width of the divider's handle: its middle runs from edge to edge of the film

/** What lies at a point of a frame, in shares of its width and height. @param {State} state @param {number} frame @param {number} u @param {number} v */
export function patchAt(state, frame, u, v) {
  const film = state.filmOf("");
  const grid = film.head.grid;
  if (!grid) return {};
  const row = clamp(Math.floor(v * grid.rows), 0, grid.rows - 1);
  const col = clamp(Math.floor(u * grid.cols), 0, grid.cols - 1);
  return { latent: film.latentFrame(frame), row, col };
}

export class Surface {
  /** @param {State} state @param {Painter} painter @param {Actions} act @param {Labels} labels */
  constructor(state, painter, act, labels) {
    this.state = state;
    this.painter = painter;
    this.labels = labels;
    this.turns = new Turns();
    /** @type {ReturnType<typeof layout>} */
    this.placed = { cells: [], height: 0 };
    this.laid = ""; // what `placed` was reckoned from
    this.titled = "";
    this.canvas = make("canvas", { class: "surface", tabindex: 0, role: "application", "aria-label": labels.film });
    const share = { type: "range", class: "divider", min: 0, max: 1, step: 0.01 };
    this.divider = make("input", { ...share, "data-part": "divider", "aria-label": labels.divider });
    this.captions = make("div", { class: "captions" });
    this.divider.addEventListener("input", () => act.change({ divider: this.divider.valueAsNumber }));
    this.canvas.addEventListener("keydown", (event) => act.key(event));
    this.canvas.addEventListener("focus", () => act.invalidate());
    this.canvas.addEventListener("blur", () => act.invalidate());
    this.canvas.addEventListener("click", (event) => {
      const hit = this.hit(event.offsetX, event.offsetY);
      if (hit) act.choose(hit);
    });
    this.canvas.addEventListener("pointermove", (event) => {
      if (event.pointerType === "mouse") act.hover(this.hit(event.offsetX, event.offsetY));
    });
    this.canvas.addEventListener("pointerleave", () => act.hover(null));
  }

  /** What lies under a point of the canvas. @param {number} x @param {number} y @returns {Hit | null} */
  hit(x, y) {
    const cell = this.placed.cells.find((c) => x >= c.x && x < c.x + c.w && y >= c.y && y < c.y + c.h);
    if (!cell || !this.state.lead) return null;
    const frame = cell.frame ?? this.state.values.frame;
    return { main: cell.main, frame, ...patchAt(this.state, frame, (x - cell.x) / cell.w, (y - cell.y) / cell.h) };
  }

  /** Where frames stand, reckoned anew only if something about it has changed; the cells that are to be drawn. */
  place() {
    const { state } = this;
    const { width, height, frames } = state.filmOf("").head;
    const { width: W, highest: H, fills } = state.size;
    const wanted = { view: state.values.view, films: state.showing, frames, aspect: width / height, W, H, fills };
    const signature = Object.values(wanted).join();
    if (signature !== this.laid) {
      this.laid = signature;
      this.placed = layout(wanted);
      const boxes = this.placed.cells.map(({ x, y, w, h }) => [x, y, w, h].map(Math.round));
      this.canvas.dataset.cells = JSON.stringify(boxes);
    }
    this.turns.take(this.placed.cells, `${signature},${this.painter.finest}`, state.moving);
    return this.turns.fresh;
  }

  paint() {
    const { placed, canvas, turns } = this;
    put(canvas.style, "cursor", this.state.hover ? "pointer" : "");
    const reach = GAP / 2; // what is drawn around a frame stays within
    if (turns.whole) blank(canvas, this.state.size.width, placed.height, this.painter.finest);
    const context = inkOf(canvas);
    for (const cell of turns.fresh) {
      if (!turns.whole) context.clearRect(cell.x - reach, cell.y - reach, cell.w + GAP, cell.h + GAP);
      this.painter.cell(context, cell);
    }
    const main = placed.cells.find((cell) => cell.main && cell.film === "split");
    put(this.divider, "hidden", !main);
    if (main) {
      put(this.divider.style, "left", `${main.x - RIM}px`);
      put(this.divider.style, "top", `${main.y}px`);
      put(this.divider.style, "width", `${main.w + 2 * RIM}px`);
      put(this.divider.style, "height", `${main.h}px`);
      put(this.divider, "value", String(this.state.values.divider));
    }
    this.title(placed.cells);
    turns.drawn();
  }

  /** A place without a film. */
  paintNothing() {
    const { width, highest, fills } = this.state.size;
    blank(this.canvas, width, fills ? highest : Math.min(width * 0.7, highest));
    this.canvas.hidden = false;
    this.divider.hidden = true;
    this.title([]);
  }

  /** @param {boolean} on */
  show(on) {
    put(this.canvas, "hidden", !on);
    if (on) return;
    put(this.divider, "hidden", true);
    this.title([]);
  }

  /** Which of two films is which. @param {Cell[]} cells */
  title(cells) {
    const { a, b } = this.state.films;
    /** @type {[string, Cell, "left" | "right"][]} */
    const wanted = [];
    if (a && b) {
      const [one, two] = this.state.model.get("titles") ?? [];
      const titles = { a: one || a.head.title || this.labels.a, b: two || b.head.title || this.labels.b };
      for (const cell of cells.filter((c) => c.main)) {
        if (cell.film === "split") wanted.push([titles.a, cell, "left"], [titles.b, cell, "right"]);
        else if (cell.film !== "difference") wanted.push([titles[cell.film], cell, "left"]);
      }
    }
    const signature = JSON.stringify(wanted);
    if (signature === this.titled) return;
    this.titled = signature;
    this.captions.replaceChildren(
      ...wanted.map(([text, cell, side]) => {
        const caption = make("span", { class: side }, text);
        caption.style.top = `${cell.y}px`;
        if (side === "left") caption.style.left = `${cell.x}px`;
        else caption.style.right = `${this.state.size.width - cell.x - cell.w}px`;
        return caption;
      }),
    );
  }
}
