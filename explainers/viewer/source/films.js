// Films: packs as they come in.

/** @import { At, Bytes, FilmHead, Place, Source, Step, StepPackHead } from "./protocol.d.ts" */

import { nearest } from "./timeline.js";

/** @param {ArrayBuffer | ArrayBufferView} value */
export function bytesOf(value) {
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  return new Uint8Array(/** @type {ArrayBuffer} */ (value.buffer), value.byteOffset, value.byteLength);
}

/** @param {string} text */
export const fromBase64 = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));

/** @param {Source | undefined} source @returns {source is undefined} */
export const isEmpty = (source) => !source || (typeof source !== "string" && source.byteLength === 0);

/** An address or bytes -> bytes. @param {Source} source */
export async function fetchBytes(source) {
  if (typeof source !== "string") return bytesOf(source);
  const answer = await fetch(source);
  if (!answer.ok) throw new Error(`${answer.status} ${answer.statusText}`.trim());
  return new Uint8Array(await answer.arrayBuffer());
}

/**
 * The container of README.md: its header, and `at([offset, length])` for what lies behind it.
 * @template Head
 * @param {Bytes} bytes
 * @returns {{ head: Head, at: At }}
 */
function readContainer(bytes) {
  const magic = String.fromCharCode(...bytes.subarray(0, 4));
  if (magic !== "DRK1") throw new Error("not a pack of the viewer");
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(4, true);
  const head = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
  const base = 8 + length;
  return { head, at: ([offset, size]) => bytes.subarray(base + offset, base + offset + size) };
}

/** One film: the header, the steps that have arrived, and how film frames map to those of its pictures and patches. */
export class Film {
  /** @param {Source} source */
  static async open(source) {
    return new Film(readContainer(await fetchBytes(source)));
  }

  /** @param {{ head: FilmHead, at: At }} pack */
  constructor({ head, at }) {
    this.head = head;
    this.at = at;
    /** @type {(Step | undefined)[]} */
    this.steps = head.steps.map((entry) => ({ ...entry, at }));
    /** @type {Set<Source>} */
    this.taken = new Set(); // entries of the host's list of steps that were fetched
  }

  /** A step of a run that is going on. Steps of another run, late on the wire, are ignored. @param {Bytes} bytes */
  add(bytes) {
    /** @type {{ head: StepPackHead, at: At }} */
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

  /** The kind of picture for a layer; a film without the one asked for shows the one it has. @param {string} layer */
  kind(layer) {
    return layer in this.head.kinds ? layer : Object.keys(this.head.kinds)[0];
  }

  /** @param {number} frame */
  latentFrame(frame) {
    return this.head.grid ? this.head.grid.frame_of[frame] : frame;
  }

  /** Of the steps that carry `key`, the one nearest to `step`. @param {"peaks" | "sound"} key @param {number} step */
  nearestWith(key, step) {
    const index = nearest([...this.steps.keys()].filter((each) => this.steps[each]?.[key]), step);
    return index === null ? null : /** @type {Step} */ (this.steps[index]);
  }
}
