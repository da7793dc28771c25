// The viewer: one or two films and how they developed, patch by patch. How to host it is written in README.md.
//
//   viewer.render({ model, el })        model: get, set, save_changes, on, off, send, as anywidget has them
//
// Sections: words · bytes · films · maps · colours · pictures · layout · sound · parts · the viewer · hosts

// ------------------------------------------------------------------------------------------------------------ words

export const LABELS = {
  locale: "en",
  viewer: "A film and how it developed",
  empty: "No film yet.",
  loading: "Fetching the film …",
  failed: "This film could not be opened.",
  retry: "Try again",
  film:
    "The film. Arrow keys move over its patches, Enter asks about one, Escape lets go. " +
    "Comma and full stop change the frame, square brackets the step.",
  stack:
    "All frames standing in space and time. Arrow keys move over patches, Enter asks about one, " +
    "Shift with an arrow turns the stack.",
  step: "Step",
  stepOf: "Step {step} of {total}",
  noise: "noise σ {sigma}",
  develop: "Develop",
  developLong: "Develop: play all steps from static to film",
  pause: "Pause",
  frame: "Frame",
  frameOf: "Frame {frame} of {total}",
  play: "Play",
  playLong: "Play the film",
  loop: "Loop",
  sound: "Sound",
  soundOff: "Sound off",
  soundOn: "Sound on",
  soundA: "Sound: A",
  soundB: "Sound: B",
  words: "Words of the prompt",
  wordsB: "Words of the second prompt",
  unknown: "The model never learned this word",
  changed: "differs from the first prompt",
  slices: "Sound. Arrow keys move over its slices, Enter asks about one.",
  sliceOf: "Slice {slice} of {total}",
  layer: "Show",
  x0: "Model's guess",
  noisy: "Noisy input",
  difference: "Difference",
  view: "View",
  viewFilm: "Film",
  viewFrames: "All frames",
  viewStack: "Space-time",
  compare: "Compare",
  compareDivider: "Divider",
  compareSide: "Side by side",
  compareDifference: "Difference",
  compareA: "A only",
  a: "A",
  b: "B",
  divider: "Divider between the two films",
  heat: "Heat",
  heatNone: "None",
  grid: "Patch grid",
  crisp: "Pixels",
  differenceLegend: "{one} against {two}: black where they agree, differences three times as bright.",
  cube: "Patch: frames {frames}, row {row}, column {column}",
  word: "Word: {word}",
  slice: "Sound slice {slice}",
  asking: "asking the model …",
  noAnswer: "There is no map for this, and no model to ask here.",
  ofStep: "map of step {step}",
  here: "here {value}",
  clear: "Clear the heat",
  hint: "Pick {things} to see what the model makes of it.",
  hintPatch: "a patch of the film",
  hintWord: "a word",
  hintSound: "a slice of sound",
};

const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, key) => values[key] ?? "");

// ------------------------------------------------------------------------------------------------------------ bytes

function bytesOf(value) {
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
}

const fromBase64 = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));

const isEmpty = (source) => !source || source.byteLength === 0;

/** An address or bytes -> bytes. */
async function fetchBytes(source) {
  if (typeof source !== "string") return bytesOf(source);
  const answer = await fetch(source);
  if (!answer.ok) throw new Error(`${answer.status} ${answer.statusText}`.trim());
  return new Uint8Array(await answer.arrayBuffer());
}

/** The container of README.md: its header, and `at([offset, length])` for what lies behind it. */
function readContainer(bytes) {
  const magic = String.fromCharCode(...bytes.subarray(0, 4));
  if (magic !== "DRK1") throw new Error("not a pack of the viewer");
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(4, true);
  const head = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
  const base = 8 + length;
  return { head, at: ([offset, size]) => bytes.subarray(base + offset, base + offset + size) };
}

// ------------------------------------------------------------------------------------------------------------ films

const clamp = (value, low, high) => Math.min(high, Math.max(low, value));

/** One film: the header, the steps that have arrived, and how film frames map to those of its pictures and patches. */
export class Film {
  static async open(source) {
    return new Film(readContainer(await fetchBytes(source)));
  }

  constructor({ head, at }) {
    this.head = head;
    this.at = at;
    this.steps = head.steps.map((entry) => ({ ...entry, at }));
    this.taken = new Set(); // entries of the host's list of steps that were fetched
  }

  /** A step of a run that is going on. Steps of another run, late on the wire, are ignored. */
  add(bytes) {
    const { head, at } = readContainer(bytes);
    if (head.id !== this.head.id) return;
    Object.assign(this.head.kinds, head.kinds);
    this.steps[head.index] = { ...head, at };
  }

  get arrived() {
    const gap = this.steps.findIndex((entry) => !entry);
    return gap < 0 ? this.steps.length : gap;
  }

  get total() {
    return Math.max(this.head.total, this.steps.length, 1);
  }

  get seconds() {
    return this.head.frames / this.head.fps;
  }

  /** The kind of picture for a layer; a film without the one asked for shows the one it has. */
  kind(layer) {
    return layer in this.head.kinds ? layer : Object.keys(this.head.kinds)[0];
  }

  latentFrame(frame) {
    return this.head.grid ? this.head.grid.frame_of[frame] : frame;
  }

  /** Of the steps that carry `key` (peaks, sound), the one nearest to `step`. */
  nearestWith(key, step) {
    let best = null;
    this.steps.forEach((entry, index) => {
      if (entry?.[key] && (best === null || Math.abs(index - step) < Math.abs(best - step))) best = index;
    });
    return best === null ? null : this.steps[best];
  }
}

/** Decoded pictures of steps, the least recently looked at thrown away first, some 100 MB in all. */
export class Atlases {
  constructor(onready, limit = 100e6) {
    this.onready = onready;
    this.limit = limit;
    this.size = 0;
    this.decoded = new Map(); // key -> { film, kind, step, bitmap, bytes }, oldest look first
    this.waiting = new Map(); // key -> { film, kind, step }, newest wish last
    this.busy = 0;
    this.ids = new WeakMap();
    this.nextId = 0;
  }

  key(film, kind, step) {
    if (!this.ids.has(film)) this.ids.set(film, this.nextId++);
    return `${this.ids.get(film)}/${kind}/${step}`;
  }

  /** The decoded picture of a step, or that of the nearest decoded step while this one is on its way; null for none. */
  get(film, kind, step) {
    const key = this.key(film, kind, step);
    const found = this.decoded.get(key);
    if (found) {
      this.decoded.delete(key);
      this.decoded.set(key, found);
      return found.bitmap;
    }
    this.want(film, kind, step);
    return this.near(film, kind, step);
  }

  near(film, kind, step) {
    for (let reach = 0; reach < film.total; reach++) {
      for (const other of [step - reach, step + reach]) {
        const found = this.decoded.get(this.key(film, kind, other));
        if (found) return found.bitmap;
      }
    }
    return null;
  }

  has(film, kind, step) {
    return this.decoded.has(this.key(film, kind, step));
  }

  want(film, kind, step) {
    const key = this.key(film, kind, step);
    if (!film.steps[step]?.images[kind] || this.decoded.has(key)) return;
    this.waiting.delete(key);
    this.waiting.set(key, { film, kind, step });
    this.pump();
  }

  /** Decode ahead, the steps nearest to `step` first, as many as fit. */
  wantAll(film, kind, step) {
    const { width, height, frames } = film.head.kinds[kind];
    const room = Math.floor((this.limit * 0.9) / (width * height * frames * 4));
    const order = [...film.steps.keys()].sort((p, q) => Math.abs(p - step) - Math.abs(q - step));
    for (const other of order.slice(0, room).reverse()) this.want(film, kind, other);
  }

  async pump() {
    if (this.busy >= 2 || this.waiting.size === 0) return;
    const [key, wish] = [...this.waiting].pop();
    this.waiting.delete(key);
    this.busy++;
    try {
      const entry = wish.film.steps[wish.step];
      const blob = new Blob([entry.at(entry.images[wish.kind])], { type: wish.film.head.kinds[wish.kind].mime });
      const bitmap = await createImageBitmap(blob);
      if (this.gone?.has(wish.film) || this.decoded.has(key)) bitmap.close();
      else this.keep(key, { ...wish, bitmap, bytes: bitmap.width * bitmap.height * 4 });
      this.onready(wish);
    } catch (error) {
      this.onready({ ...wish, error });
    } finally {
      this.busy--;
      this.pump();
    }
  }

  keep(key, atlas) {
    this.decoded.set(key, atlas);
    this.size += atlas.bytes;
    for (const [old, { bitmap, bytes }] of this.decoded) {
      if (this.size <= this.limit || old === key) break;
      this.decoded.delete(old);
      this.size -= bytes;
      bitmap.close();
    }
  }

  forget(film) {
    (this.gone ??= new WeakSet()).add(film);
    for (const [key, wish] of this.waiting) if (wish.film === film) this.waiting.delete(key);
    for (const [key, atlas] of this.decoded) {
      if (atlas.film !== film) continue;
      this.decoded.delete(key);
      this.size -= atlas.bytes;
      atlas.bitmap.close();
    }
  }
}

// ------------------------------------------------------------------------------------------------------------- maps

const pickKey = (pick) => JSON.stringify([pick.what, pick.frame, pick.row, pick.col, pick.index, pick.name, pick.film]);

const samePick = (one, two) => Boolean(one && two) && pickKey(one) === pickKey(two);

/** Which of a bank's questions a pick is. */
function questionOf(pick, grid) {
  if (pick.what === "patch") return (pick.frame * grid.rows + pick.row) * grid.cols + pick.col;
  return pick.index ?? 0;
}

/**
 * All maps known: those in the films' packs and those that the host has answered.
 * A map is { step, label, normalised, unit, text, tiles: { patches | words | sound: { shape, bytes, lo, hi } } }.
 */
class Maps {
  constructor(send) {
    this.send = send;
    this.answers = new Map(); // film id + pick -> Map(step -> map)
    this.asked = new Map(); // id -> { question, film, pick, step, store, at }
    this.refused = new Map(); // question -> the host's words
    this.latest = new Map(); // film id + pick -> the map that came last, shown until its successor is there
    this.context = ""; // what else the answers depend on, in the host's words
    this.nextId = 1;
  }

  question(film, pick, step) {
    return [film.head.id, pickKey(pick), this.context, step].join("/");
  }

  store(film, pick) {
    const key = this.question(film, pick, "");
    if (!this.answers.has(key)) this.answers.set(key, new Map());
    const store = this.answers.get(key);
    this.answers.delete(key); // look at it: the oldest goes first
    this.answers.set(key, store);
    if (this.answers.size > 300) this.answers.delete(this.answers.keys().next().value);
    return store;
  }

  bank(film, pick) {
    return film.head.maps?.find((bank) => bank.what === pick.what && (pick.what !== "map" || bank.name === pick.name));
  }

  /** The map for a pick at a step, or the one of the nearest step that there is; null for none. */
  find(film, pick, step) {
    const store = this.store(film, pick);
    const bank = this.context ? null : this.bank(film, pick);
    if (bank && !store.has(step)) this.unpack(film, bank, pick, step, store);
    let best = null;
    for (const known of store.keys()) if (best === null || Math.abs(known - step) < Math.abs(best - step)) best = known;
    return best === null ? (this.latest.get(film.head.id + pickKey(pick)) ?? null) : store.get(best);
  }

  unpack(film, bank, pick, step, store) {
    const steps = bank.steps ?? [step]; // a bank without steps holds for all of them
    const near = steps.reduce((p, q) => (Math.abs(q - step) < Math.abs(p - step) ? q : p));
    if (store.has(near)) return;
    const tiles = {};
    for (const { over, shape, at, ranges } of bank.tiles) {
      const size = shape.reduce((p, q) => p * q, 1);
      const questions = film.at(at).length / size / (bank.steps?.length ?? 1);
      const row = (bank.steps ? steps.indexOf(near) : 0) * questions + questionOf(pick, film.head.grid);
      if (row < 0 || (row + 1) * size > film.at(at).length) return;
      const range = film.at([ranges[0] + row * 8, 8]);
      const floats = new DataView(range.buffer, range.byteOffset);
      const bytes = film.at([at[0] + row * size, size]);
      tiles[over] = { shape, bytes, lo: floats.getFloat32(0, true), hi: floats.getFloat32(4, true) };
    }
    const { label, normalised, unit } = bank;
    store.set(near, { step: near, label, normalised, unit, text: "", tiles });
  }

  /** Ask the host unless the exact map is there, on its way, or refused. */
  ask(film, name, pick, step) {
    const question = this.question(film, pick, step);
    if (this.store(film, pick).has(step) || this.refused.has(question) || this.pending(film, pick, step)) return;
    const id = this.nextId++;
    this.asked.set(id, { question, film, pick, step, store: this.store(film, pick), at: performance.now() });
    this.send({ kind: "ask", id, film: name, step, ...pick });
  }

  pending(film, pick, step) {
    const question = this.question(film, pick, step);
    return [...this.asked.values()].some((asked) => asked.question === question);
  }

  refusal(film, pick, step) {
    return this.refused.get(this.question(film, pick, step));
  }

  /** An answer of the host; returns how long it took in milliseconds, or null if nobody asked. */
  receive(message, buffers) {
    const asked = this.asked.get(message.id);
    if (!asked) return null;
    this.asked.delete(message.id);
    const latest = asked.film.head.id + pickKey(asked.pick);
    if (message.kind === "error") {
      this.refused.set(asked.question, message.text);
      this.latest.delete(latest);
      return null;
    }
    const tiles = {};
    for (const { over, shape, lo, hi, buffer, data } of message.tiles) {
      tiles[over] = { shape, lo, hi, bytes: data === undefined ? bytesOf(buffers[buffer]) : fromBase64(data) };
    }
    const { label = "", normalised = "", unit = "", text = "" } = message;
    const map = { step: asked.step, label, normalised, unit, text, tiles };
    asked.store.set(asked.step, map);
    this.latest.set(latest, map);
    return performance.now() - asked.at;
  }
}

// ---------------------------------------------------------------------------------------------------------- colours

// Heat lies over a film that has been drained of colour and dimmed, so that hue belongs to the heat alone. Amber and
// blue are told apart by every kind of colour blindness; lightness rises all the way, so that a washed-out projector
// or a photocopy still shows the order.
const AMBER = [[255, 120, 0, 0], [226, 100, 10, 0.45], [250, 145, 20, 0.76], [255, 196, 84, 0.92], [255, 247, 214, 1]];
const BLUE = [[0, 120, 255, 0], [30, 98, 214, 0.45], [56, 140, 255, 0.76], [132, 190, 255, 0.92], [224, 241, 255, 1]];

function along(stops, t) {
  const place = clamp(t, 0, 1) * (stops.length - 1);
  const i = Math.min(Math.floor(place), stops.length - 2);
  return stops[i].map((low, c) => low + (stops[i + 1][c] - low) * (place - i));
}

const heatColour = (value, scale) => along(value < 0 ? BLUE : AMBER, Math.abs(value) / scale.top);

/** A tile's bytes -> the colours of its 256 possible values. */
function palette(tile, scale) {
  const table = new Uint8ClampedArray(256 * 4);
  for (let byte = 0; byte < 256; byte++) {
    const [r, g, b, a] = heatColour(tile.lo + ((tile.hi - tile.lo) * byte) / 255, scale);
    table.set([r, g, b, a * 255], byte * 4);
  }
  return table;
}

const css = ([r, g, b, a]) => `rgba(${Math.round(r)},${Math.round(g)},${Math.round(b)},${a.toFixed(3)})`;

function gradient(scale) {
  const low = scale.bottom < 0 ? -scale.top : 0;
  const stops = Array.from({ length: 9 }, (_, i) => css(heatColour(low + ((scale.top - low) * i) / 8, scale)));
  return `linear-gradient(90deg, ${stops.join(",")})`;
}

const tileValue = (tile, index) => tile.lo + ((tile.hi - tile.lo) * tile.bytes[index]) / 255;

/** One scale for all tiles that stand beside each other: equal colours mean equal numbers. */
function commonScale(tiles) {
  const top = Math.max(...tiles.map((tile) => Math.max(Math.abs(tile.hi), Math.abs(tile.lo))), 1e-12);
  return { top, bottom: Math.min(0, ...tiles.map((tile) => tile.lo)) };
}

/** A tile over patches -> a small canvas, one pixel a patch, latent frames below each other. Kept with the tile. */
function heatCanvas(tile, scale) {
  if (tile.canvas && tile.canvasTop === scale.top) return tile.canvas;
  const [frames, rows, cols] = tile.shape;
  const canvas = Object.assign(document.createElement("canvas"), { width: cols, height: frames * rows });
  const context = canvas.getContext("2d");
  const image = context.createImageData(cols, frames * rows);
  const table = palette(tile, scale);
  tile.bytes.forEach((byte, i) => image.data.set(table.subarray(byte * 4, byte * 4 + 4), i * 4));
  context.putImageData(image, 0, 0);
  tile.canvas = canvas;
  tile.canvasTop = scale.top;
  return canvas;
}

// --------------------------------------------------------------------------------------------------------- pictures

/**
 * A plate is what a film shows at one step: a picture that holds all its frames, where each of them lies, and what it
 * was `made` from.
 */
function plateOf(film, kind, bitmap) {
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
class Bench {
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

  /** A plate on a canvas of its own, with one cell for each film frame. */
  copy(name, plate, frames) {
    const cols = Math.ceil(Math.sqrt(frames));
    const { width, height } = plate;
    const context = this.canvas(name, cols * width, Math.ceil(frames / cols) * height);
    const place = (frame) => [(frame % cols) * width, Math.floor(frame / cols) * height, width, height];
    for (let frame = 0; frame < frames; frame++) blit(context, plate, frame, ...place(frame));
    return { context, plate: { ...plate, picture: context.canvas, place, gutter: 0 } };
  }

  /** One frame by itself: scaled smoothly within its atlas, its rim would take on the colours of the next frame. */
  single(plate, frame) {
    const context = this.canvas("single", plate.width, plate.height);
    blit(context, plate, frame, 0, 0, plate.width, plate.height);
    return context.canvas;
  }

  /** |one - two|, three times as bright. */
  difference(name, one, two, frames) {
    if (one.width < two.width) [one, two] = [two, one];
    const { context, plate } = this.copy(name, one, frames);
    context.globalCompositeOperation = "difference";
    for (let frame = 0; frame < frames; frame++) blit(context, two, frame, ...plate.place(frame));
    const copy = this.copy(`${name} again`, plate, frames).plate.picture;
    context.globalCompositeOperation = "lighter";
    context.drawImage(copy, 0, 0);
    context.drawImage(copy, 0, 0);
    return { ...plate, crisp: one.crisp };
  }

  /** Without colour and darker: the ground for heat. */
  drained(name, plate) {
    const { width, height } = plate.picture;
    const context = this.canvas(name, width, height);
    context.drawImage(plate.picture, 0, 0);
    context.globalCompositeOperation = "saturation";
    context.fillStyle = "#808080";
    context.fillRect(0, 0, width, height);
    context.globalCompositeOperation = "multiply";
    context.fillStyle = "#a0a0a0";
    context.fillRect(0, 0, width, height);
    return { ...plate, picture: context.canvas };
  }
}

// ----------------------------------------------------------------------------------------------------------- layout

const GAP = 6;

/** Cells of `count` frames as large as they go in a rectangle. */
function sheet(film, count, aspect, x, y, w, h) {
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

// ------------------------------------------------------------------------------------------------------------ sound

const wallClock = () => performance.now() / 1000;

/** The clock of the film: the sound card's while there is sound, so that picture and sound can't drift apart. */
class Player {
  constructor() {
    this.offset = 0;
    this.began = null; // on the clock of `time`; null while nothing plays
    this.time = wallClock;
    this.source = null;
    this.buffers = new WeakMap(); // entry of a step -> AudioBuffer as long as the film
  }

  now() {
    return this.began === null ? this.offset : this.offset + Math.max(0, this.time() - this.began);
  }

  async start(offset, entry, film, loop) {
    this.stop();
    const turn = (this.turn = Symbol());
    this.offset = offset;
    this.time = wallClock;
    this.began = this.time();
    if (!entry) return;
    this.audio ??= new AudioContext();
    await this.audio.resume(); // a browser that waits for a click holds us here, and the film plays silently till then
    const buffer = await this.buffer(entry, film).catch((error) => console.warn("darkroom: no sound", error));
    if (turn !== this.turn || !buffer) return;
    const from = loop ? this.now() % film.seconds : Math.min(this.now(), film.seconds);
    this.source = new AudioBufferSourceNode(this.audio, { buffer, loop });
    this.source.connect(this.audio.destination);
    this.source.start(0, from);
    this.offset = from;
    this.began = this.audio.currentTime;
    // What is heard now was sent a moment ago.
    this.time = () => this.audio.currentTime - (this.audio.outputLatency || 0);
  }

  stop() {
    this.turn = null;
    if (this.began !== null) this.offset = this.now();
    this.source?.stop();
    this.source = this.began = null;
  }

  /** Decoded, and cut or filled with silence to the length of the film: a loop of sound is then a loop of the film. */
  async buffer(entry, film) {
    if (!this.buffers.has(entry)) {
      const decoded = await this.audio.decodeAudioData(entry.at(entry.sound).slice().buffer);
      const { sampleRate, numberOfChannels } = decoded;
      const length = Math.round(film.seconds * sampleRate);
      const fitted = new AudioBuffer({ length, sampleRate, numberOfChannels });
      for (let c = 0; c < numberOfChannels; c++) fitted.copyToChannel(decoded.getChannelData(c).subarray(0, length), c);
      this.buffers.set(entry, fitted);
    }
    return this.buffers.get(entry);
  }

  close() {
    this.stop();
    this.audio?.close();
  }
}

// ------------------------------------------------------------------------------------------------------------ parts

/** An element: properties, `on…` listeners and attributes in one object. */
function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [key, value] of Object.entries(props)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (key in element) element[key] = value;
    else element.setAttribute(key, value);
  }
  element.append(...children);
  return element;
}

/** Sets a property only if it differs: the page is laid out anew otherwise, sixty times a second. */
function put(element, key, value) {
  if (element[key] !== value) element[key] = value;
}

let radioGroups = 0;

/** A choice of one out of a few, as native radio buttons: `offer` the options, `set` which is chosen. */
function choice(part, title, onpick) {
  const name = `darkroom-${part}-${radioGroups++}`;
  const box = h("fieldset", { className: "choice" }, h("legend", { textContent: title }));
  box.dataset.part = part;
  let shown = "";
  const offer = (options) => {
    const signature = JSON.stringify(options);
    box.hidden = options.length < 2;
    if (signature === shown) return;
    shown = signature;
    box.querySelectorAll("label").forEach((label) => label.remove());
    for (const [key, text] of options) {
      const input = h("input", { type: "radio", name, value: key, onchange: () => onpick(key) });
      box.append(h("label", {}, input, h("span", { textContent: text })));
    }
  };
  const set = (value) => box.querySelectorAll("input").forEach((input) => (input.checked = input.value === value));
  return { box, offer, set };
}

const ICONS = {
  play: "M4 2.5v11l9.5-5.5z",
  pause: "M4 2.5h3v11H4zM9 2.5h3v11H9z",
  loop:
    "M11 1.5l3 2.5-3 2.5V5H6a3 3 0 0 0-1.8 5.4L3 11.6A4.7 4.7 0 0 1 6 3.3h5z" +
    "M5 14.5L2 12l3-2.5V11h5a3 3 0 0 0 1.8-5.4L13 4.4a4.7 4.7 0 0 1-3 8.3H5z",
  soundOff: "M2 6h2.6L8 3v10L4.6 10H2zM10.2 6.1l1-1L13 6.9l1.8-1.8 1 1L14 7.9l1.8 1.8-1 1L13 8.9l-1.8 1.8-1-1L12 7.9z",
  soundOn:
    "M2 6h2.6L8 3v10L4.6 10H2zM10 5.2a4 4 0 0 1 0 5.6l1 1a5.4 5.4 0 0 0 0-7.6z" +
    "M12 3.2a6.8 6.8 0 0 1 0 9.6l1 1a8.2 8.2 0 0 0 0-11.6z",
  clear: "M3.3 4.4l1.1-1.1L8 6.9l3.6-3.6 1.1 1.1L9.1 8l3.6 3.6-1.1 1.1L8 9.1l-3.6 3.6-1.1-1.1L6.9 8z",
};

function iconButton(part, onclick) {
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("aria-hidden", "true");
  svg.append(path);
  const text = h("span");
  const button = h("button", { type: "button", className: "icon", onclick }, svg, text);
  button.dataset.part = part;
  const show = (icon, label, { pressed = null, visible = "" } = {}) => {
    path.setAttribute("d", ICONS[icon]);
    button.setAttribute("aria-label", label);
    button.title = label;
    text.textContent = visible;
    if (pressed !== null) button.setAttribute("aria-pressed", pressed);
  };
  return { button, show };
}

/** Sizes a canvas to its place on the page and returns a context that draws in CSS pixels. */
function fit(canvas, width, height, finest = 2) {
  const ratio = Math.min(window.devicePixelRatio || 1, finest);
  const [w, hgt] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== w || canvas.height !== hgt) {
    Object.assign(canvas, { width: w, height: hgt });
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
  }
  const context = canvas.getContext("2d");
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.globalCompositeOperation = "source-over";
  return context;
}

/** For each word of `two`, its place in `one`, or null where the prompts differ (longest common subsequence). */
export function sameWords(one, two) {
  const length = Array.from({ length: one.length + 1 }, () => new Array(two.length + 1).fill(0));
  for (let i = one.length - 1; i >= 0; i--) {
    for (let j = two.length - 1; j >= 0; j--) {
      length[i][j] = one[i] === two[j] ? 1 + length[i + 1][j + 1] : Math.max(length[i + 1][j], length[i][j + 1]);
    }
  }
  const places = new Array(two.length).fill(null);
  for (let i = 0, j = 0; i < one.length && j < two.length; ) {
    if (one[i] === two[j]) places[j++] = i++;
    else if (length[i + 1][j] >= length[i][j + 1]) i++;
    else j++;
  }
  return places;
}

// ------------------------------------------------------------------------------------------------------- the viewer

const DEFAULTS = {
  step: -1,
  frame: 0,
  layer: "x0",
  view: "film",
  compare: "divider",
  divider: 0.5,
  grid: false,
  crisp: false,
  pick: null,
};
const REST = 140; // milliseconds without a change after which the hand is said to rest
const TURN = { x: 0.2, y: 0.87 }; // how the stack stands at first, in radians
const STILL = matchMedia("(prefers-reduced-motion: reduce)");

class Viewer {
  constructor(model, el) {
    this.model = model;
    this.labels = { ...LABELS, ...model.get("labels") };
    this.numbers = new Intl.NumberFormat(this.labels.locale, { maximumSignificantDigits: 2 });
    this.s = {};
    for (const key of Object.keys(DEFAULTS)) this.s[key] = model.get(key) ?? DEFAULTS[key];
    this.follow = this.s.step < 0; // stay at the newest step while a run is going on
    this.films = { a: null, b: null };
    this.tickets = { a: 0, b: 0 };
    this.cursor = { row: 0, col: 0 };
    this.preview = null; // the pick under the mouse or the focus
    this.hover = null;
    this.turn = { x: (-TURN.x * 180) / Math.PI, y: (TURN.y * 180) / Math.PI };
    this.unsaved = new Set();
    this.heats = {};
    this.bench = new Bench();
    this.composed = {};
    this.player = new Player();
    this.atlases = new Atlases((wish) => this.decoded(wish));
    this.maps = new Maps((message) => model.send(message));
    this.maps.context = model.get("context") ?? "";
    this.build(el);
    this.listen();
    this.motion({ playing: Boolean(model.get("playing")) && !STILL.matches });
    for (const name of ["a", "b"]) this.load(name);
    this.refresh();
  }

  // ---- what is on screen

  /** "a", "b", "split" or "difference": what the cells show. */
  get showing() {
    if (!this.films.a || !this.films.b) return [this.films.a ? "a" : "b"];
    return { divider: ["split"], side: ["a", "b"], difference: ["difference"], a: ["a"] }[this.s.compare] ?? ["split"];
  }

  /** Names of the films that are needed for that. */
  get names() {
    const showing = this.showing;
    return showing[0] === "split" || showing[0] === "difference" ? ["a", "b"] : showing;
  }

  get lead() {
    return this.films.a ?? this.films.b;
  }

  /** The step of a film: the timeline's own for the leading film, the same share of the way for the other. */
  stepOf(name) {
    const film = this.films[name];
    const last = Math.max(film.arrived - 1, 0);
    const step = this.s.step < 0 ? this.lead.arrived - 1 : this.s.step;
    if (film === this.lead || film.total === this.lead.total) return clamp(step, 0, last);
    return clamp(Math.round((step / Math.max(this.lead.total - 1, 1)) * (film.total - 1)), 0, last);
  }

  /** The frame of a film at the time of the leading film's frame. */
  frameOf(name, frame) {
    const film = this.films[name] ?? this.lead;
    return clamp(Math.floor((frame * film.head.fps) / this.lead.head.fps + 1e-6), 0, film.head.frames - 1);
  }

  /** The same question put to one of the films: a word of the first prompt may stand elsewhere in the second. */
  pickFor(name) {
    const pick = this.preview ?? this.s.pick;
    if (!pick) return null;
    const film = this.films[name];
    if (pick.what === "patch" && !film.head.grid) return null;
    if (pick.film) return pick.film === name ? pick : null;
    if (pick.what !== "word" || name === "a" || !this.samePlaces) return pick;
    const index = this.samePlaces.indexOf(pick.index);
    return index < 0 ? null : { ...pick, index };
  }

  answerable(what) {
    if (this.model.get("asks")?.includes(what)) return true;
    return Object.values(this.films).some((film) => film?.head.maps?.some((bank) => bank.what === what));
  }

  // ---- the host

  listen() {
    const on = (event, f) => {
      this.model.on(event, f);
      this.unlisten.push(() => this.model.off(event, f));
    };
    this.unlisten = [];
    on("msg:custom", (message, buffers) => this.receive(message, buffers));
    for (const key of Object.keys(DEFAULTS)) {
      on(`change:${key}`, () => {
        const value = this.model.get(key) ?? DEFAULTS[key];
        if (JSON.stringify(value) === JSON.stringify(this.s[key])) return;
        this.s[key] = value;
        this.unsaved.delete(key);
        if (key === "step") this.follow = value < 0;
        this.moved();
      });
    }
    for (const name of ["a", "b"]) {
      const suffix = name === "a" ? "" : "_b";
      on(`change:pack${suffix}`, () => this.load(name));
      on(`change:steps${suffix}`, () => this.loadSteps(name));
    }
    on("change:context", () => {
      this.maps.context = this.model.get("context") ?? "";
      this.moved();
    });
    on("change:playing", () => this.motion({ playing: Boolean(this.model.get("playing")) }));
    for (const key of ["sound", "loop"]) on(`change:${key}`, () => this.motion({}));
    for (const key of ["state", "message", "asks", "parts", "highlight"]) on(`change:${key}`, () => this.refresh());
    this.observer = new ResizeObserver(() => this.invalidate());
    this.observer.observe(this.root);
  }

  receive(message, buffers) {
    if (message.kind === "step") {
      const film = this.films[message.film ?? "a"];
      film?.add(bytesOf(buffers[0]));
      this.arrived();
      return;
    }
    const milliseconds = this.maps.receive(message, buffers ?? []);
    if (milliseconds !== null) this.fire("map", { id: message.id, milliseconds });
    this.invalidate();
    this.say();
  }

  /** The hand did something: show it now, tell the host when it rests. */
  change(values) {
    for (const [key, value] of Object.entries(values)) {
      this.s[key] = value;
      this.unsaved.add(key);
    }
    this.moved();
  }

  moved() {
    this.invalidate();
    this.inMotion = true;
    this.root.toggleAttribute("data-moving", true);
    clearTimeout(this.resting);
    this.resting = setTimeout(() => this.rest(), REST);
  }

  rest() {
    clearTimeout(this.resting);
    if (!this.lead) return;
    if (this.unsaved.size && !this.playing && !this.developing) {
      for (const key of this.unsaved) this.model.set(key, this.s[key]);
      this.unsaved.clear();
      this.model.save_changes();
    }
    for (const name of this.names) {
      const pick = this.pickFor(name);
      const asks = this.model.get("asks") ?? [];
      if (pick && asks.includes(pick.what)) this.maps.ask(this.films[name], name, pick, this.stepOf(name));
    }
    this.say();
    this.inMotion = false;
    this.invalidate();
    this.root.toggleAttribute("data-moving", false);
    this.fire("rest", { step: this.s.step, frame: this.s.frame });
  }

  fire(name, detail) {
    this.root.dispatchEvent(new CustomEvent(`darkroom:${name}`, { detail, bubbles: true }));
  }

  // ---- films coming in

  async load(name) {
    const source = this.model.get(name === "a" ? "pack" : "pack_b");
    const ticket = ++this.tickets[name];
    const old = this.films[name];
    this.error = null;
    if (isEmpty(source)) {
      this.films[name] = null;
      if (old) this.atlases.forget(old);
      this.refresh();
      return;
    }
    this.fetching = !this.lead;
    this.refresh();
    try {
      const film = await Film.open(source);
      if (ticket !== this.tickets[name] || this.closed) return;
      this.fetching = false;
      this.films[name] = film;
      if (old) this.atlases.forget(old);
      this.ready = false;
      this.preview = null;
      this.s.frame = clamp(this.s.frame, 0, this.lead.head.frames - 1);
      await this.loadSteps(name);
      this.moved();
    } catch (error) {
      if (ticket !== this.tickets[name]) return;
      this.fetching = false;
      this.error = error;
      this.refresh();
    }
  }

  async loadSteps(name) {
    const film = this.films[name];
    const list = this.model.get(name === "a" ? "steps" : "steps_b") ?? [];
    if (!film) return;
    const fresh = list.filter((source) => !film.taken.has(source));
    fresh.forEach((source) => film.taken.add(source));
    await Promise.all(
      fresh.map(async (source) => {
        try {
          film.add(await fetchBytes(source));
          this.arrived();
        } catch (error) {
          film.taken.delete(source); // the host's next word is a chance to try again
          console.warn("darkroom: a step did not arrive", error);
        }
      }),
    );
    this.arrived();
  }

  arrived() {
    if (this.closed || !this.lead) return;
    if (this.follow) this.s.step = -1;
    this.wantAhead();
    this.invalidate();
    this.refresh();
  }

  wantAhead() {
    for (const name of this.names) {
      const film = this.films[name];
      if (!film || !film.arrived) continue;
      const kinds = this.s.layer === "difference" ? Object.keys(film.head.kinds) : [film.kind(this.s.layer)];
      for (const kind of kinds) this.atlases.wantAll(film, kind, this.stepOf(name));
    }
  }

  decoded({ film, error }) {
    if (this.closed) return;
    if (error && film === this.lead && !this.ready) {
      this.error = error;
      this.refresh();
      return;
    }
    this.stripDue = true;
    this.invalidate();
  }

  // ---- time

  /** Start or stop the film (`playing`) or the development (`developing`). */
  motion({ playing = this.playing, developing = this.developing, from }) {
    this.playing = playing;
    this.developing = developing;
    const film = this.lead;
    const loop = this.model.get("loop") ?? true;
    if (film && playing) {
      const seconds = (from ?? this.s.frame) / film.head.fps;
      this.heard = this.soundEntry();
      this.player.start(seconds, this.heard, this.soundFilm(), loop);
    } else this.player.stop();
    if (developing && this.develops === undefined) this.develops = performance.now();
    if (!developing) this.develops = undefined;
    if (playing || developing) this.tickSoon();
    else this.moved();
    this.refresh();
  }

  soundFilm() {
    return this.films[this.model.get("sound")];
  }

  soundEntry() {
    const name = this.model.get("sound");
    return this.films[name]?.nearestWith("sound", this.stepOf(name)) ?? null;
  }

  tickSoon() {
    if (this.ticking) return;
    this.ticking = requestAnimationFrame(() => {
      this.ticking = 0;
      this.tick();
    });
  }

  tick() {
    const film = this.lead;
    if (this.closed) return;
    if (film && this.playing) {
      if (this.player.began === null) this.motion({}); // told to play before the film was there
      const loop = this.model.get("loop") ?? true;
      const time = this.player.now();
      const frame = Math.floor((loop ? time % film.seconds : time) * film.head.fps + 1e-6);
      if (frame >= film.head.frames) this.motion({ playing: false });
      else if (frame !== this.s.frame) this.change({ frame });
      const from = (time % film.seconds) * film.head.fps;
      if (this.playing && this.soundEntry() !== this.heard) this.motion({ from }); // another step sounds different
    }
    if (film && this.developing) {
      const seconds = clamp(film.total * 0.08, 2, 5);
      const way = (performance.now() - this.develops) / 1000 / seconds;
      const step = Math.min(Math.floor(way * film.arrived), film.arrived - 1);
      if (step !== this.s.step) this.change({ step: Math.max(step, 0) });
      if (way >= 1) this.motion({ developing: false });
    }
    if (this.playing || this.developing) this.tickSoon();
  }

  goToStep(step) {
    const film = this.lead;
    if (!film) return;
    const last = film.arrived - 1;
    this.follow = step >= last;
    if (this.developing) this.motion({ developing: false });
    this.change({ step: clamp(step, 0, Math.max(last, 0)) });
  }

  goToFrame(frame) {
    if (!this.lead) return;
    if (this.playing) this.motion({ playing: false });
    const count = this.lead.head.frames;
    this.change({ frame: ((frame % count) + count) % count });
  }

  // ---- building the page

  build(el) {
    const L = this.labels;
    this.surface = h("canvas", { className: "surface", tabIndex: 0, role: "application", "aria-label": L.film });
    const share = { type: "range", className: "divider", min: 0, max: 1, step: 0.01 };
    this.divider = h("input", { ...share, "aria-label": L.divider });
    this.divider.dataset.part = "divider";
    this.stack = h("div", { className: "stack", tabIndex: 0, role: "application", "aria-label": L.stack });
    this.stack.hidden = true;
    this.note = h("div", { className: "note" });
    this.captions = h("div", { className: "captions" });
    this.room = h("div", { className: "room" }, this.surface, this.divider, this.stack, this.captions, this.note);
    this.room.dataset.part = "film";
    this.words = h("div", { className: "words" });
    this.words.dataset.part = "words";

    this.legend = h("div", { className: "legend" });
    this.legend.dataset.part = "legend";
    this.legendTitle = h("strong");
    this.legendLow = h("span", { className: "number" });
    this.legendBar = h("span", { className: "bar", "aria-hidden": "true" });
    this.legendHigh = h("span", { className: "number" });
    this.legendNote = h("span", { className: "quiet" });
    this.clear = iconButton("clear", () => this.letGo());
    this.clear.show("clear", L.clear);
    const scale = h("span", { className: "scale" }, this.legendLow, this.legendBar, this.legendHigh);
    this.legend.append(this.legendTitle, scale, this.legendNote, this.clear.button);

    this.develop = iconButton("develop", () => this.motion({ developing: !this.developing }));
    this.strip = h("canvas", { className: "strip", "aria-hidden": "true" });
    this.stepInput = h("input", { type: "range", className: "over", min: 0, value: 0, "aria-label": L.step });
    this.stepText = h("output");
    this.sigmaText = h("output", { className: "quiet" });
    const steps = h(
      "div",
      { className: "steps" },
      this.develop.button,
      h("div", { className: "track" }, this.strip, this.stepInput),
      h("div", { className: "readout" }, this.stepText, this.sigmaText),
    );
    steps.dataset.part = "steps";

    this.play = iconButton("play", () => this.motion({ playing: !this.playing }));
    this.frameInput = h("input", { type: "range", min: 0, value: 0, "aria-label": L.frame });
    this.frameText = h("output");
    this.loop = iconButton("loop", () => this.tell({ loop: !(this.model.get("loop") ?? true) }));
    this.soundButton = iconButton("soundButton", () => this.nextSound());
    const frames = h(
      "div",
      { className: "frames" },
      this.play.button,
      h("div", { className: "track" }, this.frameInput),
      h("div", { className: "readout" }, this.frameText),
      this.loop.button,
    );
    frames.dataset.part = "frames";

    this.soundStrip = h("canvas", { className: "slices", tabIndex: 0, role: "slider", "aria-label": L.slices });
    this.soundText = h("output", { className: "quiet" });
    this.soundBox = h(
      "div",
      { className: "sound" },
      this.soundButton.button,
      h("div", { className: "track" }, this.soundStrip),
      h("div", { className: "readout" }, this.soundText),
    );
    this.soundBox.dataset.part = "sound";

    const pick = (key) => (value) => this.change({ [key]: value });
    this.choices = {
      layer: choice("layers", L.layer, (value) => (pick("layer")(value), this.wantAhead())),
      view: choice("views", L.view, pick("view")),
      compare: choice("compare", L.compare, (value) => (pick("compare")(value), this.wantAhead())),
      heat: choice("heat", L.heat, (name) => this.pick(name ? { what: "map", name } : null)),
    };
    this.gridBox = h("input", { type: "checkbox", onchange: () => this.change({ grid: this.gridBox.checked }) });
    this.crispBox = h("input", { type: "checkbox", onchange: () => this.change({ crisp: this.crispBox.checked }) });
    this.crispLabel = h("label", {}, this.crispBox, h("span", { textContent: L.crisp }));
    const gridLabel = h("label", {}, this.gridBox, h("span", { textContent: L.grid }));
    const grid = h("div", { className: "choice" }, gridLabel, this.crispLabel);
    grid.dataset.part = "grid";
    const boxes = Object.values(this.choices).map(({ box }) => box);
    this.choiceRow = h("div", { className: "choices" }, ...boxes, grid);
    this.status = h("p", { className: "status", role: "status", "aria-live": "polite" });
    this.status.dataset.part = "status";

    this.root = h("div", { className: "darkroom", role: "group", "aria-label": L.viewer });
    const timeline = h("div", { className: "timeline" }, steps, frames, this.soundBox);
    this.root.append(this.words, this.room, this.legend, timeline, this.choiceRow, this.status);
    el.append(this.root);
    this.hands();
  }

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
  }

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
  }

  turnBy(x, y) {
    this.turn = { x: clamp(this.turn.x - y, -60, 20), y: clamp(this.turn.y + x, -80, 80) };
    this.invalidate();
  }

  patchAt(frame, u, v) {
    const grid = this.lead.head.grid;
    if (!grid) return {};
    const row = clamp(Math.floor(v * grid.rows), 0, grid.rows - 1);
    const col = clamp(Math.floor(u * grid.cols), 0, grid.cols - 1);
    return { latent: this.lead.latentFrame(frame), row, col };
  }

  /** The cell and the patch under a point of the surface. */
  hit(x, y) {
    const cell = this.placed?.cells.find((c) => x >= c.x && x < c.x + c.w && y >= c.y && y < c.y + c.h);
    if (!cell || !this.lead) return null;
    const frame = cell.frame ?? this.s.frame;
    return { cell, frame, ...this.patchAt(frame, (x - cell.x) / cell.w, (y - cell.y) / cell.h) };
  }

  hoverAt(hit) {
    const key = hit && `${hit.cell.film}/${hit.frame}/${hit.row}/${hit.col}`;
    if (key === this.hoverKey) return;
    this.hoverKey = key;
    this.hover = hit;
    this.surface.style.cursor = hit ? "pointer" : "";
    this.invalidate();
  }

  /** A click. On a small frame beside the film: go there. Elsewhere: ask about the patch. */
  choose({ cell, frame, latent, row, col }) {
    const beside = cell && !cell.main && this.s.view === "film";
    if (frame !== this.s.frame) this.goToFrame(frame);
    if (beside || latent === undefined) return;
    Object.assign(this.cursor, { row, col, shown: true });
    const pick = { what: "patch", frame: latent, row, col };
    this.pick(samePick(this.s.pick, pick) ? null : pick);
  }

  pick(pick) {
    this.preview = null;
    this.change({ pick });
    this.rest(); // a click is an act of its own: no waiting
  }

  letGo() {
    this.cursor.shown = false;
    this.pick(null);
  }

  look(pick) {
    this.preview = pick;
    this.moved();
  }

  /** Keys that the viewer may change but keeps in the model alone. */
  tell(values) {
    for (const [key, value] of Object.entries(values)) this.model.set(key, value);
    this.model.save_changes();
  }

  audible() {
    return ["a", "b"].filter((name) => this.films[name]?.nearestWith("sound", 0));
  }

  nextSound() {
    const order = ["off", ...this.audible()];
    const now = order.indexOf(this.model.get("sound") ?? "off");
    this.tell({ sound: order[(now + 1) % order.length] });
  }

  // ---- controls that change seldom

  refresh() {
    if (this.closed) return;
    const L = this.labels;
    const film = this.lead;
    const { a, b } = this.films;
    const has = Boolean(film?.arrived);
    this.note.hidden = has && !this.error;
    const told = this.model.get("state");
    const said = this.model.get("message");
    let state = has ? "ready" : this.fetching ? "loading" : "empty";
    if (has && told === "live") state = "live";
    if (!has && (told === "loading" || told === "live")) state = "loading";
    if (this.error || told === "error") state = "error";
    this.root.dataset.state = state;
    this.note.replaceChildren();
    if (state === "error") {
      this.note.append(h("p", { textContent: this.error ? L.failed : said || L.failed }));
      if (this.error) {
        this.note.append(h("p", { className: "quiet", textContent: this.error.message }));
        const retry = () => ["a", "b"].forEach((name) => this.load(name));
        this.note.append(h("button", { type: "button", textContent: L.retry, onclick: retry }));
      }
      this.note.hidden = false;
    } else if (!has) this.note.append(h("p", { textContent: said || (state === "loading" ? L.loading : L.empty) }));

    const parts = this.model.get("parts");
    const allowed = (part) => !parts || parts.includes(part);
    const layers = film ? ["x0", "noisy"].filter((kind) => kind in film.head.kinds) : [];
    if (layers.length === 2) layers.push("difference");
    this.choices.layer.offer(layers.map((key) => [key, L[key]]));
    const views = { film: L.viewFilm, frames: L.viewFrames, stack: L.viewStack };
    this.choices.view.offer(film?.head.frames > 1 ? Object.entries(views) : []);
    const ways = { divider: L.compareDivider, side: L.compareSide, difference: L.compareDifference, a: L.compareA };
    this.choices.compare.offer(a && b ? Object.entries(ways) : []);
    const banks = [a, b].flatMap((each) => each?.head.maps ?? []);
    const named = new Set(banks.filter((bank) => bank.what === "map").map((bank) => bank.name));
    const heats = [["", L.heatNone], ...[...named].map((name) => [name, name])];
    this.choices.heat.offer(heats);
    this.gridBox.checked = this.s.grid;
    this.crispBox.checked = this.s.crisp;
    this.crispLabel.hidden = !this.s.grid;
    for (const element of this.root.querySelectorAll("[data-part]")) {
      const part = element.dataset.part;
      if (part === "steps" || part === "status") element.hidden = !allowed(part) || (part === "steps" && !film);
      if (part === "frames") element.hidden = !allowed(part) || !film || film.head.frames < 2;
      if (part === "grid") element.hidden = !allowed(part) || !film?.head.grid;
      if (["layers", "heat", "views", "compare"].includes(part) && !allowed(part)) element.hidden = true;
    }
    this.choiceRow.hidden = [...this.choiceRow.children].every((box) => box.hidden);
    this.soundBox.hidden = !allowed("sound") || !film || !["peaks", "sound"].some((key) => film.nearestWith(key, 0));
    this.wordsAllowed = allowed("words");
    this.legendAllowed = allowed("legend");

    const [icon, label] = this.developing ? ["pause", L.pause] : ["play", L.developLong];
    this.develop.show(icon, label, { visible: L.develop });
    this.play.show(this.playing ? "pause" : "play", this.playing ? L.pause : L.playLong, { visible: L.play });
    this.loop.show("loop", L.loop, { pressed: this.model.get("loop") ?? true });
    const sounds = this.audible();
    const sound = this.model.get("sound") ?? "off";
    this.soundButton.button.hidden = sounds.length === 0;
    const name = sound === "off" ? L.soundOff : sounds.length < 2 ? L.soundOn : sound === "a" ? L.soundA : L.soundB;
    this.soundButton.show(sound === "off" ? "soundOff" : "soundOn", name);
    this.soundText.textContent = sounds.length ? name : "";

    this.buildWords();
    const target = this.model.get("highlight");
    for (const element of this.root.querySelectorAll("[data-part]")) {
      const on = element.dataset.part === target && !element.hidden;
      if (on && !element.classList.contains("pointed")) {
        element.scrollIntoView({ block: "nearest", behavior: STILL.matches ? "auto" : "smooth" });
      }
      element.classList.toggle("pointed", on);
    }
    this.invalidate();
  }

  buildWords() {
    const { a, b } = this.films;
    const texts = (film) => film?.head.words?.map((word) => word.text) ?? [];
    this.samePlaces = a && b ? sameWords(texts(a), texts(b)) : null;
    const twins = b && a && texts(b).length > 0 && texts(a).join(" ") !== texts(b).join(" ");
    const rows = [a ? ["a", a] : null, twins || !a ? ["b", b] : null].filter((row) => row?.[1]?.head.words?.length);
    const shown = rows.map(([name, film]) => [name, film.head.words, film.head.title]);
    const signature = JSON.stringify([shown, this.answerable("word"), this.samePlaces]);
    this.words.hidden = !this.wordsAllowed || rows.length === 0;
    if (signature === this.wordsShown) return;
    this.wordsShown = signature;
    this.wordButtons = { a: [], b: [] };
    this.words.replaceChildren(...rows.map(([name, film]) => this.wordRow(name, film, rows.length > 1)));
  }

  wordRow(name, film, captioned) {
    const L = this.labels;
    const row = h("div", { className: "line", role: "group", "aria-label": name === "a" ? L.words : L.wordsB });
    if (captioned) row.append(h("span", { className: "caption", textContent: film.head.title || L[name] }));
    film.head.words.forEach((word, index) => {
      // A pick numbers words as the first prompt does; of a word that only the second one has it says so.
      const place = name === "a" || !this.samePlaces ? index : this.samePlaces[index];
      const pick = place === null ? { what: "word", index, film: "b" } : { what: "word", index: place };
      const text = h("span", { className: "text", textContent: word.text });
      const share = h("span", { className: "share", "aria-hidden": "true" });
      const button = h("button", { type: "button", className: "word" }, text, share);
      const says = [];
      if (word.known === false) says.push(L.unknown);
      if (place === null) says.push(L.changed);
      button.classList.toggle("unknown", word.known === false);
      button.classList.toggle("changed", place === null);
      if (says.length) {
        button.title = says.join(". ");
        button.setAttribute("aria-description", says.join(". "));
      }
      this.wordButtons[name].push({ button, share, pick });
      row.append(button);
      if (!this.answerable("word")) {
        button.disabled = true;
        return;
      }
      button.setAttribute("aria-pressed", "false");
      button.addEventListener("pointerenter", (event) => event.pointerType === "mouse" && this.look(pick));
      button.addEventListener("pointerleave", (event) => event.pointerType === "mouse" && this.look(null));
      button.addEventListener("focus", () => button.matches(":focus-visible") && this.look(pick));
      button.addEventListener("blur", () => this.look(null));
      button.addEventListener("click", () => {
        this.pick(samePick(this.s.pick, pick) ? null : pick);
      });
    });
    return row;
  }

  // ---- drawing

  invalidate() {
    if (this.due || this.closed) return;
    this.due = requestAnimationFrame(() => {
      this.due = 0;
      if (!this.closed) this.paint();
    });
  }

  /** The plate of one film: its layer at its step, drained of colour where heat will lie. */
  plate(name, drained) {
    const film = this.films[name];
    const step = this.stepOf(name);
    const bare = (kind) => {
      const bitmap = this.atlases.get(film, kind, step);
      return bitmap && plateOf(film, kind, bitmap);
    };
    if (!film.arrived) return null;
    const both = "x0" in film.head.kinds && "noisy" in film.head.kinds;
    if (this.s.layer !== "difference" || !both) {
      const plate = bare(film.kind(this.s.layer));
      if (!plate || !drained) return plate;
      return this.kept(name, plate.made, () => this.bench.drained(name, plate));
    }
    const [one, two] = [bare("x0"), bare("noisy")];
    if (!one || !two) return null;
    return this.kept(name, [...one.made, ...two.made, drained], () => {
      const plate = this.bench.difference(name, one, two, film.head.frames);
      return drained ? this.bench.drained(`${name} drained`, plate) : plate;
    });
  }

  /** What was composed from the same pictures before, or is composed now. */
  kept(name, made, compose) {
    const old = this.composed[name]?.made;
    const same = old?.length === made.length && old.every((input, i) => input === made[i]);
    if (!same) this.composed[name] = { ...compose(), made };
    return this.composed[name];
  }

  paint() {
    const film = this.lead;
    // Sizes are read before anything is written: the page would have to be laid out in between.
    this.size = { room: this.room.clientWidth, sound: this.soundStrip.parentElement.clientWidth };
    if (!film) {
      const width = this.size.room;
      const height = Math.min(width * 0.7, this.highest());
      fit(this.surface, width, height).clearRect(0, 0, width, height);
      this.surface.hidden = false;
      this.stack.hidden = this.divider.hidden = true;
      this.captions.replaceChildren();
      this.legend.hidden = true;
      return;
    }
    this.heats = {};
    for (const name of this.showing[0] === "difference" ? [] : this.names) {
      const pick = this.pickFor(name);
      this.heats[name] = pick && this.maps.find(this.films[name], pick, this.stepOf(name));
    }
    const maps = Object.values(this.heats).filter(Boolean);
    const tiles = maps.flatMap((map) => [map.tiles.patches, map.tiles.sound]).filter(Boolean);
    this.scale = tiles.length ? commonScale(tiles) : null;
    this.plates = {};
    for (const name of this.names) this.plates[name] = this.plate(name, Boolean(this.heats[name]?.tiles.patches));
    if (this.names.some((name) => !this.plates[name])) {
      if (film.arrived) return; // nothing decoded yet: leave what is on screen
    }
    const { a, b } = this.plates;
    if (this.showing[0] === "difference" && a && b) {
      this.plates.difference = this.kept("difference", [...a.made, ...b.made], () =>
        this.bench.difference("difference", a, b, film.head.frames),
      );
    }
    const flat = this.s.view !== "stack";
    this.surface.hidden = !flat;
    this.stack.hidden = flat;
    if (flat) this.paintSurface();
    else this.paintStack();
    this.paintControls();
    this.paintLegend();
    this.paintWords();
    if (!this.soundBox.hidden) this.paintSound();
    this.paintStripSoon();
    if (!this.ready && this.plates[this.names[0]]) {
      this.ready = true;
      this.fire("ready", {});
    }
  }

  highest() {
    return Math.max(240, Math.min(window.innerHeight, screen.availHeight || Infinity) * 0.6);
  }

  paintSurface() {
    const film = this.lead;
    const { width, height, frames } = film.head;
    const W = this.size.room;
    const wanted = { view: this.s.view, films: this.showing, frames, aspect: width / height, W, H: this.highest() };
    if (JSON.stringify(wanted) !== this.laid) {
      this.laid = JSON.stringify(wanted);
      this.placed = layout(wanted);
      const boxes = this.placed.cells.map(({ x, y, w, h: high }) => [x, y, w, high].map(Math.round));
      this.surface.dataset.cells = JSON.stringify(boxes);
    }
    const placed = this.placed;
    const context = fit(this.surface, W, placed.height);
    context.clearRect(0, 0, W, placed.height);
    for (const cell of placed.cells) this.paintCell(context, cell);
    const main = placed.cells.find((cell) => cell.main && cell.film === "split");
    this.divider.hidden = !main;
    if (main) {
      const rim = 22; // half the width of the handle: its middle runs from edge to edge of the film
      const box = { left: main.x - rim, top: main.y, width: main.w + 2 * rim, height: main.h };
      for (const [key, value] of Object.entries(box)) put(this.divider.style, key, `${value}px`);
      put(this.divider, "value", String(this.s.divider));
    }
    this.paintCaptions(placed.cells);
  }

  paintCaptions(cells) {
    const L = this.labels;
    const title = (name) => this.films[name].head.title || L[name];
    const wanted = [];
    if (this.films.a && this.films.b) {
      for (const cell of cells.filter((c) => c.main)) {
        if (cell.film === "split") wanted.push([title("a"), cell, "left"], [title("b"), cell, "right"]);
        else if (cell.film !== "difference") wanted.push([title(cell.film), cell, "left"]);
      }
    }
    const signature = JSON.stringify(wanted);
    if (signature === this.captioned) return;
    this.captioned = signature;
    this.captions.replaceChildren(
      ...wanted.map(([text, cell, side]) => {
        const caption = h("span", { textContent: text, className: side });
        caption.style.top = `${cell.y}px`;
        if (side === "left") caption.style.left = `${cell.x}px`;
        else caption.style.right = `${this.size.room - cell.x - cell.w}px`;
        return caption;
      }),
    );
  }

  /** One frame: picture, heat, grid, marks. */
  paintCell(context, cell) {
    const { x, y, w, h: height } = cell;
    const frame = cell.frame ?? this.s.frame;
    if (cell.film === "split") {
      const { divider } = this.s;
      this.paintFilm(context, "a", frame, cell, 0, divider);
      this.paintFilm(context, "b", frame, cell, divider, 1);
      context.fillStyle = "#fff";
      context.fillRect(x + w * divider - (cell.main ? 1 : 0.5), y, cell.main ? 2 : 1, height);
    } else this.paintFilm(context, cell.film, frame, cell);
    if (cell.main || this.s.view === "frames") this.paintMarks(context, frame, cell);
    if (!cell.main && this.s.grid) this.paintCube(context, frame, cell);
    if (!cell.main && frame === this.s.frame) {
      context.strokeStyle = "#ffc454";
      context.lineWidth = 2;
      context.strokeRect(x - 2, y - 2, w + 4, height + 4);
    }
  }

  /** A line under all frames that were decoded from one latent frame: a patch is a cube as long as that line. */
  paintCube(context, frame, { x, y, w, h: height }) {
    const film = this.lead;
    if (!film.head.grid) return;
    const joined = (other) => film.head.grid.frame_of[other] === film.latentFrame(frame);
    const left = joined(frame - 1) ? x - GAP : x + 2;
    const right = joined(frame + 1) ? x + w : x + w - 2;
    context.fillStyle = "#7cc4ff";
    context.fillRect(left, y + height + 2, right - left, 2);
  }

  /** One frame of one film with its heat, or the share of its width between `from` and `to`. */
  paintFilm(context, name, frame, { x, y, w, h: height, main }, from = 0, to = 1) {
    const plate = this.plates[name];
    const film = this.films[name] ?? this.lead;
    const [left, wide] = [x + w * from, w * (to - from)];
    if (wide <= 0) return;
    context.fillStyle = "#1a1a1e";
    if (!plate) return context.fillRect(left, y, wide, height);
    const own = this.frameOf(name, frame);
    context.imageSmoothingEnabled = !(plate.crisp || (this.s.crisp && this.s.grid));
    // The best smoothing costs four times as much: it comes when the hand rests.
    context.imageSmoothingQuality = main && !this.inMotion ? "high" : "low";
    context.globalAlpha = this.glass ? 0.3 : 1; // in the stack the heat glows through frames of glass
    const alone = context.imageSmoothingEnabled && !plate.gutter;
    const [picture, sx, sy, sw, sh] = alone
      ? [this.bench.single(plate, own), 0, 0, plate.width, plate.height]
      : [plate.picture, ...plate.place(own)];
    context.drawImage(picture, sx + sw * from, sy, sw * (to - from), sh, left, y, wide, height);
    context.globalAlpha = 1;
    const tile = this.heats[name]?.tiles.patches;
    if (!tile) return;
    const [, rows, cols] = tile.shape;
    context.imageSmoothingEnabled = false;
    const heat = heatCanvas(tile, this.scale);
    context.drawImage(heat, cols * from, film.latentFrame(own) * rows, cols * (to - from), rows, left, y, wide, height);
  }

  paintMarks(context, frame, { x, y, w, h: height, main }) {
    const grid = this.lead.head.grid;
    if (!grid) return;
    const [cw, ch] = [w / grid.cols, height / grid.rows];
    if (this.s.grid) {
      context.beginPath();
      for (let col = 1; col < grid.cols; col++) context.rect(x + col * cw, y, 0, height);
      for (let row = 1; row < grid.rows; row++) context.rect(x, y + row * ch, w, 0);
      context.lineWidth = 1;
      context.strokeStyle = "rgba(255,255,255,.38)";
      context.stroke();
    }
    const mark = (row, col, colour, line) => {
      context.lineWidth = line + 2;
      context.strokeStyle = "rgba(0,0,0,.75)";
      context.strokeRect(x + col * cw, y + row * ch, cw, ch);
      context.lineWidth = line;
      context.strokeStyle = colour;
      context.strokeRect(x + col * cw, y + row * ch, cw, ch);
    };
    const latent = this.lead.latentFrame(frame);
    const pick = this.s.pick;
    const bold = main ? 3 : 2;
    const { row, col, frame: under } = this.hover ?? {};
    if (row !== undefined && under === frame) mark(row, col, "rgba(255,255,255,.7)", 1);
    const focused = document.activeElement === this.surface || document.activeElement === this.stack;
    const { cursor } = this;
    if (cursor.shown && focused && frame === this.s.frame) mark(cursor.row, cursor.col, "#7cc4ff", bold - 1);
    if (pick?.what === "patch" && pick.frame === latent) mark(pick.row, pick.col, "#fff", bold);
  }

  paintStack() {
    const film = this.lead;
    const { frames, width, height } = film.head;
    const W = this.size.room;
    const H = Math.min(this.highest(), W * 0.9);
    this.divider.hidden = true;
    this.paintCaptions([]);
    const name = this.showing[0] === "split" ? "a" : this.showing[0];
    const side = Math.min(H * 0.46, W * 0.32);
    const [w, hgt] = width >= height ? [side, (side * height) / width] : [(side * width) / height, side];
    if (this.sheets?.length !== frames) {
      this.sheets = Array.from({ length: frames }, (_, frame) => {
        const sheet = h("canvas");
        sheet.dataset.frame = frame;
        return sheet;
      });
      this.pile = h("div", { className: "pile" }, ...this.sheets);
      this.stack.replaceChildren(this.pile);
    }
    // Far away, so that near and far frames look nearly the same size and the stack keeps within the room.
    Object.assign(this.stack.style, { height: `${H}px`, perspective: `${side * 14}px` });
    const transform = `rotateX(${this.turn.x}deg) rotateY(${this.turn.y}deg)`;
    Object.assign(this.pile.style, { width: `${w}px`, height: `${hgt}px`, transform });
    // Frames of one latent frame stand close together: they are one layer of cubes.
    const layers = film.head.grid?.frames ?? 1;
    const length = Math.min(((W - w) / Math.sin(TURN.y)) * 0.95, (H - hgt * 1.35) / Math.sin(TURN.x));
    const gap = layers > 1 ? (length * 0.6) / (layers - 1) : 0;
    const pitch = (length - gap * (layers - 1)) / Math.max(frames - 1, 1);
    this.glass = Boolean(this.heats[name]?.tiles.patches);
    this.sheets.forEach((sheet, frame) => {
      const context = fit(sheet, w, hgt, 1); // there are many, they lie tilted, and a film has few pixels
      context.clearRect(0, 0, w, hgt);
      const cell = { x: 0, y: 0, w, h: hgt, main: false, film: name };
      this.paintFilm(context, name, frame, cell);
      this.paintMarks(context, frame, cell);
      const z = frame * pitch + (layers > 1 ? film.latentFrame(frame) * gap : 0) - length / 2;
      sheet.style.transform = `translateZ(${z.toFixed(1)}px)`;
      sheet.classList.toggle("now", frame === this.s.frame);
    });
    this.glass = false;
  }

  paintControls() {
    const L = this.labels;
    const film = this.lead;
    const step = this.stepOf(this.films.a ? "a" : "b");
    put(this.stepInput, "max", String(film.total - 1));
    put(this.stepInput, "value", String(step));
    put(this.frameInput, "max", String(film.head.frames - 1));
    put(this.frameInput, "value", String(this.s.frame));
    const sigma = film.steps[step]?.sigma;
    const stepText = fill(L.stepOf, { step: step + 1, total: film.total });
    const noise = sigma === undefined ? "" : fill(L.noise, { sigma: sigma.toFixed(2) });
    const frameText = fill(L.frameOf, { frame: this.s.frame + 1, total: film.head.frames });
    put(this.stepText, "textContent", stepText);
    put(this.sigmaText, "textContent", noise);
    put(this.frameText, "textContent", frameText);
    put(this.stepInput, "ariaValueText", `${stepText}, ${noise}`);
    put(this.frameInput, "ariaValueText", frameText);
    this.choices.layer.set(this.s.layer);
    this.choices.view.set(this.s.view);
    this.choices.compare.set(this.s.compare);
    this.choices.heat.set(this.s.pick ? this.s.pick.name : "");
  }

  format(value, unit) {
    if (unit === "%") return `${this.numbers.format(value * 100)} %`;
    return unit ? `${this.numbers.format(value)} ${unit}` : this.numbers.format(value);
  }
  /** What the heat is, its numbers, and what they are shares of; without heat, what could be asked. */
  paintLegend() {
    const L = this.labels;
    const name = this.names.find((key) => this.heats[key]?.tiles.patches) ?? this.names.find((key) => this.heats[key]);
    const map = this.heats[name];
    const pick = this.pickFor(this.names[0]) ?? this.pickFor(this.names.at(-1));
    const difference = this.s.layer === "difference" || this.showing[0] === "difference";
    const things = [["patch", L.hintPatch], ["word", L.hintWord], ["sound", L.hintSound]].filter(([what]) =>
      this.answerable(what),
    );
    this.legend.hidden = !this.legendAllowed || !(map || pick || difference || things.length);
    if (this.legend.hidden) return;
    put(this.legendTitle, "textContent", map?.label ?? (pick ? this.describe(pick) : ""));
    this.clear.button.hidden = !this.s.pick;
    const scaled = Boolean(map && this.scale);
    this.legendBar.parentElement.hidden = !scaled;
    if (scaled) {
      const { top, bottom } = this.scale;
      if (this.barred !== `${top} ${bottom}`) this.legendBar.style.backgroundImage = gradient(this.scale);
      this.barred = `${top} ${bottom}`;
      put(this.legendLow, "textContent", this.format(this.scale.bottom < 0 ? -this.scale.top : 0, map.unit));
      put(this.legendHigh, "textContent", this.format(this.scale.top, map.unit));
    }
    const tile = map?.tiles.patches;
    const { latent, row, col } = this.hover ?? {};
    const notes = [];
    if (map?.normalised) notes.push(map.normalised);
    if (map && this.stepOf(name) !== map.step) notes.push(fill(L.ofStep, { step: map.step + 1 }));
    if (pick && this.names.some((key) => this.waits(key))) notes.push(L.asking);
    if (!map && difference) notes.push(this.describeDifference());
    if (tile && latent !== undefined) {
      const [, rows, cols] = tile.shape;
      notes.push(fill(L.here, { value: this.format(tileValue(tile, (latent * rows + row) * cols + col), map.unit) }));
    }
    if (!notes.length && !pick && things.length) {
      const list = new Intl.ListFormat(L.locale, { type: "disjunction" }).format(things.map(([, text]) => text));
      notes.push(fill(L.hint, { things: list }));
    }
    put(this.legendNote, "textContent", notes.join(" · "));
  }

  describeDifference() {
    const L = this.labels;
    const films = this.showing[0] === "difference";
    const [one, two] = films ? ["a", "b"].map((name) => this.films[name].head.title || L[name]) : [L.noisy, L.x0];
    return fill(L.differenceLegend, { one, two });
  }

  waits(name) {
    const pick = this.pickFor(name);
    return Boolean(pick && this.maps.pending(this.films[name], pick, this.stepOf(name)));
  }

  paintWords() {
    const pick = this.preview ?? this.s.pick;
    for (const name of ["a", "b"]) {
      const tile = this.heats[name]?.tiles.words;
      const unit = this.heats[name]?.unit;
      const top = tile ? Math.max(...tile.bytes, 1) : 1;
      this.wordButtons?.[name].forEach(({ button, share, pick: own }, index) => {
        const heat = tile ? tileValue(tile, index) : null;
        const said = heat === null ? "" : this.format(heat, unit);
        if (share.textContent !== said) {
          share.textContent = said;
          button.style.setProperty("--heat", heat === null ? 0 : tile.bytes[index] / top);
        }
        button.classList.toggle("looked", samePick(pick, own));
        if (!button.disabled) put(button, "ariaPressed", String(samePick(this.s.pick, own)));
      });
    }
  }

  paintSound() {
    const L = this.labels;
    const name = this.films.a ? "a" : "b";
    const film = this.lead;
    const width = this.size.sound;
    const height = 48;
    const context = fit(this.soundStrip, width, height);
    context.clearRect(0, 0, width, height);
    const entry = film.nearestWith("peaks", this.stepOf(name));
    const slices = film.head.sound?.slices ?? 0;
    const tile = this.heats[name]?.tiles.sound;
    const slice = width / Math.max(slices, 1);
    if (tile) {
      tile.bytes.forEach((_, i) => {
        context.fillStyle = css(heatColour(tileValue(tile, i), this.scale));
        context.fillRect(i * slice, 0, slice, height);
      });
    }
    const peaks = entry ? entry.at(entry.peaks) : [];
    context.fillStyle = tile ? "rgba(255,255,255,.8)" : "#9fb4c8";
    const bar = width / peaks.length;
    peaks.forEach((peak, i) => {
      const tall = Math.max(1, (peak / 255) * (height - 8));
      context.fillRect(i * bar, (height - tall) / 2, Math.max(bar * 0.7, 0.7), tall);
    });
    if (this.s.grid && slices) {
      context.fillStyle = "rgba(255,255,255,.3)";
      for (let i = 1; i < slices; i++) context.fillRect(i * slice, 0, 1, height);
    }
    const pick = this.s.pick?.what === "sound" ? this.s.pick.index : null;
    const focused = document.activeElement === this.soundStrip ? (this.slice ?? 0) : null;
    for (const [index, colour] of [[focused, "#7cc4ff"], [pick, "#fff"]]) {
      if (index === null || !slices) continue;
      context.strokeStyle = colour;
      context.lineWidth = 2;
      context.strokeRect(index * slice + 1, 1, slice - 2, height - 2);
    }
    context.fillStyle = "#ffc454";
    context.fillRect(((this.s.frame + 0.5) / film.head.frames) * width - 1, 0, 2, height);
    const at = this.slice ?? pick ?? 0;
    put(this.soundStrip, "ariaValueMin", "1");
    put(this.soundStrip, "ariaValueMax", String(Math.max(slices, 1)));
    put(this.soundStrip, "ariaValueNow", String(at + 1));
    put(this.soundStrip, "ariaValueText", fill(L.sliceOf, { slice: at + 1, total: slices }));
  }

  /** The frame on screen at some steps, from static to film, behind the handle of the step scrubber. */
  paintStripSoon() {
    const film = this.lead;
    const signature = [film.head.id, this.s.frame, this.s.layer, film.arrived, this.size.room].join();
    if (signature === this.stripShown && !this.stripDue) return;
    if (this.stripTimer) return;
    this.stripTimer = setTimeout(() => {
      this.stripTimer = 0;
      this.stripDue = false;
      this.stripShown = signature;
      if (!this.closed && this.lead) this.paintStrip();
    }, 60);
  }

  paintStrip() {
    const film = this.lead;
    const kind = film.kind(this.s.layer === "difference" ? "noisy" : this.s.layer);
    const box = this.strip.parentElement;
    const [width, height] = [box.clientWidth, box.clientHeight];
    const context = fit(this.strip, width, height);
    context.clearRect(0, 0, width, height);
    const aspect = film.head.width / film.head.height;
    const count = Math.max(2, Math.round(width / (height * aspect)));
    const each = width / count;
    for (let i = 0; i < count; i++) {
      const step = Math.round((i / (count - 1)) * (film.total - 1));
      if (step >= film.arrived) break;
      const bitmap = this.atlases.near(film, kind, step);
      if (!bitmap) continue;
      const plate = plateOf(film, kind, bitmap);
      context.imageSmoothingEnabled = !plate.crisp;
      const [sx, sy, sw, sh] = plate.place(Math.min(this.s.frame, film.head.frames - 1));
      const cut = Math.min(1, each / (height * aspect)); // the middle of the frame, if cells are narrower than it is
      context.drawImage(bitmap, sx + (sw * (1 - cut)) / 2, sy, sw * cut, sh, i * each, 0, each, height);
    }
  }

  // ---- words for the status line

  describe(pick) {
    const L = this.labels;
    const film = this.lead;
    if (pick.what === "patch") {
      const own = film.head.grid.frame_of.flatMap((latent, frame) => (latent === pick.frame ? [frame + 1] : []));
      const frames = own.length > 1 ? `${own[0]}–${own.at(-1)}` : `${own[0]}`;
      return fill(L.cube, { frames, row: pick.row + 1, column: pick.col + 1 });
    }
    if (pick.what === "word") {
      const words = (this.films[pick.film] ?? film).head.words;
      return fill(L.word, { word: words[pick.index]?.text });
    }
    if (pick.what === "sound") return fill(L.slice, { slice: pick.index + 1 });
    return pick.name;
  }

  say() {
    const film = this.lead;
    if (!film) return;
    const L = this.labels;
    const pick = this.preview ?? this.s.pick;
    const sentences = [];
    if (pick) {
      const name = this.names[0];
      const step = this.stepOf(name);
      const own = this.pickFor(name);
      const map = own && this.maps.find(this.films[name], own, step);
      const refused = own && this.maps.refusal(this.films[name], own, step);
      sentences.push(`${this.describe(pick)}.`);
      if (refused) sentences.push(refused);
      else if (this.waits(name)) sentences.push(L.asking);
      else if (map?.text) sentences.push(map.text);
      else if (!map && !this.answerable(pick.what) && pick.what !== "patch") sentences.push(L.noAnswer);
    } else if (this.cursor.shown && film.head.grid) {
      const { row, col } = this.cursor;
      sentences.push(this.describe({ what: "patch", frame: film.latentFrame(this.s.frame), row, col }));
    }
    const text = sentences.join(" ");
    if (this.status.textContent !== text) this.status.textContent = text;
  }

  close() {
    this.closed = true;
    this.unlisten.forEach((off) => off());
    this.observer.disconnect();
    clearTimeout(this.resting);
    clearTimeout(this.stripTimer);
    this.player.close();
    for (const film of [this.films.a, this.films.b]) if (film) this.atlases.forget(film);
    this.root.remove();
  }
}

function render({ model, el }) {
  let viewer = new Viewer(model, el);
  const relabel = () => {
    viewer.close();
    viewer = new Viewer(model, el);
  };
  model.on("change:labels", relabel);
  return () => {
    model.off("change:labels", relabel);
    viewer.close();
  };
}

export default { render };

// ------------------------------------------------------------------------------------------------------------ hosts

/**
 * A model for hosts that have none. `send(message)` carries questions away, `save(changed)` what the viewer changed;
 * the host speaks back by `update(state)` (all keys, as it last meant them) and `receive(message, buffers)`.
 */
export function createModel(state = {}, { send = () => {}, save = () => {} } = {}) {
  const own = { ...state };
  const listeners = new Map();
  let said = { ...state };
  let changed = {};
  const emit = (event, ...values) => [...(listeners.get(event) ?? [])].forEach((listener) => listener(...values));
  return {
    get: (key) => own[key],
    set(key, value) {
      if (own[key] === value) return;
      own[key] = changed[key] = value;
      emit(`change:${key}`);
    },
    save_changes() {
      if (Object.keys(changed).length) save(changed);
      changed = {};
    },
    on: (event, listener) => listeners.set(event, [...(listeners.get(event) ?? []), listener]),
    off: (event, listener) => listeners.set(event, (listeners.get(event) ?? []).filter((other) => other !== listener)),
    send,
    receive: (message, buffers = []) => emit("msg:custom", message, buffers),
    update(next) {
      const before = said;
      said = { ...next };
      const keys = new Set([...Object.keys(before), ...Object.keys(next)]);
      const different = [...keys].filter((key) => JSON.stringify(before[key]) !== JSON.stringify(next[key]));
      for (const key of different) own[key] = next[key];
      for (const key of different) emit(`change:${key}`);
    },
  };
}
