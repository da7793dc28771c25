// Heat as colour: order must be seen by everybody, and equal colours must mean equal numbers.

import assert from "node:assert/strict";
import { test } from "node:test";

import { commonScale, css, gradientStops, heatColour, tileValue } from "../../explainers/viewer/source/colours.js";

const SCALE = { top: 0.4, bottom: -0.4 };
const tile = (lo, hi, bytes = [0, 51, 255]) => ({ shape: [1, 1, bytes.length], bytes: Uint8Array.from(bytes), lo, hi });

/** Relative luminance (WCAG) of a colour that lies over the darkened film. */
function luminance([r, g, b, a]) {
  const parts = [r, g, b].map((c) => (c * a + 40 * (1 - a)) / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
}

for (const sign of [1, -1])
  test(`more is lighter, ${sign > 0 ? "above" : "below"} zero, so that a photocopy keeps the order`, () => {
    const lights = Array.from({ length: 101 }, (_, i) => luminance(heatColour((sign * SCALE.top * i) / 100, SCALE)));
    for (let i = 1; i < lights.length; i++) assert.ok(lights[i] > lights[i - 1], `at ${i} %`);
  });

test("nothing is no colour at all, and beyond the scale is its end", () => {
  assert.equal(heatColour(0, SCALE)[3], 0);
  assert.deepEqual(heatColour(9, SCALE), heatColour(SCALE.top, SCALE));
});

test("above and below zero differ by hue: red against blue", () => {
  for (const value of [0.1, 0.2, 0.3]) {
    const [more, less] = [heatColour(value, SCALE), heatColour(-value, SCALE)];
    assert.ok(more[0] > more[2] && less[0] < less[2]);
  }
});

test("a byte is a number between the ends of its tile", () => {
  const one = tile(-1, 4);
  assert.deepEqual([0, 1, 2].map((i) => tileValue(one, i)), [-1, 0, 4]); // 51 of 255 is a fifth of the way
});

test("tiles beside each other share the widest scale, and only what goes below zero diverges", () => {
  assert.deepEqual(commonScale([tile(0, 0.2), tile(0.1, 0.5)]), { top: 0.5, bottom: 0 });
  assert.deepEqual(commonScale([tile(-0.7, 0.2), tile(0.1, 0.5)]), { top: 0.7, bottom: -0.7 });
  assert.ok(commonScale([tile(0, 0)]).top > 0); // nothing to divide by zero
});

test("a legend shows the colours that are on the film", () => {
  const stops = gradientStops({ top: 0.4, bottom: 0 });
  assert.equal(stops[0], css(heatColour(0, SCALE)));
  assert.equal(stops[4], css(heatColour(0.2, SCALE)));
  assert.equal(stops[8], css(heatColour(0.4, SCALE)));
  assert.equal(gradientStops(SCALE)[0], css(heatColour(-0.4, SCALE)));
});
