// Maps: questions about a film and their answers.

import { bytesOf, fromBase64 } from "./films.js";

const pickKey = (pick) => JSON.stringify([pick.what, pick.frame, pick.row, pick.col, pick.index, pick.name, pick.film]);

export const samePick = (one, two) => Boolean(one && two) && (one === two || pickKey(one) === pickKey(two));

/** Which of a bank's questions a pick is. */
function questionOf(pick, grid) {
  if (pick.what === "patch") return (pick.frame * grid.rows + pick.row) * grid.cols + pick.col;
  return pick.index ?? 0;
}

/**
 * All maps known: those in the films' packs and those that the host has answered.
 * A map is { step, label, normalised, unit, text, tiles: { patches | words | sound: { shape, bytes, lo, hi } } }.
 */
export class Maps {
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
