// Plates: a film's pictures at one step, and what is composed from them; and where frames stand in the room.

/**
 * A plate is what a film shows at one step: a picture that holds all its frames, where each of them lies, and what it
 * was `made` from.
 */
export function plateOf(film, kind, bitmap) {
  const { width, height, cols, gutter, frame_of, crisp } = film.head.kinds[kind];
  const place = (frame) => {
    const i = frame_of ? frame_of[frame] : frame;
    const left = (i % cols) * (width + 2 * gutter) + gutter;
    const top = Math.floor(i / cols) * (height + 2 * gutter) + gutter;
    return [left, top, width, height];
  };
  return { picture: bitmap, made: [bitmap], place, width, height, gutter, crisp };
}

const blit = (context, plate, frame, x, y, w, h) => context.drawImage(plate.picture, ...plate.place(frame), x, y, w, h);

/** Composes plates at the size of the pack's pictures, where it costs little, and not on the big canvas. */
export class Bench {
  constructor() {
    this.canvases = {};
  }

  canvas(name, width, height) {
    const canvas = (this.canvases[name] ??= document.createElement("canvas"));
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    const context = canvas.getContext("2d");
    context.globalCompositeOperation = "source-over";
    return context;
  }

  /**
   * Those frames of a plate that are on screen, on a canvas of their own, each as large as `size` says and with a rim of
   * its own colours. `of` says which frame of the plate a film frame shows.
   */
  copy(name, plate, frames, size = plate, of = (frame) => frame) {
    const { width, height } = size;
    const rim = size.gutter || 1;
    const [w, h] = [width + 2 * rim, height + 2 * rim];
    const cols = Math.ceil(Math.sqrt(frames.length));
    const context = this.canvas(name, cols * w, Math.ceil(frames.length / cols) * h);
    const cells = new Map(frames.map((frame, i) => [frame, [(i % cols) * w + rim, Math.floor(i / cols) * h + rim]]));
    const place = (frame) => [...(cells.get(frame) ?? [rim, rim]), width, height];
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

  /** One frame by itself: scaled smoothly within its atlas, its rim would take on the colours of the next frame. */
  single(plate, frame) {
    const context = this.canvas("single", plate.width, plate.height);
    blit(context, plate, frame, 0, 0, plate.width, plate.height);
    return context.canvas;
  }

  /** |one - two|, three times as bright. `of` says which frame of the second one a film frame shows. */
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

  /** Without colour and darker: the ground for heat. */
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

export const GAP = 6;

/** Cells of `count` frames as large as they go in a rectangle. */
export function sheet(film, count, aspect, x, y, w, h) {
  let best = null;
  for (let cols = 1; cols <= count; cols++) {
    const rows = Math.ceil(count / cols);
    const width = Math.min((w - GAP * (cols - 1)) / cols, ((h - GAP * (rows - 1)) / rows) * aspect);
    if (width > 0 && (!best || width > best.width)) best = { cols, rows, width, height: width / aspect };
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
 * Where frames stand in a room of width W and at most height H: { height, cells }. A cell shows one frame of film
 * "a", "b", "split" (both, at the divider) or "difference". `frame: null` is the frame on screen.
 */
export function layout({ view, films, frames, aspect, W, H }) {
  const pad = W < 600 ? 8 : 16;
  const [w, h] = [W - 2 * pad, H - 2 * pad];
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
    const start = (W - width - 2 * pad - (right - left)) / 2; // both together in the middle of the room
    const moved = cells.map((cell) => ({ ...cell, x: cell.x - left + start + width + 2 * pad }));
    return trim([main(films[0], start, pad, width), ...moved], pad);
  }
  return trim([main(films[0], (W - width) / 2, pad, width)], pad);
}

/** The height that the cells need, and the cells moved up to fill it. */
function trim(cells, pad) {
  const top = Math.min(...cells.map((cell) => cell.y));
  const moved = cells.map((cell) => ({ ...cell, y: cell.y - top + pad }));
  return { cells: moved, height: Math.max(...moved.map((cell) => cell.y + cell.h)) + pad };
}
