// The two scrubbers: one through the steps, from static to film, one through the frames; and what plays them.

/** @import { Actions } from "./protocol.d.ts" */
/** @import { Atlases } from "./atlases.js" */
/** @import { Sentences } from "./sentences.js" */
/** @import { State } from "./state.js" */

import { blank, iconButton, make, put } from "./parts.js";
import { plateOf } from "./plates.js";
import { fill } from "./words.js";

export class Scrubbers {
  /** @param {State} state @param {Atlases} atlases @param {Actions} act @param {Sentences} sentences */
  constructor(state, atlases, act, sentences) {
    const L = sentences.labels;
    this.state = state;
    this.sentences = sentences;
    this.strip = new Strip(state, atlases);
    this.develop = iconButton("develop", () => act.develop(!state.developing));
    this.step = make("input", { type: "range", class: "over", min: 0, value: 0, "aria-label": L.step });
    this.stepText = make("output");
    this.noiseText = make("output", { class: "quiet" });
    this.steps = make("div", { class: "steps", "data-part": "steps" },
      this.develop.button,
      make("div", { class: "track" }, this.strip.canvas, this.step),
      make("div", { class: "readout" }, this.stepText, this.noiseText)); // prettier-ignore
    this.play = iconButton("play", () => act.play(!state.playing));
    this.frame = make("input", { type: "range", min: 0, value: 0, "aria-label": L.frame });
    this.frameText = make("output");
    this.loop = iconButton("loop", () => act.tell({ loop: !(state.model.get("loop") ?? true) }));
    this.frames = make("div", { class: "frames", "data-part": "frames" },
      this.play.button,
      make("div", { class: "track" }, this.frame),
      make("div", { class: "readout" }, this.frameText),
      this.loop.button); // prettier-ignore
    this.step.addEventListener("input", () => act.goToStep(this.step.valueAsNumber));
    this.frame.addEventListener("input", () => act.goToFrame(this.frame.valueAsNumber));
  }

  refresh() {
    const { state } = this;
    const L = this.sentences.labels;
    this.steps.hidden = !state.allows("steps") || !state.lead;
    this.frames.hidden = !state.allows("frames") || !state.lead || state.lead.head.frames < 2;
    this.develop.show(state.developing ? "pause" : "play", state.developing ? L.pause : L.developLong, { visible: L.develop });
    this.play.show(state.playing ? "pause" : "play", state.playing ? L.pause : L.playLong, { visible: L.play });
    this.loop.show("loop", L.loop, { pressed: state.model.get("loop") ?? true });
  }

  paint() {
    const { state } = this;
    const L = this.sentences.labels;
    const film = state.filmOf("");
    const { frame } = state.values;
    const step = state.stepOf(state.first);
    put(this.step, "max", String(film.total - 1));
    put(this.step, "value", String(step));
    put(this.frame, "max", String(film.head.frames - 1));
    put(this.frame, "value", String(frame));
    const stepText = fill(L.stepOf, { step: step + 1, total: film.total });
    const noise = this.sentences.noise(film.steps[step]?.sigma);
    const frameText = fill(L.frameOf, { frame: frame + 1, total: film.head.frames });
    put(this.stepText, "textContent", stepText);
    put(this.noiseText, "textContent", noise);
    put(this.frameText, "textContent", frameText);
    put(this.step, "ariaValueText", `${stepText}, ${noise}`);
    put(this.frame, "ariaValueText", frameText);
    this.strip.paintSoon();
  }
}

/** The frame on screen at some steps, behind the handle of the scrubber. It is not waited for. */
class Strip {
  /** @param {State} state @param {Atlases} atlases */
  constructor(state, atlases) {
    this.state = state;
    this.atlases = atlases;
    this.canvas = make("canvas", { class: "strip", "aria-hidden": "true" });
    this.shown = "";
    this.due = false; // a picture came that it may show
    this.timer = 0;
  }

  paintSoon() {
    const film = this.state.filmOf("");
    const { frame, layer } = this.state.values;
    const signature = [film.head.id, frame, layer, film.arrived, this.state.size.width].join();
    if ((signature === this.shown && !this.due) || this.timer) return;
    this.timer = setTimeout(() => {
      this.timer = 0;
      this.due = false;
      this.shown = signature;
      if (this.state.lead) this.paint();
    }, 60);
  }

  close() {
    clearTimeout(this.timer);
  }

  paint() {
    const { frame, layer } = this.state.values;
    const film = this.state.filmOf("");
    const kind = film.kind(layer === "difference" ? "noisy" : layer);
    const { clientWidth: width = 0, clientHeight: height = 0 } = this.canvas.parentElement ?? {};
    const context = blank(this.canvas, width, height);
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
      const [sx, sy, sw, sh] = plate.place(Math.min(frame, film.head.frames - 1));
      const cut = Math.min(1, each / (height * aspect)); // the middle of the frame, if cells are narrower than it is
      context.drawImage(bitmap, sx + (sw * (1 - cut)) / 2, sy, sw * cut, sh, i * each, 0, each, height);
    }
  }
}
