// Where frames stand in their place on the page.

/** @import { Cell } from "./protocol.d.ts" */

export const GAP = 6;

/**
 * Cells of `count` frames as large as they go in a rectangle.
 * @param {Cell["film"]} film @param {number} count @param {number} aspect
 * @param {number} x @param {number} y @param {number} w @param {number} h
 * @returns {Cell[]}
 */
export function sheet(film, count, aspect, x, y, w, h) {
  let best = { cols: 1, width: 0, height: 0, rows: count };
  for (let cols = 1; cols <= count; cols++) {
    const rows = Math.ceil(count / cols);
    const width = Math.min((w - GAP * (cols - 1)) / cols, ((h - GAP * (rows - 1)) / rows) * aspect);
    if (width > best.width) best = { cols, rows, width, height: width / aspect };
  }
  const left = x + (w - best.cols * best.width - GAP * (best.cols - 1)) / 2;
  const top = y + (h - best.rows * best.height - GAP * (best.rows - 1)) / 2;
  return Array.from({ length: count }, (_, frame) => ({
    film,
    frame,
    main: false,
    x: left + (frame % best.cols) * (best.width + GAP),
    y: top + Math.floor(frame / best.cols) * (best.height + GAP),
    w: best.width,
    h: best.height,
  }));
}

/**
 * Where frames stand in a place of width W and at most height H: { height, cells }. A cell shows one frame of film
 * "a", "b", "split" (both, at the divider) or "difference".
 * @param {{ view: string, films: Cell["film"][], frames: number, aspect: number, W: number, H: number, fills?: boolean }} wanted
 */
export function layout({ fills = false, ...wanted }) {
  const placed = cellsIn(wanted);
  if (!fills) return placed;
  const down = Math.max(0, (wanted.H - placed.height) / 2); // in the middle of a place whose height is given
  return { height: wanted.H, cells: placed.cells.map((cell) => ({ ...cell, y: cell.y + down })) };
}

/** @param {{ view: string, films: Cell["film"][], frames: number, aspect: number, W: number, H: number }} wanted */
function cellsIn({ view, films, frames, aspect, W, H }) {
  const pad = W < 600 ? 8 : 16;
  const [w, h] = [W - 2 * pad, H - 2 * pad];
  /** @type {(film: Cell["film"], x: number, y: number, width: number) => Cell} */
  const main = (film, x, y, width) => ({ film, frame: null, main: true, x, y, w: width, h: width / aspect });
  if (view === "frames") {
    if (films.length === 1) {
      const cells = sheet(films[0], frames, aspect, pad, pad, w, h);
      return trim(cells, pad);
    }
    const half = (w - pad) / 2;
    return trim(films.flatMap((film, i) => sheet(film, frames, aspect, pad + i * (half + pad), pad, half, h)), pad);
  }
  if (films.length === 2) {
    const width = Math.min((w - GAP) / 2, h * aspect);
    const left = (W - 2 * width - GAP) / 2;
    return trim(films.map((film, i) => main(film, left + i * (width + GAP), pad, width)), pad);
  }
  const width = Math.min(w, h * aspect);
  const beside = w - width - 2 * pad;
  if (frames > 1 && beside > width * 0.45) {
    const cells = sheet(films[0], frames, aspect, 0, pad, beside, width / aspect);
    const [left, right] = [Math.min(...cells.map((c) => c.x)), Math.max(...cells.map((c) => c.x + c.w))];
    const start = (W - width - 2 * pad - (right - left)) / 2; // both together in the middle
    const moved = cells.map((cell) => ({ ...cell, x: cell.x - left + start + width + 2 * pad }));
    return trim([main(films[0], start, pad, width), ...moved], pad);
  }
  return trim([main(films[0], (W - width) / 2, pad, width)], pad);
}

/** The height that the cells need, and the cells moved up to fill it. @param {Cell[]} cells @param {number} pad */
function trim(cells, pad) {
  const top = Math.min(...cells.map((cell) => cell.y));
  const moved = cells.map((cell) => ({ ...cell, y: cell.y - top + pad }));
  return { cells: moved, height: Math.max(...moved.map((cell) => cell.y + cell.h)) + pad };
}
