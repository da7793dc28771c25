// What moves by itself: the film that plays, and the development from static to film.

/** @import { State } from "./state.js" */
/** @import { Step, Values } from "./protocol.d.ts" */

import { Player } from "./player.js";
import { developed, frameAt } from "./timeline.js";

export class Motion {
  /** @param {State} state @param {(values: Partial<Values>) => void} change @param {() => void} switched */
  constructor(state, change, switched) {
    this.state = state;
    this.change = change;
    this.switched = switched;
    this.player = new Player();
    /** @type {Step | null} */
    this.heard = null;
    this.began = 0; // the development
    this.ticking = 0;
  }

  /** @param {{ playing?: boolean, developing?: boolean, from?: number }} wish */
  set({ playing = this.state.playing, developing = this.state.developing, from = this.state.values.frame }) {
    const { state } = this;
    const film = state.lead;
    if (developing && !state.developing) this.began = performance.now();
    state.playing = playing;
    state.developing = developing;
    if (film && playing) {
      this.heard = this.sound();
      const name = state.model.get("sound") ?? "off";
      this.player.start(from / film.head.fps, this.heard, name === "off" ? null : state.films[name], this.loops);
    } else this.player.stop();
    if (playing || developing) this.tickSoon();
    this.switched();
  }

  get loops() {
    return this.state.model.get("loop") ?? true;
  }

  /** The sound that is to be heard now: another step sounds different. */
  sound() {
    const name = this.state.model.get("sound") ?? "off";
    return name === "off" ? null : (this.state.films[name]?.nearestWith("sound", this.state.stepOf(name)) ?? null);
  }

  tickSoon() {
    this.ticking ||= requestAnimationFrame(() => {
      this.ticking = 0;
      this.tick();
    });
  }

  tick() {
    const { state } = this;
    const film = state.lead;
    if (film && state.playing) {
      if (this.player.began === null) this.set({}); // told to play before the film was there
      const time = this.player.now();
      const frame = frameAt(this.loops ? time % film.seconds : time, film.head.fps);
      if (frame >= film.head.frames) this.set({ playing: false });
      else if (frame !== state.values.frame) this.change({ frame });
      const from = (time % film.seconds) * film.head.fps;
      if (state.playing && this.sound() !== this.heard) this.set({ from });
    }
    if (film && state.developing) {
      const { step, over } = developed((performance.now() - this.began) / 1000, film);
      if (step !== state.values.step) this.change({ step });
      if (over) this.set({ developing: false });
    }
    if (state.playing || state.developing) this.tickSoon();
  }

  close() {
    cancelAnimationFrame(this.ticking);
    this.player.close();
  }
}
