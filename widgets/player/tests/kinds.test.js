/* Every kind gives the states, scores and debriefs that Python gave (tests/vectors), and a fault in its source is noticed. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { rules, sources, vectors } from "./sources.js";
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

const portrait = { head: "scarf", colour: "plum" };
const story = (mode) => ({
  id: "talk",
  mode,
  people: [{ id: "amal", name: "Amal", portrait }],
  meters: [{ id: "trust", label: "Trust", start: 2, min: 0, max: 4, levels: [], sticky: false }],
  start: "door",
  nodes: [
    {
      ...{ id: "door", title: "", text: "", prompt: "", person: "amal", face: "hurt" },
      choices: [
        { id: "lean", text: "", consequence: "", to: "end", when: [], effects: [["trust", -1]], quality: "harmful" },
        { id: "wait", text: "", consequence: "", to: "end", when: [], effects: [], quality: "best", face: "worried" },
      ],
    },
  ],
  endings: [{ id: "over", title: "", text: "", when: [] }],
});

/** How Amal looks before a choice and after it, and where trust stood and stands. */
async function looks(mode, choice) {
  const { drawing, rules: play } = await sources(["kinds/scenario"]);
  const activity = story(mode);
  const first = { ...play.start(activity), turn: 0, seed: 1 };
  const then = play.step(activity, first, { type: "choose", at: "door", choice, turn: 0 });
  const after = drawing.view(activity, { ...then, seed: 1 });
  return [drawing.view(activity, first).person.face, after.person.face, after.before[0].value, after.meters[0].value];
}

test("scenario: in practice the face follows the choice", async () => {
  assert.deepEqual(await looks("practice", "lean"), ["hurt", "worried", 2, 1]);
  assert.deepEqual(await looks("practice", "wait"), ["hurt", "worried", 2, 2]);
});

test("scenario: where it counts everybody listens", async () => {
  for (const choice of ["lean", "wait"]) assert.deepEqual((await looks("graded", choice)).slice(0, 2), ["listening", "listening"]);
});

const paper = {
  id: "one",
  title: "One",
  text: "",
  rows: [{ id: "word", label: "Word", options: [{ id: "quiet", text: "Salt", quality: "best" }, { id: "loud", text: "Help", quality: "harmful" }] }],
};
const file = { id: "file", mode: "practice", papers: [paper] };

/** What may be done with a checked paper whose one line says `choice`, and what is in the file after an attempt to keep it. */
async function checkedFile(choice) {
  const { drawing, rules: fill } = await sources(["kinds/casefile"]);
  const first = { ...fill.start(file), turn: 0, seed: 1, finished: false };
  const chosen = fill.step(file, first, { type: "choose", at: "word", choice, turn: 0 });
  const checked = fill.step(file, chosen, { type: "check", turn: 0 });
  return [drawing.view(file, checked).can.join(), fill.step(file, checked, { type: "continue", turn: 0 })?.kept ?? 0];
}

test("casefile: a paper with an unsafe line offers only to change it", async () => {
  assert.deepEqual(await checkedFile("loud"), ["retry", 0]);
  assert.deepEqual(await checkedFile("quiet"), ["retry,continue", 1]);
});
