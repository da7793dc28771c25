// Decoded pictures of steps.

/** @import { Film } from "./films.js" */
/** @typedef {{ film: Film, kind: string, step: number }} Wish */

/** Decoded pictures of steps, the least recently looked at thrown away first, some 100 MB in all. */
export class Atlases {
  /** @param {(wish: Wish & { error?: unknown }) => void} onready */
  constructor(onready, limit = 100e6) {
    this.onready = onready;
    this.limit = limit;
    this.size = 0;
    /** @type {Map<string, Wish & { bitmap: ImageBitmap, bytes: number }>} */
    this.decoded = new Map(); // oldest look first
    /** @type {Map<string, Wish>} */
    this.waiting = new Map(); // newest wish last
    this.busy = 0;
    /** @type {WeakMap<Film, number>} */
    this.ids = new WeakMap();
    this.nextId = 0;
    /** @type {WeakSet<Film>} */
    this.gone = new WeakSet();
  }

  /** @param {Film} film @param {string} kind @param {number} step */
  key(film, kind, step) {
    if (!this.ids.has(film)) this.ids.set(film, this.nextId++);
    return `${this.ids.get(film)}/${kind}/${step}`;
  }

  /**
   * The decoded picture of a step, or that of the nearest decoded step while this one is on its way; null for none.
   * @param {Film} film @param {string} kind @param {number} step
   */
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

  /** @param {Film} film @param {string} kind @param {number} step */
  near(film, kind, step) {
    for (let reach = 0; reach < film.total; reach++) {
      for (const other of [step - reach, step + reach]) {
        const found = this.decoded.get(this.key(film, kind, other));
        if (found) return found.bitmap;
      }
    }
    return null;
  }

  /** @param {Film} film @param {string} kind @param {number} step */
  has(film, kind, step) {
    return this.decoded.has(this.key(film, kind, step));
  }

  /** @param {Film} film @param {string} kind @param {number} step */
  want(film, kind, step) {
    const key = this.key(film, kind, step);
    if (!film.steps[step]?.images[kind] || this.decoded.has(key)) return;
    this.waiting.delete(key);
    this.waiting.set(key, { film, kind, step });
    this.pump();
  }

  /** Decode ahead, the steps nearest to `step` first, as many as fit. @param {Film} film @param {string} kind @param {number} step */
  wantAll(film, kind, step) {
    const { width, height, frames } = film.head.kinds[kind];
    const most = Math.floor((this.limit * 0.9) / (width * height * frames * 4));
    const order = [...film.steps.keys()].sort((p, q) => Math.abs(p - step) - Math.abs(q - step));
    for (const other of order.slice(0, most).reverse()) this.want(film, kind, other);
  }

  async pump() {
    if (this.busy >= 2 || this.waiting.size === 0) return;
    const [key, wish] = [...this.waiting][this.waiting.size - 1];
    this.waiting.delete(key);
    this.busy++;
    try {
      const entry = wish.film.steps[wish.step];
      if (!entry) return;
      const blob = new Blob([entry.at(entry.images[wish.kind])], { type: wish.film.head.kinds[wish.kind].mime });
      const bitmap = await createImageBitmap(blob);
      if (this.gone.has(wish.film) || this.decoded.has(key)) bitmap.close();
      else this.keep(key, { ...wish, bitmap, bytes: bitmap.width * bitmap.height * 4 });
      this.onready(wish);
    } catch (error) {
      this.onready({ ...wish, error });
    } finally {
      this.busy--;
      this.pump();
    }
  }

  /** @param {string} key @param {Wish & { bitmap: ImageBitmap, bytes: number }} atlas */
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

  /** @param {Film} film */
  forget(film) {
    this.gone.add(film);
    for (const [key, wish] of this.waiting) if (wish.film === film) this.waiting.delete(key);
    for (const [key, atlas] of this.decoded) {
      if (atlas.film !== film) continue;
      this.decoded.delete(key);
      this.size -= atlas.bytes;
      atlas.bitmap.close();
    }
  }
}
