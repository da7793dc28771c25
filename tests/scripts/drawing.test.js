// What drawing reckons with: the stack in space and time, frames that take turns, moments of a film that is brought.

import assert from "node:assert/strict";
import { test } from "node:test";

import { moments } from "../../explainers/web/static/read_video.js";
import { depths } from "../../explainers/viewer/source/stack.js";
import { stretches } from "../../explainers/viewer/source/tracks.js";
import { Turns } from "../../explainers/viewer/source/turns.js";

test("a stack is as long as it may be, in order, and cubes keep together", () => {
  const latents = [0, 1, 1, 1, 1, 2, 2, 2, 2];
  const at = depths(500, latents);
  assert.ok(Math.abs(at[0] + 250) < 1e-9 && Math.abs(at[8] - 250) < 1e-9);
  const gaps = at.slice(1).map((z, i) => z - at[i]);
  const within = gaps.filter((_, i) => latents[i] === latents[i + 1]);
  const between = gaps.filter((_, i) => latents[i] !== latents[i + 1]);
  assert.ok(Math.min(...within) > 0 && Math.min(...between) > 2 * Math.max(...within));
  assert.deepEqual(depths(500, [0, 0, 0]), [-250, 0, 250]); // a model without a grid: even
});

test("while a hand scrubs, each small frame is drawn anew soon, the film itself always; at rest all are", () => {
  const cells = [{ main: true }, ...Array.from({ length: 17 }, () => ({ main: false }))];
  const turns = new Turns();
  turns.take(cells, "here", true, 0);
  assert.deepEqual(turns.fresh, cells); // the first time
  turns.drawn(0);
  const drawn = new Map(cells.map((cell) => [cell, 0]));
  for (let i = 1; i <= 3; i++) {
    turns.take(cells, "here", true, 16 * i);
    for (const cell of turns.fresh) drawn.set(cell, drawn.get(cell) + 1);
    turns.drawn(16 * i);
  }
  cells.forEach((cell) => assert.equal(drawn.get(cell), cell.main ? 3 : 1));
  turns.take(cells, "there", true, 64);
  assert.deepEqual(turns.fresh, cells); // they stand elsewhere
  turns.drawn(64);
  turns.take(cells, "there", false, 80);
  assert.deepEqual(turns.fresh, cells);
});

test("a film that is brought is looked at in the middle of each frame", () => {
  const long = moments(60, 17, 8);
  long.forEach((moment, frame) => assert.ok(Math.abs(moment - (frame + 0.5) / 8) < 1e-9)); // its beginning
  const short = moments(1, 17, 8); // spread over all of it
  short.forEach((moment, frame) => assert.ok(Math.abs(moment - (frame + 0.5) / 17) < 1e-9));
});

test("a line is drawn in the stretches between frames without a place", () => {
  const [a, b, c] = [[0, 0], [0.5, 0.5], [1, 1]];
  assert.deepEqual(stretches([null, a, b, null, null, c, null]), [[a, b], [c]]);
  assert.deepEqual(stretches([a, b, c]), [[a, b, c]]);
  assert.deepEqual(stretches([null]), []);
});
