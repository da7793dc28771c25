// Prompts as words, and sentences with names in them.

import assert from "node:assert/strict";
import { test } from "node:test";

import { holds, pieces, tapped } from "../../explainers/web/static/prompt.js";
import { sameWords } from "../../explainers/viewer/source/prompts.js";
import { fill } from "../../explainers/viewer/source/words.js";

/** How many words two prompts have in common in one order, by trying every choice of words. */
function common(one, two) {
  let most = 0;
  for (let choice = 0; choice < 2 ** one.length; choice++) {
    const chosen = one.filter((_, i) => choice & (1 << i));
    let at = 0;
    for (const word of two) if (word === chosen[at]) at++;
    if (at === chosen.length) most = Math.max(most, at);
  }
  return most;
}

test("as many words as can be are the same, in their order", () => {
  const prompts = ["a red ball bounces", "a blue ball bounces", "a ball a ball a", "bounces ball red a", "the moon", "a a red red ball"];
  for (const one of prompts.map((p) => p.split(" ")))
    for (const two of prompts.map((p) => p.split(" "))) {
      const places = sameWords(one, two);
      const same = places.filter((place) => place !== null);
      assert.equal(places.length, two.length);
      places.forEach((place, i) => place === null || assert.equal(one[place], two[i]));
      assert.deepEqual(same, [...new Set(same)].sort((p, q) => p - q));
      assert.equal(same.length, common(one, two));
    }
});

const KNOWN = new Set(["a", "red", "ball", "don't", "größe"]);

test("the pieces of a prompt are the prompt, and say which words were never learned", () => {
  for (const text of ["a red zebra, a ball!", "", "  Ball  ", "Größe don't fjord’s", "1 ball"]) {
    assert.equal(pieces(text, KNOWN).map((piece) => piece.text).join(""), text);
    const unknown = pieces(text, KNOWN).filter((piece) => piece.known === false).map((piece) => piece.text);
    const words = text.split(/[\s,!]+/).filter(Boolean);
    assert.deepEqual(unknown, words.filter((word) => !KNOWN.has(word.toLowerCase())));
  }
  assert.deepEqual(pieces("a zebra", null), [{ text: "a zebra", known: null }]); // a model that keeps no list
});

test("a tapped word takes the place of its kind, and of nothing else", () => {
  const colours = ["red", "dark red", "blue", "green"];
  assert.equal(tapped("a red ball bounces", "blue", colours), "a blue ball bounces");
  assert.equal(tapped("a dark red ball", "blue", colours), "a blue ball"); // both words of it
  assert.equal(tapped("a redwood tree", "blue", colours), "a redwood tree blue"); // within a word it is no colour
  assert.equal(tapped("", "blue", colours), "blue");
  assert.equal(tapped("a (c.t", "b.g", ["c.t", "b.g"]), "a (b.g"); // signs are themselves
});

test("a word that stands in the prompt is shown as pressed", () => {
  assert.ok(holds("A dark red ball", "dark red"));
  assert.ok(!holds("a redwood", "red"));
});

test("a sentence is filled where it names something, whatever stands behind the colon", () => {
  assert.equal(fill("{n} of {all:.1f} {n}", { n: 3, all: "4,0" }), "3 of 4,0 3");
  assert.equal(fill("“{word}”", { word: "{n} $1 $&" }), "“{n} $1 $&”"); // a visitor's words are only words
});
