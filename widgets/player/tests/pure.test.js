/* Pure functions on what Python gave for the same values (tests/vectors/pure.json), and the player's own. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { sources, vectors } from "./sources.js";

const pure = vectors("pure");
const plain = (value) => JSON.parse(JSON.stringify(value)); // of this realm

test("readNumber reads what Python reads", async () => {
  const { readNumber } = await sources(["numbers"]);
  for (const [text, value] of pure.numbers) assert.equal(readNumber(text), value, JSON.stringify(text));
});

test("pluralForm takes the form that Python takes", async () => {
  const { pluralForm, useFacts } = await sources(["language_facts"]);
  useFacts(pure.facts);
  for (const [language, forms] of Object.entries(pure.plural)) {
    for (const [n, form] of forms) assert.equal(pluralForm(language, n), form, `${language} ${n}`);
  }
});

test("fill writes numbers in the digits of the page", async () => {
  const { fill, useDigits, useFacts } = await sources(["language_facts", "elements"]);
  useFacts(pure.facts);
  for (const [digits, sentence, values, expected] of pure.filled) {
    useDigits(digits);
    assert.equal(fill(sentence, values), expected);
  }
});

test("merged puts journals together as Python does", async () => {
  const { merged } = await sources(["saved"]);
  for (const [one, other, ids] of pure.merged) assert.deepEqual(plain(merged(one, other).map(({ id }) => id)), ids);
});

test("a saved file has the bytes of a notebook's journal", async () => {
  const { readSaved, writeSaved } = await sources(["saved"]);
  for (const [text, lines, damaged] of pure.saved) {
    const found = readSaved(text);
    assert.equal(writeSaved(found.rows), lines);
    assert.equal(found.damaged, damaged);
  }
});

test("shuffled gives each seed an order of its own that stays", async () => {
  const { shuffled } = await sources(["shuffle"]);
  const letters = ["a", "b", "c", "d", "e"];
  assert.deepEqual(plain(shuffled(letters, 0)), ["d", "e", "a", "c", "b"]);
  assert.deepEqual(plain(shuffled(letters, 7, 3)), plain(shuffled(letters, 7, 3)));
  assert.deepEqual(plain(shuffled(letters, 1)).sort(), letters);
  assert.notDeepEqual(plain(shuffled(letters, 1, 1)), plain(shuffled(letters, 1, 2)));
});

test("seedOf gives each known person the seed that Python gives", async () => {
  const { seedOf } = await sources(["shuffle"]);
  for (const [person, activity, seed] of pure.seeds) assert.equal(seedOf(person, activity), seed);
});

test("leading names the choice with most hands, a tie, or nobody", async () => {
  const { leading } = await sources(["kinds/scenario_group"]);
  const known = [[[3, 12, 7], 1], [[0, 0, 1], 2], [[4, 4, 1], "tie"], [[0, 0, 0], null], [[3, null, 1], null], [[999, 998], 0]];
  for (const [counts, leader] of known) assert.equal(leading(counts), leader);
});

test("a page without a kind says which", async () => {
  const { start } = await sources(["fold"]);
  assert.throws(() => start({ id: "one", kind: "hotspot" }), /one: this page knows no activities of the kind hotspot/);
});
