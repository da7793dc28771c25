// The view on screen as a picture that stands alone: frames as images, everything else (text, grid, heat) as vectors.
//
//     const svg = viewPicture(root, { title, step, frame });   // of the viewer in the element `root`
//     const svg = plotPicture(element, title);                 // of a plot
//     const png = await asPng(svg);

/** @import { Cell } from "./protocol.d.ts" */
/** @import { Scale } from "./colours.js" */
/** @import { Viewer } from "./viewer.js" */
/** @typedef {{ x: number, y: number, w: number, h: number }} Box */
/** @typedef {{ [name: string]: string | number }} Attributes */

import { css, gradientStops, heatColour, inkOf, make, tileValue } from "./viewer.js";

const [INK, QUIET, DARK] = ["#ece7dc", "#b0a898", "#121110"];
const TOP = 60; // room for what the picture is of
const FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif";

/** @param {string | number} text */
const escaped = (text) => String(text).replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
/** @param {number} number */
const n = (number) => String(Math.round(number * 100) / 100);
/** @param {string} name @param {Attributes} attributes */
const tag = (name, attributes, inside = "") =>
  `<${name} ${Object.entries(attributes).map(([key, value]) => `${key}="${escaped(value)}"`).join(" ")}>${inside}</${name}>`;
/** @param {number} x @param {number} y @param {string | null} said @param {Attributes} more */
const text = (x, y, said, more = {}) => tag("text", { x: n(x), y: n(y), fill: INK, "font-size": 14, ...more }, escaped(said ?? ""));

/** `about` stands first in the picture, for programs. @param {Element & { viewer?: Viewer }} root @param {{ title: string, told: string, about: string }} said */
export function viewPicture(root, { title, told, about }) {
  const { viewer } = root;
  if (!viewer?.state.lead) return null;
  const { surface, stack } = viewer;
  const flat = viewer.state.values.view !== "stack";
  const W = viewer.state.size.width;
  const H = flat ? surface.placed.height : stack.root.clientHeight;
  const parts = flat ? surface.placed.cells.map((cell) => cellParts(viewer, cell)) : [stackParts(viewer, W, H)];
  const spans = /** @type {HTMLElement[]} */ ([...surface.captions.children]);
  const captions = spans.map((span) => text(span.offsetLeft, span.offsetTop + 16, span.textContent));
  const legend = viewer.legend.root.hidden || !viewer.heat.scale ? "" : legendParts(viewer, viewer.heat.scale, TOP + H + 8);
  const height = TOP + H + (legend ? 56 : 8);
  const head = text(16, 26, title, { "font-size": 18, "font-weight": 600 }) + text(16, 48, told, { fill: QUIET });
  const body = tag("g", { transform: `translate(0 ${TOP})` }, parts.join("") + captions.join(""));
  return sheet(W, height, DARK, title, head + body + legend, about);
}

/** @param {number} width @param {number} height @param {string} ground @param {string} title @param {string} inside */
function sheet(width, height, ground, title, inside, about = "") {
  const size = { width: n(width), height: n(height), viewBox: `0 0 ${n(width)} ${n(height)}` };
  const all = { xmlns: "http://www.w3.org/2000/svg", ...size, "font-family": FONT, role: "img" };
  return tag("svg", all, `<title>${escaped(title)}</title>${about}` + tag("rect", { width: "100%", height: "100%", fill: ground }) + inside);
}

/** One frame of one film as an image of its own, at the size that the pack holds it in. @param {Viewer} viewer @param {string} name @param {number} frame @param {Attributes} box @param {Attributes} more */
function frameImage(viewer, name, frame, box, more = {}) {
  const plate = viewer.painter.plates[name];
  if (!plate) return "";
  const canvas = make("canvas", { width: plate.width, height: plate.height });
  const own = viewer.state.frameOf(name, frame);
  const { crisp, grid } = viewer.state.values;
  inkOf(canvas).drawImage(plate.picture, ...plate.place(own), 0, 0, plate.width, plate.height);
  /** @type {Attributes} */
  const sharp = plate.crisp || (crisp && grid) ? { style: "image-rendering:pixelated" } : {};
  return tag("image", { ...box, href: canvas.toDataURL(), preserveAspectRatio: "none", ...sharp, ...more });
}

/** Heat over a frame: one rectangle a patch, in the colour that the viewer gives its value. @param {Viewer} viewer @param {string} name @param {number} frame @param {Box} box */
function heatRects(viewer, name, frame, { x, y, w, h }, from = 0, to = 1) {
  const [tile, scale] = [viewer.heat.patches(name), viewer.heat.scale];
  if (!tile || !scale) return "";
  const film = viewer.state.filmOf(name);
  const [, rows, cols] = tile.shape;
  const latent = film.latentFrame(viewer.state.frameOf(name, frame));
  let rects = "";
  for (let row = 0; row < rows; row++)
    for (let col = 0; col < cols; col++) {
      const value = tileValue(tile, (latent * rows + row) * cols + col);
      const left = Math.max(col / cols, from);
      const right = Math.min((col + 1) / cols, to);
      if (right <= left) continue;
      const place = { x: n(x + w * left), y: n(y + (h * row) / rows), width: n(w * (right - left)), height: n(h / rows) };
      rects += tag("rect", { ...place, fill: css(heatColour(value, scale)) });
    }
  return tag("g", { class: "heat" }, rects);
}

/** @param {Viewer} viewer @param {string} name @param {number} frame @param {Box} place */
function filmParts(viewer, name, frame, { x, y, w, h }, from = 0, to = 1) {
  const whole = from === 0 && to === 1;
  const id = `clip-${name}-${n(x)}-${n(y)}`;
  const clip = whole ? "" : tag("clipPath", { id }, tag("rect", { x: n(x + w * from), y: n(y), width: n(w * (to - from)), height: n(h) }));
  /** @type {Attributes} */
  const cut = whole ? {} : { "clip-path": `url(#${id})` };
  const box = { x: n(x), y: n(y), width: n(w), height: n(h) };
  return clip + frameImage(viewer, name, frame, box, cut) + heatRects(viewer, name, frame, { x, y, w, h }, from, to);
}

/** @param {Viewer} viewer @param {Cell} cell */
function cellParts(viewer, cell) {
  const { values } = viewer.state;
  const frame = cell.frame ?? values.frame;
  let parts = "";
  if (cell.film === "split") {
    const at = values.divider;
    parts += filmParts(viewer, "a", frame, cell, 0, at) + filmParts(viewer, "b", frame, cell, at, 1);
    parts += tag("rect", { x: n(cell.x + cell.w * at - 1), y: n(cell.y), width: 2, height: n(cell.h), fill: "#fff" });
  } else parts += filmParts(viewer, cell.film, frame, cell);
  if (cell.main || values.view === "frames") parts += markParts(viewer, frame, cell);
  if (!cell.main && frame === values.frame)
    parts += tag("rect", { x: n(cell.x - 2), y: n(cell.y - 2), width: n(cell.w + 4), height: n(cell.h + 4), fill: "none", stroke: "#ffc454", "stroke-width": 2 });
  return parts;
}

/** The grid of patches, and the one that was clicked. @param {Viewer} viewer @param {number} frame @param {Box} place */
function markParts(viewer, frame, { x, y, w, h }) {
  const film = viewer.state.filmOf("");
  const { grid } = film.head;
  if (!grid) return "";
  const [cw, ch] = [w / grid.cols, h / grid.rows];
  let parts = "";
  if (viewer.state.values.grid) {
    let d = "";
    for (let col = 1; col < grid.cols; col++) d += `M${n(x + col * cw)} ${n(y)}v${n(h)}`;
    for (let row = 1; row < grid.rows; row++) d += `M${n(x)} ${n(y + row * ch)}h${n(w)}`;
    parts += tag("path", { class: "grid", d, fill: "none", stroke: "#fff", "stroke-opacity": 0.38 });
  }
  const { pick } = viewer.state.values;
  if (pick?.what === "patch" && pick.frame === film.latentFrame(frame)) {
    const box = { x: n(x + pick.col * cw), y: n(y + pick.row * ch), width: n(cw), height: n(ch), fill: "none" };
    parts += tag("rect", { ...box, stroke: "#000", "stroke-width": 5 }) + tag("rect", { ...box, stroke: "#fff", "stroke-width": 3 });
  }
  return parts;
}

/** The stack of frames in space and time, seen from where the viewer stands: from so far that near and far look alike. @param {Viewer} viewer @param {number} W @param {number} H */
function stackParts(viewer, W, H) {
  const { state, stack } = viewer;
  const name = state.showing[0] === "split" ? "a" : state.showing[0];
  const [a, b] = [(state.turned.x * Math.PI) / 180, (state.turned.y * Math.PI) / 180];
  const [w, h] = [stack.pile.clientWidth, stack.pile.clientHeight];
  const place = { x: -w / 2, y: -h / 2, w, h };
  const glass = Boolean(viewer.heat.patches(name));
  const sheets = stack.depths.map((z, frame) => {
    const matrix = [Math.cos(b), Math.sin(b) * Math.sin(a), 0, Math.cos(a), W / 2 + z * Math.sin(b), H / 2 - z * Math.cos(b) * Math.sin(a)];
    const box = { x: n(-w / 2), y: n(-h / 2), width: n(w), height: n(h), opacity: glass ? 0.3 : 1 };
    const inside =
      frameImage(viewer, name, frame, box) + heatRects(viewer, name, frame, place) +
      markParts(viewer, frame, place);
    return { near: z * Math.cos(a) * Math.cos(b), part: tag("g", { transform: `matrix(${matrix.map((m) => m.toFixed(4)).join(" ")})` }, inside) };
  });
  return sheets.sort((one, two) => one.near - two.near).map(({ part }) => part).join("");
}

/** @param {Viewer} viewer @param {Scale} scale @param {number} top */
function legendParts({ legend }, scale, top) {
  const stops = gradientStops(scale).map((colour, i, all) => tag("stop", { offset: n(i / (all.length - 1)), "stop-color": colour }));
  const [low, high] = [legend.low.textContent, legend.high.textContent];
  return (
    tag("defs", {}, tag("linearGradient", { id: "scale" }, stops.join(""))) +
    text(16, top + 14, legend.title.textContent, { "font-weight": 600 }) +
    text(16, top + 36, low, { fill: QUIET }) +
    tag("rect", { x: 80, y: n(top + 26), width: 160, height: 12, fill: "url(#scale)", stroke: QUIET }) +
    text(252, top + 36, `${high}   ${legend.note.textContent}`, { fill: QUIET })
  );
}

// ------------------------------------------------------------------------------------------------------------- plots

const KEPT = ["fill", "fill-opacity", "stroke", "stroke-width", "stroke-opacity", "stroke-dasharray", "opacity",
  "font-family", "font-size", "font-weight", "text-anchor", "visibility", "display"]; // prettier-ignore

/** A plot as it stands on the page: its layers one above the other, with the colours that the page's style gives them. @param {Element} element @param {string} title */
export function plotPicture(element, title) {
  const layers = [...element.querySelectorAll(".main-svg")];
  if (!layers.length) return null;
  const { width, height } = layers[0].getBoundingClientRect();
  const inside = layers.map((layer) => {
    const copy = /** @type {Element} */ (layer.cloneNode(true));
    const [there, here] = [layer.querySelectorAll("*"), copy.querySelectorAll("*")];
    there.forEach((original, i) => {
      const style = getComputedStyle(original);
      here[i].setAttribute("style", KEPT.map((key) => `${key}:${style.getPropertyValue(key)}`).join(";"));
    });
    for (const handle of copy.querySelectorAll(".drag, .draglayer, .zoomlayer, .hoverlayer, .modebar")) handle.remove();
    copy.removeAttribute("style");
    return new XMLSerializer().serializeToString(copy);
  });
  const [paper, ink] = [style("--paper"), style("--ink")];
  const head = text(16, 28, title, { fill: ink, "font-size": 17, "font-weight": 600 });
  return sheet(width, height + 44, paper, title, head + tag("g", { transform: "translate(0 44)" }, inside.join("")));
}

/** @param {string} name */
const style = (name) => getComputedStyle(document.querySelector(".gradio-container") ?? document.body).getPropertyValue(name).trim() || "#fff";

// --------------------------------------------------------------------------------------------------------------- png

/** @param {string} svg @returns {Promise<Blob | null>} */
export async function asPng(svg, finer = 2) {
  const image = new Image();
  image.src = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
  await image.decode();
  const canvas = make("canvas", { width: image.width * finer, height: image.height * finer });
  inkOf(canvas).drawImage(image, 0, 0, canvas.width, canvas.height);
  URL.revokeObjectURL(image.src);
  return await new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
}
