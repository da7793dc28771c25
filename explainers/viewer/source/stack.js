// The view in space and time: all frames standing behind each other, to be turned.

/** @import { Actions, Cell, Labels } from "./protocol.d.ts" */
/** @import { Painter } from "./painter.js" */
/** @import { State } from "./state.js" */

import { blank, make, put, still } from "./parts.js";
import { TURNED } from "./state.js";
import { patchAt } from "./surface.js";
import { Turns } from "./turns.js";

const PARTS = 900; // milliseconds in which the film comes apart

// How the stack stands at first, in radians: as long as it may be to fit, so turned.
const TURN = { x: (-TURNED.x * Math.PI) / 180, y: (TURNED.y * Math.PI) / 180 };

/**
 * How far each frame stands from the middle, within `length`. Frames of one latent frame stand close together: they
 * are one layer of cubes.
 * @param {number} length @param {number[]} latents of each frame
 */
export function depths(length, latents) {
  const [frames, layers] = [latents.length, new Set(latents).size];
  const layered = layers > 1 && layers < frames;
  const gap = layered ? (length * 0.6) / (layers - 1) : 0;
  const pitch = (length - gap * (layers - 1)) / Math.max(frames - 1, 1);
  return latents.map((latent, frame) => frame * pitch + latent * gap - length / 2);
}

export class Stack {
  /** @param {State} state @param {Painter} painter @param {Actions} act @param {Labels} labels */
  constructor(state, painter, act, labels) {
    this.state = state;
    this.painter = painter;
    this.turns = new Turns();
    /** @type {HTMLCanvasElement[]} */
    this.sheets = [];
    /** @type {number[]} */
    this.depths = []; // of the sheets, in CSS pixels
    this.pile = make("div", { class: "pile" });
    this.stands = "";
    this.comes = false; // into sight
    this.root = make("div", { class: "stack", tabindex: 0, role: "application", "aria-label": labels.stack, hidden: true }, this.pile);
    this.root.addEventListener("keydown", (event) => act.key(event));
    this.root.addEventListener("focus", () => act.invalidate());
    this.root.addEventListener("blur", () => act.invalidate());
    this.drags(act);
    this.root.addEventListener("click", (event) => {
      const sheet = /** @type {Element} */ (event.target).closest("canvas");
      if (!sheet || !state.lead) return;
      const frame = this.sheets.indexOf(sheet);
      const patch = patchAt(state, frame, event.offsetX / sheet.offsetWidth, event.offsetY / sheet.offsetHeight);
      act.choose({ ...patch, frame, main: true });
    });
  }

  /** @param {Actions} act */
  drags(act) {
    /** @type {{ x: number, y: number, far: boolean } | null} */
    let drag = null;
    this.root.addEventListener("pointerdown", (event) => {
      drag = { x: event.clientX, y: event.clientY, far: false };
    });
    this.root.addEventListener("pointermove", (event) => {
      if (!drag) return;
      const [dx, dy] = [event.clientX - drag.x, event.clientY - drag.y];
      if (!drag.far && Math.hypot(dx, dy) < 5) return;
      if (!drag.far) this.root.setPointerCapture(event.pointerId);
      act.turn(dx * 0.4, dy * 0.3);
      drag = { x: event.clientX, y: event.clientY, far: true };
    });
    for (const end of ["pointerup", "pointercancel"]) this.root.addEventListener(end, () => (drag = null));
  }

  /** The sheets that are to be drawn. */
  place() {
    const { frames } = this.state.filmOf("").head;
    const [film] = this.state.showing;
    const at = { x: 0, y: 0, w: 0, h: 0, main: false };
    /** @type {Cell[]} */
    const cells = Array.from({ length: frames }, (_, frame) => ({ ...at, frame, film: film === "split" ? "a" : film }));
    this.turns.take(cells, `stack,${frames}`, this.state.moving);
    return this.turns.fresh;
  }

  paint() {
    const { state } = this;
    const { turned } = state;
    const lead = state.filmOf("");
    const { frames, width, height } = lead.head;
    const W = state.size.width;
    const H = Math.min(state.size.highest, W * 0.9);
    const side = Math.min(H * 0.46, W * 0.32);
    const [w, h] = width >= height ? [side, (side * height) / width] : [(side * width) / height, side];
    if (this.sheets.length !== frames) {
      this.sheets = Array.from({ length: frames }, (_, frame) => make("canvas", { "data-frame": frame }));
      this.pile.replaceChildren(...this.sheets);
    }
    const latents = Array.from({ length: frames }, (_, frame) => (lead.head.grid ? lead.latentFrame(frame) : 0));
    const stands = [W, H, w, h, turned.x, turned.y, latents].join();
    const moved = stands !== this.stands;
    this.stands = stands;
    if (moved) {
      // Far away, so that near and far frames look nearly the same size and the stack keeps within its place.
      Object.assign(this.root.style, { height: `${H}px`, perspective: `${side * 14}px` });
      const transform = `rotateX(${turned.x}deg) rotateY(${turned.y}deg)`;
      Object.assign(this.pile.style, { width: `${w}px`, height: `${h}px`, transform });
      this.depths = depths(Math.min(((W - w) / Math.sin(TURN.y)) * 0.95, (H - h * 1.35) / Math.sin(TURN.x)), latents);
    }
    this.sheets.forEach((sheet, frame) => {
      if (moved) sheet.style.transform = `translateZ(${this.depths[frame].toFixed(1)}px)`;
      sheet.classList.toggle("now", frame === state.values.frame);
    });
    for (const bare of this.turns.fresh) {
      const cell = { ...bare, w, h };
      const frame = bare.frame ?? 0;
      const context = blank(this.sheets[frame], w, h, 1); // there are many, they lie tilted, and a film has few pixels
      this.painter.film(context, cell.film, frame, cell, { glass: Boolean(this.painter.heat.patches(cell.film)) });
      this.painter.marks(context, frame, cell);
    }
    this.turns.drawn();
    if (this.comes) this.part();
  }

  /** The film comes apart: its frames leave the place where they lay on each other. */
  part() {
    this.comes = false;
    if (still()) return;
    for (const sheet of this.sheets)
      sheet.animate({ transform: ["translateZ(0)", sheet.style.transform] }, { duration: PARTS, easing: "ease-in-out" });
  }

  /** @param {boolean} on */
  show(on) {
    this.comes ||= on && Boolean(this.root.hidden);
    put(this.root, "hidden", !on);
  }
}
