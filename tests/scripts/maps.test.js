// Questions and answers: every question of a bank is found where it lies, and the host is asked once.

import assert from "node:assert/strict";
import { test } from "node:test";

import { tileValue } from "../../explainers/viewer/source/colours.js";
import { Maps, questionOf, samePick } from "../../explainers/viewer/source/maps.js";

const GRID = { frames: 3, rows: 2, cols: 4, frame_of: [0, 1, 2] };

/** A film with one bank: the map of question q at step s has the value 100 s + q everywhere, out of a range of its own. */
function filmWith(what, questions, steps) {
  const size = 6;
  const blob = new Uint8Array(steps.length * questions * (size + 8));
  const floats = new DataView(blob.buffer);
  const ranges = steps.length * questions * size;
  steps.forEach((step, s) => {
    for (let q = 0; q < questions; q++) {
      const row = s * questions + q;
      blob.fill(255, row * size, (row + 1) * size);
      floats.setFloat32(ranges + row * 8, -1, true);
      floats.setFloat32(ranges + row * 8 + 4, 100 * step + q, true);
    }
  });
  const tile = { over: "patches", shape: [1, 2, 3], at: [0, ranges], ranges: [ranges, blob.length - ranges] };
  const bank = { what, name: "", label: "", normalised: "", unit: "", steps, tiles: [tile] };
  return { head: { id: "film", grid: GRID, maps: [bank] }, at: ([from, length]) => blob.subarray(from, from + length) };
}

const valueOf = (map) => tileValue(map.tiles.patches, 0);

test("patches are asked about in the order of frames, rows, columns", () => {
  const film = filmWith("patch", 24, [0, 10]);
  const maps = new Maps(() => assert.fail("what lies in the pack is not asked for"));
  let q = 0;
  for (let frame = 0; frame < 3; frame++)
    for (let row = 0; row < 2; row++)
      for (let col = 0; col < 4; col++, q++) {
        const pick = { what: "patch", frame, row, col };
        assert.equal(questionOf(pick, GRID), q);
        assert.equal(valueOf(maps.find(film, pick, 10)), 1000 + q);
      }
});

test("a step without a map of its own shows the nearest, and says which", () => {
  const film = filmWith("word", 2, [0, 10, 49]);
  const maps = new Maps(() => {});
  const pick = { what: "word", index: 1 };
  for (const [step, near] of [[0, 0], [3, 0], [7, 10], [40, 49]]) { // prettier-ignore
    const fresh = new Maps(() => {}).find(film, pick, step);
    assert.equal(fresh.step, near);
    assert.equal(valueOf(fresh), 100 * near + 1);
  }
  maps.context = "another head"; // banks hold for the page as it opens
  assert.equal(maps.find(film, pick, 0), null);
});

test("a question is asked once, and its answer is kept for its step", () => {
  const sent = [];
  const maps = new Maps((message) => sent.push(message));
  const film = { head: { id: "film" } };
  const pick = { what: "patch", frame: 1, row: 0, col: 2 };
  maps.ask(film, "a", pick, 7);
  maps.ask(film, "a", { ...pick }, 7);
  assert.deepEqual(sent, [{ kind: "ask", id: sent[0].id, film: "a", step: 7, ...pick }]);
  assert.ok(maps.pending(film, pick, 7));
  const data = Buffer.from([0, 255]).toString("base64");
  maps.receive({ kind: "map", id: sent[0].id, tiles: [{ over: "words", shape: [2], lo: 0, hi: 2, data }] }, []);
  assert.deepEqual([0, 1].map((i) => tileValue(maps.find(film, pick, 7).tiles.words, i)), [0, 2]);
  maps.ask(film, "a", pick, 7);
  assert.equal(sent.length, 1);
  maps.context = "another head";
  maps.ask(film, "a", pick, 7);
  assert.equal(sent.length, 2); // it depends on that
});

test("what the host refuses is not asked again", () => {
  const sent = [];
  const maps = new Maps((message) => sent.push(message));
  const film = { head: { id: "film" } };
  const pick = { what: "sound", index: 3 };
  maps.ask(film, "a", pick, 0);
  assert.equal(maps.receive({ kind: "error", id: sent[0].id, text: "busy" }, []), null);
  maps.ask(film, "a", pick, 0);
  assert.equal(sent.length, 1);
  assert.equal(maps.refusal(film, pick, 0), "busy");
  assert.equal(maps.receive({ kind: "error", id: 99, text: "" }, []), null); // nobody asked
});

test("picks are the same if they point at the same", () => {
  const picks = [{ what: "word", index: 1 }, { what: "sound", index: 1 }, { what: "word", index: 1, film: "b" }, { what: "map", name: "change" }, null]; // prettier-ignore
  picks.forEach((one, i) => picks.forEach((two, j) => assert.equal(samePick(one, two && { ...two }), i === j && one !== null)));
});
