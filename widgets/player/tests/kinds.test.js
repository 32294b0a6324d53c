/* Every kind gives the states, scores and debriefs that Python gave (tests/vectors), and a fault in its source is noticed. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { rules, vectors } from "./sources.js";
import "./traced.js";

const KINDS = Object.keys((await rules()).KINDS);
const ALL = KINDS.flatMap((kind) => vectors(kind));

/** Whether a set of rules differs from Python; rules with a fault may fail in any way. */
function differs(player, cases) {
  try {
    return cases.some(({ activity, events, seed, scored, expected }) => traced(player, [activity, events, seed, scored]) !== expected);
  } catch {
    return true;
  }
}

for (const kind of KINDS) {
  test(`${kind}: states, scores and debriefs equal Python's`, async () => {
    const player = await rules();
    for (const { activity, events, seed, scored, expected } of vectors(kind)) {
      assert.equal(traced(player, [activity, events, seed, scored]), expected, activity.id);
    }
  });
}

for (const fault of vectors("faults")) {
  test(`fault is noticed: ${fault[0]}: ${fault[1]}`, async () => {
    assert.ok(differs(await rules(fault), ALL));
  });
}
