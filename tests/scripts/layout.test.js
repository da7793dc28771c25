// Where frames stand, against what it is for: all of them in sight, none over another, as large as they go.

import assert from "node:assert/strict";
import { test } from "node:test";

import { GAP, layout, sheet } from "../../explainers/viewer/source/layout.js";

const WIDTHS = [320, 390, 800, 1440];
const ASPECTS = [1, 1.5, 2 / 3];

const near = (one, two, by = 1e-6) => Math.abs(one - two) <= by;
const apart = (p, q) => p.x + p.w <= q.x + 1e-6 || q.x + q.w <= p.x + 1e-6 || p.y + p.h <= q.y + 1e-6 || q.y + q.h <= p.y + 1e-6;

/** The largest width at which `count` frames still fit, by trying: so many beside each other, so many rows. */
function largest(count, aspect, w, h) {
  const fits = (width) => Math.floor((w + GAP) / (width + GAP)) * Math.floor((h + GAP) / (width / aspect + GAP)) >= count;
  let [low, high] = [0, Math.max(w, h * aspect)];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (fits(middle)) low = middle;
    else high = middle;
  }
  return low;
}

test("frames of a sheet are as large as they go", () => {
  for (const count of [1, 2, 5, 17, 33])
    for (const aspect of ASPECTS)
      for (const [w, h] of [[300, 500], [900, 400], [640, 640]]) { // prettier-ignore
        const cells = sheet("a", count, aspect, 10, 20, w, h);
        assert.ok(near(cells[0].w, largest(count, aspect, w, h), 1e-3), `${count} frames of ${aspect} in ${w} x ${h}`);
      }
});

for (const view of ["film", "frames"])
  for (const films of [["a"], ["split"], ["a", "b"]])
    test(`${view} of ${films}: nothing overlaps, nothing is out of sight, nothing is squeezed`, () => {
      for (const W of WIDTHS)
        for (const aspect of ASPECTS) {
          const { cells, height } = layout({ view, films, frames: 17, aspect, W, H: 500 });
          cells.forEach((cell, i) => {
            assert.ok(near(cell.w / cell.h, aspect));
            assert.ok(cell.x >= 0 && cell.y >= 0 && cell.x + cell.w <= W + 1e-6 && cell.y + cell.h <= height + 1e-6);
            for (const other of cells.slice(i + 1)) assert.ok(apart(cell, other));
          });
          assert.ok(height <= 500 + 1e-6);
        }
    });

test("all frames are there, in their order, and the film itself comes first", () => {
  const all = layout({ view: "frames", films: ["a", "b"], frames: 17, aspect: 1, W: 1200, H: 500 }).cells;
  for (const film of ["a", "b"]) {
    const own = all.filter((cell) => cell.film === film);
    assert.deepEqual(own.map((cell) => cell.frame), [...Array(17).keys()]);
    const reading = [...own].sort((p, q) => p.y - q.y || p.x - q.x); // as one reads
    assert.deepEqual(reading, own);
  }
  const [main, ...beside] = layout({ view: "film", films: ["a"], frames: 17, aspect: 1, W: 1200, H: 500 }).cells;
  assert.ok(main.main && main.frame === null);
  assert.equal(beside.length, 17);
});
