// Addresses and clicks there and back. What Python makes of an address is compared in test_scripts.py.

import assert from "node:assert/strict";
import { test } from "node:test";

import { handOf as wished, queryOf, standing, withLanguage } from "../../explainers/web/static/address.js";
import { handOf, keysOf } from "../../explainers/web/static/clicks.js";
import { createModel } from "../../explainers/viewer/source/model.js";

const HANDS = [
  { step: 3, frame: 5, film: "noisy", view: "stack", grid: true, patch: [1, 2, 3], word: null, slice: null },
  { step: -1, frame: 0, film: "x0", view: "film", grid: false, patch: null, word: 0, slice: null },
  { step: 0, frame: 16, film: "difference", view: "frames", grid: false, patch: null, word: null, slice: 15 },
  { step: 0, frame: 0, film: "x0", view: "film", grid: false, patch: null, word: null, slice: null },
];

test("what the viewer is told in the lesson's words, it says again", () => {
  for (const hand of HANDS) assert.deepEqual(handOf(createModel(keysOf(hand))), hand);
});

test("letting go is a wish too, and no wish is none", () => {
  assert.deepEqual(keysOf({ patch: null }), { pick: null });
  assert.deepEqual(keysOf({ step: 4 }), { step: 4 });
});

test("an address brings the hand back where it was", () => {
  for (const hand of HANDS) {
    const query = queryOf(null, hand, ["step", "frame", "film", "view"]);
    const { step, frame, film, view } = hand;
    assert.deepEqual(wished(new URLSearchParams(query.toString())), { step, frame, film, view });
  }
  assert.deepEqual(wished(new URLSearchParams("step=x&prompt=a")), { step: 0 });
});

test("a control comes back with the type that it has", () => {
  for (const value of [true, false, 0, 0.25, "all", ""]) {
    const query = queryOf(null, HANDS[0], [], { level: value });
    assert.equal(standing(query.get("level"), typeof value === "boolean" ? !value : value), value);
  }
  assert.equal(standing("much", 0.5), 0.5); // what can't be read is left as it stands
  assert.equal(standing(null, true), true);
});

test("a language that was chosen stays, and no other is named", () => {
  assert.equal(withLanguage(new URLSearchParams("step=1"), "de").toString(), "step=1&lang=de");
  assert.equal(withLanguage(new URLSearchParams("step=1"), null).toString(), "step=1");
});
