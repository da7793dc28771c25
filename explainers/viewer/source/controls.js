// The viewer's controls: built once, and shown or hidden as films, maps and hosts come and go.

import { samePick } from "./maps.js";
import { STILL, choice, h, iconButton, sameWords } from "./parts.js";

export const controls = {
  build(el) {
    const L = this.labels;
    this.surface = h("canvas", { className: "surface", tabIndex: 0, role: "application", "aria-label": L.film });
    const share = { type: "range", className: "divider", min: 0, max: 1, step: 0.01 };
    this.divider = h("input", { ...share, "aria-label": L.divider });
    this.divider.dataset.part = "divider";
    this.stack = h("div", { className: "stack", tabIndex: 0, role: "application", "aria-label": L.stack });
    this.stack.hidden = true;
    this.note = h("div", { className: "note" });
    this.captions = h("div", { className: "captions" });
    this.room = h("div", { className: "room" }, this.surface, this.divider, this.stack, this.captions, this.note);
    this.room.dataset.part = "film";
    this.words = h("div", { className: "words" });
    this.words.dataset.part = "words";

    this.legend = h("div", { className: "legend" });
    this.legend.dataset.part = "legend";
    this.legendTitle = h("strong");
    this.legendLow = h("span", { className: "number" });
    this.legendBar = h("span", { className: "bar", "aria-hidden": "true" });
    this.legendHigh = h("span", { className: "number" });
    this.legendNote = h("span", { className: "quiet" });
    this.clear = iconButton("clear", () => this.letGo());
    this.clear.show("clear", L.clear);
    const scale = h("span", { className: "scale" }, this.legendLow, this.legendBar, this.legendHigh);
    this.legend.append(this.legendTitle, scale, this.legendNote, this.clear.button);

    this.develop = iconButton("develop", () => this.motion({ developing: !this.developing }));
    this.strip = h("canvas", { className: "strip", "aria-hidden": "true" });
    this.stepInput = h("input", { type: "range", className: "over", min: 0, value: 0, "aria-label": L.step });
    this.stepText = h("output");
    this.sigmaText = h("output", { className: "quiet" });
    const steps = h(
      "div",
      { className: "steps" },
      this.develop.button,
      h("div", { className: "track" }, this.strip, this.stepInput),
      h("div", { className: "readout" }, this.stepText, this.sigmaText),
    );
    steps.dataset.part = "steps";

    this.play = iconButton("play", () => this.motion({ playing: !this.playing }));
    this.frameInput = h("input", { type: "range", min: 0, value: 0, "aria-label": L.frame });
    this.frameText = h("output");
    this.loop = iconButton("loop", () => this.tell({ loop: !(this.model.get("loop") ?? true) }));
    this.soundButton = iconButton("soundButton", () => this.nextSound());
    const frames = h(
      "div",
      { className: "frames" },
      this.play.button,
      h("div", { className: "track" }, this.frameInput),
      h("div", { className: "readout" }, this.frameText),
      this.loop.button,
    );
    frames.dataset.part = "frames";

    this.soundStrip = h("canvas", { className: "slices", tabIndex: 0, role: "slider", "aria-label": L.slices });
    this.soundText = h("output", { className: "quiet" });
    this.soundBox = h(
      "div",
      { className: "sound" },
      this.soundButton.button,
      h("div", { className: "track" }, this.soundStrip),
      h("div", { className: "readout" }, this.soundText),
    );
    this.soundBox.dataset.part = "sound";

    const pick = (key) => (value) => this.change({ [key]: value });
    this.choices = {
      layer: choice("layers", L.layer, (value) => (pick("layer")(value), this.wantAhead())),
      view: choice("views", L.view, pick("view")),
      compare: choice("compare", L.compare, (value) => (pick("compare")(value), this.wantAhead())),
      heat: choice("heat", L.heat, (name) => this.pick(name ? { what: "map", name } : null)),
    };
    this.gridBox = h("input", { type: "checkbox", onchange: () => this.change({ grid: this.gridBox.checked }) });
    this.crispBox = h("input", { type: "checkbox", onchange: () => this.change({ crisp: this.crispBox.checked }) });
    this.crispLabel = h("label", {}, this.crispBox, h("span", { textContent: L.crisp }));
    const gridLabel = h("label", {}, this.gridBox, h("span", { textContent: L.grid }));
    const grid = h("div", { className: "choice" }, gridLabel, this.crispLabel);
    grid.dataset.part = "grid";
    const boxes = Object.values(this.choices).map(({ box }) => box);
    this.choiceRow = h("div", { className: "choices" }, ...boxes, grid);
    this.status = h("p", { className: "status", role: "status", "aria-live": "polite" });
    this.status.dataset.part = "status";

    this.root = h("div", { className: "darkroom", role: "group", "aria-label": L.viewer });
    const timeline = h("div", { className: "timeline" }, steps, frames, this.soundBox);
    this.root.append(this.words, this.room, this.legend, timeline, this.choiceRow, this.status);
    this.root.viewer = this; // for hosts that draw what is on screen in their own way
    el.append(this.root);
    this.hands();
  },

  refresh() {
    if (this.closed) return;
    const L = this.labels;
    const film = this.lead;
    const { a, b } = this.films;
    const has = Boolean(film?.arrived);
    this.note.hidden = has && !this.error;
    const told = this.model.get("state");
    const said = this.model.get("message");
    let state = has ? "ready" : this.fetching ? "loading" : "empty";
    if (has && told === "live") state = "live";
    if (!has && (told === "loading" || told === "live")) state = "loading";
    if (this.error || told === "error") state = "error";
    this.root.dataset.state = state;
    this.note.replaceChildren();
    if (state === "error") {
      this.note.append(h("p", { textContent: this.error ? L.failed : said || L.failed }));
      if (this.error) {
        this.note.append(h("p", { className: "quiet", textContent: this.error.message }));
        const retry = () => ["a", "b"].forEach((name) => this.load(name));
        this.note.append(h("button", { type: "button", textContent: L.retry, onclick: retry }));
      }
      this.note.hidden = false;
    } else if (!has) this.note.append(h("p", { textContent: said || (state === "loading" ? L.loading : L.empty) }));

    const parts = this.model.get("parts");
    const allowed = (part) => !parts || parts.includes(part);
    const layers = film ? ["x0", "noisy"].filter((kind) => kind in film.head.kinds) : [];
    if (layers.length === 2) layers.push("difference");
    this.choices.layer.offer(layers.map((key) => [key, L[key]]));
    const views = { film: L.viewFilm, frames: L.viewFrames, stack: L.viewStack };
    this.choices.view.offer(film?.head.frames > 1 ? Object.entries(views) : []);
    const ways = { divider: L.compareDivider, side: L.compareSide, difference: L.compareDifference, a: L.compareA };
    this.choices.compare.offer(a && b ? Object.entries(ways) : []);
    const banks = [a, b].flatMap((each) => each?.head.maps ?? []);
    const named = new Set(banks.filter((bank) => bank.what === "map").map((bank) => bank.name));
    const heats = [["", L.heatNone], ...[...named].map((name) => [name, name])];
    this.choices.heat.offer(heats);
    this.gridBox.checked = this.s.grid;
    this.crispBox.checked = this.s.crisp;
    this.crispLabel.hidden = !this.s.grid;
    for (const element of this.root.querySelectorAll("[data-part]")) {
      const part = element.dataset.part;
      if (part === "steps" || part === "status") element.hidden = !allowed(part) || (part === "steps" && !film);
      if (part === "frames") element.hidden = !allowed(part) || !film || film.head.frames < 2;
      if (part === "grid") element.hidden = !allowed(part) || !film?.head.grid;
      if (["layers", "heat", "views", "compare"].includes(part) && !allowed(part)) element.hidden = true;
    }
    this.choiceRow.hidden = [...this.choiceRow.children].every((box) => box.hidden);
    this.soundBox.hidden = !allowed("sound") || !film || !["peaks", "sound"].some((key) => film.nearestWith(key, 0));
    this.wordsAllowed = allowed("words");
    this.legendAllowed = allowed("legend");

    const [icon, label] = this.developing ? ["pause", L.pause] : ["play", L.developLong];
    this.develop.show(icon, label, { visible: L.develop });
    this.play.show(this.playing ? "pause" : "play", this.playing ? L.pause : L.playLong, { visible: L.play });
    this.loop.show("loop", L.loop, { pressed: this.model.get("loop") ?? true });
    const sounds = this.audible();
    const sound = this.model.get("sound") ?? "off";
    this.soundButton.button.hidden = sounds.length === 0;
    const name = sound === "off" ? L.soundOff : sounds.length < 2 ? L.soundOn : sound === "a" ? L.soundA : L.soundB;
    this.soundButton.show(sound === "off" ? "soundOff" : "soundOn", name);
    this.soundText.textContent = sounds.length ? name : "";

    this.buildWords();
    const target = this.model.get("highlight");
    for (const element of this.root.querySelectorAll("[data-part]")) {
      const on = element.dataset.part === target && !element.hidden;
      if (on && !element.classList.contains("pointed")) {
        element.scrollIntoView({ block: "nearest", behavior: STILL.matches ? "auto" : "smooth" });
      }
      element.classList.toggle("pointed", on);
    }
    this.invalidate();
  },

  buildWords() {
    const { a, b } = this.films;
    const texts = (film) => film?.head.words?.map((word) => word.text) ?? [];
    this.samePlaces = a && b ? sameWords(texts(a), texts(b)) : null;
    const twins = b && a && texts(b).length > 0 && texts(a).join(" ") !== texts(b).join(" ");
    const rows = [a ? ["a", a] : null, twins || !a ? ["b", b] : null].filter((row) => row?.[1]?.head.words?.length);
    const shown = rows.map(([name, film]) => [name, film.head.words, film.head.title]);
    const signature = JSON.stringify([shown, this.answerable("word"), this.samePlaces]);
    this.words.hidden = !this.wordsAllowed || rows.length === 0;
    if (signature === this.wordsShown) return;
    this.wordsShown = signature;
    this.wordButtons = { a: [], b: [] };
    this.words.replaceChildren(...rows.map(([name, film]) => this.wordRow(name, film, rows.length > 1)));
  },

  wordRow(name, film, captioned) {
    const L = this.labels;
    const row = h("div", { className: "line", role: "group", "aria-label": name === "a" ? L.words : L.wordsB });
    if (captioned) row.append(h("span", { className: "caption", textContent: film.head.title || L[name] }));
    film.head.words.forEach((word, index) => {
      // A pick numbers words as the first prompt does; of a word that only the second one has it says so.
      const place = name === "a" || !this.samePlaces ? index : this.samePlaces[index];
      const pick = place === null ? { what: "word", index, film: "b" } : { what: "word", index: place };
      const text = h("span", { className: "text", textContent: word.text });
      const share = h("span", { className: "share", "aria-hidden": "true" });
      const button = h("button", { type: "button", className: "word" }, text, share);
      const says = [];
      if (word.known === false) says.push(L.unknown);
      if (place === null) says.push(L.changed);
      button.classList.toggle("unknown", word.known === false);
      button.classList.toggle("changed", place === null);
      if (says.length) {
        button.title = says.join(". ");
        button.setAttribute("aria-description", says.join(". "));
      }
      this.wordButtons[name].push({ button, share, pick });
      row.append(button);
      if (!this.answerable("word")) {
        button.disabled = true;
        return;
      }
      button.setAttribute("aria-pressed", "false");
      button.addEventListener("pointerenter", (event) => event.pointerType === "mouse" && this.look(pick));
      button.addEventListener("pointerleave", (event) => event.pointerType === "mouse" && this.look(null));
      button.addEventListener("focus", () => button.matches(":focus-visible") && this.look(pick));
      button.addEventListener("blur", () => this.look(null));
      button.addEventListener("click", () => {
        this.pick(samePick(this.s.pick, pick) ? null : pick);
      });
    });
    return row;
  },
};
