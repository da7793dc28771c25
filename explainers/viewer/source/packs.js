// Films and their steps as the host names them: fetched, and their pictures decoded ahead.

/** @import { FilmName, Source } from "./protocol.d.ts" */
/** @import { Atlases } from "./atlases.js" */
/** @import { State } from "./state.js" */

import { Film, fetchBytes, isEmpty } from "./films.js";

export class Packs {
  /** @param {State} state @param {Atlases} atlases @param {(what: "film" | "step" | "all" | "") => void} changed */
  constructor(state, atlases, changed) {
    this.state = state;
    this.atlases = atlases;
    this.changed = changed;
    this.tickets = { a: 0, b: 0 }; // a film that arrives after its successor was asked for is not shown
    this.fetching = false;
    this.closed = false;
    /** @type {Error | null} */
    this.error = null;
  }

  /** @param {FilmName} name */
  async load(name) {
    const source = this.state.model.get(name === "a" ? "pack" : "pack_b");
    const ticket = ++this.tickets[name];
    const old = this.state.films[name];
    this.error = null;
    if (isEmpty(source)) {
      this.state.setFilm(name, null);
      if (old) this.atlases.forget(old);
      return this.changed("");
    }
    this.fetching = !this.state.lead;
    this.changed("");
    try {
      const film = await Film.open(/** @type {Source} */ (source));
      if (ticket !== this.tickets[name] || this.closed) return;
      this.fetching = false;
      this.state.setFilm(name, film);
      if (old) this.atlases.forget(old);
      this.changed("film");
      await this.loadSteps(name);
      this.changed("all");
    } catch (error) {
      if (ticket !== this.tickets[name]) return;
      this.fetching = false;
      this.fail(error);
    }
  }

  /** @param {FilmName} name */
  async loadSteps(name) {
    const film = this.state.films[name];
    if (!film) return;
    const list = this.state.model.get(name === "a" ? "steps" : "steps_b") ?? [];
    const fresh = list.filter((source) => !film.taken.has(source));
    fresh.forEach((source) => film.taken.add(source));
    await Promise.all(
      fresh.map(async (source) => {
        try {
          film.add(await fetchBytes(source));
          this.changed("step");
        } catch (error) {
          film.taken.delete(source); // the host's next word is a chance to try again
          console.warn("darkroom: a step did not arrive", error);
        }
      }),
    );
    this.changed("step");
  }

  /** @param {unknown} error */
  fail(error) {
    this.error = error instanceof Error ? error : new Error(String(error));
    this.changed("");
  }

  /** Decode what the hand may come to next. */
  ahead() {
    const { state } = this;
    for (const name of state.names) {
      const film = state.films[name];
      if (!film?.arrived) continue;
      const { layer } = state.values;
      const kinds = layer === "difference" ? Object.keys(film.head.kinds) : [film.kind(layer)];
      for (const kind of kinds) this.atlases.wantAll(film, kind, state.stepOf(name));
    }
  }

  close() {
    this.closed = true;
    for (const film of Object.values(this.state.films)) if (film) this.atlases.forget(film);
  }
}
