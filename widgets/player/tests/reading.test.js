/* What a reader's page seals, compares and brings back. */

import assert from "node:assert/strict";
import { createHash, createHmac } from "node:crypto";
import { test } from "node:test";

import { sources } from "./sources.js";

const plain = (value) => JSON.parse(JSON.stringify(value)); // of this realm

test("sha256 and hmac give what node's own give", async () => {
  const { fromHex, hex, hmac, sha256 } = await sources(["reading/seal"]);
  for (const length of [0, 1, 3, 55, 56, 63, 64, 65, 119, 120, 1000, 70000]) {
    const bytes = Uint8Array.from({ length }, (_, at) => (at * 31 + length) % 256);
    assert.equal(hex(sha256(bytes)), createHash("sha256").update(bytes).digest("hex"), `${length} bytes`);
  }
  const key = "0b".repeat(32);
  for (const text of ["", "Hi There", "السلامة أولًا, ئیستیغلال", "x".repeat(500)]) {
    assert.equal(hmac(fromHex(key), text), createHmac("sha256", Buffer.from(key, "hex")).update(text).digest("hex"));
  }
});

test("changedWords names the words that a correction changed", async () => {
  const { changedWords } = await sources(["reading/texts"]);
  const known = [
    ["Ask for consent first.", "Ask for permission first.", "consent", "permission"],
    ["She said no.", "She said yes.", "no", "yes"],
    ["نص البوح هنا", "نص الإفصاح هنا", "البوح", "الإفصاح"],
    ["same", "same", "", ""],
    ["one two", "one", "two", ""],
  ];
  for (const [before, after, from, to] of known) assert.deepEqual(plain(changedWords(before, after)), { from, to });
});

test("standsIn takes whole words where it is asked to", async () => {
  const { standsIn } = await sources(["reading/texts"]);
  assert.ok(standsIn("so he said", "he", true));
  assert.ok(!standsIn("the other", "he", true));
  assert.ok(standsIn("والموافقة", "الموافقة", false) || standsIn("وللموافقة", "موافقة", false));
  assert.ok(!standsIn("anything", "", false));
});

test("fromData leaves out what changed and what is no judgement", async () => {
  const { fromData } = await sources(["reading/findings"]);
  const entries = [{ id: "a", part: "p", hash: "1", units: [] }, { id: "b", part: "p", hash: "2", units: [] }];
  const judged = { id: "a", hash: "1", verdict: "accept", note: "", corrections: [] };
  const { work, skipped } = fromData({ entries: [judged, { ...judged, id: "b" }, { ...judged, verdict: "<b>" }, null, 7] }, entries, []);
  assert.deepEqual([...work.judged.keys()], ["a"]);
  assert.equal(skipped, 1);
  for (const other of [null, 7, [], { entries: 3 }, { reader: { name: {} } }]) assert.equal(fromData(other, entries, []).work.judged.size, 0);
});

test("signedParts needs every entry, and none rejected", async () => {
  const { fromData, signedParts } = await sources(["reading/findings"]);
  const entries = ["a", "b"].map((id) => ({ id, part: "p", hash: id, units: [] }));
  const judged = (id, verdict) => ({ id, hash: id, verdict, note: verdict === "reject" ? "no" : "", corrections: [] });
  const signed = (...found) => plain(signedParts(fromData({ entries: found }, entries, []).work, entries));
  assert.deepEqual(signed(judged("a", "accept")), []);
  assert.deepEqual(signed(judged("a", "accept"), judged("b", "reject")), []);
  assert.deepEqual(signed(judged("a", "accept"), judged("b", "accept")), ["p"]);
});
