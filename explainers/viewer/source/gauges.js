// Drawing what stands around the film: scrubbers, legend, words, sound; and the sentence under it.

import { fill } from "./words.js";
import { samePick } from "./maps.js";
import { css, gradient, heatColour, tileValue } from "./colours.js";
import { plateOf } from "./plates.js";
import { blank, put } from "./parts.js";

export const gauges = {
  paintControls() {
    const L = this.labels;
    const film = this.lead;
    const step = this.stepOf(this.films.a ? "a" : "b");
    put(this.stepInput, "max", String(film.total - 1));
    put(this.stepInput, "value", String(step));
    put(this.frameInput, "max", String(film.head.frames - 1));
    put(this.frameInput, "value", String(this.s.frame));
    const sigma = film.steps[step]?.sigma;
    const stepText = fill(L.stepOf, { step: step + 1, total: film.total });
    const noise = sigma === undefined ? "" : fill(L.noise, { sigma: this.hundredths.format(sigma) });
    const frameText = fill(L.frameOf, { frame: this.s.frame + 1, total: film.head.frames });
    put(this.stepText, "textContent", stepText);
    put(this.sigmaText, "textContent", noise);
    put(this.frameText, "textContent", frameText);
    put(this.stepInput, "ariaValueText", `${stepText}, ${noise}`);
    put(this.frameInput, "ariaValueText", frameText);
    this.choices.layer.set(this.s.layer);
    this.choices.view.set(this.s.view);
    this.choices.compare.set(this.s.compare);
    this.choices.heat.set(this.s.pick ? this.s.pick.name : "");
  },

  format(value, unit) {
    if (unit === "%") return `${this.numbers.format(value * 100)} %`;
    return unit ? `${this.numbers.format(value)} ${unit}` : this.numbers.format(value);
  },
  /** What the heat is, its numbers, and what they are shares of; without heat, what could be asked. */
  paintLegend() {
    const L = this.labels;
    const name = this.names.find((key) => this.heats[key]?.tiles.patches) ?? this.names.find((key) => this.heats[key]);
    const map = this.heats[name];
    const pick = this.pickFor(this.names[0]) ?? this.pickFor(this.names.at(-1));
    const difference = this.s.layer === "difference" || this.showing[0] === "difference";
    const things = [["patch", L.hintPatch], ["word", L.hintWord], ["sound", L.hintSound]].filter(([what]) =>
      this.answerable(what),
    );
    put(this.legend, "hidden", !this.legendAllowed || !(map || pick || difference || things.length));
    if (this.legend.hidden) return;
    put(this.legendTitle, "textContent", map?.label ?? (pick ? this.describe(pick) : ""));
    put(this.clear.button, "hidden", !this.s.pick);
    const scaled = Boolean(map && this.scale);
    put(this.legendBar.parentElement, "hidden", !scaled);
    if (scaled) {
      const { top, bottom } = this.scale;
      if (this.barred !== `${top} ${bottom}`) this.legendBar.style.backgroundImage = gradient(this.scale);
      this.barred = `${top} ${bottom}`;
      put(this.legendLow, "textContent", this.format(this.scale.bottom < 0 ? -this.scale.top : 0, map.unit));
      put(this.legendHigh, "textContent", this.format(this.scale.top, map.unit));
    }
    const tile = map?.tiles.patches;
    const { latent, row, col } = this.hover ?? {};
    const notes = [];
    if (map?.normalised) notes.push(map.normalised);
    if (map && this.stepOf(name) !== map.step) notes.push(fill(L.ofStep, { step: map.step + 1 }));
    if (pick && this.names.some((key) => this.waits(key))) notes.push(L.asking);
    if (!map && difference) notes.push(this.describeDifference());
    if (tile && latent !== undefined) {
      const [, rows, cols] = tile.shape;
      notes.push(fill(L.here, { value: this.format(tileValue(tile, (latent * rows + row) * cols + col), map.unit) }));
    }
    if (!notes.length && !pick && things.length) {
      const list = new Intl.ListFormat(L.locale, { type: "disjunction" }).format(things.map(([, text]) => text));
      notes.push(fill(L.hint, { things: list }));
    }
    put(this.legendNote, "textContent", notes.join(" · "));
  },

  describeDifference() {
    const L = this.labels;
    const films = this.showing[0] === "difference";
    const [one, two] = films ? ["a", "b"].map((name) => this.films[name].head.title || L[name]) : [L.noisy, L.x0];
    return fill(L.differenceLegend, { one, two });
  },

  waits(name) {
    const pick = this.pickFor(name);
    return Boolean(pick && this.maps.pending(this.films[name], pick, this.stepOf(name)));
  },

  paintWords() {
    const pick = this.preview ?? this.s.pick;
    for (const name of ["a", "b"]) {
      const tile = this.heats[name]?.tiles.words;
      const unit = this.heats[name]?.unit;
      const top = tile ? Math.max(...tile.bytes, 1) : 1;
      this.wordButtons?.[name].forEach(({ button, share, pick: own }, index) => {
        const heat = tile ? tileValue(tile, index) : null;
        const said = heat === null ? "" : this.format(heat, unit);
        if (share.textContent !== said) {
          share.textContent = said;
          button.style.setProperty("--heat", heat === null ? 0 : tile.bytes[index] / top);
        }
        button.classList.toggle("looked", samePick(pick, own));
        if (!button.disabled) put(button, "ariaPressed", String(samePick(this.s.pick, own)));
      });
    }
  },

  paintSound() {
    const L = this.labels;
    const name = this.films.a ? "a" : "b";
    const film = this.lead;
    const width = this.size.sound;
    const height = 48;
    const context = blank(this.soundStrip, width, height, this.finest());
    const entry = film.nearestWith("peaks", this.stepOf(name));
    const slices = film.head.sound?.slices ?? 0;
    const tile = this.heats[name]?.tiles.sound;
    const slice = width / Math.max(slices, 1);
    if (tile) {
      tile.bytes.forEach((_, i) => {
        context.fillStyle = css(heatColour(tileValue(tile, i), this.scale));
        context.fillRect(i * slice, 0, slice, height);
      });
    }
    const peaks = entry ? entry.at(entry.peaks) : [];
    context.fillStyle = tile ? "rgba(255,255,255,.8)" : "#9fb4c8";
    const bar = width / peaks.length;
    peaks.forEach((peak, i) => {
      const tall = Math.max(1, (peak / 255) * (height - 8));
      context.fillRect(i * bar, (height - tall) / 2, Math.max(bar * 0.7, 0.7), tall);
    });
    if (this.s.grid && slices) {
      context.fillStyle = "rgba(255,255,255,.3)";
      for (let i = 1; i < slices; i++) context.fillRect(i * slice, 0, 1, height);
    }
    const pick = this.s.pick?.what === "sound" ? this.s.pick.index : null;
    const focused = document.activeElement === this.soundStrip ? (this.slice ?? 0) : null;
    for (const [index, colour] of [[focused, "#7cc4ff"], [pick, "#fff"]]) {
      if (index === null || !slices) continue;
      context.strokeStyle = colour;
      context.lineWidth = 2;
      context.strokeRect(index * slice + 1, 1, slice - 2, height - 2);
    }
    context.fillStyle = "#ffc454";
    context.fillRect(((this.s.frame + 0.5) / film.head.frames) * width - 1, 0, 2, height);
    const at = this.slice ?? pick ?? 0;
    put(this.soundStrip, "ariaValueMin", "1");
    put(this.soundStrip, "ariaValueMax", String(Math.max(slices, 1)));
    put(this.soundStrip, "ariaValueNow", String(at + 1));
    put(this.soundStrip, "ariaValueText", fill(L.sliceOf, { slice: at + 1, total: slices }));
  },

  /** The frame on screen at some steps, from static to film, behind the handle of the step scrubber. */
  paintStripSoon() {
    const film = this.lead;
    const signature = [film.head.id, this.s.frame, this.s.layer, film.arrived, this.size.room].join();
    if (signature === this.stripShown && !this.stripDue) return;
    if (this.stripTimer) return;
    this.stripTimer = setTimeout(() => {
      this.stripTimer = 0;
      this.stripDue = false;
      this.stripShown = signature;
      if (!this.closed && this.lead) this.paintStrip();
    }, 60);
  },

  paintStrip() {
    const film = this.lead;
    const kind = film.kind(this.s.layer === "difference" ? "noisy" : this.s.layer);
    const box = this.strip.parentElement;
    const [width, height] = [box.clientWidth, box.clientHeight];
    const context = blank(this.strip, width, height);
    const aspect = film.head.width / film.head.height;
    const count = Math.max(2, Math.round(width / (height * aspect)));
    const each = width / count;
    for (let i = 0; i < count; i++) {
      const step = Math.round((i / (count - 1)) * (film.total - 1));
      if (step >= film.arrived) break;
      const bitmap = this.atlases.near(film, kind, step);
      if (!bitmap) continue;
      const plate = plateOf(film, kind, bitmap);
      context.imageSmoothingEnabled = !plate.crisp;
      const [sx, sy, sw, sh] = plate.place(Math.min(this.s.frame, film.head.frames - 1));
      const cut = Math.min(1, each / (height * aspect)); // the middle of the frame, if cells are narrower than it is
      context.drawImage(bitmap, sx + (sw * (1 - cut)) / 2, sy, sw * cut, sh, i * each, 0, each, height);
    }
  },

  describe(pick) {
    const L = this.labels;
    const film = this.lead;
    if (pick.what === "patch") {
      const own = film.head.grid.frame_of.flatMap((latent, frame) => (latent === pick.frame ? [frame + 1] : []));
      const frames = own.length > 1 ? `${own[0]}–${own.at(-1)}` : `${own[0]}`;
      return fill(L.cube, { frames, row: pick.row + 1, column: pick.col + 1 });
    }
    if (pick.what === "word") {
      const words = (this.films[pick.film] ?? film).head.words;
      return fill(L.word, { word: words[pick.index]?.text });
    }
    if (pick.what === "sound") return fill(L.slice, { slice: pick.index + 1 });
    return pick.name;
  },

  say() {
    const film = this.lead;
    if (!film) return;
    const L = this.labels;
    const pick = this.preview ?? this.s.pick;
    const sentences = [];
    if (pick) {
      const name = this.names[0];
      const step = this.stepOf(name);
      const own = this.pickFor(name);
      const map = own && this.maps.find(this.films[name], own, step);
      const refused = own && this.maps.refusal(this.films[name], own, step);
      sentences.push(`${this.describe(pick)}.`);
      if (refused) sentences.push(refused);
      else if (this.waits(name)) sentences.push(L.asking);
      else if (map?.text) sentences.push(map.text);
      else if (!map && !this.answerable(pick.what) && pick.what !== "patch") sentences.push(L.noAnswer);
    } else if (this.cursor.shown && film.head.grid) {
      const { row, col } = this.cursor;
      sentences.push(this.describe({ what: "patch", frame: film.latentFrame(this.s.frame), row, col }));
    }
    const text = sentences.join(" ");
    if (this.status.textContent !== text) this.status.textContent = text;
  },
};
