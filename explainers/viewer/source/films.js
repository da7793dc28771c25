// Films: packs as they come in, and their decoded pictures.

export function bytesOf(value) {
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
}

export const fromBase64 = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));

export const isEmpty = (source) => !source || source.byteLength === 0;

/** An address or bytes -> bytes. */
export async function fetchBytes(source) {
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

export const clamp = (value, low, high) => Math.min(high, Math.max(low, value));

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
