// Which frames are drawn anew. A hand that scrubs is followed: while it moves, small frames take turns.

/** @import { Cell } from "./protocol.d.ts" */

const RAPID = 100; // milliseconds; paintings that follow each other sooner are those of a hand that scrubs
const TURNS = 3; // in how many of them all small frames have been drawn anew

export class Turns {
  constructor() {
    this.turn = 0;
    this.whole = true;
    /** @type {Cell[]} */
    this.fresh = [];
    this.now = ""; // where frames stand, in words
    this.before = "";
    this.drawnAt = -Infinity;
  }

  /**
   * All cells, or, while a hand scrubs what stands as before (`as`), the small ones in turns.
   * @param {Cell[]} cells @param {string} as @param {boolean} moving
   */
  take(cells, as, moving, now = performance.now()) {
    this.whole = !moving || this.before !== as || now - this.drawnAt > RAPID;
    this.turn = (this.turn + 1) % TURNS;
    this.fresh = this.whole ? cells : cells.filter((cell, i) => cell.main || i % TURNS === this.turn);
    this.now = as;
  }

  drawn(now = performance.now()) {
    this.before = this.now;
    this.drawnAt = now;
  }
}
