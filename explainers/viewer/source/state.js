// What the viewer shows: one or two films, and where the hand has brought them.

/** @import { FilmName, Model, Pick, Hit, Values } from "./protocol.d.ts" */
/** @import { Film } from "./films.js" */

import { sameWords } from "./prompts.js";
import { sameMoment, sameWay } from "./timeline.js";

/** @type {Readonly<Values>} */
export const DEFAULTS = {
  step: -1,
  frame: 0,
  layer: "x0",
  view: "film",
  compare: "divider",
  divider: 0.5,
  grid: false,
  crisp: false,
  pick: null,
};

export const TURNED = { x: -11.46, y: 49.85 };

/** @type {{ [compare: string]: ("split" | "difference" | FilmName)[] }} */
const SHOWING = { divider: ["split"], side: ["a", "b"], difference: ["difference"], a: ["a"] };

export class State {
  /** @param {Model} model */
  constructor(model) {
    this.model = model;
    /** @type {Values} */
    this.values = { ...DEFAULTS };
    for (const key of this.keys) this.take(key);
    /** @type {{ a: Film | null, b: Film | null }} */
    this.films = { a: null, b: null };
    /** @type {Pick | null} */
    this.preview = null; // the pick under the mouse or the focus
    /** @type {Hit | null} */
    this.hover = null;
    this.cursor = { row: 0, col: 0, shown: false }; // of the keys
    this.follow = this.values.step < 0; // stay at the newest step while a run is going on
    this.turned = { ...TURNED }; // how the stack stands, in degrees
    this.moving = false; // the hand has not come to rest
    this.playing = false;
    this.developing = false;
    this.size = { width: 0, highest: 0, fills: false }; // of the place for frames, in CSS pixels
    /** @type {(number | null)[] | null} */
    this.samePlaces = null; // for each word of the second prompt, its place in the first
  }

  get keys() {
    return /** @type {(keyof Values)[]} */ (Object.keys(DEFAULTS));
  }

  /** How the model says that something shall stand; whether that is news. @template {keyof Values} Key @param {Key} key */
  take(key) {
    const value = this.model.get(key) ?? DEFAULTS[key];
    if (JSON.stringify(value) === JSON.stringify(this.values[key])) return false;
    this.values[key] = value;
    return true;
  }

  /** @param {FilmName} name @param {Film | null} film */
  setFilm(name, film) {
    this.films[name] = film;
    const { a, b } = this.films;
    this.samePlaces = a && b ? sameWords(wordsOf(a), wordsOf(b)) : null;
  }

  /** What the cells show. */
  get showing() {
    if (this.films.a && this.films.b) return SHOWING[this.values.compare] ?? SHOWING.divider;
    return [this.first];
  }

  /** Names of the films that are needed for that. @returns {FilmName[]} */
  get names() {
    const [one, two] = this.showing;
    if (one === "split" || one === "difference") return ["a", "b"];
    return two === "b" ? [one, two] : [one];
  }

  /** The name of the film that leads, or would. @returns {FilmName} */
  get first() {
    return this.films.a ? "a" : "b";
  }

  get lead() {
    return this.films.a ?? this.films.b;
  }

  /** The film of that name; what shows two films goes by the one that leads. @param {string} name */
  filmOf(name) {
    const film = (name === "a" || name === "b" ? this.films[name] : null) ?? this.lead;
    if (!film) throw new Error("no film");
    return film;
  }

  /** The step of a film: the timeline's own for the leading film, the same share of the way for the other. @param {string} name */
  stepOf(name) {
    const lead = this.filmOf("");
    const { step } = this.values;
    return sameWay(step < 0 ? lead.arrived - 1 : step, lead.total, this.filmOf(name));
  }

  /** The frame of a film at the time of the leading film's frame. @param {string} name @param {number} frame */
  frameOf(name, frame) {
    return sameMoment(frame, this.filmOf("").head.fps, this.filmOf(name).head);
  }

  /** What heat is about: what is looked at in passing goes before what was chosen. */
  get asked() {
    return this.preview ?? this.values.pick;
  }

  /** The same question put to one of the films: a word of the first prompt may stand elsewhere in the second. @param {FilmName} name */
  pickFor(name) {
    const pick = this.asked;
    if (!pick) return null;
    if (pick.what === "patch") return this.filmOf(name).head.grid ? pick : null;
    if (pick.what === "word" && pick.film) return pick.film === name ? pick : null;
    if (pick.what !== "word" || name === "a" || !this.samePlaces) return pick;
    const index = this.samePlaces.indexOf(pick.index);
    return index < 0 ? null : { ...pick, index };
  }

  /** Whether there is an answer to such a question, here or at the host. @param {Pick["what"]} what */
  answerable(what) {
    if (this.model.get("asks")?.includes(what)) return true;
    return Object.values(this.films).some((film) => film?.head.maps?.some((bank) => bank.what === what));
  }

  /** Whether the host wants that part of the viewer. @param {string} part */
  allows(part) {
    return this.model.get("parts")?.includes(part) ?? true;
  }

  /** Films that can be heard. */
  get audible() {
    return /** @type {FilmName[]} */ (["a", "b"]).filter((name) => this.films[name]?.nearestWith("sound", 0));
  }
}

/** @param {Film} film */
export const wordsOf = (film) => film.head.words?.map((word) => word.text) ?? [];
