// Drawing films: cells, heat, marks, the stack of frames.

import { commonScale, heatCanvas } from "./colours.js";
import { GAP, layout, plateOf } from "./plates.js";
import { blank, h, put } from "./parts.js";

const RAPID = 100; // milliseconds; paintings that follow each other sooner are those of a hand that scrubs
const TURNS = 3; // in how many of them all small frames have been drawn anew
export const TURN = { x: 0.2, y: 0.87 }; // how the stack stands at first, in radians

export const painting = {
  invalidate() {
    if (this.due || this.closed) return;
    this.due = requestAnimationFrame(() => {
      this.due = 0;
      if (!this.closed) this.paint();
    });
  },

  /** Sizes are read when they change: to read them between writes, the page would have to be laid out each time. */
  measure() {
    const highest = Math.max(240, Math.min(window.innerHeight, screen.availHeight || Infinity) * 0.6);
    this.size = { room: this.room.clientWidth, sound: this.soundStrip.parentElement.clientWidth, highest };
    this.invalidate();
  },

  /** Pixels to a CSS pixel, at most: a hand that moves is followed, and the fine ones come when it rests. */
  finest() {
    return this.inMotion ? 1 : 2;
  },

  /** The plate of one film: its layer at its step, drained of colour where heat will lie. */
  plate(name, drained) {
    const film = this.films[name];
    const step = this.stepOf(name);
    const bare = (kind) => {
      const bitmap = this.atlases.get(film, kind, step);
      return bitmap && plateOf(film, kind, bitmap);
    };
    if (!film.arrived) return null;
    const both = "x0" in film.head.kinds && "noisy" in film.head.kinds;
    if (this.s.layer !== "difference" || !both) {
      const plate = bare(film.kind(this.s.layer));
      if (!plate || !drained) return plate;
      const frames = this.framesOf(name);
      return this.kept(name, [...plate.made, frames.join()], () => this.bench.drained(name, plate, frames));
    }
    const [one, two] = [bare("x0"), bare("noisy")];
    if (!one || !two) return null;
    const frames = this.framesOf(name);
    return this.kept(name, [...one.made, ...two.made, drained, frames.join()], () => {
      const plate = this.bench.difference(name, one, two, frames);
      return drained ? this.bench.drained(`${name} drained`, plate, frames) : plate;
    });
  },

  /** Those frames of a film that are on screen: nothing is composed for others. */
  framesOf(name) {
    return [...new Set(this.seen.map((frame) => this.frameOf(name, frame)))];
  },

  /** What was composed from the same pictures before, or is composed now. */
  kept(name, made, compose) {
    const old = this.composed[name]?.made;
    const same = old?.length === made.length && old.every((input, i) => input === made[i]);
    if (!same) this.composed[name] = { ...compose(), made };
    return this.composed[name];
  },

  paint() {
    const film = this.lead;
    if (!this.size) this.measure();
    if (!film) {
      const width = this.size.room;
      blank(this.surface, width, Math.min(width * 0.7, this.size.highest));
      this.surface.hidden = false;
      this.stack.hidden = this.divider.hidden = true;
      this.captions.replaceChildren();
      this.legend.hidden = true;
      return;
    }
    this.heats = {};
    for (const name of this.showing[0] === "difference" ? [] : this.names) {
      const pick = this.pickFor(name);
      this.heats[name] = pick && this.maps.find(this.films[name], pick, this.stepOf(name));
    }
    const maps = Object.values(this.heats).filter(Boolean);
    const tiles = maps.flatMap((map) => [map.tiles.patches, map.tiles.sound]).filter(Boolean);
    this.scale = tiles.length ? commonScale(tiles) : null;
    const flat = this.s.view !== "stack";
    if (flat) this.place();
    else this.pickFresh(Array.from({ length: film.head.frames }, (_, frame) => ({ frame })), `stack,${film.head.frames}`);
    this.seen = this.fresh.map((cell) => cell.frame ?? this.s.frame);
    this.plates = {};
    for (const name of this.names) this.plates[name] = this.plate(name, Boolean(this.heats[name]?.tiles.patches));
    if (this.names.some((name) => !this.plates[name])) {
      if (film.arrived) return; // nothing decoded yet: leave what is on screen
    }
    const { a, b } = this.plates;
    if (this.showing[0] === "difference" && a && b) {
      const frames = this.framesOf("difference");
      this.plates.difference = this.kept("difference", [...a.made, ...b.made, frames.join()], () =>
        this.bench.difference("difference", a, b, frames, (frame) => this.frameOf("b", frame)),
      );
    }
    put(this.surface, "hidden", !flat);
    put(this.stack, "hidden", flat);
    if (flat) this.paintSurface();
    else this.paintStack();
    this.drawnAs = this.drawing;
    this.drawnAt = performance.now();
    this.paintControls();
    this.paintLegend();
    this.paintWords();
    if (!this.soundBox.hidden) this.paintSound();
    this.paintStripSoon();
    if (!this.ready && this.plates[this.names[0]]) {
      this.ready = true;
      this.fire("ready", {});
    }
  },

  /** Which frames are drawn anew: all, or, while a hand scrubs what stands as before, the small ones in turns. */
  pickFresh(cells, as) {
    this.whole = !this.inMotion || this.drawnAs !== as || performance.now() - this.drawnAt > RAPID;
    this.turned = ((this.turned ?? 0) + 1) % TURNS;
    this.fresh = this.whole ? cells : cells.filter((cell, i) => cell.main || i % TURNS === this.turned);
    this.drawing = as;
  },

  /** Where frames stand, reckoned anew only if something about it has changed. */
  place() {
    this.lay();
    this.pickFresh(this.placed.cells, `${this.laid},${this.finest()}`);
  },

  lay() {
    const { width, height, frames } = this.lead.head;
    const { room: W, highest: H } = this.size;
    const wanted = { view: this.s.view, films: this.showing, frames, aspect: width / height, W, H };
    const signature = Object.values(wanted).join();
    if (signature === this.laid) return;
    this.laid = signature;
    this.placed = layout(wanted);
    const boxes = this.placed.cells.map(({ x, y, w, h: high }) => [x, y, w, high].map(Math.round));
    this.surface.dataset.cells = JSON.stringify(boxes);
  },

  paintSurface() {
    const { placed, surface } = this;
    const reach = GAP / 2; // what is drawn around a frame stays within
    if (this.whole) blank(surface, this.size.room, placed.height, this.finest());
    const context = surface.getContext("2d");
    for (const cell of this.fresh) {
      if (!this.whole) context.clearRect(cell.x - reach, cell.y - reach, cell.w + GAP, cell.h + GAP);
      this.paintCell(context, cell);
    }
    const main = placed.cells.find((cell) => cell.main && cell.film === "split");
    put(this.divider, "hidden", !main);
    if (main) {
      const rim = 22; // half the width of the handle: its middle runs from edge to edge of the film
      const box = { left: main.x - rim, top: main.y, width: main.w + 2 * rim, height: main.h };
      for (const [key, value] of Object.entries(box)) put(this.divider.style, key, `${value}px`);
      put(this.divider, "value", String(this.s.divider));
    }
    this.paintCaptions(placed.cells);
  },

  paintCaptions(cells) {
    const L = this.labels;
    const title = (name) => this.films[name].head.title || L[name];
    const wanted = [];
    if (this.films.a && this.films.b) {
      for (const cell of cells.filter((c) => c.main)) {
        if (cell.film === "split") wanted.push([title("a"), cell, "left"], [title("b"), cell, "right"]);
        else if (cell.film !== "difference") wanted.push([title(cell.film), cell, "left"]);
      }
    }
    const signature = JSON.stringify(wanted);
    if (signature === this.captioned) return;
    this.captioned = signature;
    this.captions.replaceChildren(
      ...wanted.map(([text, cell, side]) => {
        const caption = h("span", { textContent: text, className: side });
        caption.style.top = `${cell.y}px`;
        if (side === "left") caption.style.left = `${cell.x}px`;
        else caption.style.right = `${this.size.room - cell.x - cell.w}px`;
        return caption;
      }),
    );
  },

  /** One frame: picture, heat, grid, marks. */
  paintCell(context, cell) {
    const { x, y, w, h: height } = cell;
    const frame = cell.frame ?? this.s.frame;
    if (cell.film === "split") {
      const { divider } = this.s;
      this.paintFilm(context, "a", frame, cell, 0, divider);
      this.paintFilm(context, "b", frame, cell, divider, 1);
      context.fillStyle = "#fff";
      context.fillRect(x + w * divider - (cell.main ? 1 : 0.5), y, cell.main ? 2 : 1, height);
    } else this.paintFilm(context, cell.film, frame, cell);
    if (cell.main || this.s.view === "frames") this.paintMarks(context, frame, cell);
    if (!cell.main && this.s.grid) this.paintCube(context, frame, cell);
    if (!cell.main && frame === this.s.frame) {
      context.strokeStyle = "#ffc454";
      context.lineWidth = 2;
      context.strokeRect(x - 2, y - 2, w + 4, height + 4);
    }
  },

  /** A line under all frames that were decoded from one latent frame: a patch is a cube as long as that line. */
  paintCube(context, frame, { x, y, w, h: height }) {
    const film = this.lead;
    if (!film.head.grid) return;
    const joined = (other) => film.head.grid.frame_of[other] === film.latentFrame(frame);
    const left = joined(frame - 1) ? x - GAP / 2 : x + 2;
    const right = joined(frame + 1) ? x + w + GAP / 2 : x + w - 2;
    context.fillStyle = "#7cc4ff";
    context.fillRect(left, y + height + 2, right - left, 2);
  },

  /** One frame of one film with its heat, or the share of its width between `from` and `to`. */
  paintFilm(context, name, frame, { x, y, w, h: height, main }, from = 0, to = 1) {
    const plate = this.plates[name];
    const film = this.films[name] ?? this.lead;
    const [left, wide] = [x + w * from, w * (to - from)];
    if (wide <= 0) return;
    context.fillStyle = "#1a1a1e";
    if (!plate) return context.fillRect(left, y, wide, height);
    const own = this.frameOf(name, frame);
    context.imageSmoothingEnabled = !(plate.crisp || (this.s.crisp && this.s.grid));
    // The best smoothing costs four times as much: it comes when the hand rests.
    context.imageSmoothingQuality = main && !this.inMotion ? "high" : "low";
    context.globalAlpha = this.glass ? 0.3 : 1; // in the stack the heat glows through frames of glass
    const alone = context.imageSmoothingEnabled && !plate.gutter;
    const [picture, sx, sy, sw, sh] = alone
      ? [this.bench.single(plate, own), 0, 0, plate.width, plate.height]
      : [plate.picture, ...plate.place(own)];
    context.drawImage(picture, sx + sw * from, sy, sw * (to - from), sh, left, y, wide, height);
    context.globalAlpha = 1;
    const tile = this.heats[name]?.tiles.patches;
    if (!tile) return;
    const [, rows, cols] = tile.shape;
    context.imageSmoothingEnabled = false;
    const heat = heatCanvas(tile, this.scale);
    context.drawImage(heat, cols * from, film.latentFrame(own) * rows, cols * (to - from), rows, left, y, wide, height);
  },

  paintMarks(context, frame, { x, y, w, h: height, main }) {
    const grid = this.lead.head.grid;
    if (!grid) return;
    const [cw, ch] = [w / grid.cols, height / grid.rows];
    if (this.s.grid) {
      context.beginPath();
      for (let col = 1; col < grid.cols; col++) context.rect(x + col * cw, y, 0, height);
      for (let row = 1; row < grid.rows; row++) context.rect(x, y + row * ch, w, 0);
      context.lineWidth = 1;
      context.strokeStyle = "rgba(255,255,255,.38)";
      context.stroke();
    }
    const mark = (row, col, colour, line) => {
      context.lineWidth = line + 2;
      context.strokeStyle = "rgba(0,0,0,.75)";
      context.strokeRect(x + col * cw, y + row * ch, cw, ch);
      context.lineWidth = line;
      context.strokeStyle = colour;
      context.strokeRect(x + col * cw, y + row * ch, cw, ch);
    };
    const latent = this.lead.latentFrame(frame);
    const pick = this.s.pick;
    const bold = main ? 3 : 2;
    const { row, col, frame: under } = this.hover ?? {};
    if (row !== undefined && under === frame) mark(row, col, "rgba(255,255,255,.7)", 1);
    const focused = document.activeElement === this.surface || document.activeElement === this.stack;
    const { cursor } = this;
    if (cursor.shown && focused && frame === this.s.frame) mark(cursor.row, cursor.col, "#7cc4ff", bold - 1);
    if (pick?.what === "patch" && pick.frame === latent) mark(pick.row, pick.col, "#fff", bold);
  },

  paintStack() {
    const film = this.lead;
    const { frames, width, height } = film.head;
    const W = this.size.room;
    const H = Math.min(this.size.highest, W * 0.9);
    put(this.divider, "hidden", true);
    this.paintCaptions([]);
    const name = this.showing[0] === "split" ? "a" : this.showing[0];
    const side = Math.min(H * 0.46, W * 0.32);
    const [w, hgt] = width >= height ? [side, (side * height) / width] : [(side * width) / height, side];
    if (this.sheets?.length !== frames) {
      this.sheets = Array.from({ length: frames }, (_, frame) => {
        const sheet = h("canvas");
        sheet.dataset.frame = frame;
        return sheet;
      });
      this.pile = h("div", { className: "pile" }, ...this.sheets);
      this.stack.replaceChildren(this.pile);
    }
    // Far away, so that near and far frames look nearly the same size and the stack keeps within the room.
    const stands = [W, H, w, hgt, frames, this.turn.x, this.turn.y].join();
    const moved = stands !== this.stands;
    this.stands = stands;
    if (moved) {
      Object.assign(this.stack.style, { height: `${H}px`, perspective: `${side * 14}px` });
      const transform = `rotateX(${this.turn.x}deg) rotateY(${this.turn.y}deg)`;
      Object.assign(this.pile.style, { width: `${w}px`, height: `${hgt}px`, transform });
    }
    // Frames of one latent frame stand close together: they are one layer of cubes.
    const layers = film.head.grid?.frames ?? 1;
    const length = Math.min(((W - w) / Math.sin(TURN.y)) * 0.95, (H - hgt * 1.35) / Math.sin(TURN.x));
    const gap = layers > 1 ? (length * 0.6) / (layers - 1) : 0;
    const pitch = (length - gap * (layers - 1)) / Math.max(frames - 1, 1);
    this.glass = Boolean(this.heats[name]?.tiles.patches);
    this.sheets.forEach((sheet, frame) => {
      const z = frame * pitch + (layers > 1 ? film.latentFrame(frame) * gap : 0) - length / 2;
      if (moved) sheet.style.transform = `translateZ(${z.toFixed(1)}px)`;
      sheet.classList.toggle("now", frame === this.s.frame);
    });
    for (const { frame } of this.fresh) {
      const sheet = this.sheets[frame];
      const context = blank(sheet, w, hgt, 1); // there are many, they lie tilted, and a film has few pixels
      const cell = { x: 0, y: 0, w, h: hgt, main: false, film: name };
      this.paintFilm(context, name, frame, cell);
      this.paintMarks(context, frame, cell);
    }
    this.glass = false;
  },
};
