/* What a reader has decided: kept in this browser, saved as one file, brought back from it. It knows no screen. */

import { fromHex, hmac } from "./seal.js";

export const FORMAT = "himaya-findings-1";

/** @typedef {"accept" | "correct" | "reject"} Verdict */
/** @typedef {{ from: string, to: string }} Everywhere */
/** @typedef {{ place: string, text: string, old: string, new: string, everywhere: Everywhere | null }} Correction */
/** @typedef {{ id: string, hash: string, verdict: Verdict, note: string, corrections: Correction[] }} Judged */
/** @typedef {{ id: string, hash: string, choice: string, note: string }} Decided */
/** @typedef {{ name: string, unnamed: boolean, role: string }} Reader */
/** @typedef {{ kind: string, name: string, language: string, issue: string }} About */
/** @typedef {{ id: string, part: string, hash: string | null, units: number[] }} Entry */
/** @typedef {{ judged: Map<string, Judged>, terms: Map<string, Decided>, reader: Reader }} Work */

/** @returns {Work} */
export const newWork = () => ({ judged: new Map(), terms: new Map(), reader: { name: "", unnamed: false, role: "" } });

/** Where a browser keeps the work on a module: the same for every file about it, so that a newer file goes on.
 * @param {About} about */
export const storageKey = ({ kind, name, language }) => `himaya:reading:${kind}/${name}/${language}`;

/** @param {Work} work */
export const asData = (work) => ({ entries: [...work.judged.values()], terms: [...work.terms.values()], reader: work.reader });

/** Take over what was judged of texts that are still the same.
 * @param {unknown} data
 * @param {Entry[]} entries
 * @param {{ id: string, hash: string }[]} terms
 * @returns {{ work: Work, skipped: number }} */
export function fromData(data, entries, terms) {
  const work = newWork();
  let skipped = 0;
  const known = new Map(entries.map((entry) => [entry.id, entry.hash]));
  const found = /** @type {{ entries?: unknown, terms?: unknown, reader?: Partial<Reader> } | null} */ (data);
  for (const one of Array.isArray(found?.entries) ? found.entries : []) {
    if (!isJudged(one)) continue;
    if (known.get(one.id) === one.hash) work.judged.set(one.id, one);
    else skipped += 1;
  }
  const asked = new Map(terms.map((term) => [term.id, term.hash]));
  for (const one of Array.isArray(found?.terms) ? found.terms : []) {
    if (isText(one?.id) && isText(one?.choice) && asked.get(one.id) === one.hash) work.terms.set(one.id, { id: one.id, hash: one.hash, choice: one.choice, note: isText(one.note) ? one.note : "" });
  }
  const reader = found?.reader;
  work.reader = { name: isText(reader?.name) ? reader.name : "", unnamed: reader?.unnamed === true, role: isText(reader?.role) ? reader.role : "" };
  return { work, skipped };
}

/** @param {unknown} value
 * @returns {value is string} */
const isText = (value) => typeof value === "string";

/** @param {any} one
 * @returns {one is Judged} */
const isJudged = (one) =>
  isText(one?.id) && isText(one.hash) && ["accept", "correct", "reject"].includes(one.verdict) && isText(one.note) && Array.isArray(one.corrections) && one.corrections.every(isCorrection);

/** @param {any} one
 * @returns {one is Correction} */
const isCorrection = (one) =>
  [one?.place, one?.text, one?.old, one?.new].every(isText) && (one.everywhere === null || (isText(one.everywhere?.from) && isText(one.everywhere?.to)));

/** The parts in which every entry was judged and none rejected: these a reader signs.
 * @param {Work} work
 * @param {Entry[]} entries
 * @returns {string[]} */
export function signedParts(work, entries) {
  const open = new Set(entries.filter((entry) => entry.hash === null || (work.judged.get(entry.id)?.verdict ?? "reject") === "reject").map((entry) => entry.part));
  return [...new Set(entries.map((entry) => entry.part))].filter((part) => !open.has(part));
}

/** The file of findings.
 * @param {Work} work
 * @param {About} about
 * @param {string} key In hexadecimal digits.
 * @param {string} date Such as 2026-11-28. */
export function sealed(work, about, key, date) {
  const { entries, terms, reader } = asData(work);
  const findings = { format: FORMAT, about, reader: { ...reader, date }, entries, terms };
  return { ...findings, seal: hmac(fromHex(key), JSON.stringify(findings)) };
}
