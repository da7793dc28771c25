// Maps: questions about a film and their answers.

/** @import { Answer, FilmName, Grid, HeatMap, MapBank, Pick, Question, Source } from "./protocol.d.ts" */
/** @import { Film } from "./films.js" */

import { bytesOf, fromBase64 } from "./films.js";
import { nearest } from "./timeline.js";

const KEYS = ["what", "frame", "row", "col", "index", "name", "film"];

/** @param {Pick} pick */
const pickKey = (pick) => JSON.stringify(KEYS.map((key) => /** @type {{ [key: string]: unknown }} */ (pick)[key]));

/** @param {Pick | null} one @param {Pick | null} two */
export const samePick = (one, two) => Boolean(one && two && (one === two || pickKey(one) === pickKey(two)));

/** Which of a bank's questions a pick is. @param {Pick} pick @param {Grid | null | undefined} grid */
export function questionOf(pick, grid) {
  if (pick.what === "patch") return grid ? (pick.frame * grid.rows + pick.row) * grid.cols + pick.col : -1;
  return pick.what === "map" ? 0 : pick.index;
}

/** All maps known: those in the films' packs and those that the host has answered. */
export class Maps {
  /** @param {(question: Question) => void} send */
  constructor(send) {
    this.send = send;
    /** @type {Map<string, Map<number, HeatMap>>} */
    this.answers = new Map(); // film id + pick -> step -> map
    /** @type {Map<number, { question: string, film: Film, pick: Pick, step: number, store: Map<number, HeatMap>, at: number }>} */
    this.asked = new Map();
    /** @type {Map<string, string>} */
    this.refused = new Map(); // question -> the host's words
    /** @type {Map<string, HeatMap>} */
    this.latest = new Map(); // film id + pick -> the map that came last, shown until its successor is there
    this.context = ""; // what else the answers depend on, in the host's words
    this.nextId = 1;
  }

  /** @param {Film} film @param {Pick} pick @param {number | ""} step */
  question(film, pick, step) {
    return [film.head.id, pickKey(pick), this.context, step].join("/");
  }

  /** @param {Film} film @param {Pick} pick */
  store(film, pick) {
    const key = this.question(film, pick, "");
    const store = this.answers.get(key) ?? new Map();
    this.answers.delete(key); // look at it: the oldest goes first
    this.answers.set(key, store);
    for (const oldest of this.answers.keys()) {
      if (this.answers.size <= 300) break;
      this.answers.delete(oldest);
    }
    return store;
  }

  /** @param {Film} film @param {Pick} pick */
  bank(film, pick) {
    return film.head.maps?.find((bank) => bank.what === pick.what && (pick.what !== "map" || bank.name === pick.name));
  }

  /**
   * The map for a pick at a step, or the one of the nearest step that there is; null for none.
   * @param {Film} film @param {Pick} pick @param {number} step
   * @returns {HeatMap | null}
   */
  find(film, pick, step) {
    const store = this.store(film, pick);
    const bank = this.context ? null : this.bank(film, pick);
    if (bank && !store.has(step)) this.unpack(film, bank, pick, step, store);
    const best = nearest(store.keys(), step);
    return (best === null ? this.latest.get(film.head.id + pickKey(pick)) : store.get(best)) ?? null;
  }

  /** @param {Film} film @param {MapBank} bank @param {Pick} pick @param {number} step @param {Map<number, HeatMap>} store */
  unpack(film, bank, pick, step, store) {
    const steps = bank.steps ?? [step]; // a bank without steps holds for all of them
    const near = nearest(steps, step);
    if (near === null || store.has(near)) return;
    /** @type {HeatMap["tiles"]} */
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

  /** Ask the host unless the exact map is there, on its way, or refused. @param {Film} film @param {FilmName} name @param {Pick} pick @param {number} step */
  ask(film, name, pick, step) {
    const question = this.question(film, pick, step);
    if (this.store(film, pick).has(step) || this.refused.has(question) || this.pending(film, pick, step)) return;
    const id = this.nextId++;
    this.asked.set(id, { question, film, pick, step, store: this.store(film, pick), at: performance.now() });
    this.send(/** @type {Question} */ ({ kind: "ask", id, film: name, step, ...pick }));
  }

  /** @param {Film} film @param {Pick} pick @param {number} step */
  pending(film, pick, step) {
    const question = this.question(film, pick, step);
    return [...this.asked.values()].some((asked) => asked.question === question);
  }

  /** @param {Film} film @param {Pick} pick @param {number} step */
  refusal(film, pick, step) {
    return this.refused.get(this.question(film, pick, step));
  }

  /** An answer of the host; returns how long it took in milliseconds, or null if nobody asked. @param {Answer} message @param {Source[]} buffers */
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
    /** @type {HeatMap["tiles"]} */
    const tiles = {};
    for (const { over, shape, lo, hi, buffer = 0, data } of message.tiles) {
      const bytes = data === undefined ? bytesOf(/** @type {ArrayBuffer} */ (buffers[buffer])) : fromBase64(data);
      tiles[over] = { shape, lo, hi, bytes };
    }
    const { label = "", normalised = "", unit = "", text = "" } = message;
    const map = { step: asked.step, label, normalised, unit, text, tiles };
    asked.store.set(asked.step, map);
    this.latest.set(latest, map);
    return performance.now() - asked.at;
  }
}
