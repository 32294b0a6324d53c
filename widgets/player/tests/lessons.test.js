/* Where somebody is in the lessons of a module. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { sources } from "./sources.js";

const lessons = await sources(["lessons"]);
const { after, afterFinished, allFinished, before, isDone, leftBehind, minutesLeft, numberIn, partOf, readSeen, shareDone } = lessons;

const step = (id, ...activities) => ({ id, part: partOf(id), activities });
const STEPS = [
  step("start"),
  step("Opening.1"),
  step("Warm-up.1"),
  step("Warm-up.2", "before-1"),
  step("consent.1"),
  step("consent.2", "first-consent"),
  step("scene.1", "quiet-visitor"),
  step("answers"),
];
const LESSONS = [{ id: "consent", minutes: 8 }, { id: "scene", minutes: 16 }];
const ids = (set) => [...set];

test("readSeen keeps the steps that there are, whatever was kept", () => {
  assert.deepEqual(ids(readSeen('["consent.1","gone.1"]', STEPS)), ["consent.1"]);
  for (const kept of [null, "", "x", "null", "{}", "7", '"consent.1"', '[["consent.1"]]', "[null]", "\ud800"]) {
    assert.deepEqual(ids(readSeen(kept, STEPS)), [], String(kept));
  }
});

test("a step is done when it was left and its activities are finished", () => {
  const [text, asked] = STEPS.slice(4);
  assert.equal(isDone(text, new Set(), new Map()), false);
  assert.equal(isDone(text, new Set(["consent.1"]), new Map()), true);
  assert.equal(isDone(asked, new Set(["consent.2"]), new Map()), false);
  assert.equal(isDone(asked, new Set(["consent.2"]), new Map([["first-consent", false]])), false);
  assert.equal(isDone(asked, new Set(["consent.2"]), new Map([["first-consent", true]])), true);
  assert.equal(allFinished(text, new Map()), true);
});

test("minutes are left for the steps that are not done", () => {
  const done = (...names) => ({ id }) => names.includes(id);
  assert.equal(minutesLeft(LESSONS, STEPS, done()), 24);
  assert.equal(minutesLeft(LESSONS, STEPS, done("consent.1")), 20);
  assert.equal(minutesLeft(LESSONS, STEPS, done("consent.1", "consent.2", "scene.1")), 0);
  assert.equal(shareDone("consent", STEPS, done("consent.1")), 0.5);
});

test("numberIn counts within the lesson", () => {
  assert.deepEqual({ ...numberIn(STEPS, 5) }, { n: 2, total: 2 });
});

test("whoever skips the warm-up comes back to its offer", () => {
  assert.equal(after(STEPS, "Warm-up"), 4);
  assert.equal(before(STEPS, 4), 2);
  assert.equal(before(STEPS, 3), 2);
  assert.equal(before(STEPS, 5), 4);
  assert.equal(before(STEPS, 0), 0);
});

test("what was finished on another device says where to go on", () => {
  const finished = (...names) => new Map(names.map((name) => [name, true]));
  assert.equal(afterFinished(STEPS, finished()), 1);
  assert.equal(afterFinished(STEPS, finished("before-1")), 4);
  assert.equal(afterFinished(STEPS, finished("before-1", "first-consent")), 6);
  assert.equal(afterFinished([...STEPS.slice(0, 7), step("last.1", "one", "two")], finished("one")), 7);
  const left = (...names) => leftBehind(STEPS, finished(...names)).map(({ id }) => id);
  assert.deepEqual(left(), []);
  assert.deepEqual(left("first-consent"), ["consent.1", "consent.2"]);
});
