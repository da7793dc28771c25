// What hands do to the viewer: mouse, finger, keys.

import { clamp } from "./films.js";
import { samePick } from "./maps.js";

export const hands = {
  /** What the hands do. */
  hands() {
    this.stepInput.addEventListener("input", () => this.goToStep(this.stepInput.valueAsNumber));
    this.frameInput.addEventListener("input", () => this.goToFrame(this.frameInput.valueAsNumber));
    this.divider.addEventListener("input", () => this.change({ divider: this.divider.valueAsNumber }));

    for (const area of [this.surface, this.stack]) {
      area.addEventListener("keydown", (event) => this.key(event));
      area.addEventListener("focus", () => this.invalidate());
      area.addEventListener("blur", () => this.invalidate());
    }
    this.surface.addEventListener("click", (event) => {
      const hit = this.hit(event.offsetX, event.offsetY);
      if (hit) this.choose(hit);
    });
    this.surface.addEventListener("pointermove", (event) => {
      if (event.pointerType === "mouse") this.hoverAt(this.hit(event.offsetX, event.offsetY));
    });
    this.surface.addEventListener("pointerleave", () => this.hoverAt(null));

    let drag = null;
    this.stack.addEventListener("pointerdown", (event) => {
      drag = { x: event.clientX, y: event.clientY, far: false };
    });
    this.stack.addEventListener("pointermove", (event) => {
      if (!drag) return;
      const [dx, dy] = [event.clientX - drag.x, event.clientY - drag.y];
      if (!drag.far && Math.hypot(dx, dy) < 5) return;
      if (!drag.far) this.stack.setPointerCapture(event.pointerId);
      this.turnBy(dx * 0.4, dy * 0.3);
      drag = { x: event.clientX, y: event.clientY, far: true };
    });
    for (const event of ["pointerup", "pointercancel"]) this.stack.addEventListener(event, () => (drag = null));
    this.stack.addEventListener("click", (event) => {
      const sheet = event.target.closest("canvas");
      if (!sheet || !this.lead) return;
      const frame = Number(sheet.dataset.frame);
      const patch = this.patchAt(frame, event.offsetX / sheet.offsetWidth, event.offsetY / sheet.offsetHeight);
      this.choose({ ...patch, frame });
    });

    this.soundStrip.addEventListener("click", (event) => {
      const slices = this.lead?.head.sound?.slices;
      if (!slices) return;
      this.slice = clamp(Math.floor((event.offsetX / this.soundStrip.clientWidth) * slices), 0, slices - 1);
      this.pick({ what: "sound", index: this.slice });
    });
    this.soundStrip.addEventListener("keydown", (event) => {
      const slices = this.lead?.head.sound?.slices;
      if (!slices) return;
      const by = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 }[event.key];
      if (by) this.slice = clamp((this.slice ?? 0) + by, 0, slices - 1);
      else if (event.key === "Home") this.slice = 0;
      else if (event.key === "End") this.slice = slices - 1;
      else if (event.key === "Enter" || event.key === " ") this.pick({ what: "sound", index: this.slice ?? 0 });
      else if (event.key === "Escape") this.letGo();
      else return;
      event.preventDefault();
      this.invalidate();
    });
  },

  key(event) {
    const film = this.lead;
    if (!film || event.ctrlKey || event.metaKey || event.altKey) return;
    const arrow = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    const grid = film.head.grid;
    if (arrow && event.shiftKey && this.s.view === "stack") this.turnBy(arrow[0] * 8, arrow[1] * 6);
    else if (arrow && grid) {
      this.cursor.col = clamp(this.cursor.col + arrow[0], 0, grid.cols - 1);
      this.cursor.row = clamp(this.cursor.row + arrow[1], 0, grid.rows - 1);
      this.cursor.shown = true;
      this.say();
    } else if (event.key === "Enter" || event.key === " ") {
      const { row, col } = this.cursor;
      if (grid) this.pick({ what: "patch", frame: film.latentFrame(this.s.frame), row, col });
    } else if (event.key === "Escape") this.letGo();
    else if (event.key === ",") this.goToFrame(this.s.frame - 1);
    else if (event.key === ".") this.goToFrame(this.s.frame + 1);
    else if (event.key === "[") this.goToStep(this.stepOf(this.films.a ? "a" : "b") - 1);
    else if (event.key === "]") this.goToStep(this.stepOf(this.films.a ? "a" : "b") + 1);
    else if (event.key === "k") this.motion({ playing: !this.playing });
    else if (event.key === "d") this.motion({ developing: !this.developing });
    else return;
    event.preventDefault();
    this.invalidate();
  },

  turnBy(x, y) {
    this.turn = { x: clamp(this.turn.x - y, -60, 20), y: clamp(this.turn.y + x, -80, 80) };
    this.invalidate();
  },

  patchAt(frame, u, v) {
    const grid = this.lead.head.grid;
    if (!grid) return {};
    const row = clamp(Math.floor(v * grid.rows), 0, grid.rows - 1);
    const col = clamp(Math.floor(u * grid.cols), 0, grid.cols - 1);
    return { latent: this.lead.latentFrame(frame), row, col };
  },

  /** The cell and the patch under a point of the surface. */
  hit(x, y) {
    const cell = this.placed?.cells.find((c) => x >= c.x && x < c.x + c.w && y >= c.y && y < c.y + c.h);
    if (!cell || !this.lead) return null;
    const frame = cell.frame ?? this.s.frame;
    return { cell, frame, ...this.patchAt(frame, (x - cell.x) / cell.w, (y - cell.y) / cell.h) };
  },

  hoverAt(hit) {
    const key = hit && `${hit.cell.film}/${hit.frame}/${hit.row}/${hit.col}`;
    if (key === this.hoverKey) return;
    this.hoverKey = key;
    this.hover = hit;
    this.surface.style.cursor = hit ? "pointer" : "";
    this.invalidate();
  },

  /** A click. On a small frame beside the film: go there. Elsewhere: ask about the patch. */
  choose({ cell, frame, latent, row, col }) {
    const beside = cell && !cell.main && this.s.view === "film";
    if (frame !== this.s.frame) this.goToFrame(frame);
    if (beside || latent === undefined) return;
    Object.assign(this.cursor, { row, col, shown: true });
    const pick = { what: "patch", frame: latent, row, col };
    this.pick(samePick(this.s.pick, pick) ? null : pick);
  },

  pick(pick) {
    this.preview = null;
    this.change({ pick });
    this.rest(); // a click is an act of its own: no waiting
  },

  letGo() {
    this.cursor.shown = false;
    this.pick(null);
  },

  look(pick) {
    this.preview = pick;
    this.moved();
  },

  /** Keys that the viewer may change but keeps in the model alone. */
  tell(values) {
    for (const [key, value] of Object.entries(values)) this.model.set(key, value);
    this.model.save_changes();
  },

  audible() {
    return ["a", "b"].filter((name) => this.films[name]?.nearestWith("sound", 0));
  },

  nextSound() {
    const order = ["off", ...this.audible()];
    const now = order.indexOf(this.model.get("sound") ?? "off");
    this.tell({ sound: order[(now + 1) % order.length] });
  },
};
