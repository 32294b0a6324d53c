/* Writes src/generated/portraits.js: heads, faces and clothes of Open Peeps as paths. `--check` compares instead.

   Open Peeps is by Pablo Stanley, https://www.openpeeps.com, CC0 1.0. */

import { readFile, writeFile } from "node:fs/promises";

import { createAvatar } from "@dicebear/core";
import * as peeps from "@dicebear/open-peeps";

const TARGET = new URL("src/generated/portraits.js", import.meta.url);

const HEADS = {
  scarf: { head: "hijab" },
  "dark-hair": { head: "medium3" },
  short: { head: "short2" },
  beard: { head: "short2", facialHair: "full2" },
  moustache: { head: "short2", facialHair: "moustache6" },
};
/** What a face is called here and there. "listening" has the mouth of another one. */
const FACES = { listening: "smile", open: "smile", worried: "tired", guarded: "serious", hurt: "solemn" };
const MOUTHS = { listening: "tired" };

/** The paints of a drawing, as the player's style sheet names them. */
const PAINTS = { "#aaaaa1": "cloth", "#aaaaa3": "skin", "#000": "ink", "#fff": "paper" };

/** @param {{ head: string, face: string, facialHair?: string }} wanted */
function drawing({ head, face, facialHair }) {
  const svg = createAvatar(peeps, {
    head: [head],
    face: [face],
    facialHair: facialHair === undefined ? [] : [facialHair],
    facialHairProbability: facialHair === undefined ? 0 : 100,
    accessoriesProbability: 0,
    maskProbability: 0,
    clothingColor: ["aaaaa1"],
    skinColor: ["aaaaa3"],
  }).toString();
  const places = ["matrix(.99789", "translate(315", "translate(279", "translate(179"].map((mark) => svg.indexOf(mark));
  const [top, middle, hair] = places.slice(0, -1).map((from, n) => paths(svg.slice(from, places[n + 1])));
  return { head: top, face: middle, hair };
}

/** Each path of some SVG as [paint, d].
 * @param {string} svg
 * @returns {[string, string][]} */
function paths(svg) {
  return [...svg.matchAll(/<path [^>]*>/g)].map(([path]) => {
    const [, d] = /** @type {RegExpMatchArray} */ (path.match(/ d="([^"]*)"/));
    const [, fill] = /** @type {RegExpMatchArray} */ (path.match(/ fill="([^"]*)"/));
    if (!(fill in PAINTS)) throw new Error(`a path has the paint ${fill}, which nothing here names`);
    return [PAINTS[fill], d];
  });
}

/** A face with the mouth of another: the first part of its only path.
 * @param {[string, string][]} face
 * @param {[string, string][]} other
 * @returns {[string, string][]} */
function withMouth([[paint, d]], [[, from]]) {
  const [, x, y, dx, dy, rest] = /** @type {RegExpMatchArray} */ (
    d.match(/^M([\d.]+) ([\d.]+)[^Zz]*[Zz]m([\d.-]+?)(-?[\d.]+?)(?=[a-zA-Z])(.*)$/)
  );
  const mouth = from.slice(0, from.search(/[Zz]/) + 1);
  return [[paint, `${mouth}M${round(+x + +dx)} ${round(+y + +dy)}${rest}`]];
}

/** @param {number} value */
const round = (value) => Math.round(value * 10) / 10;

/** Shoulders of our own: those of Open Peeps reach to the waist, and a portrait ends at the collar. */
const SHOULDERS = [
  ["cloth", "M-60 760C-20 660 110 600 247 596c40 72 92 104 146 104s98-32 128-104c130 8 250 68 290 164Z"],
  ["skin", "M322 500c-4 54-24 86-75 96 40 72 92 104 146 104s98-32 128-104c-28-8-42-24-46-52V480Z"],
];
const face = (name) => drawing({ head: "hijab", face: name }).face;
const made = {
  SHOULDERS,
  HEADS: Object.fromEntries(
    Object.entries(HEADS).map(([name, wanted]) => {
      const { head, hair } = drawing({ face: "smile", ...wanted });
      return [name, { head, hair }];
    }),
  ),
  FACES: Object.fromEntries(
    Object.entries(FACES).map(([name, one]) => [
      name,
      name in MOUTHS ? withMouth(face(one), face(MOUTHS[name])) : face(one),
    ]),
  ),
};

const TYPES = {
  SHOULDERS: "Path[]",
  HEADS: 'Record<Likeness["head"], { head: Path[], hair: Path[] }>',
  FACES: "Record<Face, Path[]>",
};
const text = `/* Written by portraits.js; do not edit. Open Peeps by Pablo Stanley, CC0 1.0. */

/** @import { Likeness, Face } from "../types.js" */
/** A path as [paint, d].
 * @typedef {[string, string]} Path */

${Object.entries(made)
  .map(([name, value]) => `/** @type {${TYPES[name]}} */\nexport const ${name} = ${JSON.stringify(value, null, 1)};\n`)
  .join("\n")}`;

if (!process.argv.includes("--check")) {
  await writeFile(TARGET, text);
} else if (text !== (await readFile(TARGET, "utf8").catch(() => null))) {
  console.error("Not what Open Peeps makes: src/generated/portraits.js. Run make portraits.");
  process.exitCode = 1;
}
