// The story: one card at a time beside the film. A card brings everything that it speaks of; what a visitor leaves
// behind on one is put back when they return to it, and changes no other.

/** @import { Values } from "./protocol.d.ts" */
/** @import { CardTold, Control, Hand, Island, Left, Told, Wish } from "./messages.d.ts" */

import { asked, touched } from "./startup.js";
import { keysOf } from "./clicks.js";
import { fill, still, within } from "./dom.js";
import { stand } from "./controls.js";
import { move } from "./host.js";
import { lendControl, showControl } from "./lent_control.js";
import { lend, takeBack } from "./bench.js";
import { age, guessed, judge, showComputing, showFound, showWaits } from "./found.js";
import { showInTurn } from "./front.js";
import { page, settled, shared } from "./state.js";

const SWIPE = 60; // pixels

/** @param {Island<Told>} island */
export function mountStory({ props, trigger, watch }) {
  page.story = new Story(within(document, "gradio-app #desk .story"), (wish) => {
    props.value = wish;
    trigger("submit");
  }, () => trigger("input"), () => trigger("stop"));
  watch("value", () => page.story?.hear(props.value));
}

class Story {
  /** @param {HTMLElement} root @param {(wish: Wish) => void} ask @param {() => void} steer @param {() => void} stop */
  constructor(root, ask, steer, stop) {
    this.root = root;
    this.ask = ask;
    this.steer = steer;
    this.stop = stop;
    /** @type {HTMLElement[]} */
    this.cards = [...root.querySelectorAll(".story-card")].filter((card) => card instanceof HTMLElement);
    this.names = this.cards.map((card) => card.dataset.card ?? "");
    /** @type {string[]} */
    this.tour = JSON.parse(root.dataset.tour ?? "[]");
    this.touring = Number(asked.get("tour") ?? 0); // which stop of the tour, from 1
    /** @type {Told | null} */
    this.before = null; // what was said last
    /** @type {Map<string, Left>} */
    this.left = new Map();
    this.turn = 0;
    this.heard = this.unheard = 0; // the turn that the server has answered; the one that was cancelled before it had
    this.asked = 0; // when
    this.whole = true; // whether all has been said that was asked for
    this.fresh = false; // whether the film and all that stands as the card says is still to come
    this.endFilms = () => {}; // of the front page, that follow each other
    this.back = within(root, ".turn.back");
    this.next = within(root, ".turn.next");
    const wish = asked.get("card") ?? "";
    this.at = wish === "last" ? this.names.length - 1 : Math.max(0, this.names.indexOf(wish)); // who comes back, from behind
    this.listen();
    page.speaks.then(() => this.open(!asked.get("prompt") && !page.bar?.running, false)); // a film that is asked for already is waited for
  }

  get card() {
    return this.cards[this.at];
  }

  get told() {
    return /** @type {CardTold} */ (JSON.parse(this.card.dataset.told ?? "{}"));
  }

  listen() {
    this.back.addEventListener("click", () => this.step(-1));
    this.next.addEventListener("click", () => this.step(1));
    this.root.addEventListener("click", (event) => {
      const target = event.target instanceof Element ? event.target : this.root;
      const dot = target.closest(".dots li");
      if (dot instanceof HTMLElement) this.go(this.names.indexOf(dot.dataset.to ?? ""));
      if (target.closest(".again")) this.measure({ own: !this.standsAsDeclared(), fresh: true });
      if (target.closest(".waits .cancel")) this.cancel();
    });
    this.root.addEventListener("change", ({ target }) => {
      if (target instanceof HTMLInputElement && target.type === "radio" && target.closest(".guess")) this.guess(target);
    });
    let from = 0;
    this.root.addEventListener("touchstart", ({ touches }) => (from = touches[0].clientX), { passive: true });
    this.root.addEventListener("touchend", ({ target, changedTouches }) => {
      const way = changedTouches[0].clientX - from;
      const own = target instanceof Element && target.closest("input, .lent, .clips, table");
      if (!own && Math.abs(way) > SWIPE) this.step(way < 0 ? 1 : -1);
    });
    for (const place of /** @type {NodeListOf<HTMLElement>} */ (this.root.querySelectorAll(".lent-control")))
      lendControl(place, (name, value) => this.steered(name, value), () => this.measure({ own: true }));
    document.addEventListener("keydown", (event) => this.key(event));
    addEventListener("popstate", () => {
      const name = new URLSearchParams(location.search).get("card");
      const at = this.names.indexOf(name ?? this.names[0]);
      if (at >= 0 && at !== this.at) this.go(at, false);
    });
    page.addEventListener("run", () => age(this.card));
  }

  /** Arrows and a clicker's page keys, where nothing else wants them. @param {KeyboardEvent} event */
  key(event) {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    const way = { ArrowRight: 1, PageDown: 1, ArrowLeft: -1, PageUp: -1 }[event.key];
    const { target } = event;
    if (!way || (target instanceof Element && target.closest("input, textarea, select, .darkroom, .table, #workbench, .menu"))) return;
    if (event.key.startsWith("Page") && scrollY > innerHeight / 2) return; // who reads below turns pages there
    event.preventDefault();
    this.step(way);
  }

  /** @param {number} way */
  step(way) {
    if (this.touring) {
      const stop = this.touring + way;
      if (stop >= 1 && stop <= this.tour.length) return void (location.href = this.touringTo(stop));
      this.touring = 0;
    }
    const to = this.at + way;
    if (to >= 0 && to < this.cards.length) return this.go(to);
    const link = way > 0 ? this.next : this.back;
    if (link.dataset.page) location.href = link.dataset.page + shared() + (way > 0 ? "" : `${shared() ? "&" : "?"}card=last`);
  }

  /** The address of a stop of the tour. @param {number} stop */
  touringTo(stop) {
    const lang = asked.get("lang");
    return `${this.tour[stop - 1]}&tour=${stop}${lang ? `&lang=${lang}` : ""}`;
  }

  /** Turn to a card. @param {number} to */
  go(to, written = true) {
    if (to < 0 || to >= this.cards.length || to === this.at) return;
    this.leave();
    this.at = to;
    if (written) history.pushState(null, "", location.pathname + this.address());
    this.open(true, true);
  }

  address() {
    const query = new URLSearchParams();
    query.set("card", this.names[this.at]);
    for (const name of ["lang", "present"]) if (asked.get(name)) query.set(name, asked.get(name) ?? "");
    return `?${query}`;
  }

  /** What stands now, to be put back. */
  leave() {
    this.endFilms();
    takeBack();
    if (!page.viewer || !page.shown || !page.filmShown) return;
    if (!this.whole) return void this.left.delete(this.names[this.at]); // it had not arrived: it will be asked for again
    const pick = page.viewer.get("pick") ?? null;
    const hand = { ...page.hand, map: pick?.what === "map" ? pick : null };
    this.left.set(this.names[this.at], { film: page.filmShown, shown: page.shown, hand, controls: { ...page.controls }, compare: page.viewer.get("compare") ?? "side" });
  }

  /** Show the card; bring its film where one is to be brought. @param {boolean} films @param {boolean} focus */
  open(films, focus) {
    const { card, names, at } = this;
    for (const each of this.cards) each.hidden = each !== card;
    for (const dot of this.root.querySelectorAll(".dots li")) dot.classList.toggle("here", /** @type {HTMLElement} */ (dot).dataset.to === names[at]);
    this.label();
    document.documentElement.dataset.card = names[at];
    if (focus) within(card, "h1").focus({ preventScroll: true });
    card.scrollTop = 0;
    this.control();
    age(card);
    const lent = card.querySelector(".lent");
    if (lent instanceof HTMLElement) lend(lent.dataset.picture ?? "", lent);
    if (card.querySelector(".doors") && films) this.endFilms = showInTurn();
    if (!films) return this.offer();
    const left = this.left.get(names[at]);
    if (left) return this.putBack(left);
    this.begin({ measured: guessed(card) !== null });
  }

  label() {
    const last = this.touring ? this.touring >= this.tour.length : this.at === this.cards.length - 1;
    const first = this.touring ? this.touring <= 1 : this.at === 0;
    const L = page.labels;
    this.next.textContent = last && !this.touring && this.next.dataset.title ? fill(L["card.onward"], { title: this.next.dataset.title }) : L["card.next"];
    this.next.hidden = last && !this.touring && !this.next.dataset.page;
    this.back.hidden = first && !this.touring && !this.back.dataset.page;
  }

  /** On the film that an address brought: what the card measures, when asked. */
  offer() {
    this.whole = true;
    if (!this.told.measures || this.card.dataset.kind === "predict") return;
    this.card.dataset.kept = "false";
    within(this.card, ".found > .kept").hidden = false;
  }

  /** Ask for the card as it declares itself. @param {Partial<Wish>} more */
  begin(more = {}) {
    this.turn++;
    this.asked = performance.now();
    this.fresh = true;
    this.whole = false;
    const kind = this.card.dataset.kind;
    if (this.told.measures && (kind !== "predict" || more.measured)) showComputing(this.card);
    this.ask({ turn: this.turn, card: this.names[this.at], own: false, fresh: false, measured: false, ...more });
  }

  /** Ask for what a card measures, of what stands now. @param {Partial<Wish>} wish */
  measure(wish) {
    this.turn++;
    this.asked = performance.now();
    this.fresh = !wish.own;
    this.whole = false;
    page.stopped = false;
    showComputing(this.card);
    this.ask({ turn: this.turn, card: this.names[this.at], own: false, fresh: false, measured: true, controls: { ...page.controls }, ...wish });
  }

  /** A visitor asks for a film of their own: what the card was still bringing doesn't take its place. */
  giveWay() {
    if (this.whole) return;
    this.cancel();
    this.offer();
  }

  cancel() {
    if (this.heard === this.turn) this.stop();
    else this.unheard = this.turn; // Gradio can't name yet what to stop
    this.turn++;
    this.whole = true;
    this.fresh = false;
    page.stop();
    showWaits(this.card, "", null, 0);
  }

  /** What the server says: all that it said in this turn before, and more. @param {Told} all */
  hear(all) {
    this.heard = all.turn;
    if (all.turn === this.unheard) this.stop();
    if (all.turn !== this.turn || all.card !== this.names[this.at]) return; // of a card that was left
    const before = /** @type {{ [part: string]: unknown }} */ (this.before?.turn === all.turn ? this.before : {});
    const told = /** @type {Partial<Told>} */ (Object.fromEntries(Object.entries(all).filter(([part, value]) => JSON.stringify(value) !== JSON.stringify(before[part]))));
    this.before = all;
    const { card } = this;
    if (told.film) page.film(told.film);
    if (told.shown) page.shows(told.shown); // after it: while a film is being made, the bar keeps what is written there
    if (told.shown && this.fresh) {
      this.fresh = false;
      if (touched && this.turn === 1) settled(false);
      else this.stand();
    }
    if (told.progress !== undefined) showWaits(card, told.progress, all.done, (performance.now() - this.asked) / 1000);
    if (told.said !== undefined) showFound(card, all);
    card.dataset.over = String(Boolean(all.over));
    this.whole = Boolean(all.over);
    if (this.whole) this.fresh = false; // where it brought nothing
  }

  /** Everything as the card says. */
  stand() {
    const { viewer, controls } = this.told;
    const { map, compare, playing, ...hand } = viewer;
    if (this.card.dataset.kind === "cut") hand.step = -1; // both films finished: the step says where the cut begins
    move({ ...keysOf(/** @type {Partial<Hand>} */ (hand)), compare: /** @type {Values["compare"]} */ (compare) });
    if (map) move({ pick: { what: "map", name: String(map) } });
    page.viewer?.set("playing", false);
    page.viewer?.set("playing", Boolean(playing) && !still());
    this.controls(controls);
    settled();
  }

  /** @param {{ [name: string]: string | number | boolean | null }} controls */
  controls(controls) {
    page.wanted = Object.fromEntries(Object.entries(controls).map(([name, value]) => [name, value === null ? "all" : typeof page.controls[name] === "string" ? String(value) : value]));
    const same = Object.entries(page.wanted).every(([name, value]) => page.controls[name] === value);
    for (const [name, value] of Object.entries(page.wanted)) stand(name, value);
    if (!same) this.steer();
    this.control();
  }

  /** @param {Left} left */
  putBack({ film, shown, hand, controls, compare }) {
    this.turn++;
    this.fresh = false;
    this.whole = true;
    page.film(film);
    page.shows(shown);
    const { map, ...keys } = hand;
    move({ ...keysOf(keys), compare });
    if (map) move({ pick: map });
    this.controls(controls);
  }

  /** Whether film, hand and controls stand as the card says. */
  standsAsDeclared() {
    const { run, viewer, controls } = this.told;
    if (Object.entries(controls).some(([name, value]) => String(page.controls[name]) !== String(value ?? "all"))) return false;
    const there = page.run ?? {};
    const same = Object.entries(run).every(([name, value]) => /** @type {any} */ (there)[name] === value) && page.shown?.id === page.declared;
    return same && ["step", "patch", "word", "slice"].every((name) => JSON.stringify(/** @type {any} */ (viewer)[name]) === JSON.stringify(/** @type {any} */ (page.hand)[name]));
  }

  /** @param {HTMLInputElement} input */
  guess(input) {
    const { card } = this;
    card.dataset.guess = input.value;
    if (card.dataset.over === "true" && within(card, ".found > .said").innerHTML) return judge(card);
    this.measure({ own: page.shown?.id !== page.declared }); // of a visitor's own film, where one is on screen
  }

  /** How the control on the card stands. */
  control() {
    const place = this.card.querySelector(".lent-control");
    if (!(place instanceof HTMLElement)) return;
    const name = place.dataset.control ?? "";
    showControl(place, page.wanted[name] ?? page.controls[name]);
  }

  /** @param {string} name @param {Control} value */
  steered(name, value) {
    page.wanted = { ...page.wanted, [name]: value };
    stand(name, value);
    this.steer();
  }
}
