// A picture to begin a film with: drawn here by mouse, finger, pen or keys, brought as a file, or one that is offered.
// Or a film of one's own, to be remixed: its first frame stands on the canvas, until something else does.
//
// What stands on the canvas is as large as the film, so that what one sees is what the model is given. A file is read
// by the browser; nothing leaves it but pixels of this size.

/** @import { Island } from "./messages.d.ts" */
/** @typedef {{ caption: string, image: string }} Offer */
/** @typedef {[x: number, y: number]} Point */

import { fill, inkOf, make, within } from "./dom.js";
import { mayMove, moves, sampled } from "./read_video.js";
import { page } from "./state.js";

const COLOURS = {
  red: "#d8342b", orange: "#f08a24", yellow: "#f2cf2e", green: "#3f9b46", blue: "#2f6fd6", purple: "#7b45b5",
  brown: "#7a4e2c", white: "#ffffff", black: "#16161c",
};
const GROUND = "#dfe7ee";
/** @type {{ [key: string]: Point | undefined }} */
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** @param {Island<{ images: Offer[] } | null>} island */
export function mountFirstFrame({ element, props, watch }) {
  /** @type {FirstFrame | null} */
  let canvas = null;
  const lay = () => {
    canvas ??= new FirstFrame(within(element, ".first_frame"));
    page.firstFrame = canvas;
    canvas.offer(props.value?.images ?? []);
  };
  const soon = () => page.speaks.then(lay);
  soon();
  watch("value", soon);
}

class FirstFrame {
  /** @param {HTMLElement} root */
  constructor(root) {
    const L = (this.L = page.labels);
    this.colour = COLOURS.red;
    /** @type {File | null} */
    this.film = null;
    /** @type {Point | null} */
    this.pen = null; // where the keys have brought it
    this.down = false;
    /** @type {Point | null} */
    this.last = null; // where a line goes on
    this.canvas = make("canvas", { tabindex: 0, role: "application", "aria-label": `${L["first_frame.draw"]} ${L["first_frame.keys"]}` });
    this.ink = inkOf(this.canvas, { willReadFrequently: true });
    this.cross = make("span", { class: "cross", "aria-hidden": "true", hidden: true });
    this.swatches = Object.entries(COLOURS).map(([name, colour]) => make("button", {
      type: "button", class: "swatch", style: `background:${colour}`, "aria-label": L[`first_frame.${name}`], title: L[`first_frame.${name}`],
      "aria-pressed": String(colour === this.colour), onclick: () => this.choose(colour),
    }));
    this.brush = make("input", { type: "range", min: 1, max: 12, step: 1, value: 5, "aria-label": L["first_frame.brush"] });
    this.offers = make("div", { class: "offers", role: "group", "aria-label": L["first_frame.offers"] });
    this.picker = make("input", { type: "file", accept: "image/*,video/*", onchange: () => this.read(this.picker.files?.[0]) });
    const percent = new Intl.NumberFormat(L["viewer.locale"], { style: "percent" });
    const share = make("output", {}, percent.format(0.6));
    const says = () => (share.textContent = percent.format(this.noise.valueAsNumber));
    this.noise = make("input", { type: "range", name: "noise", min: 0.1, max: 1, step: 0.05, value: 0.6, oninput: says });
    const over = make("label", { class: "row" }, make("span", {}, L["first_frame.noise"]), this.noise, share);
    this.over = make("div", { hidden: true }, over);
    this.note = make("p", { class: "quiet", role: "status" });
    root.append(
      make("div", { class: "sheet" }, this.canvas, this.cross),
      make("div", { class: "tools" },
        make("p", { class: "quiet" }, L["first_frame.draw"]),
        make("div", { class: "row", role: "group", "aria-label": L["first_frame.colour"] }, ...this.swatches),
        make("label", { class: "row" }, make("span", {}, L["first_frame.brush"]), this.brush),
        make("div", { class: "row" },
          make("button", { type: "button", class: "wipe", onclick: () => this.fill(this.colour) }, L["first_frame.fill"]),
          make("button", { type: "button", class: "bring", onclick: () => this.picker.click() }, L["first_frame.open"]), this.picker),
        make("p", { class: "quiet" }, L["first_frame.private"]),
        this.over,
        make("button", { type: "button", class: "begin", onclick: () => this.begin() }, L["first_frame.begin"]),
        this.note),
      this.offers);
    this.draws();
    this.fill(GROUND);
  }

  /** Width and height of the film that is asked for in the bar. */
  get size() {
    const size = page.bar?.settings.size ?? page.run?.size ?? "64x64";
    const [width, height] = size.split("x").map(Number);
    return { width, height };
  }

  /** @param {string} colour */
  choose(colour) {
    this.colour = colour;
    for (const swatch of this.swatches) swatch.setAttribute("aria-pressed", String(swatch === this.swatches[Object.values(COLOURS).indexOf(colour)]));
  }

  /** @param {string} colour */
  fill(colour) {
    this.bring(null);
    Object.assign(this.canvas, this.size);
    this.ink.fillStyle = colour;
    this.ink.fillRect(0, 0, this.canvas.width, this.canvas.height);
    this.say("");
  }

  // --- drawing

  draws() {
    const { canvas } = this;
    /** @type {(event: PointerEvent) => Point} */
    const at = (event) => {
      const box = canvas.getBoundingClientRect();
      return [((event.clientX - box.left) / box.width) * canvas.width, ((event.clientY - box.top) / box.height) * canvas.height];
    };
    canvas.addEventListener("pointerdown", (event) => {
      this.rest();
      canvas.setPointerCapture(event.pointerId);
      this.last = at(event);
      this.line(this.last);
    });
    canvas.addEventListener("pointermove", (event) => this.last && this.line(at(event)));
    for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, () => (this.last = null));
    canvas.addEventListener("keydown", (event) => this.key(event));
    canvas.addEventListener("blur", () => this.rest());
  }

  /** @param {Point} to */
  line(to) {
    const { ink, last } = this;
    if (!last) return;
    this.bring(null);
    Object.assign(ink, { strokeStyle: this.colour, lineWidth: Number(this.brush.value), lineCap: "round" });
    ink.beginPath();
    ink.moveTo(...last);
    ink.lineTo(to[0] + 0.01, to[1]);
    ink.stroke();
    this.last = to;
  }

  /** Arrows move the pen, the space bar puts it down and lifts it. @param {KeyboardEvent} event */
  key(event) {
    const way = ARROWS[event.key];
    if (!way && event.key !== " ") return;
    event.preventDefault();
    const { width, height } = this.canvas;
    const before = (this.pen ??= [width / 2, height / 2]);
    if (way) this.pen = [Math.min(width, Math.max(0, before[0] + 2 * way[0])), Math.min(height, Math.max(0, before[1] + 2 * way[1]))];
    else this.down = !this.down;
    if (this.down) {
      this.last = before;
      this.line(this.pen);
      this.last = null;
    }
    this.cross.hidden = false;
    this.cross.classList.toggle("down", this.down);
    this.cross.style.left = `${(100 * this.pen[0]) / width}%`;
    this.cross.style.top = `${(100 * this.pen[1]) / height}%`;
  }

  rest() {
    Object.assign(this, { pen: null, down: false, last: null });
    this.cross.hidden = true;
  }

  // --- pictures from elsewhere

  /** @param {Offer[]} images */
  offer(images) {
    this.offers.replaceChildren(...images.map(({ caption, image }) => {
      const shown = make("img", { src: image, alt: "" });
      return make("button", { type: "button", onclick: () => this.show(shown) }, shown, make("small", {}, caption));
    }));
  }

  /** @param {File | undefined} file */
  async read(file) {
    if (!file) return;
    this.picker.value = "";
    const film = await moves(file).catch(() => false);
    try {
      const [first] = film ? await sampled(file, 1, 1000) : [await createImageBitmap(file)];
      this.show(first);
      if (film) this.bring(file);
      else if (mayMove(file)) this.say(this.L["first_frame.first_only"]);
    } catch {
      this.say(fill(this.L[film ? "first_frame.no_film" : "first_frame.no_picture"], { name: file.name }));
    }
  }

  /** The film whose first frame is on the canvas, if any. @param {File | null} film */
  bring(film) {
    if (film === this.film) return;
    this.film = film;
    this.over.hidden = !film;
    this.say(film ? fill(this.L["first_frame.film"], { name: film.name }) : "");
  }

  /** @param {HTMLImageElement | ImageBitmap} image */
  show(image) {
    this.fill(GROUND);
    this.cover(this.ink, image);
  }

  /** As much of an image as covers the canvas, from its middle. @param {CanvasRenderingContext2D} ink @param {HTMLImageElement | ImageBitmap} image */
  cover(ink, image) {
    const { width, height } = ink.canvas;
    const by = Math.max(width / image.width, height / image.height);
    ink.imageSmoothingQuality = "high";
    ink.drawImage(image, (width - image.width * by) / 2, (height - image.height * by) / 2, image.width * by, image.height * by);
  }

  // --- the film

  async begin() {
    const { L } = this;
    const { bar } = page;
    if (!bar?.prompt.value.trim()) return this.say(L["first_frame.no_words"]);
    try {
      const { pixels, wishes, query } = await (this.film ? this.asFilm(this.film, bar) : this.asPicture());
      const headers = { "content-type": "application/octet-stream" };
      const answer = await fetch(`picture?${query}`, { method: "POST", body: pixels, headers });
      if (answer.status === 429) return this.say(L["home.too_often"]);
      if (answer.status === 413) return this.say(L["first_frame.too_large"]);
      const { picture, key } = await answer.json();
      if (!picture) return this.say(L[key]);
      bar.develop({ picture, ...wishes });
      this.say(fill(L["first_frame.begun"], { prompt: bar.prompt.value.trim() }));
      document.getElementById("film")?.scrollIntoView({ block: "nearest" });
    } catch {
      this.say(L.busy);
    }
  }

  async asPicture() {
    const { width, height } = this.size;
    if (width !== this.canvas.width || height !== this.canvas.height) this.show(await createImageBitmap(this.canvas));
    return { pixels: pixelsOf(this.ink), wishes: {}, query: `size=${width}x${height}` };
  }

  /** @param {File} film @param {NonNullable<typeof page.bar>} bar */
  async asFilm(film, bar) {
    const frames = Number(bar.settings.frames);
    const { width, height } = this.size;
    const ink = inkOf(make("canvas", { width, height }), { willReadFrequently: true });
    const pixels = new Uint8Array(frames * width * height * 3);
    for (const [at, image] of (await sampled(film, frames, bar.facts.fps)).entries()) {
      this.cover(ink, image);
      pixels.set(pixelsOf(ink), at * width * height * 3);
    }
    const remix = Number(this.noise.value);
    return { pixels, wishes: { remix, frames }, query: `size=${width}x${height}&frames=${frames}` };
  }

  /** @param {string} text */
  say(text) {
    this.note.textContent = text;
  }
}

/** Three bytes a pixel, as the model takes them. @param {CanvasRenderingContext2D} ink */
function pixelsOf(ink) {
  const { data } = ink.getImageData(0, 0, ink.canvas.width, ink.canvas.height);
  return new Uint8Array((data.length / 4) * 3).map((_, i) => data[Math.floor(i / 3) * 4 + (i % 3)]);
}
