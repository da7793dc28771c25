// The words of the prompts: to be asked about, and with the heat that lies on them.

/** @import { Actions, FilmName, Pick } from "./protocol.d.ts" */
/** @import { Film } from "./films.js" */
/** @import { Heat } from "./heat.js" */
/** @import { Sentences } from "./sentences.js" */
/** @import { State } from "./state.js" */
/** @typedef {{ button: HTMLButtonElement, share: HTMLElement, pick: Pick }} WordButton */

import { tileValue } from "./colours.js";
import { samePick } from "./maps.js";
import { make, put } from "./parts.js";
import { wordsOf } from "./state.js";

export class WordRows {
  /** @param {State} state @param {Heat} heat @param {Actions} act @param {Sentences} sentences */
  constructor(state, heat, act, sentences) {
    this.state = state;
    this.heat = heat;
    this.act = act;
    this.sentences = sentences;
    this.shown = "";
    /** @type {{ [film: string]: WordButton[] }} */
    this.buttons = {};
    this.root = make("div", { class: "words", "data-part": "words" });
  }

  refresh() {
    const { a, b } = this.state.films;
    const twins = a && b && wordsOf(b).length > 0 && wordsOf(a).join(" ") !== wordsOf(b).join(" ");
    /** @type {[FilmName, Film][]} */
    const rows = [];
    if (a && wordsOf(a).length) rows.push(["a", a]);
    if (b && wordsOf(b).length && (twins || !a)) rows.push(["b", b]);
    const shown = rows.map(([name, film]) => [name, film.head.words, film.head.title]);
    const signature = JSON.stringify([shown, this.state.answerable("word"), this.state.samePlaces]);
    this.root.hidden = !this.state.allows("words") || rows.length === 0;
    if (signature === this.shown) return;
    this.shown = signature;
    this.buttons = {};
    this.root.replaceChildren(...rows.map(([name, film]) => this.row(name, film, rows.length > 1)));
  }

  /** @param {FilmName} name @param {Film} film @param {boolean} captioned */
  row(name, film, captioned) {
    const L = this.sentences.labels;
    const row = make("div", { class: "line", role: "group", "aria-label": name === "a" ? L.words : L.wordsB });
    if (captioned) row.append(make("span", { class: "caption" }, film.head.title || L[name]));
    this.buttons[name] = (film.head.words ?? []).map(({ text, known }, index) => {
      // A pick numbers words as the first prompt does; of a word that only the second one has it says so.
      const place = name === "a" || !this.state.samePlaces ? index : this.state.samePlaces[index];
      /** @type {Pick} */
      const pick = place === null ? { what: "word", index, film: "b" } : { what: "word", index: place };
      const says = [...(known === false ? [L.unknown] : []), ...(place === null ? [L.changed] : [])].join(". ");
      const share = make("span", { class: "share", "aria-hidden": "true" });
      const more = says ? { title: says, "aria-description": says } : {};
      const button = make("button", { type: "button", class: "word", ...more }, make("span", { class: "text" }, text), share);
      button.classList.toggle("unknown", known === false);
      button.classList.toggle("changed", place === null);
      if (this.state.answerable("word")) this.listen(button, pick);
      else button.disabled = true;
      row.append(button);
      return { button, share, pick };
    });
    return row;
  }

  /** @param {HTMLButtonElement} button @param {Pick} pick */
  listen(button, pick) {
    const { act, state } = this;
    button.setAttribute("aria-pressed", "false");
    button.addEventListener("pointerenter", (event) => event.pointerType === "mouse" && act.look(pick));
    button.addEventListener("pointerleave", (event) => event.pointerType === "mouse" && act.look(null));
    button.addEventListener("focus", () => button.matches(":focus-visible") && act.look(pick));
    button.addEventListener("blur", () => act.look(null));
    button.addEventListener("click", () => act.pick(samePick(state.values.pick, pick) ? null : pick));
  }

  paint() {
    for (const [name, buttons] of Object.entries(this.buttons)) {
      const map = this.heat.of[name];
      const tile = map?.tiles.words;
      const top = tile ? Math.max(...tile.bytes, 1) : 1;
      buttons.forEach(({ button, share, pick }, index) => {
        const said = map && tile ? this.sentences.number(tileValue(tile, index), map.unit) : "";
        if (share.textContent !== said) {
          share.textContent = said;
          button.style.setProperty("--heat", String(tile ? tile.bytes[index] / top : 0));
        }
        button.classList.toggle("looked", samePick(this.state.asked, pick));
        if (!button.disabled) put(button, "ariaPressed", String(samePick(this.state.values.pick, pick)));
      });
    }
  }
}
