// The arithmetic of time, against what the words mean.

import assert from "node:assert/strict";
import { test } from "node:test";

import { around, developed, frameAt, nearest, sameMoment, sameWay } from "../../explainers/viewer/source/timeline.js";

test("the frame that is seen is the last one that has begun", () => {
  for (const fps of [8, 12, 24, 29.97])
    for (let frame = 0; frame < 60; frame++) {
      assert.equal(frameAt(frame / fps, fps), frame); // as it begins
      assert.equal(frameAt((frame + 0.9) / fps, fps), frame);
    }
});

test("two films of different speed show the same moment", () => {
  const film = { fps: 12, frames: 25 };
  for (let frame = 0; frame < 17; frame++) {
    const own = sameMoment(frame, 8, film);
    assert.ok(own / 12 <= frame / 8 + 1e-9 && (own + 1) / 12 > frame / 8); // begun, and not over
  }
  assert.equal(sameMoment(16, 8, { fps: 8, frames: 9 }), 8); // a shorter one stays at its end
});

test("two runs of different length begin and end together, and neither turns back", () => {
  const film = { total: 10, arrived: 10 };
  const steps = Array.from({ length: 25 }, (_, step) => sameWay(step, 25, film));
  assert.equal(steps[0], 0);
  assert.equal(steps[24], 9);
  steps.forEach((step, i) => assert.ok(Math.abs(step / 9 - i / 24) <= 0.5 / 9 + 1e-9)); // the nearest there is
  assert.equal(sameWay(24, 25, { total: 10, arrived: 4 }), 3); // what has not come can't be shown
  assert.equal(sameWay(7, 25, { total: 25, arrived: 25 }), 7);
});

test("around the end is the beginning, both ways", () => {
  assert.deepEqual([-1, 0, 16, 17, 35].map((frame) => around(frame, 17)), [16, 0, 16, 0, 1]);
});

test("a development shows each step once, in order, and is over at the last", () => {
  for (const total of [4, 25, 50, 200]) {
    const seen = new Set();
    let last = 0;
    for (let seconds = 0; ; seconds += 0.001) {
      const { step, over } = developed(seconds, { total, arrived: total });
      assert.ok(step >= last && step < total);
      seen.add((last = step));
      if (over) break;
    }
    assert.equal(seen.size, total);
  }
});

test("the nearest step is nearest", () => {
  for (let step = -3; step < 60; step++) {
    const steps = [49, 0, 24];
    const least = Math.min(...steps.map((each) => Math.abs(each - step)));
    assert.equal(Math.abs(nearest(steps, step) - step), least);
  }
  assert.equal(nearest([], 3), null);
});
