// The view on screen as a picture that stands alone: frames as images, everything else (text, grid, heat) as vectors.
//
//     const svg = viewPicture(root, { title, step, frame });   // of the viewer in the element `root`
//     const svg = plotPicture(element, title);                 // of a plot
//     const png = await asPng(svg);

import { css, gradientStops, heatColour, tileValue } from "./viewer.js";

const [INK, QUIET, DARK] = ["#ece7dc", "#b0a898", "#121110"];
const TOP = 60; // room for what the picture is of
const FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif";

const escaped = (text) => String(text).replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
const n = (number) => String(Math.round(number * 100) / 100);
const tag = (name, attributes, inside = "") =>
  `<${name} ${Object.entries(attributes).map(([key, value]) => `${key}="${escaped(value)}"`).join(" ")}>${inside}</${name}>`;
const text = (x, y, said, more = {}) => tag("text", { x: n(x), y: n(y), fill: INK, "font-size": 14, ...more }, escaped(said));

export function viewPicture(root, { title, told }) {
  const viewer = root.viewer;
  if (!viewer?.lead || !viewer.plates) return null;
  const flat = viewer.s.view !== "stack";
  const W = viewer.size.room;
  const H = flat ? viewer.placed.height : viewer.stack.clientHeight;
  const parts = flat ? viewer.placed.cells.map((cell) => cellParts(viewer, cell)) : [stackParts(viewer, W, H)];
  const captions = [...viewer.captions.children].map((span) => text(span.offsetLeft, span.offsetTop + 16, span.textContent));
  const legend = viewer.legend.hidden || !viewer.scale ? "" : legendParts(viewer, W, TOP + H + 8);
  const height = TOP + H + (legend ? 56 : 8);
  const head = text(16, 26, title, { "font-size": 18, "font-weight": 600 }) + text(16, 48, told, { fill: QUIET });
  const body = tag("g", { transform: `translate(0 ${TOP})` }, parts.join("") + captions.join(""));
  return page(W, height, DARK, title, head + body + legend);
}

function page(width, height, ground, title, inside) {
  const size = { width: n(width), height: n(height), viewBox: `0 0 ${n(width)} ${n(height)}` };
  const all = { xmlns: "http://www.w3.org/2000/svg", ...size, "font-family": FONT, role: "img" };
  return tag("svg", all, `<title>${escaped(title)}</title>` + tag("rect", { width: "100%", height: "100%", fill: ground }) + inside);
}

/** One frame of one film as an image of its own, at the size that the pack holds it in. */
function frameImage(viewer, name, frame, box, more = {}) {
  const plate = viewer.plates[name];
  if (!plate) return "";
  const canvas = Object.assign(document.createElement("canvas"), { width: plate.width, height: plate.height });
  const own = viewer.frameOf(name, frame);
  canvas.getContext("2d").drawImage(plate.picture, ...plate.place(own), 0, 0, plate.width, plate.height);
  const sharp = plate.crisp || (viewer.s.crisp && viewer.s.grid) ? { style: "image-rendering:pixelated" } : {};
  return tag("image", { ...box, href: canvas.toDataURL(), preserveAspectRatio: "none", ...sharp, ...more });
}

/** Heat over a frame: one rectangle a patch, in the colour that the viewer gives its value. */
function heatRects(viewer, name, frame, x, y, w, h, from = 0, to = 1) {
  const tile = viewer.heats[name]?.tiles.patches;
  if (!tile) return "";
  const film = viewer.films[name] ?? viewer.lead;
  const [, rows, cols] = tile.shape;
  const latent = film.latentFrame(viewer.frameOf(name, frame));
  let rects = "";
  for (let row = 0; row < rows; row++)
    for (let col = 0; col < cols; col++) {
      const value = tileValue(tile, (latent * rows + row) * cols + col);
      const left = Math.max(col / cols, from);
      const right = Math.min((col + 1) / cols, to);
      if (right <= left) continue;
      const place = { x: n(x + w * left), y: n(y + (h * row) / rows), width: n(w * (right - left)), height: n(h / rows) };
      rects += tag("rect", { ...place, fill: css(heatColour(value, viewer.scale)) });
    }
  return tag("g", { class: "heat" }, rects);
}

function filmParts(viewer, name, frame, { x, y, w, h }, from = 0, to = 1) {
  const whole = from === 0 && to === 1;
  const id = `clip-${name}-${n(x)}-${n(y)}`;
  const clip = whole ? "" : tag("clipPath", { id }, tag("rect", { x: n(x + w * from), y: n(y), width: n(w * (to - from)), height: n(h) }));
  const cut = whole ? {} : { "clip-path": `url(#${id})` };
  const box = { x: n(x), y: n(y), width: n(w), height: n(h) };
  return clip + frameImage(viewer, name, frame, box, cut) + heatRects(viewer, name, frame, x, y, w, h, from, to);
}

function cellParts(viewer, cell) {
  const frame = cell.frame ?? viewer.s.frame;
  let parts = "";
  if (cell.film === "split") {
    const at = viewer.s.divider;
    parts += filmParts(viewer, "a", frame, cell, 0, at) + filmParts(viewer, "b", frame, cell, at, 1);
    parts += tag("rect", { x: n(cell.x + cell.w * at - 1), y: n(cell.y), width: 2, height: n(cell.h), fill: "#fff" });
  } else parts += filmParts(viewer, cell.film, frame, cell);
  if (cell.main || viewer.s.view === "frames") parts += markParts(viewer, frame, cell);
  if (!cell.main && frame === viewer.s.frame)
    parts += tag("rect", { x: n(cell.x - 2), y: n(cell.y - 2), width: n(cell.w + 4), height: n(cell.h + 4), fill: "none", stroke: "#ffc454", "stroke-width": 2 });
  return parts;
}

/** The grid of patches, and the one that was clicked. */
function markParts(viewer, frame, { x, y, w, h }) {
  const grid = viewer.lead.head.grid;
  if (!grid) return "";
  const [cw, ch] = [w / grid.cols, h / grid.rows];
  let parts = "";
  if (viewer.s.grid) {
    let d = "";
    for (let col = 1; col < grid.cols; col++) d += `M${n(x + col * cw)} ${n(y)}v${n(h)}`;
    for (let row = 1; row < grid.rows; row++) d += `M${n(x)} ${n(y + row * ch)}h${n(w)}`;
    parts += tag("path", { class: "grid", d, fill: "none", stroke: "#fff", "stroke-opacity": 0.38 });
  }
  const pick = viewer.s.pick;
  if (pick?.what === "patch" && pick.frame === viewer.lead.latentFrame(frame)) {
    const box = { x: n(x + pick.col * cw), y: n(y + pick.row * ch), width: n(cw), height: n(ch), fill: "none" };
    parts += tag("rect", { ...box, stroke: "#000", "stroke-width": 5 }) + tag("rect", { ...box, stroke: "#fff", "stroke-width": 3 });
  }
  return parts;
}

/** The stack of frames in space and time, seen from where the viewer stands: from so far that near and far look alike. */
function stackParts(viewer, W, H) {
  const name = viewer.showing[0] === "split" ? "a" : viewer.showing[0];
  const [a, b] = [(viewer.turn.x * Math.PI) / 180, (viewer.turn.y * Math.PI) / 180];
  const [w, h] = [viewer.pile.clientWidth, viewer.pile.clientHeight];
  const glass = Boolean(viewer.heats[name]?.tiles.patches);
  const sheets = viewer.sheets.map((sheet, frame) => {
    const z = Number.parseFloat(sheet.style.transform.slice("translateZ(".length));
    const matrix = [Math.cos(b), Math.sin(b) * Math.sin(a), 0, Math.cos(a), W / 2 + z * Math.sin(b), H / 2 - z * Math.cos(b) * Math.sin(a)];
    const box = { x: n(-w / 2), y: n(-h / 2), width: n(w), height: n(h), opacity: glass ? 0.3 : 1 };
    const inside =
      frameImage(viewer, name, frame, box) + heatRects(viewer, name, frame, -w / 2, -h / 2, w, h) +
      markParts(viewer, frame, { x: -w / 2, y: -h / 2, w, h });
    return { near: z * Math.cos(a) * Math.cos(b), part: tag("g", { transform: `matrix(${matrix.map((m) => m.toFixed(4)).join(" ")})` }, inside) };
  });
  return sheets.sort((one, two) => one.near - two.near).map(({ part }) => part).join("");
}

function legendParts(viewer, W, top) {
  const stops = gradientStops(viewer.scale).map((colour, i, all) => tag("stop", { offset: n(i / (all.length - 1)), "stop-color": colour }));
  const [low, high] = [viewer.legendLow.textContent, viewer.legendHigh.textContent];
  return (
    tag("defs", {}, tag("linearGradient", { id: "scale" }, stops.join(""))) +
    text(16, top + 14, viewer.legendTitle.textContent, { "font-weight": 600 }) +
    text(16, top + 36, low, { fill: QUIET }) +
    tag("rect", { x: 80, y: n(top + 26), width: 160, height: 12, fill: "url(#scale)", stroke: QUIET }) +
    text(252, top + 36, `${high}   ${viewer.legendNote.textContent}`, { fill: QUIET })
  );
}

// ------------------------------------------------------------------------------------------------------------- plots

const KEPT = ["fill", "fill-opacity", "stroke", "stroke-width", "stroke-opacity", "stroke-dasharray", "opacity",
  "font-family", "font-size", "font-weight", "text-anchor", "visibility", "display"]; // prettier-ignore

/** A plot as it stands on the page: its layers one above the other, with the colours that the page's style gives them. */
export function plotPicture(element, title) {
  const layers = [...element.querySelectorAll(".main-svg")];
  if (!layers.length) return null;
  const { width, height } = layers[0].getBoundingClientRect();
  const inside = layers.map((layer) => {
    const copy = layer.cloneNode(true);
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
  return page(width, height + 44, paper, title, head + tag("g", { transform: "translate(0 44)" }, inside.join("")));
}

const style = (name) => getComputedStyle(document.querySelector(".gradio-container")).getPropertyValue(name).trim() || "#fff";

// --------------------------------------------------------------------------------------------------------------- png

export async function asPng(svg, finer = 2) {
  const image = new Image();
  image.src = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
  await image.decode();
  const canvas = Object.assign(document.createElement("canvas"), { width: image.width * finer, height: image.height * finer });
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  URL.revokeObjectURL(image.src);
  return await new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
}
