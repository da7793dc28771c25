// What the viewer says about what it shows, in its host's language.

/** @import { Labels, Pick } from "./protocol.d.ts" */
/** @import { Heat } from "./heat.js" */
/** @import { State } from "./state.js" */

import { fill } from "./words.js";

export class Sentences {
  /** @param {Labels} labels */
  constructor(labels) {
    this.labels = labels;
    this.numbers = new Intl.NumberFormat(labels.locale, { maximumSignificantDigits: 2 });
    this.hundredths = new Intl.NumberFormat(labels.locale, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  }

  /** @param {number} value @param {string} unit */
  number(value, unit) {
    if (unit === "%") return `${this.numbers.format(value * 100)} %`;
    return unit ? `${this.numbers.format(value)} ${unit}` : this.numbers.format(value);
  }

  /** @param {number | undefined} sigma */
  noise(sigma) {
    return sigma === undefined ? "" : fill(this.labels.noise, { sigma: this.hundredths.format(sigma) });
  }

  /** @param {Pick} pick @param {State} state */
  pick(pick, state) {
    const L = this.labels;
    if (pick.what === "patch") {
      const own = state.lead?.head.grid?.frame_of.flatMap((latent, frame) => (latent === pick.frame ? [frame + 1] : [])) ?? [];
      const frames = own.length > 1 ? `${own[0]}–${own[own.length - 1]}` : `${own[0]}`;
      return fill(L.cube, { frames, row: pick.row + 1, column: pick.col + 1 });
    }
    if (pick.what === "word") return fill(L.word, { word: state.filmOf(pick.film ?? "").head.words?.[pick.index]?.text });
    return pick.what === "sound" ? fill(L.slice, { slice: pick.index + 1 }) : pick.name;
  }

  /** Of what a picture is the difference. @param {State} state */
  difference(state) {
    const L = this.labels;
    const { a, b } = state.films;
    const films = state.showing[0] === "difference";
    const [one, two] = films ? [a?.head.title || L.a, b?.head.title || L.b] : [L.noisy, L.x0];
    return fill(L.differenceLegend, { one, two });
  }

  /** What can be asked, as a sentence; empty where nothing can. @param {State} state */
  hint(state) {
    const L = this.labels;
    const all = /** @type {[Pick["what"], string][]} */ ([["patch", L.hintPatch], ["word", L.hintWord], ["sound", L.hintSound]]); // prettier-ignore
    const things = all.filter(([what]) => state.answerable(what)).map(([, text]) => text);
    if (!things.length) return "";
    return fill(L.hint, { things: new Intl.ListFormat(L.locale, { type: "disjunction" }).format(things) });
  }

  /** What was asked, and what came of it; or what stands under the keys. @param {State} state @param {Heat} heat */
  status(state, heat) {
    const L = this.labels;
    const film = state.filmOf("");
    const pick = state.asked;
    if (!pick) {
      const { row, col, shown } = state.cursor;
      const frame = film.latentFrame(state.values.frame);
      return shown && film.head.grid ? this.pick({ what: "patch", frame, row, col }, state) : "";
    }
    const name = state.names[0];
    const own = state.pickFor(name);
    const map = own && heat.maps.find(state.filmOf(name), own, state.stepOf(name));
    const refused = own && heat.maps.refusal(state.filmOf(name), own, state.stepOf(name));
    const known = state.answerable(pick.what) || pick.what === "patch";
    const answer = refused || (heat.waits(name) ? L.asking : map ? map.text : known ? "" : L.noAnswer);
    return [`${this.pick(pick, state)}.`, answer].filter(Boolean).join(" ");
  }
}
