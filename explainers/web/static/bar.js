// The bar: what is asked for. A prompt whose unknown words are marked in place, words to tap, settings, develop, cancel.

import { asked, copied, page } from "./stage.js";

const WORD = /[\p{L}\p{N}]+(?:['’-][\p{L}\p{N}]+)*/gu;

export const make = (tag, attributes = {}, ...children) => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children);
  return element;
};

export function mountBar({ element, props, trigger }) {
  page.bar = new Bar(element.querySelector(".bar"), props, trigger);
}

class Bar {
  constructor(root, props, trigger) {
    Object.assign(this, { root, props, trigger, L: props.labels });
    this.tenths = new Intl.NumberFormat(this.L["viewer.locale"], { minimumFractionDigits: 1, maximumFractionDigits: 1 });
    this.settings = { ...props.value };
    this.running = false;
    this.build();
    page.addEventListener("live", () => this.learn());
    page.addEventListener("run", () => {
      this.follow();
      this.mark();
    });
    page.addEventListener("state", ({ detail }) => this.run(detail === "live" || detail === "loading"));
    this.learn();
    if (asked.get("prompt")) this.develop({ model: "", ...Object.fromEntries([...asked].filter(([name]) => name in this.settings)) });
    else this.show();
  }

  build() {
    const { L } = this;
    this.marks = make("div", { class: "marks", "aria-hidden": "true" });
    this.prompt = make("textarea", {
      id: "prompt", rows: 1, maxlength: 200, "aria-label": L.prompt, "aria-describedby": "prompt-note", spellcheck: "false",
      autocapitalize: "off", autocomplete: "off", enterkeyhint: "go", placeholder: L["prompt.help"],
      oninput: () => this.mark(),
      onscroll: () => (this.marks.scrollTop = this.prompt.scrollTop),
      onkeydown: (event) => {
        if (event.key === "Enter" && !event.isComposing) {
          event.preventDefault();
          this.develop();
        } else if (event.key === "Escape" && this.running) this.stop();
      },
    });
    this.go = make("button", { type: "button", class: "go", onclick: () => (this.running ? this.stop() : this.develop()) });
    this.note = make("p", { id: "prompt-note", class: "note", role: "status" });
    this.model = make("p", { class: "note model", role: "status" }); // whether the model is there yet
    this.words = make("div", { class: "words" });
    this.fields = make("div", { class: "fields" });
    const share = make("button", { type: "button", class: "share", "data-copied": L["share.done"] }, L.share);
    share.addEventListener("click", () => copied(share, location.href));
    this.root.append(
      make("form", { class: "ask", onsubmit: (event) => event.preventDefault() },
        make("div", { class: "prompt" }, this.marks, this.prompt), this.go),
      this.note,
      ...(L["viewer.locale"] === "en" ? [] : [make("p", { class: "note quiet" }, L["prompt.english"])]),
      this.model,
      this.examples(),
      make("div", { class: "folds" },
        make("details", { class: "fold-words", open: location.pathname === "/" && matchMedia("(min-width: 900px)").matches }, make("summary", {}, L.words), this.words),
        make("details", { class: "fold-settings" }, make("summary", {}, L.settings), this.fields),
        share),
    );
  }

  /** Films that are there at once. */
  examples() {
    const L = this.L.examples;
    return make("div", { class: "examples", role: "group", "aria-label": L },
      make("span", { class: "quiet" }, L),
      ...this.props.examples.map((settings) =>
        make("button", { type: "button", lang: "en", onclick: () => this.develop(settings) }, settings.prompt)));
  }

  /** What the model can: its words, schedulers, lengths and shapes. */
  learn() {
    const facts = page.facts ?? this.props.facts;
    const chosen = facts.chosen ?? "";
    if (chosen !== (this.facts?.chosen ?? "") && chosen !== page.run?.model) Object.assign(this.settings, facts.defaults);
    this.model.textContent = page.broken || (page.live ? this.L.live : this.L.opening);
    this.facts = facts;
    this.known = facts.known && new Set(facts.known);
    this.words.replaceChildren(...Object.entries(facts.words ?? {}).map(([group, words]) =>
      make("div", { class: "group", role: "group", "aria-label": this.L[`words.${group}`] ?? group },
        make("span", { class: "quiet" }, this.L[`words.${group}`] ?? group),
        ...words.map((word) => make("button", { type: "button", "data-word": word, onclick: () => this.tap(group, word) },
          make("span", { lang: "en" }, word), ...this.meaning(word))))));
    this.words.closest("details").hidden = !facts.words;
    this.layFields();
    this.mark();
  }

  /** What a word means, where the page is not in the model's own language. */
  meaning(word) {
    const text = this.L[`meaning.${word}`];
    return text ? [" ", make("small", { class: "quiet" }, text)] : []; // a space for those who hear it
  }

  layFields() {
    const { L, facts } = this;
    const field = (name, control) => make("label", { class: "field" },
      make("span", {}, L[name]), control, make("small", { class: "quiet" }, L[`${name}.help`] ?? ""));
    const range = (name, min, max, step) => {
      const number = make("output", {}, "");
      const input = make("input", { type: "range", name, min, max, step, oninput: () => (number.textContent = input.value) });
      return field(name, make("span", { class: "range" }, input, number));
    };
    const select = (name, options) => options.length > 1 &&
      field(name, make("select", { name }, ...options.map(([value, text]) => make("option", { value }, text))));
    const seed = make("input", { type: "number", name: "seed", min: 0, max: 2147483647, inputmode: "numeric" });
    const dice = make("button", {
      type: "button", class: "dice", "aria-label": L["seed.new"], title: L["seed.new"],
      onclick: () => (seed.value = Math.floor(Math.random() * 10000)),
    }, "⚄");
    this.fields.replaceChildren(...[
      field("seed", make("span", { class: "range" }, seed, dice)),
      range("steps", 1, 50, 1),
      range("guidance", 0, 15, 0.5),
      select("scheduler", (facts.schedulers ?? []).map((name) => [name, name])),
      select("frames", (facts.lengths ?? []).map((frames) => [frames,
        L["frames.one"].replace("{frames}", frames).replace("{seconds:.1f}", this.tenths.format(frames / facts.fps))])),
      select("size", (facts.sizes ?? []).map((size) => [size, size.replace("x", " × ")])),
    ].filter(Boolean));
    this.fields.addEventListener("input", () => this.read());
    this.fields.addEventListener("click", () => this.read());
    this.fill();
  }

  fill() {
    for (const input of this.fields.querySelectorAll("[name]")) {
      const wish = this.settings[input.name];
      if (wish !== "" && wish !== undefined) input.value = wish;
      if (input.value === "") input.value = this.facts.defaults[input.name]; // what another model had to offer
      const output = input.parentElement.querySelector("output");
      if (output) output.textContent = input.value;
    }
  }

  read() {
    for (const input of this.fields.querySelectorAll("[name]")) {
      const number = ["number", "range"].includes(input.type) || input.name === "frames";
      this.settings[input.name] = number ? Number(input.value) : input.value;
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
    const unknown = [];
    this.marks.replaceChildren();
    let end = 0;
    for (const { 0: word, index } of this.known ? text.matchAll(WORD) : []) {
      this.marks.append(text.slice(end, index));
      const known = this.known.has(word.toLowerCase());
      if (!known) unknown.push(word);
      this.marks.append(known ? word : make("mark", {}, word));
      end = index + word.length;
    }
    this.marks.append(`${text.slice(end)}​`);
    this.prompt.style.height = "auto";
    this.prompt.style.height = `${this.prompt.scrollHeight}px`;
    const { L } = this;
    const made = page.run?.prompt === text.trim() && page.notes.length > 0; // the engine's own notes say more
    const said = made ? page.notes.join(" ") : unknown.length ? `${unknown.length > 1 ? L["unknown.more"] : L["unknown.one"]} ${unknown.join(", ")}` : "";
    if (this.note.textContent !== said) this.note.textContent = said;
    const there = new Set((text.toLowerCase().match(WORD) ?? []));
    for (const button of this.words.querySelectorAll("button"))
      button.setAttribute("aria-pressed", String(button.dataset.word.toLowerCase().split(" ").every((word) => there.has(word))));
  }

  /** A tapped word takes the place of one of its kind, or stands at the end. */
  tap(group, word) {
    const escaped = (other) => other.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
    const others = [...this.facts.words[group]].sort((a, b) => b.length - a.length).map(escaped);
    const one = new RegExp(`(?<![\\p{L}])(${others.join("|")})(?![\\p{L}])`, "iu");
    const text = this.prompt.value.trim();
    this.prompt.value = one.test(text) ? text.replace(one, word) : `${text} ${word}`.trim();
    this.mark();
  }

  develop(wishes = {}) {
    this.read();
    this.settings = { ...this.settings, prompt: this.prompt.value.trim(), recording: "", picture: "", remix: 0, model: this.facts.chosen ?? "", ...wishes };
    if ("prompt" in wishes) this.prompt.value = wishes.prompt;
    if (!this.settings.prompt) return this.prompt.focus();
    this.fill();
    this.mark();
    page.stopped = false;
    this.run(true);
    this.props.value = { ...this.settings };
    this.trigger("submit");
  }

  stop() {
    this.trigger("stop");
    page.stop();
    this.run(false);
    this.note.textContent = this.L.cancelled;
  }

  run(running) {
    this.running = running;
    this.root.dataset.running = String(running);
    this.go.textContent = running ? this.L.cancel : this.L.develop;
  }
}
