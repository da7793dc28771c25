// Heat as colour.

/** @import { Tile } from "./protocol.d.ts" */
/** @typedef {{ top: number, bottom: number }} Scale */

import { inkOf } from "./parts.js";
import { clamp } from "./timeline.js";

// Heat lies over a film that has been drained of colour and dimmed, so that hue belongs to the heat alone. Amber and
// blue are told apart by every kind of colour blindness; lightness rises all the way, so that a washed-out projector
// or a photocopy still shows the order.
const AMBER = [[255, 120, 0, 0], [226, 100, 10, 0.45], [250, 145, 20, 0.76], [255, 196, 84, 0.92], [255, 247, 214, 1]];
const BLUE = [[0, 120, 255, 0], [30, 98, 214, 0.45], [56, 140, 255, 0.76], [132, 190, 255, 0.92], [224, 241, 255, 1]];

/** @param {number[][]} stops @param {number} t */
function along(stops, t) {
  const place = clamp(t, 0, 1) * (stops.length - 1);
  const i = Math.min(Math.floor(place), stops.length - 2);
  return stops[i].map((low, c) => low + (stops[i + 1][c] - low) * (place - i));
}

/** Red, green, blue, opacity. @param {number} value @param {Scale} scale */
export const heatColour = (value, scale) => along(value < 0 ? BLUE : AMBER, Math.abs(value) / scale.top);

/** A tile's bytes -> the colours of its 256 possible values. @param {Tile} tile @param {Scale} scale */
function palette(tile, scale) {
  const table = new Uint8ClampedArray(256 * 4);
  for (let byte = 0; byte < 256; byte++) {
    const [r, g, b, a] = heatColour(tile.lo + ((tile.hi - tile.lo) * byte) / 255, scale);
    table.set([r, g, b, a * 255], byte * 4);
  }
  return table;
}

/** @param {number[]} colour */
export const css = ([r, g, b, a]) => `rgba(${Math.round(r)},${Math.round(g)},${Math.round(b)},${a.toFixed(3)})`;

/** @param {Scale} scale */
export function gradientStops(scale) {
  const low = scale.bottom < 0 ? -scale.top : 0;
  return Array.from({ length: 9 }, (_, i) => css(heatColour(low + ((scale.top - low) * i) / 8, scale)));
}

/** @param {Scale} scale */
export const gradient = (scale) => `linear-gradient(90deg, ${gradientStops(scale).join(",")})`;

/** @param {Tile} tile @param {number} index */
export const tileValue = (tile, index) => tile.lo + ((tile.hi - tile.lo) * tile.bytes[index]) / 255;

/** One scale for all tiles that stand beside each other: equal colours mean equal numbers. @param {Tile[]} tiles */
export function commonScale(tiles) {
  const top = Math.max(...tiles.map((tile) => Math.max(Math.abs(tile.hi), Math.abs(tile.lo))), 1e-12);
  return { top, bottom: Math.min(0, ...tiles.map((tile) => tile.lo)) };
}

/** @type {WeakMap<Tile, { canvas: HTMLCanvasElement, top: number }>} */
const canvases = new WeakMap();

/** A tile over patches -> a small canvas, one pixel a patch, latent frames below each other. @param {Tile} tile @param {Scale} scale */
export function heatCanvas(tile, scale) {
  const kept = canvases.get(tile);
  if (kept?.top === scale.top) return kept.canvas;
  const [frames, rows, cols] = tile.shape;
  const canvas = Object.assign(document.createElement("canvas"), { width: cols, height: frames * rows });
  const context = inkOf(canvas);
  const image = context.createImageData(cols, frames * rows);
  const table = palette(tile, scale);
  tile.bytes.forEach((byte, i) => image.data.set(table.subarray(byte * 4, byte * 4 + 4), i * 4));
  context.putImageData(image, 0, 0);
  canvases.set(tile, { canvas, top: scale.top });
  return canvas;
}
