// The heat over what is on screen: the maps that answer what was asked, on one scale.

/** @import { FilmName, HeatMap, Tile } from "./protocol.d.ts" */
/** @import { Scale } from "./colours.js" */
/** @import { Maps } from "./maps.js" */
/** @import { State } from "./state.js" */

import { commonScale } from "./colours.js";

export class Heat {
  /** @param {State} state @param {Maps} maps */
  constructor(state, maps) {
    this.state = state;
    this.maps = maps;
    /** @type {{ [film: string]: HeatMap | null | undefined }} */
    this.of = {};
    /** @type {Scale | null} */
    this.scale = null;
  }

  /** Look again what there is for the films on screen. */
  update() {
    const { state } = this;
    this.of = {};
    for (const name of state.showing[0] === "difference" ? [] : state.names) {
      const pick = state.pickFor(name);
      this.of[name] = pick && this.maps.find(state.filmOf(name), pick, state.stepOf(name));
    }
    const tiles = Object.values(this.of).flatMap((map) => [map?.tiles.patches, map?.tiles.sound]);
    const there = tiles.filter((tile) => tile !== undefined);
    this.scale = there.length ? commonScale(there) : null;
  }

  /** @param {string} name @returns {Tile | undefined} */
  patches(name) {
    return this.of[name]?.tiles.patches;
  }

  /** Whether an answer for this film is on its way. @param {FilmName} name */
  waits(name) {
    const pick = this.state.pickFor(name);
    return Boolean(pick && this.maps.pending(this.state.filmOf(name), pick, this.state.stepOf(name)));
  }
}
