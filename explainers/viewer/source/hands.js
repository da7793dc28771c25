// What hands do to the viewer, be it by mouse, finger or keys; the parts say what was touched.

/** @import { Actions, Hit, Pick, Values, ViewerState } from "./protocol.d.ts" */
/** @import { State } from "./state.js" */
/** @typedef {{ moved(): void, rested(): void, switched(): void, say(): void, invalidate(): void }} Hears */

import { samePick } from "./maps.js";
import { Motion } from "./motion.js";
import { around, clamp } from "./timeline.js";

const REST = 140; // milliseconds without a change after which the hand is said to rest
/** @type {{ [key: string]: [x: number, y: number] | undefined }} */
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** @implements {Actions} */
export class Hands {
  /** @param {State} state @param {Hears} on */
  constructor(state, on) {
    this.state = state;
    this.on = on;
    /** @type {Set<keyof Values>} */
    this.unsaved = new Set(); // what the host has not been told yet
    this.resting = 0; // the timer
    this.motion = new Motion(state, (values) => this.drift(values), () => this.switched());
  }

  /** @param {Partial<Values>} values */
  change(values) {
    Object.assign(this.state.values, values);
    for (const key of /** @type {(keyof Values)[]} */ (Object.keys(values))) this.unsaved.add(key);
    this.moved();
  }

  /** What moves by itself: the hand may rest meanwhile. @param {Partial<Values>} values */
  drift(values) {
    Object.assign(this.state.values, values);
    for (const key of /** @type {(keyof Values)[]} */ (Object.keys(values))) this.unsaved.add(key);
    this.state.moving = true;
    this.on.moved();
  }

  /** @param {Partial<ViewerState>} values */
  tell(values) {
    for (const key of /** @type {(keyof ViewerState)[]} */ (Object.keys(values))) this.state.model.set(key, values[key]);
    this.state.model.save_changes();
  }

  /** The hand did something: show it now, tell the host when it rests. */
  moved() {
    this.state.moving = true;
    this.on.moved();
    clearTimeout(this.resting);
    this.resting = setTimeout(() => this.rest(), REST);
  }

  rest() {
    const { state } = this;
    clearTimeout(this.resting);
    if (!state.lead) return;
    const drifts = [state.playing && "frame", state.developing && "step"]; // those are told when they stand
    const told = [...this.unsaved].filter((key) => !drifts.includes(key));
    for (const key of told) {
      state.model.set(key, state.values[key]);
      this.unsaved.delete(key);
    }
    if (told.length) state.model.save_changes();
    state.moving = false;
    this.on.rested();
  }

  /** @param {Pick | null} pick */
  pick(pick) {
    this.state.preview = null;
    this.change({ pick });
    this.rest(); // a click is an act of its own: no waiting
  }

  letGo() {
    this.state.cursor.shown = false;
    this.pick(null);
  }

  /** @param {Pick | null} pick */
  look(pick) {
    this.state.preview = pick;
    this.moved();
  }

  /** @param {Hit | null} hit */
  hover(hit) {
    if (JSON.stringify(hit) === JSON.stringify(this.state.hover)) return;
    this.state.hover = hit;
    this.on.invalidate();
  }

  /** A click. On a small frame beside the film: go there. Elsewhere: ask about the patch. @param {Hit} hit */
  choose({ main, frame, latent, row, col }) {
    const { values, cursor } = this.state;
    const beside = !main && values.view === "film";
    if (frame !== values.frame) this.goToFrame(frame);
    if (beside || latent === undefined || row === undefined || col === undefined) return;
    Object.assign(cursor, { row, col, shown: true });
    /** @type {Pick} */
    const pick = { what: "patch", frame: latent, row, col };
    this.pick(samePick(values.pick, pick) ? null : pick);
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const { state } = this;
    const film = state.lead;
    if (!film || event.ctrlKey || event.metaKey || event.altKey) return;
    const { cursor, values } = state;
    const grid = film.head.grid;
    const arrow = ARROWS[event.key];
    if (arrow && event.shiftKey && values.view === "stack") this.turn(arrow[0] * 8, arrow[1] * 6);
    else if (arrow && grid) {
      cursor.col = clamp(cursor.col + arrow[0], 0, grid.cols - 1);
      cursor.row = clamp(cursor.row + arrow[1], 0, grid.rows - 1);
      cursor.shown = true;
      this.on.say();
    } else if (event.key === "Enter" || event.key === " ") {
      const { row, col } = cursor;
      if (grid) this.pick({ what: "patch", frame: film.latentFrame(values.frame), row, col });
    } else if (event.key === "Escape") this.letGo();
    else if (event.key === ",") this.goToFrame(values.frame - 1);
    else if (event.key === ".") this.goToFrame(values.frame + 1);
    else if (event.key === "[") this.goToStep(state.stepOf("") - 1);
    else if (event.key === "]") this.goToStep(state.stepOf("") + 1);
    else if (event.key === "k") this.play(!state.playing);
    else if (event.key === "d") this.develop(!state.developing);
    else return;
    event.preventDefault();
    this.on.invalidate();
  }

  /** @param {number} x @param {number} y */
  turn(x, y) {
    const { turned } = this.state;
    this.state.turned = { x: clamp(turned.x - y, -60, 20), y: clamp(turned.y + x, -80, 80) };
    this.on.invalidate();
  }

  /** @param {number} step */
  goToStep(step) {
    const film = this.state.lead;
    if (!film) return;
    const last = film.arrived - 1;
    this.state.follow = step >= last;
    if (this.state.developing) this.develop(false);
    this.change({ step: clamp(step, 0, Math.max(last, 0)) });
  }

  /** @param {number} frame */
  goToFrame(frame) {
    const film = this.state.lead;
    if (!film) return;
    if (this.state.playing) this.play(false);
    this.change({ frame: around(frame, film.head.frames) });
  }

  /** @param {boolean} playing */
  play(playing) {
    this.motion.set({ playing });
  }

  /** @param {boolean} developing */
  develop(developing) {
    this.motion.set({ developing });
  }

  switched() {
    if (!this.state.playing && !this.state.developing) this.moved();
    this.on.switched();
  }

  invalidate() {
    this.on.invalidate();
  }

  close() {
    clearTimeout(this.resting);
    this.motion.close();
  }
}
