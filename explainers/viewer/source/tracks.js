// What is drawn over a film: where something was found, frame by frame, and lines that belong to it.

/** @import { FilmName, Points, Track } from "./protocol.d.ts" */

export const LINES = ["#ffc454", "#56b4e9", "#009e73"]; // in the order of a card's figure; b's dots have the second one
const OUTLINE = "rgba(0, 0, 0, .65)";

/** The stretches of a line between frames that have no place. @param {Points} points */
export function stretches(points) {
  /** @type {[number, number][][]} */
  const all = [];
  let open = false;
  for (const point of points) {
    if (point && open) all[all.length - 1].push(point);
    else if (point) all.push([point]);
    open = Boolean(point);
  }
  return all;
}

/**
 * @param {CanvasRenderingContext2D} context @param {Track} track @param {FilmName} film @param {number} frame
 * @param {{ x: number, y: number, w: number, h: number, main: boolean }} room
 */
export function drawTrack(context, track, film, frame, { x, y, w, h, main }) {
  const first = film === "b" ? 1 : 0;
  const thick = main ? 3 : 1.5;
  context.save();
  context.beginPath();
  context.rect(x, y, w, h);
  context.clip(); // a parabola may leave the picture
  context.lineJoin = "round";
  for (const [i, line] of track.lines.entries()) {
    context.beginPath();
    for (const [[left, top], ...rest] of stretches(line)) {
      context.moveTo(x + left * w, y + top * h);
      for (const [right, down] of rest) context.lineTo(x + right * w, y + down * h);
    }
    for (const [colour, wide] of /** @type {[string, number][]} */ ([[OUTLINE, thick + 2], [LINES[(first + i + 1) % LINES.length], thick]])) {
      context.strokeStyle = colour;
      context.lineWidth = wide;
      context.stroke();
    }
  }
  for (const [at, point] of track.found.slice(0, frame + 1).entries()) {
    if (!point) continue;
    const radius = thick * (at === frame ? 2 : 1);
    for (const [colour, more] of /** @type {[string, number][]} */ ([[OUTLINE, 1], [LINES[first], 0]])) {
      context.fillStyle = colour;
      context.beginPath();
      context.arc(x + point[0] * w, y + point[1] * h, radius + more, 0, 7);
      context.fill();
    }
  }
  context.restore();
}
