// Plates: a film's pictures at one step, and what is composed from them.

/** @import { Film } from "./films.js" */

import { inkOf } from "./parts.js";

/**
 * What a film shows at one step: a picture that holds all its frames, where each of them lies, and what it was made from.
 * @typedef {object} Plate
 * @property {ImageBitmap | HTMLCanvasElement} picture
 * @property {unknown[]} made
 * @property {(frame: number) => [x: number, y: number, w: number, h: number]} place
 * @property {number} width
 * @property {number} height
 * @property {number} gutter
 * @property {boolean} crisp
 */
/** @typedef {{ width: number, height: number, gutter: number, crisp: boolean }} Size */

/** @param {Film} film @param {string} kind @param {ImageBitmap} bitmap @returns {Plate} */
export function plateOf(film, kind, bitmap) {
  const { width, height, cols, gutter, frame_of, crisp } = film.head.kinds[kind];
  /** @type {Plate["place"]} */
  const place = (frame) => {
    const i = frame_of ? frame_of[frame] : frame;
    const left = (i % cols) * (width + 2 * gutter) + gutter;
    const top = Math.floor(i / cols) * (height + 2 * gutter) + gutter;
    return [left, top, width, height];
  };
  return { picture: bitmap, made: [bitmap], place, width, height, gutter, crisp };
}

/** @param {CanvasRenderingContext2D} context @param {Plate} plate @param {number} frame @param {number} x @param {number} y @param {number} w @param {number} h */
const blit = (context, plate, frame, x, y, w, h) => context.drawImage(plate.picture, ...plate.place(frame), x, y, w, h);

/** Composes plates at the size of the pack's pictures, where it costs little, and not on the big canvas. */
export class Composer {
  constructor() {
    /** @type {{ [name: string]: HTMLCanvasElement }} */
    this.canvases = {};
  }

  /** @param {string} name @param {number} width @param {number} height */
  canvas(name, width, height) {
    const canvas = (this.canvases[name] ??= document.createElement("canvas"));
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    const context = inkOf(canvas);
    context.globalCompositeOperation = "source-over";
    return context;
  }

  /**
   * Those frames of a plate that are on screen, on a canvas of their own, each as large as `size` says and with a rim of
   * its own colours. `of` says which frame of the plate a film frame shows.
   * @param {string} name @param {Plate} plate @param {number[]} frames @param {Size} size @param {(frame: number) => number} of
   * @returns {{ context: CanvasRenderingContext2D, plate: Plate }}
   */
  copy(name, plate, frames, size = plate, of = (frame) => frame) {
    const { width, height } = size;
    const rim = size.gutter || 1;
    const [w, h] = [width + 2 * rim, height + 2 * rim];
    const cols = Math.ceil(Math.sqrt(frames.length));
    const context = this.canvas(name, cols * w, Math.ceil(frames.length / cols) * h);
    /** @type {Map<number, [x: number, y: number]>} */
    const cells = new Map(frames.map((frame, i) => [frame, [(i % cols) * w + rim, Math.floor(i / cols) * h + rim]]));
    /** @type {Plate["place"]} */
    const place = (frame) => [...(cells.get(frame) ?? /** @type {[number, number]} */ ([rim, rim])), width, height];
    const rimmed = plate.gutter === rim && plate.width === width && plate.height === height;
    for (const [frame, [x, y]] of cells) {
      if (rimmed) {
        const [left, top] = plate.place(of(frame));
        context.drawImage(plate.picture, left - rim, top - rim, w, h, x - rim, y - rim, w, h);
        continue;
      }
      blit(context, plate, of(frame), x - rim, y - rim, w, h);
      blit(context, plate, of(frame), x, y, width, height);
    }
    return { context, plate: { ...plate, picture: context.canvas, place, width, height, gutter: rim } };
  }

  /** One frame by itself: scaled smoothly within its atlas, its rim would take on the colours of the next frame. @param {Plate} plate @param {number} frame */
  single(plate, frame) {
    const context = this.canvas("single", plate.width, plate.height);
    blit(context, plate, frame, 0, 0, plate.width, plate.height);
    return context.canvas;
  }

  /**
   * |one - two|, three times as bright. `of` says which frame of the second one a film frame shows.
   * @param {string} name @param {Plate} one @param {Plate} two @param {number[]} frames @param {(frame: number) => number} [of]
   * @returns {Plate}
   */
  difference(name, one, two, frames, of) {
    const size = one.width < two.width ? two : one;
    const { context, plate } = this.copy(name, one, frames, size);
    const { context: other } = this.copy(`${name} other`, two, frames, size, of);
    context.globalCompositeOperation = "difference";
    context.drawImage(other.canvas, 0, 0);
    other.drawImage(context.canvas, 0, 0);
    context.globalCompositeOperation = "lighter";
    context.drawImage(other.canvas, 0, 0);
    context.drawImage(other.canvas, 0, 0);
    return { ...plate, crisp: size.crisp };
  }

  /** Without colour and darker: the ground for heat. @param {string} name @param {Plate} bare @param {number[]} frames */
  drained(name, bare, frames) {
    const { context, plate } = this.copy(name, bare, frames);
    const { width, height } = context.canvas;
    context.globalCompositeOperation = "saturation";
    context.fillStyle = "#808080";
    context.fillRect(0, 0, width, height);
    context.globalCompositeOperation = "multiply";
    context.fillStyle = "#a0a0a0";
    context.fillRect(0, 0, width, height);
    return plate;
  }
}
