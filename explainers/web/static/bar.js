// The bar: what is asked for. A prompt whose unknown words are marked in place, words to tap, settings, develop, cancel.

/** @import { Facts, Island, Limits, Settings } from "./messages.d.ts" */

import { appears, copied, fill, make, within } from "./dom.js";
import { holds, pieces, tapped } from "./prompt.js";
import { asked } from "./startup.js";
import { page } from "./state.js";

/** @param {Island<Settings>} island */
export function mountBar({ element, props, trigger }) {
  page.bar = new Bar(within(element, ".bar"), props, trigger);
}

class Bar {
  /** @param {HTMLElement} root @param {Island<Settings>["props"]} props @param {(event: string) => void} trigger */
  constructor(root, props, trigger) {
    this.root = root;
    this.props = props;
    this.trigger = trigger;
    this.L = props.labels ?? {};
    this.limits = /** @type {Limits} */ (props.limits);
    /** @type {Facts} */
    this.facts = page.facts ?? /** @type {Facts} */ (props.facts);
    /** @type {Set<string> | null} */
    this.known = null; // words
    this.tenths = new Intl.NumberFormat(this.L["viewer.locale"], { minimumFractionDigits: 1, maximumFractionDigits: 1 });
    this.settings = { ...props.value };
    this.running = false;
    this.heard = true; // whether the server has answered what was asked last
    const { L } = this;
    this.marks = make("div", { class: "marks", "aria-hidden": "true" });
    this.prompt = make("textarea", {
      id: "prompt", rows: 1, maxlength: this.limits.prompt, "aria-label": L.prompt, "aria-describedby": "prompt-note", spellcheck: "false",
      autocapitalize: "off", autocomplete: "off", enterkeyhint: "go", placeholder: L["prompt.help"],
      oninput: () => this.mark(),
      onscroll: () => (this.marks.scrollTop = this.prompt.scrollTop),
    });
    this.prompt.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.isComposing) {
        event.preventDefault();
        this.develop();
      } else if (event.key === "Escape" && this.running) this.stop();
    });
    this.go = make("button", { type: "button", class: "go", onclick: () => (this.running ? this.stop() : this.develop()) });
    this.note = make("p", { id: "prompt-note", class: "note", role: "status" });
    this.model = make("p", { class: "note model", role: "status" }); // whether the model is there yet
    this.words = make("div", { class: "words" });
    this.wordFold = make("details", { class: "fold-words", open: location.pathname.endsWith("/") && matchMedia("(min-width: 900px)").matches },
      make("summary", {}, L.words), this.words);
    this.fields = make("div", { class: "fields" });
    for (const event of ["input", "click"]) this.fields.addEventListener(event, () => this.read());
    this.build();
    page.addEventListener("live", () => this.learn());
    page.addEventListener("heard", () => (this.heard = true));
    page.addEventListener("run", () => {
      this.follow();
      this.mark();
    });
    page.addEventListener("state", (event) => {
      const { detail } = /** @type {CustomEvent<string>} */ (event);
      this.run(detail === "live" || detail === "loading");
    });
    this.learn();
    if (asked.get("prompt")) this.develop({ model: "", ...Object.fromEntries([...asked].filter(([name]) => name in this.settings)) });
    else this.show();
  }

  build() {
    const { L } = this;
    const form = make("form", { class: "ask" }, make("div", { class: "prompt" }, this.marks, this.prompt), this.go);
    form.addEventListener("submit", (event) => event.preventDefault());
    const share = make("button", { type: "button", class: "share", "data-copied": L["share.done"] }, L.share);
    share.addEventListener("click", () => copied(share, location.href));
    this.root.append(form, this.note);
    appears(".more").then((place) => place.append(
      ...(L["viewer.locale"] === "en" ? [] : [make("p", { class: "note quiet" }, L["prompt.english"])]),
      this.model,
      this.examples(),
      make("div", { class: "folds" },
        this.wordFold,
        make("details", { class: "fold-settings" }, make("summary", {}, L.settings), this.fields),
        share),
    ));
  }

  /** Films that are there at once. */
  examples() {
    const L = this.L.examples;
    return make("div", { class: "examples", role: "group", "aria-label": L },
      make("span", { class: "quiet" }, L),
      ...(this.props.examples ?? []).map((settings) =>
        make("button", { type: "button", lang: "en", onclick: () => this.develop(settings) }, settings.prompt)));
  }

  /** What the model can: its words, schedulers, lengths and shapes. */
  learn() {
    const facts = page.facts ?? this.facts;
    const chosen = facts.chosen ?? "";
    if (chosen !== (this.facts.chosen ?? "") && chosen !== page.run?.model) Object.assign(this.settings, facts.defaults);
    this.model.textContent = page.broken || (page.live ? this.L.live : this.L.opening);
    this.facts = facts;
    this.known = facts.known && new Set(facts.known);
    this.words.replaceChildren(...Object.entries(facts.words ?? {}).map(([group, words]) =>
      make("div", { class: "group", role: "group", "aria-label": this.L[`words.${group}`] ?? group },
        make("span", { class: "quiet" }, this.L[`words.${group}`] ?? group),
        ...words.map((word) => make("button", { type: "button", "data-word": word, onclick: () => this.tap(group, word) },
          make("span", { lang: "en" }, word), ...this.meaning(word))))));
    this.wordFold.hidden = !facts.words;
    this.layFields();
    this.mark();
  }

  /** What a word means, where the page is not in the model's own language. @param {string} word */
  meaning(word) {
    const text = this.L[`meaning.${word}`];
    return text ? [" ", make("small", { class: "quiet" }, text)] : []; // a space for those who hear it
  }

  layFields() {
    const { L, facts } = this;
    const { limits } = this;
    /** @type {(name: string, control: Element) => HTMLElement} */
    const field = (name, control) => make("label", { class: "field" },
      make("span", {}, L[name]), control, make("small", { class: "quiet" }, L[`${name}.help`] ?? ""));
    /** @type {(name: string, min: number, max: number, step: number) => HTMLElement} */
    const range = (name, min, max, step) => {
      const number = make("output", {}, "");
      const input = make("input", { type: "range", name, min, max, step, oninput: () => (number.textContent = input.value) });
      return field(name, make("span", { class: "range" }, input, number));
    };
    /** @type {(name: string, options: [string | number, string][]) => HTMLElement[]} */
    const select = (name, options) => options.length < 2 ? [] :
      [field(name, make("select", { name }, ...options.map(([value, text]) => make("option", { value }, text))))];
    const seed = make("input", { type: "number", name: "seed", min: limits.seed[0], max: limits.seed[1], inputmode: "numeric" });
    const dice = make("button", {
      type: "button", class: "dice", "aria-label": L["seed.new"], title: L["seed.new"],
      onclick: () => (seed.value = String(Math.floor(Math.random() * 10000))),
    }, "⚄");
    this.fields.replaceChildren(
      field("seed", make("span", { class: "range" }, seed, dice)),
      range("steps", limits.steps[0], limits.steps[1], 1),
      range("guidance", limits.guidance[0], limits.guidance[1], 0.5),
      ...select("scheduler", facts.schedulers.map((name) => [name, name])),
      ...select("frames", facts.lengths.map((frames) => [frames, fill(L["frames.one"], { frames, seconds: this.tenths.format(frames / facts.fps) })])),
      ...select("size", facts.sizes.map((size) => [size, size.replace("x", " × ")])),
    );
    this.fill();
  }

  /** The controls of the run, each with the setting that it stands for. */
  get inputs() {
    const inputs = [.../** @type {NodeListOf<HTMLInputElement | HTMLSelectElement>} */ (this.fields.querySelectorAll("[name]"))];
    return inputs.map((input) => ({ input, name: /** @type {keyof Settings} */ (input.name) }));
  }

  fill() {
    for (const { input, name } of this.inputs) {
      const wish = this.settings[name];
      if (wish !== "" && wish !== undefined) input.value = String(wish);
      if (input.value === "") input.value = String(this.facts.defaults[name]); // what another model had to offer
      const output = input.parentElement?.querySelector("output");
      if (output) output.textContent = input.value;
    }
  }

  read() {
    for (const { input, name } of this.inputs) {
      const number = ["number", "range"].includes(input.type) || name === "frames";
      Object.assign(this.settings, { [name]: number ? Number(input.value) : input.value });
    }
  }

  show() {
    this.prompt.value = this.settings.prompt;
    this.fill();
    this.mark();
    this.run(false);
  }

  /** The film on screen is another: unless the visitor is writing, the bar says what made it. */
  follow() {
    if (!page.run || this.running || document.activeElement === this.prompt) return;
    this.settings = { ...this.settings, ...page.run };
    this.show();
  }

  /** Lay marks under words that the model never learned. */
  mark() {
    const text = this.prompt.value;
    const all = pieces(text, this.known);
    const unknown = all.filter((piece) => piece.known === false).map((piece) => piece.text);
    this.marks.replaceChildren(...all.map((piece) => (piece.known === false ? make("mark", {}, piece.text) : piece.text)), "\u200b"); // a last line has its height
    this.prompt.style.height = "auto";
    this.prompt.style.height = `${this.prompt.scrollHeight}px`;
    const { L } = this;
    const made = page.run?.prompt === text.trim() && page.notes.length > 0; // the engine's own notes say more
    const said = made ? page.notes.join(" ") : unknown.length ? `${unknown.length > 1 ? L["unknown.more"] : L["unknown.one"]} ${unknown.join(", ")}` : "";
    if (this.note.textContent !== said) this.note.textContent = said;
    for (const button of this.words.querySelectorAll("button"))
      button.setAttribute("aria-pressed", String(holds(text, button.dataset.word ?? "")));
  }

  /** A tapped word takes the place of one of its kind, or stands at the end. @param {string} group @param {string} word */
  tap(group, word) {
    this.prompt.value = tapped(this.prompt.value, word, this.facts.words?.[group] ?? []);
    this.mark();
  }

  /** @param {Partial<Settings>} wishes */
  develop(wishes = {}) {
    this.read();
    this.settings = { ...this.settings, prompt: this.prompt.value.trim(), recording: "", picture: "", remix: 0, model: this.facts.chosen ?? "", ...wishes };
    if (wishes.prompt !== undefined) this.prompt.value = wishes.prompt;
    if (!this.settings.prompt) return this.prompt.focus();
    page.story?.giveWay();
    this.fill();
    this.mark();
    page.stopped = false;
    this.heard = false;
    this.run(true);
    this.props.value = { ...this.settings };
    this.trigger("submit");
  }

  stop() {
    // Before the server has answered, Gradio could not name what to stop, and the film would be made all the same.
    if (this.heard) this.trigger("stop");
    else page.addEventListener("heard", () => this.trigger("stop"), { once: true });
    page.stop();
    this.run(false);
    this.note.textContent = this.L.cancelled;
  }

  /** @param {boolean} running */
  run(running) {
    this.running = running;
    this.root.dataset.running = String(running);
    this.go.textContent = running ? this.L.cancel : this.L.develop;
  }
}
