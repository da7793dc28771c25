// Drawing one frame: picture, heat, grid, marks. Where it is drawn is surface.js's and stack.js's.

/** @import { Cell, FilmName } from "./protocol.d.ts" */
/** @import { Atlases } from "./atlases.js" */
/** @import { Heat } from "./heat.js" */
/** @import { Plate } from "./plates.js" */
/** @import { State } from "./state.js" */

import { heatCanvas } from "./colours.js";
import { GAP } from "./layout.js";
import { Composer, plateOf } from "./plates.js";
import { drawTrack } from "./tracks.js";

export class Painter {
  /** @param {State} state @param {Heat} heat @param {Atlases} atlases */
  constructor(state, heat, atlases) {
    this.state = state;
    this.heat = heat;
    this.atlases = atlases;
    this.composer = new Composer();
    /** @type {{ [name: string]: Plate }} */
    this.composed = {};
    /** @type {{ [name: string]: Plate | null }} */
    this.plates = {}; // of what is on screen
    this.focused = () => false; // whether keys move the cursor
  }

  /** Make ready what these cells show; false where nothing of it is decoded yet. @param {Cell[]} cells */
  prepare(cells) {
    const { state, heat } = this;
    const seen = cells.map((cell) => cell.frame ?? state.values.frame);
    /** @type {(name: string) => number[]} */
    const framesOf = (name) => [...new Set(seen.map((frame) => state.frameOf(name, frame)))];
    this.plates = {};
    for (const name of state.names) this.plates[name] = this.plate(name, framesOf(name), Boolean(heat.patches(name)));
    if (state.names.some((name) => !this.plates[name])) return false;
    const { a, b } = this.plates;
    if (state.showing[0] === "difference" && a && b) {
      const frames = framesOf("difference");
      this.plates.difference = this.kept("difference", [...a.made, ...b.made, frames.join()], () =>
        this.composer.difference("difference", a, b, frames, (frame) => state.frameOf("b", frame)),
      );
    }
    return true;
  }

  /**
   * The plate of one film: its layer at its step, drained of colour where heat will lie. Nothing is composed for
   * frames that are not on screen.
   * @param {string} name @param {number[]} frames @param {boolean} drained
   */
  plate(name, frames, drained) {
    const film = this.state.filmOf(name);
    const { layer } = this.state.values;
    /** @type {(kind: string) => Plate | null} */
    const bare = (kind) => {
      const bitmap = this.atlases.get(film, kind, this.state.stepOf(name));
      return bitmap && plateOf(film, kind, bitmap);
    };
    if (!film.arrived) return null;
    const both = "x0" in film.head.kinds && "noisy" in film.head.kinds;
    if (layer !== "difference" || !both) {
      const plate = bare(film.kind(layer));
      if (!plate || !drained) return plate;
      return this.kept(name, [...plate.made, frames.join()], () => this.composer.drained(name, plate, frames));
    }
    const [one, two] = [bare("x0"), bare("noisy")];
    if (!one || !two) return null;
    return this.kept(name, [...one.made, ...two.made, drained, frames.join()], () => {
      const plate = this.composer.difference(name, one, two, frames);
      return drained ? this.composer.drained(`${name} drained`, plate, frames) : plate;
    });
  }

  /** What was composed from the same pictures before, or is composed now. @param {string} name @param {unknown[]} made @param {() => Plate} compose */
  kept(name, made, compose) {
    const old = this.composed[name]?.made;
    const same = old?.length === made.length && old.every((input, i) => input === made[i]);
    if (!same) this.composed[name] = { ...compose(), made };
    return this.composed[name];
  }

  /** Pixels to a CSS pixel, at most: a hand that moves is followed, and the fine ones come when it rests. */
  get finest() {
    return this.state.moving ? 1 : 2;
  }

  /** @param {CanvasRenderingContext2D} context @param {Cell} cell */
  cell(context, cell) {
    const { x, y, w, h, main } = cell;
    const { divider, view, grid } = this.state.values;
    const frame = cell.frame ?? this.state.values.frame;
    if (cell.film === "split") {
      this.film(context, "a", frame, cell, { to: divider });
      this.film(context, "b", frame, cell, { from: divider });
      context.fillStyle = "#fff";
      context.fillRect(x + w * divider - (main ? 1 : 0.5), y, main ? 2 : 1, h);
    } else this.film(context, cell.film, frame, cell);
    if (main || view === "frames") this.marks(context, frame, cell);
    if (!main && grid) this.cube(context, frame, cell);
    if (!main && frame === this.state.values.frame) {
      context.strokeStyle = "#ffc454";
      context.lineWidth = 2;
      context.strokeRect(x - 2, y - 2, w + 4, h + 4);
    }
  }

  /**
   * A line under all frames that were decoded from one latent frame: a patch is a cube as long as that line.
   * @param {CanvasRenderingContext2D} context @param {number} frame @param {Cell} cell
   */
  cube(context, frame, { x, y, w, h }) {
    const film = this.state.filmOf("");
    const grid = film.head.grid;
    if (!grid) return;
    /** @type {(other: number) => boolean} */
    const joined = (other) => grid.frame_of[other] === film.latentFrame(frame);
    const left = joined(frame - 1) ? x - GAP / 2 : x + 2;
    const right = joined(frame + 1) ? x + w + GAP / 2 : x + w - 2;
    context.fillStyle = "#7cc4ff";
    context.fillRect(left, y + h + 2, right - left, 2);
  }

  /**
   * One frame of one film with its heat, or the share of its width between `from` and `to`; `glass` lets heat glow
   * through the frames behind.
   * @param {CanvasRenderingContext2D} context @param {string} name @param {number} frame @param {Cell} cell
   * @param {{ from?: number, to?: number, glass?: boolean }} share
   */
  film(context, name, frame, { x, y, w, h, main }, { from = 0, to = 1, glass = false } = {}) {
    const { state } = this;
    const plate = this.plates[name];
    const film = state.filmOf(name);
    const aspect = film.head.width / film.head.height;
    if (from === 0 && to === 1 && Math.abs(aspect * h - w) > 1) {
      const [wide, high] = aspect * h > w ? [w, w / aspect] : [h * aspect, h]; // of another shape than the film that leads
      [x, y, w, h] = [x + (w - wide) / 2, y + (h - high) / 2, wide, high];
    }
    const [left, wide] = [x + w * from, w * (to - from)];
    if (wide <= 0) return;
    context.fillStyle = "#1a1a1e";
    if (!plate) return context.fillRect(left, y, wide, h);
    const own = state.frameOf(name, frame);
    context.imageSmoothingEnabled = !(plate.crisp || (state.values.crisp && state.values.grid));
    // The best smoothing costs four times as much: it comes when the hand rests.
    context.imageSmoothingQuality = main && !state.moving ? "high" : "low";
    context.globalAlpha = glass ? 0.3 : 1;
    const alone = context.imageSmoothingEnabled && !plate.gutter;
    const picture = alone ? this.composer.single(plate, own) : plate.picture;
    const [sx, sy, sw, sh] = alone ? [0, 0, plate.width, plate.height] : plate.place(own);
    context.drawImage(picture, sx + sw * from, sy, sw * (to - from), sh, left, y, wide, h);
    context.globalAlpha = 1;
    const track = from === 0 && to === 1 && !glass && state.model.get("tracks")?.[/** @type {FilmName} */ (name)];
    if (track) drawTrack(context, track, /** @type {FilmName} */ (name), own, { x, y, w, h, main: Boolean(main) });
    const tile = this.heat.patches(name);
    if (!tile || !this.heat.scale) return;
    const [, rows, cols] = tile.shape;
    context.imageSmoothingEnabled = false;
    const heat = heatCanvas(tile, this.heat.scale);
    context.drawImage(heat, cols * from, film.latentFrame(own) * rows, cols * (to - from), rows, left, y, wide, h);
  }

  /** The grid of patches, and those under the hand. @param {CanvasRenderingContext2D} context @param {number} frame @param {Cell} cell */
  marks(context, frame, { x, y, w, h, main }) {
    const film = this.state.filmOf("");
    const grid = film.head.grid;
    if (!grid) return;
    const { values, cursor, hover } = this.state;
    const [cw, ch] = [w / grid.cols, h / grid.rows];
    if (values.grid) {
      context.beginPath();
      for (let col = 1; col < grid.cols; col++) context.rect(x + col * cw, y, 0, h);
      for (let row = 1; row < grid.rows; row++) context.rect(x, y + row * ch, w, 0);
      context.lineWidth = 1;
      context.strokeStyle = "rgba(255,255,255,.38)";
      context.stroke();
    }
    /** @type {(row: number, col: number, colour: string, line: number) => void} */
    const mark = (row, col, colour, line) => {
      context.lineWidth = line + 2;
      context.strokeStyle = "rgba(0,0,0,.75)";
      context.strokeRect(x + col * cw, y + row * ch, cw, ch);
      context.lineWidth = line;
      context.strokeStyle = colour;
      context.strokeRect(x + col * cw, y + row * ch, cw, ch);
    };
    const { pick } = values;
    const bold = main ? 3 : 2;
    const { row, col, frame: under } = hover ?? {};
    if (row !== undefined && col !== undefined && under === frame) mark(row, col, "rgba(255,255,255,.7)", 1);
    if (cursor.shown && frame === values.frame && this.focused()) mark(cursor.row, cursor.col, "#7cc4ff", bold - 1);
    if (pick?.what === "patch" && pick.frame === film.latentFrame(frame)) mark(pick.row, pick.col, "#fff", bold);
  }
}
